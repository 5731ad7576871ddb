// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What the gradebook keeps from learners, in the assignments and quizzes that the grades are of.
@Suite struct MutedWorkTests {
    /// Which notifications of grades are in a list, the oldest first.
    private func told(_ notifications: TestReply) -> [String] {
        let kinds = ["assignment_graded", "quiz_graded", "grade_released"]
        return notifications.items.reversed().compactMap { $0["type"]?.text }.filter(kinds.contains)
    }

    /// The item of what is graded.
    private func item(_ gradebook: TestReply) throws -> String {
        try #require(gradebook.json["gradeItems"]?[0]?["id"]?.text)
    }

    @Test func `the grade of a muted course or item is in no reply for its learner, who is told when it is released`()
        async throws
    {
        try await AssignmentWorld.with { world in
            var handed = 0
            let types: [EventType] = [.assignmentGraded, .gradeReleased]
            let book = "courses/\(world.course)/gradebook"
            let assignment = try await world.assignment(#","submissionLimit":2"#)
            #expect(try await world.send("POST", "\(book)/mute", as: world.teacher).status == 200)
            let submission = try await world.handIn(of: assignment, as: world.ana)
            let paths = [
                "submissions/\(submission)", "assignments/\(assignment)/submissions/mine",
                "courses/\(world.course)/submissions/mine",
            ]
            var before: [String] = []
            for path in paths { before.append(try await world.send("GET", path, as: world.ana).text) }
            let comment = #"{"start":0,"end":4,"body":"zzremark"}"#
            _ = try await world.send("POST", "submissions/\(submission)/comments", as: world.teacher, comment)
            let graded = try await world.grade(submission, #"{"points":7.25,"feedback":"zzsecret"}"#)
            #expect(graded.json["points"]?.written == "7.25" && graded.json["status"]?.text == "graded")
            for (path, text) in zip(paths, before) {
                // Not a byte tells that somebody graded it.
                #expect(try await world.send("GET", path, as: world.ana).text == text, "\(path)")
            }
            let record = try await world.send("GET", "users/me/export", as: world.ana).text
            #expect(!record.contains("zzsecret") && !record.contains("zzremark") && !record.contains("7.25"))
            let shown = try await world.show(submission, as: world.teacher).text
            #expect(shown.contains("zzsecret") && shown.contains("zzremark"))
            handed = try await world.host.tell(of: types, after: handed, at: world.tenant)
            #expect(told(try await world.send("GET", "notifications", as: world.ana)).isEmpty)
            world.advance(by: 60)
            #expect(try await world.send("POST", "\(book)/release", as: world.teacher).status == 200)
            handed = try await world.host.tell(of: types, after: handed, at: world.tenant)
            #expect(told(try await world.send("GET", "notifications", as: world.ana)) == ["grade_released"])
            let seen = try await world.show(submission, as: world.ana)
            #expect(seen.json["points"]?.written == "7.25" && seen.json["status"]?.text == "graded")
            #expect(seen.text.contains("zzsecret") && seen.text.contains("zzremark"))
            let item = try item(try await world.send("GET", book, as: world.teacher))
            #expect(try await world.send("POST", "grade-items/\(item)/mute", as: world.teacher).status == 200)
            for (path, text) in zip(paths, before) {
                #expect(try await world.send("GET", path, as: world.ana).text == text, "\(path)")
            }
        }
    }

    @Test func `what was returned is seen in a muted course`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment()
            let muted = try await world.send("POST", "courses/\(world.course)/gradebook/mute", as: world.teacher)
            #expect(muted.status == 200)
            let submission = try await world.handIn(of: assignment, as: world.ana)
            let path = "submissions/\(submission)/return"
            #expect(try await world.send("POST", path, as: world.teacher, #"{"feedback":"Again."}"#).status == 200)
            let shown = try await world.show(submission, as: world.ana).json
            #expect(shown["status"]?.text == "returned" && shown["feedback"]?.text == "Again.")
        }
    }

    @Test(arguments: [true, false])
    func `the score of a muted quiz is in no reply for its learner, who is told when it is released`(
        isCourse: Bool
    ) async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(of: [question], #","answerReveal":"after_submit","passPercentage":50"#)
            let book = "courses/\(world.course)/gradebook"
            let item = try item(try await world.send("GET", book, as: world.teacher))
            let place = isCourse ? book : "grade-items/\(item)"
            #expect(try await world.send("POST", "\(place)/mute", as: world.teacher).status == 200)
            let attempt = try await world.start(quiz, as: world.ana)
            _ = try await world.save("wrong", to: question, of: attempt, as: world.ana)
            let replies = [
                try await world.submit(attempt, as: world.ana), try await world.attempt(attempt, as: world.ana),
                try await world.send("GET", "quizzes/\(quiz)/attempts/mine", as: world.ana),
            ]
            for reply in replies {
                #expect(reply.status == 200)
                #expect(!reply.text.contains("zzgeneral") && !reply.text.contains(QuizWorld.secret), "\(reply.text)")
                #expect(!reply.text.contains(#""score":0"#), "\(reply.text)")
            }
            #expect(replies[2].json["result"] == .null)
            #expect(try await world.attempt(attempt, as: world.teacher).json["score"] == .number("0"))
            let types: [EventType] = [.quizSubmitted, .gradeReleased]
            let handed = try await world.host.tell(of: types, after: 0, at: world.tenant)
            #expect(told(try await world.send("GET", "notifications", as: world.ana)).isEmpty)
            world.advance(by: 60)
            #expect(try await world.send("POST", "\(place)/release", as: world.teacher).status == 200)
            _ = try await world.host.tell(of: types, after: handed, at: world.tenant)
            #expect(told(try await world.send("GET", "notifications", as: world.ana)) == ["grade_released"])
            let shown = try await world.attempt(attempt, as: world.ana)
            #expect(shown.json["score"] == .number("0") && shown.text.contains(QuizWorld.secret), "\(shown.text)")
        }
    }
}
