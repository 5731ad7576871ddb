// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct SubmissionSimilarityTests {
    private static let prompt = "Explain in your own words why the sum of two even numbers is always even."
    private static let proof =
        "An even number is twice a whole number, so the sum is twice the sum of those whole numbers, which is even again."

    @Test func `what two learners have in common is in the reports of both, and the question is not`() async throws {
        try await AssignmentWorld.with { world in
            let rules = #","submissionLimit":2,"instructions":"\#(Self.prompt)""#
            let (assignment, other) = (try await world.assignment(rules), try await world.assignment())
            let ana = try await world.handIn("\(Self.prompt) \(Self.proof)", of: assignment, as: world.ana)
            let ben = try await world.handIn("So: \(Self.proof.uppercased())", of: other, as: world.ben)
            let (first, second) = (try #require(Submission.ID(ana)), try #require(Submission.ID(ben)))
            let queued: SQL = """
                SELECT count(*) FROM cell.tenant_jobs
                WHERE kind = 'submission_comparison' AND subject IN (\(first), \(second))
                """
            #expect(try await world.number(queued) == 2)
            let before = try await world.send("GET", "submissions/\(ana)/similarity", as: world.teacher).json
            #expect(before["comparedAt"] == .null && before["matches"] == .array([]))
            for submission in [ana, ben, ana] { try await world.compare(submission) }
            for (submission, match) in [(ana, ben), (ben, ana)] {
                let report = try await world.send("GET", "submissions/\(submission)/similarity", as: world.teacher).json
                #expect(report["comparedAt"]?.text != nil)
                #expect(report["matches"]?[0]?["submission"]?["id"]?.text == match)
                // What lies across the beginning of the proof is in one of them only.
                let share = report["matches"]?[0]?["containmentPercentage"]?.written
                #expect(try #require(Double(share ?? "")) > 30)
                #expect(report["matches"]?[1] == nil)
            }
            let report = try await world.send("GET", "submissions/\(ana)/similarity", as: world.teacher).json
            let passage = try #require(report["matches"]?[0]?["passages"]?[0])
            // In the proof, and nowhere in the question.
            #expect(try #require(passage["start"]?.integer) > Self.prompt.count)
            #expect(try #require(passage["otherStart"]?.integer) >= 4)
            // Another version takes the place of the first, also in the other's report.
            let again = try await world.handIn(
                "It is because of what addition does to twos.",
                of: assignment,
                as: world.ana
            )
            try await world.compare(again)
            let left = try await world.send("GET", "submissions/\(ben)/similarity", as: world.teacher).json
            #expect(left["matches"] == .array([]))
        }
    }

    @Test func `attack: a letter repeated in both texts is no passage, and hides none`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment()
            let filling = String(repeating: "a", count: 5_000)
            let ana = try await world.handIn("\(filling) \(Self.proof)", of: assignment, as: world.ana)
            let ben = try await world.handIn("\(filling) \(Self.proof)", of: assignment, as: world.ben)
            for submission in [ana, ben] { try await world.compare(submission) }
            for submission in [ana, ben] {
                let report = try await world.send("GET", "submissions/\(submission)/similarity", as: world.teacher).json
                let passages = try #require(report["matches"]?[0]?["passages"])
                #expect(passages[1] == nil)
                // A few letters of the filling belong to the runs that lead into the proof.
                #expect(try #require(passages[0]?["start"]?.integer) > filling.count - 50)
                #expect(try #require(passages[0]?["end"]?.integer) > filling.count + Self.proof.count / 2)
            }
        }
    }

    @Test
    func `attack: what others wrote is shown to graders of the course alone, without a name where they grade blindly`()
        async throws
    {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","isBlind":true,"release":"held""#)
            let ana = try await world.handIn(Self.proof, of: assignment, as: world.ana)
            let ben = try await world.handIn(Self.proof, of: assignment, as: world.ben)
            for submission in [ana, ben] { try await world.compare(submission) }
            let path = "submissions/\(ana)/similarity"
            let report = try await world.send("GET", path, as: world.teacher)
            let other = report.json["matches"]?[0]?["submission"]
            #expect(other?["id"]?.text == ben && other?["pseudonym"]?.text != nil, "\(report.text)")
            #expect(!report.text.contains(world.ben.user) && !report.text.contains(world.ana.user))
            #expect(try await world.send("GET", path, as: world.ana).status == 403)
            #expect(try await world.send("GET", path, as: world.ben).status == 403)
            let stranger = try await world.host.member("stranger", .instructor, of: world.tenant)
            #expect(try await world.send("GET", path, as: stranger).status == 404)
            // A grader who learns in the course reads no report of their own work.
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            _ = try await world.send("POST", "courses/\(world.course)/enroll", as: owner)
            let own = try await world.handIn(Self.proof, of: assignment, as: owner)
            #expect(try await world.send("GET", "submissions/\(own)/similarity", as: owner).status == 403)
        }
    }
}
