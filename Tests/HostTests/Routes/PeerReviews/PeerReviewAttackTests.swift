// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct PeerReviewAttackTests {
    @Test func `attack: another's review is as if it never was, and opens no work but its own`() async throws {
        try await PeerWorld.with { peers in
            let (world, never) = (peers.world, AssignmentWorld.never)
            let (ana, ben) = (peers.learners[0], peers.learners[1])
            let bens = try await peers.ids(of: ben)[0]
            let draft = #"{"points":1}"#
            for (method, path, body) in [("GET", "", nil), ("PUT", "/draft", draft), ("POST", "/complete", nil)] {
                for session in [ana, peers.teacher] {
                    let theirs = try await world.send(method, "peer-reviews/\(bens)\(path)", as: session, body)
                    let nothing = try await world.send(method, "peer-reviews/\(never)\(path)", as: session, body)
                    #expect(
                        theirs.status == nothing.status && theirs.comparable == nothing.comparable,
                        "\(method) \(path)"
                    )
                    #expect(theirs.status >= 403)
                }
            }
            // A reviewer reads what they review by the review alone.
            for submission in peers.submissions.dropFirst() {
                #expect(try await world.show(submission, as: ana).code == "SUBMISSION_NOT_FOUND")
                #expect(try await peers.feedback(to: submission, as: ana).code == "SUBMISSION_NOT_FOUND")
            }
            let outsider = try await world.host.register("outsider", at: world.tenant)
            #expect(try await world.send("GET", "peer-reviews/\(bens)", as: outsider).status == 404)
            #expect(try await world.send("GET", peers.path, as: outsider).code == "ASSIGNMENT_NOT_FOUND")
            #expect(try await world.send("GET", "peer-reviews/\(bens)", as: nil).status == 401)
        }
    }

    @Test func `attack: a reviewer reads the files of what they review and no others, under names that tell nobody`()
        async throws
    {
        try await AssignmentWorld.with { world in
            let cleo = try await world.join("cleo")
            let assignment = try await world.assignment(#","takes":"files""#)
            var files: [String: String] = [:]
            for (learner, name) in [(world.ana, "ana.txt"), (world.ben, "ben.txt"), (cleo, "cleo.txt")] {
                let upload = try await world.upload(name, named: name, as: learner)
                let file = try await world.attach(upload, to: assignment, as: learner)
                _ = try await world.submit(try #require(file.json["submissionId"]?.text), as: learner)
                files[name] = try world.id(of: file)
            }
            let path = "assignments/\(assignment)/peer-review"
            let settings = #"{"reviewsPerSubmission":1,"reviewsDueAt":\#(world.date(in: 400))}"#
            #expect(try await world.send("PUT", path, as: world.teacher, settings).status == 200)
            #expect(try await world.send("POST", "\(path)/allocate", as: world.teacher).status == 200)
            let list = "courses/\(world.course)/peer-reviews/mine"
            let id = try #require(try await world.send("GET", list, as: world.ana).items.first?["id"]?.text)
            let shown = try await world.send("GET", "peer-reviews/\(id)", as: world.ana)
            let file = shown.json["files"]?[0]
            #expect(file?["name"]?.text == "submission-1.txt" && file?["submissionId"] == nil)
            let open = try #require(file?["id"]?.text)
            let read = try await world.send("GET", "peer-reviews/\(id)/files/\(open)", as: world.ana)
            #expect(read.status == 200 && read["content-disposition"]?.contains("submission-1.txt") == true)
            for other in files.values where other != open {
                let refused = try await world.send("GET", "peer-reviews/\(id)/files/\(other)", as: world.ana)
                #expect(refused.code == "SUBMISSION_FILE_NOT_FOUND")
            }
            for session in [world.ben, cleo, world.teacher] {
                let stolen = try await world.send("GET", "peer-reviews/\(id)/files/\(open)", as: session)
                #expect(stolen.code == "PEER_REVIEW_NOT_FOUND")
            }
            _ = try await world.send("POST", "peer-reviews/\(id)/cancel", as: world.teacher)
            let late = try await world.send("GET", "peer-reviews/\(id)/files/\(open)", as: world.ana)
            #expect(late.code == "PEER_REVIEW_CANCELLED")
        }
    }

    @Test func `attack: nothing that a learner or a reviewer gets tells who the other is`() async throws {
        try await PeerWorld.with { peers in
            let world = peers.world
            var names: [String] = peers.learners.map(\.user)
            for learner in peers.learners {
                names.append(learner.email)
                for id in try await peers.ids(of: learner) { try await peers.give("5", in: id, as: learner) }
            }
            _ = try await peers.release()
            for (number, learner) in peers.learners.enumerated() {
                let received = try await peers.feedback(to: peers.submissions[number], as: learner)
                #expect(received.json["reviews"]?.array?.count == 2, "\(received.text)")
                for review in received.json["reviews"]?.array ?? [] {
                    #expect(review["reviewer"] == .null && review["completedAt"] == .null && review["weight"] == .null)
                }
                var texts = [received.text]
                for id in try await peers.ids(of: learner) {
                    texts.append(try await world.send("GET", "peer-reviews/\(id)", as: learner).text)
                }
                let secrets = names + peers.submissions.enumerated().filter { $0.offset != number }.map(\.element)
                for text in texts {
                    for secret in secrets { #expect(!text.contains(secret)) }
                }
            }
        }
    }

    @Test func `where reviews are not anonymous both learn who the other is`() async throws {
        try await PeerWorld.with(2, settings: #","isAnonymous":false"#, each: 1) { peers in
            let (ana, ben) = (peers.learners[0], peers.learners[1])
            let id = try await peers.ids(of: ben)[0]
            let shown = try await peers.world.send("GET", "peer-reviews/\(id)", as: ben).json
            #expect(shown["authors"]?[0]?["userId"]?.text == ana.user)
            try await peers.give("5", in: id, as: ben)
            _ = try await peers.release()
            let seen = try await peers.feedback(to: peers.submissions[0], as: ana).json
            #expect(seen["reviews"]?[0]?["reviewer"]?["userId"]?.text == ben.user)
        }
    }

    @Test func `attack: whose work it is learns nothing of its reviews before they are released`() async throws {
        try await PeerWorld.with(2, each: 1) { peers in
            let (ana, ben) = (peers.learners[0], peers.learners[1])
            let before = try await peers.feedback(to: peers.submissions[0], as: ana)
            try await peers.give("5", in: try await peers.ids(of: ben)[0], as: ben)
            let after = try await peers.feedback(to: peers.submissions[0], as: ana)
            #expect(after.status == 200 && after.text == before.text && after[.etag] == before[.etag])
            #expect(after.json["reviews"] == .array([]) && after.json["average"] == .null)
            peers.world.advance(by: 400)
            #expect(try await peers.feedback(to: peers.submissions[0], as: ana).text == before.text)
        }
    }

    @Test func `attack: a review is completed once, in time, within what the work is worth, and never changed`()
        async throws
    {
        try await PeerWorld.with { peers in
            let (world, ana) = (peers.world, peers.world.ana)
            let ids = try await peers.ids(of: ana)
            #expect(try await peers.complete(ids[0], as: ana).code == "PEER_REVIEW_EMPTY")
            for wrong in [#"{"points":10.000001}"#, #"{"points":-1}"#, #"{"levels":[{"level":1}]}"#] {
                #expect(try await peers.save(ids[0], wrong, as: ana).status == 400, "\(wrong)")
            }
            #expect(try await peers.save(ids[0], #"{"feedback":"So far."}"#, as: ana).json["points"] == .null)
            #expect(try await peers.complete(ids[0], as: ana).code == "PEER_REVIEW_EMPTY")
            try await peers.give("4", in: ids[0], as: ana)
            #expect(try await peers.save(ids[0], #"{"points":9}"#, as: ana).code == "PEER_REVIEW_COMPLETED")
            let again = try await peers.complete(ids[0], as: ana)
            #expect(again.status == 200 && again.json["points"]?.written == "4")
            _ = try await peers.save(ids[1], #"{"points":9}"#, as: ana)
            world.advance(by: 400)
            #expect(try await peers.complete(ids[1], as: ana).code == "PEER_REVIEW_CLOSED")
            #expect(try await peers.save(ids[1], #"{"points":8}"#, as: ana).code == "PEER_REVIEW_CLOSED")
            #expect(try await peers.reviews(of: ana, "&status=overdue").compactMap { $0["id"]?.text } == [ids[1]])
            #expect(try await peers.reviews(of: ana, "&status=in_progress").isEmpty)
        }
    }

    @Test func `attack: those who review at once complete once, and those who draw at once draw once`() async throws {
        try await PeerWorld.with(isAllocated: false) { peers in
            peers.world.advance(by: 101)
            let seeds = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<4 { group.addTask { try await peers.allocate().json["seed"]?.text } }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(seeds.count == 1 && seeds.first != .some(nil))
            #expect(try await peers.world.number("SELECT count(*) FROM peer_reviews") == 6)
            #expect(try await peers.world.count(of: .peerReviewAllocated) == 1)
            let ana = peers.world.ana
            let id = try await peers.ids(of: ana)[0]
            _ = try await peers.save(id, #"{"points":4}"#, as: ana)
            let versions = try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<6 { group.addTask { try await peers.complete(id, as: ana).json["version"]?.integer } }
                return try await group.reduce(into: Set<Int?>()) { $0.insert($1) }
            }
            #expect(versions == [3])
        }
    }

    @Test func `attack: a learner allocates, releases, marks and grades nothing, and no staff of another course`()
        async throws
    {
        try await PeerWorld.with(isAllocated: false) { peers in
            let (world, ana) = (peers.world, peers.world.ana)
            world.advance(by: 101)
            let other = try await world.host.member("elsewhere", .instructor, of: world.tenant)
            let settings = #"{"reviewsPerSubmission":1,"reviewsDueAt":\#(world.date(in: 200))}"#
            let work = peers.submissions[0]
            let requests: [(method: String, path: String, body: String?)] = [
                ("PUT", peers.path, settings), ("DELETE", peers.path, nil), ("POST", "\(peers.path)/allocate", nil),
                ("POST", "\(peers.path)/release", nil), ("POST", "\(peers.path)/grades", nil),
                ("GET", "\(peers.path)/submissions", nil),
                ("PUT", "\(peers.path)/examples/\(work)", #"{"points":1}"#),
                ("DELETE", "\(peers.path)/examples/\(work)", nil),
                ("PUT", "submissions/\(work)/peer-reviewers/\(ana.user)", nil),
                ("POST", "submissions/\(work)/peer-grade", nil),
            ]
            for request in requests {
                let own = try await world.send(request.method, request.path, as: ana, request.body)
                #expect(own.status == 403, "\(request.method) \(request.path)")
                let strange = try await world.send(request.method, request.path, as: other, request.body)
                #expect(strange.status == 404, "\(request.method) \(request.path)")
            }
            #expect(try await world.number("SELECT count(*) FROM peer_reviews") == 0)
            #expect(try await world.send("GET", peers.path, as: ana).json["allocatedAt"] == .null)
        }
    }

    @Test func `attack: nobody reviews what their group handed in, whoever is asked to`() async throws {
        try await AssignmentWorld.with { world in
            let (cleo, dora) = (try await world.join("cleo"), try await world.join("dora"))
            let set = try await world.groupSet()
            _ = try await world.group("One", of: [world.ana, world.ben], in: set)
            _ = try await world.group("Two", of: [cleo, dora], in: set)
            let assignment = try await world.assignment(#","groupSetId":"\#(set)""#)
            let first = try await world.handIn("One's.", of: assignment, as: world.ana)
            _ = try await world.handIn("Two's.", of: assignment, as: cleo)
            let path = "assignments/\(assignment)/peer-review"
            let settings = #"{"reviewsPerSubmission":3,"reviewsDueAt":\#(world.date(in: 400))}"#
            #expect(try await world.send("PUT", path, as: world.teacher, settings).status == 200)
            let allocated = try await world.send("POST", "\(path)/allocate", as: world.teacher).json
            #expect(allocated["allocation"]?["reviews"]?.integer == 2)
            #expect(allocated["allocation"]?["missing"]?.integer == 4)
            let list = "courses/\(world.course)/peer-reviews/mine"
            for (members, text) in [([world.ana, world.ben], "Two's."), ([cleo, dora], "One's.")] {
                var seen: [String?] = []
                for member in members {
                    for item in try await world.send("GET", list, as: member).items {
                        let id = item["id"]?.text ?? ""
                        seen.append(try await world.send("GET", "peer-reviews/\(id)", as: member).json["text"]?.text)
                    }
                }
                #expect(seen == [text])
            }
            let own = "submissions/\(first)/peer-reviewers/\(world.ben.user)"
            #expect(try await world.send("PUT", own, as: world.teacher).code == "PEER_REVIEW_OWN_WORK")
        }
    }

    @Test func `attack: who grades blindly does not learn from the reviewers whose work it is`() async throws {
        try await PeerWorld.with(more: #","isBlind":true,"release":"held""#) { peers in
            for learner in peers.learners {
                for id in try await peers.ids(of: learner) { try await peers.give("5", in: id, as: learner) }
            }
            var texts = [try await peers.world.send("GET", "\(peers.path)/submissions", as: peers.teacher).text]
            for submission in peers.submissions {
                texts.append(try await peers.feedback(to: submission, as: peers.teacher).text)
            }
            for text in texts {
                for learner in peers.learners { #expect(!text.contains(learner.user)) }
            }
        }
    }

    @Test func `attack: who left the course reviews nothing more`() async throws {
        try await PeerWorld.with(2, each: 1) { peers in
            let (world, ana) = (peers.world, peers.world.ana)
            let id = try await peers.ids(of: ana)[0]
            let user = try #require(User.ID(ana.user))
            try await world.tenant.transaction { session in
                try await session.execute("UPDATE enrollments SET status = 'dropped' WHERE user_id = \(user)")
            }
            #expect(try await world.send("GET", "peer-reviews/\(id)", as: ana).code == "PEER_REVIEW_NOT_FOUND")
            #expect(try await peers.save(id, #"{"points":4}"#, as: ana).status == 403)
            let cancelled = try await world.send("POST", "peer-reviews/\(id)/cancel", as: peers.teacher)
            #expect(cancelled.json["status"]?.text == "cancelled")
        }
    }

    @Test func `attack: another tenant's review is as if it never was`() async throws {
        try await PeerWorld.with(2, each: 1) { peers in
            let id = try await peers.ids(of: peers.world.ana)[0]
            try await withTenant { elsewhere in
                let abroad = try await AssignmentWorld(elsewhere, host: peers.world.host)
                for (method, path) in [("GET", ""), ("POST", "/complete")] {
                    let theirs = try await abroad.send(method, "peer-reviews/\(id)\(path)", as: abroad.ana)
                    #expect(theirs.code == "PEER_REVIEW_NOT_FOUND")
                }
                let withdraw = #"{"reason":"Mine"}"#
                let taken = try await abroad.send("POST", "peer-reviews/\(id)/withdraw", as: abroad.teacher, withdraw)
                #expect(taken.code == "PEER_REVIEW_NOT_FOUND")
                let state = try await abroad.send("GET", peers.path, as: abroad.teacher)
                #expect(state.code == "ASSIGNMENT_NOT_FOUND")
            }
        }
    }
}
