// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct PeerReviewRoutesTests {
    @Test func `learners review each other's work, see it when it is released, and their median becomes the grade`()
        async throws
    {
        try await PeerWorld.with(settings: #","counting":"median""#) { peers in
            let world = peers.world
            #expect(try await world.count(of: .peerReviewAllocated) == 1)
            for (number, learner) in peers.learners.enumerated() {
                let ids = try await peers.ids(of: learner)
                #expect(ids.count == 2)
                for id in ids {
                    let shown = try await world.send("GET", "peer-reviews/\(id)", as: learner)
                    #expect(shown.json["status"]?.text == "pending" && shown.json["maxPoints"]?.written == "10")
                    #expect(shown.json["text"]?.text?.hasPrefix("Work ") == true, "\(shown.text)")
                    #expect(shown.json["text"]?.text != "Work \(number).")
                    try await peers.give("\(number * 2 + 4)", in: id, as: learner)
                }
            }
            #expect(try await world.send("POST", "\(peers.path)/grades", as: peers.teacher).code == "PEER_REVIEW_OPEN")
            let listed = try await world.send("GET", "\(peers.path)/submissions", as: peers.teacher).items
            #expect(listed.count == 3 && listed.allSatisfy { $0["completed"]?.integer == 2 })
            #expect(Set(listed.compactMap { $0["median"]?.written }) == ["5", "6", "7"])
            #expect(try await peers.release().json["releasedAt"] != .null)
            #expect(try await peers.release().status == 200)
            #expect(try await world.count(of: .peerReviewReleased) == 1)
            let seen = try await peers.feedback(to: peers.submissions[0], as: world.ana)
            // Ben gave 6, the third one 8.
            #expect(seen.json["average"]?.written == "7" && seen.json["median"]?.written == "7")
            #expect(seen.json["reviews"]?.array?.compactMap { $0["feedback"]?.text } == ["Said.", "Said."])
            let graded = try await world.send("POST", "\(peers.path)/grades", as: peers.teacher).json
            #expect(graded["graded"]?.integer == 3 && graded["hasMore"] == .bool(false))
            #expect(try await world.grades().sorted() == ["5000000 graded", "6000000 graded", "7000000 graded"])
            #expect(try await world.count(of: .assignmentGraded) == 3)
            let again = try await world.send("POST", "\(peers.path)/grades", as: peers.teacher).json
            #expect(again["graded"]?.integer == 0)
        }
    }

    @Test func `one submission is graded by its median once reviews are not taken any more`() async throws {
        try await PeerWorld.with(2, settings: #","counting":"median""#, each: 1) { peers in
            let world = peers.world
            try await peers.give("8.5", in: try await peers.ids(of: world.ben)[0], as: world.ben)
            let path = "submissions/\(peers.submissions[0])/peer-grade"
            #expect(try await world.send("POST", path, as: peers.teacher).code == "PEER_REVIEW_OPEN")
            world.advance(by: 361)
            let graded = try await world.send("POST", path, as: peers.teacher)
            #expect(graded.json["earned"]?.written == "8.5", "\(graded.text)")
            let other = "submissions/\(peers.submissions[1])/peer-grade"
            #expect(try await world.send("POST", other, as: peers.teacher).code == "PEER_REVIEW_NO_RESULT")
        }
    }

    @Test func `what is only shown is no grade`() async throws {
        try await PeerWorld.with(2, each: 1) { peers in
            try await peers.give("8", in: try await peers.ids(of: peers.learners[1])[0], as: peers.learners[1])
            _ = try await peers.release()
            let path = "submissions/\(peers.submissions[0])/peer-grade"
            let refused = try await peers.world.send("POST", path, as: peers.teacher)
            #expect(refused.code == "PEER_REVIEW_ADVISORY")
        }
    }

    @Test func `reviewers review the examples first, and count by how near they came`() async throws {
        try await PeerWorld.with(4, settings: #","counting":"median""#, examples: [3]) { peers in
            let (world, ana) = (peers.world, peers.world.ana)
            let reviews = try await peers.reviews(of: ana)
            #expect(reviews.count == 3 && reviews[0]["isCalibration"] == .bool(true))
            let ids = reviews.compactMap { $0["id"]?.text }
            let needed = "PEER_REVIEW_CALIBRATION_NEEDED"
            #expect(try await world.send("GET", "peer-reviews/\(ids[1])", as: ana).code == needed)
            #expect(try await peers.save(ids[1], #"{"points":1}"#, as: ana).code == needed)
            let example = try await world.send("GET", "peer-reviews/\(ids[0])", as: ana)
            #expect(example.json["text"]?.text == "Work 3." && example.json["authors"] == .array([]))
            // One of ten points away from the staff's seven: twice a tenth is lost.
            try await peers.give("8", in: ids[0], as: ana)
            try await peers.give("5", in: ids[1], as: ana)
            let weight = try await world.number("SELECT weight FROM peer_reviews WHERE weight IS NOT NULL")
            #expect(weight == 800_000)
            // Who wrote the example reviews nothing of their own.
            let author = try await peers.reviews(of: peers.learners[3])
            #expect(author.count == 2 && author.allSatisfy { $0["isCalibration"] == .bool(false) })
            let state = try await world.send("GET", peers.path, as: ana).json
            #expect(state["examples"] == .array([]) && state["seed"] == .null && state["allocation"] == .null)
            let known = try await world.send("GET", peers.path, as: peers.teacher).json
            #expect(known["examples"]?[0]?["points"]?.written == "7" && known["seed"] != .null)
        }
    }

    @Test func `where there are too few others it is told how many reviews are missing`() async throws {
        try await PeerWorld.with(2, each: 5, isAllocated: false) { peers in
            #expect(try await peers.allocate().code == "PEER_REVIEW_TOO_EARLY")
            peers.world.advance(by: 101)
            let allocated = try await peers.allocate().json
            #expect(allocated["allocation"]?["reviews"]?.integer == 2)
            #expect(allocated["allocation"]?["missing"]?.integer == 8)
            let settings = #"{"reviewsPerSubmission":1,"reviewsDueAt":\#(peers.world.date(in: 500))}"#
            let late = try await peers.world.send("PUT", peers.path, as: peers.teacher, settings)
            #expect(late.code == "PEER_REVIEW_ALLOCATED")
            #expect(try await peers.mark(peers.submissions[0], #"{"points":1}"#).code == "PEER_REVIEW_ALLOCATED")
            #expect(try await peers.world.send("DELETE", peers.path, as: peers.teacher).code == "PEER_REVIEW_ALLOCATED")
            let worth = #"{"points":5}"#
            let change = "assignments/\(peers.assignment)"
            let changed = try await peers.world.send("PATCH", change, as: peers.teacher, worth)
            #expect(changed.code == "ASSIGNMENT_HAS_GRADES")
        }
    }

    @Test func `levels of the rubric are given, one for each criterion, and nothing else`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","rubricId":"\#(try await world.rubric())""#)
            for learner in [world.ana, world.ben] { _ = try await world.handIn(of: assignment, as: learner) }
            let path = "assignments/\(assignment)/peer-review"
            let settings = #"{"reviewsPerSubmission":1,"reviewsDueAt":\#(world.date(in: 500))}"#
            let set = try await world.send("PUT", path, as: world.teacher, settings)
            let etag = try #require(set[.etag])
            let changed = try await world.send("PUT", path, as: world.teacher, settings, fields: ["If-Match: \(etag)"])
            #expect(changed.status == 200)
            let stale = try await world.send("PUT", path, as: world.teacher, settings, fields: ["If-Match: \(etag)"])
            #expect(stale.code == "PRECONDITION_FAILED")
            #expect(try await world.send("POST", "\(path)/allocate", as: world.teacher).status == 200)
            let list = "courses/\(world.course)/peer-reviews/mine"
            let id = try #require(try await world.send("GET", list, as: world.ana).items.first?["id"]?.text)
            let draft = "peer-reviews/\(id)/draft"
            #expect(try await world.send("PUT", draft, as: world.ana, #"{"points":3}"#).issues == ["levels:MALFORMED"])
            let few = #"{"levels":[{"level":1}]}"#
            #expect(try await world.send("PUT", draft, as: world.ana, few).status == 400)
            let levels = #"{"levels":[{"level":2,"comment":"Why?"},{"level":2}]}"#
            let saved = try await world.send("PUT", draft, as: world.ana, levels)
            #expect(
                saved.json["points"]?.written == "8.5" && saved.json["status"]?.text == "in_progress",
                "\(saved.text)"
            )
            let version = try #require(saved[.etag])
            #expect(
                try await world.send("PUT", draft, as: world.ana, levels, fields: ["If-Match: \(version)"]).status
                    == 200
            )
            let lost = try await world.send("PUT", draft, as: world.ana, levels, fields: ["If-Match: \(version)"])
            #expect(lost.code == "PRECONDITION_FAILED")
        }
    }

    @Test func `staff allocates who comes late by hand, and takes back what is not completed`() async throws {
        try await PeerWorld.with(2, each: 1) { peers in
            let world = peers.world
            let dora = try await world.join("dora")
            let late = try await world.handIn("Late.", of: peers.assignment, as: dora)
            #expect(try await peers.ids(of: dora).isEmpty)
            func assign(_ user: String, to submission: String) async throws -> TestReply {
                try await world.send("PUT", "submissions/\(submission)/peer-reviewers/\(user)", as: peers.teacher)
            }
            let assigned = try await assign(world.ana.user, to: late)
            #expect(assigned.json["status"]?.text == "pending", "\(assigned.text)")
            #expect(try await assign(world.ana.user, to: late).json["id"] == assigned.json["id"])
            #expect(try await assign(dora.user, to: late).code == "PEER_REVIEW_OWN_WORK")
            #expect(try await assign(peers.teacher.user, to: late).code == "PEER_REVIEWER_NOT_FOUND")
            #expect(try await assign(AssignmentWorld.never, to: late).code == "PEER_REVIEWER_NOT_FOUND")
            let id = try world.id(of: assigned)
            let cancel = "peer-reviews/\(id)/cancel"
            #expect(try await world.send("POST", cancel, as: world.ana).status == 403)
            #expect(try await world.send("POST", cancel, as: peers.teacher).json["status"]?.text == "cancelled")
            #expect(try await peers.save(id, #"{"points":1}"#, as: world.ana).code == "PEER_REVIEW_CANCELLED")
            #expect(try await world.send("GET", "peer-reviews/\(id)", as: world.ana).code == "PEER_REVIEW_CANCELLED")
            #expect(try await peers.reviews(of: world.ana, "&status=cancelled").count == 1)
            #expect(try await assign(world.ana.user, to: late).json["status"]?.text == "pending")
            try await peers.give("3", in: id, as: world.ana)
            #expect(try await world.send("POST", cancel, as: peers.teacher).code == "PEER_REVIEW_COMPLETED")
        }
    }

    @Test func `what is withdrawn is not seen by its learner and does not count, and the staff knows why`() async throws
    {
        try await PeerWorld.with { peers in
            let world = peers.world
            var ids: [String] = []
            for (learner, points) in [(peers.learners[1], "9"), (peers.learners[2], "1")] {
                for id in try await peers.ids(of: learner) { try await peers.give(points, in: id, as: learner) }
            }
            let shown = try await peers.feedback(to: peers.submissions[0], as: peers.teacher).json
            for review in shown["reviews"]?.array ?? [] where review["points"]?.written == "1" {
                ids.append(review["id"]?.text ?? "")
            }
            let path = "peer-reviews/\(try #require(ids.first))/withdraw"
            let reason = #"{"reason":"zzinsult"}"#
            #expect(try await world.send("POST", path, as: world.ana, reason).status == 403)
            #expect(try await world.send("POST", path, as: peers.teacher, "{}").status == 400)
            #expect(try await world.send("POST", path, as: peers.teacher, reason).json["withdrawnAt"] != .null)
            #expect(try await world.send("POST", path, as: peers.teacher, #"{"reason":"Other"}"#).status == 200)
            _ = try await peers.release()
            let seen = try await peers.feedback(to: peers.submissions[0], as: world.ana)
            #expect(seen.json["reviews"]?.array?.count == 1 && seen.json["median"]?.written == "9")
            #expect(!seen.text.contains("zzinsult"))
            let known = try await peers.feedback(to: peers.submissions[0], as: peers.teacher)
            #expect(known.json["completed"]?.integer == 1 && known.text.contains("zzinsult"))
            #expect(known.text.contains(peers.learners[2].user))
        }
    }

    @Test func `who is erased takes their reviews along, and who is left has the others`() async throws {
        try await PeerWorld.with { peers in
            let world = peers.world
            let cleo = peers.learners[2]
            for learner in [world.ben, cleo] {
                for id in try await peers.ids(of: learner) { try await peers.give("6", in: id, as: learner) }
            }
            let record = try await world.send("GET", "users/me/export", as: cleo).json
            #expect(record["peerReviews"]?.array?.count == 2)
            #expect(record["peerReviews"]?[0]?["feedback"]?.text == "Said.")
            let users = world.host.platform.lms.users
            try await world.tenant.transaction { session in
                _ = try await users.erase(try #require(User.ID(cleo.user)), session: session)
            }
            _ = try await peers.release()
            let seen = try await peers.feedback(to: peers.submissions[0], as: world.ana).json
            #expect(seen["reviews"]?.array?.count == 1)
            let cleos = "SELECT count(*) FROM peer_reviews" as SQL
            // Ana's of Ben's and Ben's of Ana's are left.
            #expect(try await world.number(cleos) == 2)
        }
    }
}
