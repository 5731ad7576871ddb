// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct CourseGroupTests {
    /// Ana and Ben in a group, Cleo in another one.
    private struct Grouped {
        let world: AssignmentWorld
        let cleo: PlatformHost.Session
        let set: String
        /// Ana's and Ben's.
        let group: String
        let other: String

        var ana: PlatformHost.Session { world.ana }
        var ben: PlatformHost.Session { world.ben }

        /// Sets and publishes an assignment for the groups.
        func assignment(_ settings: String = "") async throws -> String {
            try await world.assignment(#","groupSetId":"\#(set)"\#(settings)"#)
        }

        static func with(_ body: (Grouped) async throws -> Void) async throws {
            try await AssignmentWorld.with { world in
                let (cleo, set) = (try await world.join("cleo"), try await world.groupSet())
                let group = try world.id(of: try await world.group("One", of: [world.ana, world.ben], in: set))
                let other = try world.id(of: try await world.group("Two", of: [cleo], in: set))
                try await body(Grouped(world: world, cleo: cleo, set: set, group: group, other: other))
            }
        }
    }

    @Test func `a group writes one draft, hands it in once, and every member has the grade`() async throws {
        try await Grouped.with { grouped in
            let (world, lesson) = (grouped.world, grouped.world.lessons[0])
            let assignment = try await grouped.assignment(
                #","takes":"text_and_files","lessonId":"\#(lesson)","completesLessonOn":"submission""#
            )
            let begun = try await world.save("Ana's.", of: assignment, as: grouped.ana)
            let draft = try world.id(of: begun)
            let seen = try await world.show(draft, as: grouped.ben)
            #expect(seen.json["text"]?.text == "Ana's." && seen.json["groupId"]?.text == grouped.group)
            #expect(seen.json["members"]?.array?.count == 2 && seen.json["userId"] == .null)
            let etag = try #require(seen[.etag])
            #expect(etag == begun[.etag])
            let saved = try await world.save("Ours.", of: assignment, ifMatch: etag, as: grouped.ben)
            #expect(saved.status == 200 && saved.json["id"]?.text == draft, "\(saved.text)")
            let upload = try await world.upload("Ben's", as: grouped.ben)
            let file = try await world.attach(upload, to: assignment, as: grouped.ben)
            #expect(file.status == 201 && file.json["submissionId"]?.text == draft, "\(file.text)")
            let submitted = try await world.submit(draft, as: grouped.ana)
            #expect(submitted.status == 200 && submitted.json["text"]?.text == "Ours.", "\(submitted.text)")
            #expect(try await world.submit(draft, as: grouped.ben).json["receivedAt"] == submitted.json["receivedAt"])
            #expect(try await world.save("More", of: assignment, as: grouped.ben).code == "NO_SUBMISSIONS_LEFT")
            #expect(try await world.count(of: .submissionReceived) == 1)
            let done: SQL = """
                SELECT count(*) FROM lesson_progress WHERE lesson_id = \(lesson) AND completed_at IS NOT NULL
                """
            #expect(try await world.number(done) == 2)
            let path = "submissions/\(draft)/files/\(try world.id(of: file))"
            #expect(try await world.send("GET", path, as: grouped.ana).text == "Ben's")
            let listed = try await world.send("GET", "assignments/\(assignment)/submissions", as: world.teacher).items
            #expect(listed.count == 1 && listed[0]["groupName"]?.text == "One" && listed[0]["displayName"] == .null)
            #expect(try await world.grade(draft, #"{"points":7}"#).json["members"]?.array?.count == 2)
            #expect(try await world.grades() == ["7000000 graded", "7000000 graded"])
            #expect(try await world.count(of: .assignmentGraded) == 2)
            for member in [grouped.ana, grouped.ben] {
                let mine = try await world.send("GET", "assignments/\(assignment)/submissions/mine", as: member).items
                #expect(mine.map { $0["points"]?.written } == ["7"])
                let record = try await world.send("GET", "users/me/export", as: member).json
                #expect(record["submissions"]?[0]?["text"]?.text == "Ours.")
            }
        }
    }

    @Test func `a member who did not read what another one saved overwrites nothing`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment()
            let first = try #require(try await world.save("One", of: assignment, as: grouped.ana)[.etag])
            // Without saying what was read a draft that is there stays as it is.
            #expect(try await world.save("Blind", of: assignment, 9, as: grouped.ben).code == "PRECONDITION_FAILED")
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for (text, member) in [("Ana's", grouped.ana), ("Ben's", grouped.ben)] {
                    group.addTask { try await world.save(text, of: assignment, ifMatch: first, as: member) }
                }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.map(\.status).sorted() == [200, 412])
            let winner = try #require(replies.first { $0.status == 200 })
            let shown = try await world.show(try world.id(of: winner), as: grouped.ben).json
            #expect(shown["text"] == winner.json["text"])
        }
    }

    @Test func `attack: both members who hand in at once hand in once`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment()
            let draft = try world.id(of: try await world.save("Ours", of: assignment, as: grouped.ana))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    let member = number.isMultiple(of: 2) ? grouped.ana : grouped.ben
                    group.addTask { try await world.submit(draft, as: member).status }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [200])
            #expect(try await world.count(of: .submissionReceived) == 1)
            #expect(try await world.number("SELECT count(*) FROM submission_members") == 2)
        }
    }

    @Test func `a learner is in one group of a set, and without one is told so`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let dora = try await world.join("dora")
            let assignment = try await grouped.assignment()
            #expect(try await world.save("Mine", of: assignment, as: dora).code == "GROUP_NEEDED")
            let upload = try await world.upload(as: dora)
            let files = try await grouped.assignment(#","takes":"files""#)
            #expect(try await world.attach(upload, to: files, as: dora).code == "GROUP_NEEDED")
            #expect(try await world.group("Three", of: [grouped.ana], in: grouped.set).code == "IN_ANOTHER_GROUP")
            #expect(try await world.group("One", of: [], in: grouped.set).code == "GROUP_NAME_TAKEN")
            #expect(
                try await world.group("Three", of: [world.teacher], in: grouped.set).code
                    == "ASSIGNMENT_LEARNER_NOT_FOUND"
            )
            let elsewhere = try await world.group("One", of: [grouped.ana], in: try await world.groupSet())
            #expect(elsewhere.status == 201, "\(elsewhere.text)")
            let mine = try await world.send("GET", "courses/\(world.course)/groups/mine", as: grouped.ana).items
            #expect(mine.map { $0["name"]?.text } == ["One", "One"])
        }
    }

    @Test func `what was handed in stays with those who were in the group`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment(#","submissionLimit":2"#)
            let draft = try await world.handIn("Ours", of: assignment, as: grouped.ana)
            let shown = try await world.send("GET", "groups/\(grouped.group)", as: grouped.ana)
            let etag = try #require(shown[.etag])
            let change = #"{"name":"Uno","memberIds":["\#(grouped.ana.user)"]}"#
            let path = "groups/\(grouped.group)"
            let changed = try await world.send("PATCH", path, as: world.teacher, change, fields: ["If-Match: \(etag)"])
            #expect(
                changed.json["name"]?.text == "Uno" && changed.json["members"]?.array?.count == 1,
                "\(changed.text)"
            )
            let late = try await world.send("PATCH", path, as: world.teacher, change, fields: ["If-Match: \(etag)"])
            #expect(late.code == "PRECONDITION_FAILED")
            let moved = #"{"memberIds":["\#(grouped.cleo.user)","\#(grouped.ben.user)"]}"#
            #expect(try await world.send("PATCH", "groups/\(grouped.other)", as: world.teacher, moved).status == 200)
            #expect(try await world.show(draft, as: grouped.ben).status == 200)
            #expect(try await world.show(draft, as: grouped.cleo).code == "SUBMISSION_NOT_FOUND")
            _ = try await world.grade(draft, #"{"points":4}"#)
            #expect(try await world.grades().count == 2)
            // The next version is of who is in the group by then; Ben writes with the others.
            let next = try world.id(of: try await world.save("Mine", of: assignment, as: grouped.ana))
            #expect(try await world.show(next, as: grouped.ben).code == "SUBMISSION_NOT_FOUND")
            let theirs = try world.id(of: try await world.save("Theirs", of: assignment, as: grouped.ben))
            #expect(try await world.show(theirs, as: grouped.cleo).status == 200)
            #expect(try await world.send("DELETE", path, as: world.teacher).code == "GROUP_IN_USE")
            #expect(
                try await world.send("DELETE", "group-sets/\(grouped.set)", as: world.teacher).code
                    == "GROUP_SET_IN_USE"
            )
            let others = #"{"groupSetId":null}"#
            let opened = try await world.send("PATCH", "assignments/\(assignment)", as: world.teacher, others)
            #expect(opened.code == "ASSIGNMENT_HAS_SUBMISSIONS")
        }
    }

    @Test(arguments: [false, true])
    func `who left the group keeps what it handed in until that is graded and released`(isHeld: Bool) async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment(
                #","submissionLimit":3\#(isHeld ? #","release":"held""# : "")"#
            )
            let first = try await world.handIn("Ours", of: assignment, as: grouped.ana)
            if isHeld { _ = try await world.grade(first, #"{"points":9}"#) }
            let left = #"{"memberIds":["\#(grouped.ana.user)"]}"#
            #expect(try await world.send("PATCH", "groups/\(grouped.group)", as: world.teacher, left).status == 200)
            let second = try world.id(of: try await world.save("Mine", of: assignment, as: grouped.ana))
            #expect(try await world.submit(second, as: grouped.ana).code == "PREVIOUS_SUBMISSION_UNGRADED")
            #expect(try await world.show(first, as: grouped.ben).json["isLatest"]?.flag == true)
            if isHeld {
                let path = "assignments/\(assignment)/release-grades"
                #expect(try await world.send("POST", path, as: world.teacher).status == 200)
            } else {
                _ = try await world.grade(first, #"{"points":9}"#)
            }
            #expect(try await world.submit(second, as: grouped.ana).status == 200)
            #expect(try await world.show(first, as: grouped.ben).json["points"]?.written == "9")
            #expect(try await world.grades().count == 2)
            // Nobody left it since, so the next one is taken at any time.
            let third = try world.id(of: try await world.save("Once more", of: assignment, as: grouped.ana))
            #expect(try await world.submit(third, as: grouped.ana).status == 200)
        }
    }

    @Test func `an extension of one member is their group's`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment(#","dueAt":\#(world.date(in: 10))"#)
            world.advance(by: 20)
            let late = try await world.handIn("Late", of: assignment, as: grouped.ana)
            #expect(try await world.show(late, as: grouped.ana).json["daysLate"]?.integer == 1)
            let path = "assignments/\(assignment)/extensions/\(grouped.ben.user)"
            let wish = #"{"reason":"Illness","dueAt":\#(world.date(in: 60)),"extraSubmissions":1}"#
            #expect(try await world.send("PUT", path, as: world.teacher, wish).status == 200)
            #expect(try await world.show(late, as: grouped.ana).json["daysLate"]?.integer == 0)
            #expect(try await world.save("Again", of: assignment, as: grouped.ana).status == 200)
            #expect(try await world.send("DELETE", path, as: world.teacher).status == 204)
            #expect(try await world.show(late, as: grouped.ana).json["daysLate"]?.integer == 1)
        }
    }

    @Test func `who grades blindly sees neither the group nor who is in it, until the release`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment(#","isBlind":true,"release":"held""#)
            let draft = try await world.handIn("Ours", of: assignment, as: grouped.ana)
            let shown = try await world.show(draft, as: world.teacher)
            #expect(shown.json["groupId"] == .null && shown.json["members"] == .array([]))
            for secret in [grouped.group, grouped.ana.user, grouped.ben.user] { #expect(!shown.text.contains(secret)) }
            _ = try await world.grade(draft, #"{"points":5}"#)
            #expect(try await world.grades().isEmpty)
            let release = "assignments/\(assignment)/release-grades"
            #expect(try await world.send("POST", release, as: world.teacher).json["released"]?.integer == 1)
            #expect(try await world.grades() == ["5000000 graded", "5000000 graded"])
            #expect(try await world.show(draft, as: world.teacher).json["members"]?.array?.count == 2)
        }
    }

    @Test func `attack: another group's work is as if it never was, and groups are the staff's to make`() async throws {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment(#","takes":"text_and_files","submissionLimit":2"#)
            let file = try await world.attach(try await world.upload(as: grouped.ana), to: assignment, as: grouped.ana)
            let draft = try #require(file.json["submissionId"]?.text)
            let never = AssignmentWorld.never
            func expectNever(_ method: String, _ path: String, _ unknown: String) async throws {
                let theirs = try await world.send(method, path, as: grouped.cleo)
                let nothing = try await world.send(method, unknown, as: grouped.cleo)
                #expect(theirs.status == 404 && theirs.comparable == nothing.comparable, "\(method) \(path)")
            }
            for _ in 0..<2 {
                let path = "submissions/\(draft)"
                try await expectNever("GET", path, "submissions/\(never)")
                try await expectNever("POST", "\(path)/submit", "submissions/\(never)/submit")
                let own = "\(path)/files/\(try world.id(of: file))"
                for method in ["GET", "DELETE"] {
                    try await expectNever(method, own, "submissions/\(never)/files/\(never)")
                }
                #expect(try await world.submit(draft, as: grouped.ben).status == 200)
            }
            try await expectNever("GET", "groups/\(grouped.group)", "groups/\(never)")
            try await expectNever("GET", "group-sets/\(grouped.set)/groups", "group-sets/\(never)/groups")
            #expect(try await world.send("GET", "courses/\(world.course)/group-sets", as: grouped.cleo).status == 403)
            let wish = #"{"title":"Mine"}"#
            #expect(
                try await world.send("POST", "courses/\(world.course)/group-sets", as: grouped.cleo, wish).status == 403
            )
            let set = try #require(GroupSet.ID(grouped.set))
            let foreign = #"{"title":"Elsewhere","groupSetId":"\#(never)"}"#
            let refused = try await world.send(
                "POST",
                "courses/\(world.course)/assignments",
                as: world.teacher,
                foreign
            )
            #expect(refused.code == "GROUP_SET_NOT_FOUND")
            #expect(try await world.number("SELECT count(*) FROM course_groups WHERE set_id = \(set)") == 2)
        }
    }

    @Test func `a group keeps its work when one of its members is erased, and the last one takes it along`()
        async throws
    {
        try await Grouped.with { grouped in
            let world = grouped.world
            let assignment = try await grouped.assignment(#","submissionLimit":2"#)
            let first = try await world.handIn("Ours", of: assignment, as: grouped.ana)
            let draft = try world.id(of: try await world.save("Next", of: assignment, as: grouped.ana))
            func erase(_ session: PlatformHost.Session) async throws {
                let users = world.host.platform.lms.users
                try await world.tenant.transaction { transaction in
                    _ = try await users.erase(try #require(User.ID(session.user)), session: transaction)
                }
            }
            try await erase(grouped.ana)
            for submission in [first, draft] {
                let shown = try await world.show(submission, as: grouped.ben)
                #expect(shown.json["members"]?.array?.count == 1, "\(shown.text)")
            }
            #expect(try await world.grade(first, #"{"points":3}"#).status == 200)
            #expect(try await world.grades() == ["3000000 graded"])
            try await erase(grouped.ben)
            #expect(try await world.number("SELECT count(*) FROM submissions") == 0)
        }
    }
}
