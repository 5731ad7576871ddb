// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
@testable import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct AssignmentGradingTests {
    @Test func `held grades are seen by nobody but graders until they are released, all at once`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","release":"held""#)
            var submissions: [String] = []
            for learner in [world.ana, world.ben] {
                let submission = try await world.handIn(of: assignment, as: learner)
                let before = try await world.show(submission, as: learner)
                _ = try await world.grade(submission, #"{"points":7.25,"feedback":"zzsecret"}"#)
                let after = try await world.show(submission, as: learner)
                // Not a byte tells that somebody graded it.
                #expect(before.text == after.text && before[.etag] == after[.etag])
                submissions.append(submission)
            }
            #expect(try await world.grades().isEmpty)
            #expect(try await world.count(of: .assignmentGraded) == 0)
            let path = "assignments/\(assignment)/release-grades"
            #expect(try await world.send("POST", path, as: world.teacher).json["released"]?.integer == 2)
            let nothing = try await world.send("POST", path, as: world.teacher).json
            #expect(nothing["released"]?.integer == 0 && nothing["hasMore"] == .bool(false))
            #expect(try await world.grades() == ["7250000 graded", "7250000 graded"])
            #expect(try await world.count(of: .assignmentGraded) == 2)
            #expect(try await world.show(submissions[0], as: world.ana).json["points"]?.written == "7.25")
            // What is released is told again when it changes.
            _ = try await world.grade(submissions[0], #"{"points":8}"#)
            #expect(try await world.grades().sorted() == ["7250000 graded", "8000000 graded"])
        }
    }

    @Test func `a grader who grades blindly sees one name per learner, and no person before the release`() async throws
    {
        try await AssignmentWorld.with { world in
            let blind = #","isBlind":true,"release":"held","submissionLimit":2"#
            let open = try await world.send(
                "POST",
                "courses/\(world.course)/assignments",
                as: world.teacher,
                #"{"title":"Blind","isBlind":true}"#
            )
            #expect(open.status == 400)
            let assignment = try await world.assignment(blind)
            let other = try await world.assignment(blind)
            let first = try await world.handIn(of: assignment, as: world.ana)
            let name = try await world.show(first, as: world.teacher).json["pseudonym"]?.text
            let second = try await world.handIn(of: assignment, as: world.ana)
            let elsewhere = try await world.handIn(of: other, as: world.ana)
            for (submission, isSame) in [(first, true), (second, true), (elsewhere, false)] {
                let shown = try await world.show(submission, as: world.teacher)
                #expect((shown.json["pseudonym"]?.text == name) == isSame)
                #expect(shown.json["userId"] == .null && shown.json["displayName"] == .null)
                #expect(!shown.text.contains(world.ana.user) && !shown.text.contains(world.places[0]))
            }
            let listed = try await world.send("GET", "assignments/\(assignment)/submissions", as: world.teacher)
            #expect(listed.items.count == 1 && !listed.text.contains(world.ana.user))
            let graded = try await world.grade(second, #"{"points":5}"#)
            #expect(graded.status == 200 && !graded.text.contains(world.ana.user))
            // Nobody looks behind it by making it open.
            let opened = try await world.send(
                "PATCH",
                "assignments/\(assignment)",
                as: world.teacher,
                #"{"isBlind":false}"#
            )
            #expect(opened.code == "ASSIGNMENT_HAS_SUBMISSIONS")
            // Graders are not told who handed in either: without a title there is no notification.
            let titled: SQL = """
                SELECT count(*) FROM cell.tenant_events WHERE type = 'submission.received' AND payload ? 'title'
                """
            #expect(try await world.number(titled) == 0)
            _ = try await world.send("POST", "assignments/\(assignment)/release-grades", as: world.teacher)
            #expect(try await world.show(second, as: world.teacher).json["userId"]?.text == world.ana.user)
            #expect(try await world.show(elsewhere, as: world.teacher).json["userId"] == .null)
        }
    }

    @Test func `attack: what becomes known of one version tells nobody whose the next one is`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","isBlind":true,"release":"held","submissionLimit":3"#)
            let first = try await world.handIn(of: assignment, as: world.ana)
            let name = try #require(try await world.show(first, as: world.teacher).json["pseudonym"]?.text)
            // Begun while the first one is anonymous, handed in when it is not any more.
            let second = try world.id(of: try await world.save("Better.", of: assignment, as: world.ana))
            _ = try await world.grade(first, #"{"points":5}"#)
            _ = try await world.send("POST", "assignments/\(assignment)/release-grades", as: world.teacher)
            let known = try await world.show(first, as: world.teacher).json
            #expect(known["userId"]?.text == world.ana.user && known["pseudonym"] == .null)
            #expect(try await world.submit(second, as: world.ana).status == 200)
            let next = try await world.show(second, as: world.teacher)
            #expect(!next.text.contains(name) && !next.text.contains(world.ana.user))
            let other = try #require(next.json["pseudonym"]?.text)
            let third = try await world.handIn("Best.", of: assignment, as: world.ana)
            #expect(try await world.show(third, as: world.teacher).json["pseudonym"]?.text == other)
        }
    }

    @Test func `attack: handing in completes no lesson where progress would tell graders who did`() async throws {
        try await AssignmentWorld.with { world in
            let path = "courses/\(world.course)/assignments"
            let lesson = #","lessonId":"\#(world.lessons[0])","isBlind":true,"release":"held""#
            let json = #"{"title":"Blind"\#(lesson),"completesLessonOn":"submission"}"#
            let refused = try await world.send("POST", path, as: world.teacher, json)
            #expect(refused.status == 400 && refused.text.contains("completesLessonOn"), "\(refused.text)")
            let assignment = try await world.assignment(#"\#(lesson),"completesLessonOn":"grade""#)
            let change = #"{"completesLessonOn":"submission"}"#
            let changed = try await world.send("PATCH", "assignments/\(assignment)", as: world.teacher, change)
            #expect(changed.status == 400 && changed.text.contains("completesLessonOn"), "\(changed.text)")
        }
    }

    @Test func `what is returned is handed in again, with what was said to it`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment()
            let submission = try await world.handIn("Because 🎈 so.", of: assignment, as: world.ana)
            let path = "submissions/\(submission)/comments"
            for range in [#""start":0,"end":14"#, #""start":3,"end":3"#] {
                let reply = try await world.send("POST", path, as: world.teacher, #"{\#(range),"body":"Why?"}"#)
                #expect(reply.status == 400, "\(reply.text)")
            }
            let comment = try await world.send("POST", path, as: world.teacher, #"{"start":8,"end":13,"body":"Why?"}"#)
            #expect(comment.status == 201, "\(comment.text)")
            #expect(try await world.show(submission, as: world.ana).json["comments"] == .array([]))
            let returned = try await world.send(
                "POST",
                "submissions/\(submission)/return",
                as: world.teacher,
                #"{"feedback":"Name your sources."}"#
            )
            #expect(returned.json["status"]?.text == "returned", "\(returned.text)")
            let seen = try await world.show(submission, as: world.ana).json
            #expect(seen["feedback"]?.text == "Name your sources." && seen["points"] == .null)
            #expect(seen["comments"]?[0]?["start"]?.integer == 8 && seen["comments"]?[0]?["body"]?.text == "Why?")
            let again = try await world.handIn("With sources.", of: assignment, as: world.ana)
            #expect(try await world.save("More", of: assignment, as: world.ana).code == "NO_SUBMISSIONS_LEFT")
            _ = try await world.grade(again, #"{"points":10}"#)
            let tooLate = try await world.send(
                "POST",
                "submissions/\(again)/return",
                as: world.teacher,
                #"{"feedback":"No."}"#
            )
            #expect(tooLate.code == "GRADE_RELEASED")
            let id = try world.id(of: comment)
            #expect(try await world.send("DELETE", "\(path)/\(id)", as: world.teacher).status == 204)
            #expect(try await world.send("DELETE", "\(path)/\(id)", as: world.teacher).status == 404)
        }
    }

    @Test func `drafts and others' work are seen by those who teach the course, and nobody grades their own`()
        async throws
    {
        try await AssignmentWorld.with { world in
            let draft = try await world.assignment(isPublished: false)
            #expect(try await world.send("GET", "assignments/\(draft)", as: world.ana).code == "ASSIGNMENT_NOT_FOUND")
            #expect(try await world.save("x", of: draft, as: world.ana).code == "ASSIGNMENT_NOT_FOUND")
            let listed = try await world.send("GET", "courses/\(world.course)/assignments", as: world.ana).items
            #expect(listed.isEmpty)
            let admin = try await world.host.member("admin", .admin, of: world.tenant)
            #expect(try await world.send("GET", "assignments/\(draft)", as: admin).status == 200)
            let assignment = try await world.assignment()
            // An owner has a place in the course too.
            let owner = try await world.host.member("owner", .owner, of: world.tenant)
            _ = try await world.send("POST", "courses/\(world.course)/enroll", as: owner)
            let own = try await world.handIn(of: assignment, as: owner)
            #expect(try await world.grade(own, #"{"points":10}"#, as: owner).status == 403)
            let theirs = try await world.handIn(of: assignment, as: world.ana)
            #expect(try await world.grade(theirs, #"{"points":10}"#, as: admin).status == 200)
        }
    }

    @Test func `attack: a client decides neither when it came, nor how it stands, nor what it is worth`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","latePenaltyPercent":10,"dueAt":\#(world.date(in: 10))"#)
            for extra in [
                #""submittedAt":"2020-01-01T00:00:00Z""#, #""status":"graded""#, #""points":10"#, #""daysLate":0"#,
                #""userId":"\#(world.ben.user)""#,
            ] {
                let json = #"{"text":"x","sequence":1,\#(extra)}"#
                let reply = try await world.send("PUT", "assignments/\(assignment)/draft", as: world.ana, json)
                #expect(reply.status == 400, "\(extra)")
            }
            world.advance(by: 20)
            let late = try await world.handIn(of: assignment, as: world.ana)
            #expect(try await world.show(late, as: world.ana).json["daysLate"]?.integer == 1)
            let long = String(repeating: "x", count: 50_001)
            #expect(try await world.save(long, of: assignment, as: world.ben).status == 400)
        }
    }

    @Test func `attack: another's submission is as if it never was, and a learner grades nothing`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment()
            let submission = try await world.handIn(of: assignment, as: world.ana)
            let stranger = try await world.host.member("stranger", .instructor, of: world.tenant)
            func tries(_ id: String, as session: PlatformHost.Session) async throws -> [TestReply] {
                [
                    try await world.show(id, as: session), try await world.submit(id, as: session),
                    try await world.grade(id, #"{"points":1}"#, as: session),
                    try await world.send("POST", "submissions/\(id)/return", as: session, #"{"feedback":"x"}"#),
                    try await world.send(
                        "POST",
                        "submissions/\(id)/comments",
                        as: session,
                        #"{"start":0,"end":1,"body":"x"}"#
                    ),
                ]
            }
            for session in [world.ben, stranger] {
                let theirs = try await tries(submission, as: session)
                let never = try await tries(AssignmentWorld.never, as: session)
                for (one, other) in zip(theirs, never) {
                    #expect([403, 404].contains(one.status) && one.status == other.status && one.code == other.code)
                }
            }
            for path in ["submissions", "extensions"] {
                let reply = try await world.send("GET", "assignments/\(assignment)/\(path)", as: stranger)
                #expect(reply.status == 404)
            }
            #expect(try await world.grade(submission, #"{"points":10}"#, as: world.ana).status == 403)
            #expect(try await world.grades().isEmpty)
        }
    }

    @Test func `10,000 submissions are listed by an index, page after page`() async throws {
        try await AssignmentWorld.with { world in
            let id = try #require(Assignment.ID(try await world.assignment()))
            try await world.tenant.transaction { session in
                _ = try await session.batch([
                    """
                    INSERT INTO users (id, email, email_key, display_name, status, created_at, updated_at)
                    SELECT gen_random_uuid(), 'm' || n || '@example.net', 'm' || n || '@example.net', 'M', 'active', now(), now()
                    FROM generate_series(1, 2000) n
                    """,
                    """
                    INSERT INTO enrollments (id, user_id, course_id, status, enrolled_at)
                    SELECT gen_random_uuid(), id, \(world.course), 'active', now() FROM users WHERE email LIKE '%@example.net'
                    """,
                    """
                    INSERT INTO submissions (id, assignment_id, course_id, enrollment_id, user_id, number, pseudonym, status, is_latest, body,
                        sequence, saved_at, received_at)
                    SELECT gen_random_uuid(), \(id), e.course_id, e.id, e.user_id, n, '0123456789', 'submitted', n = 5, 'x', 1, now(), now()
                    FROM enrollments e JOIN users u ON u.id = e.user_id, generate_series(1, 5) n WHERE u.email LIKE '%@example.net'
                    """,
                ])
            }
            try await world.tenant.analyze("users", "submissions")
            let plan = try await world.tenant.transaction { session in
                let list = SQL.listSubmissions(of: id, status: nil, for: nil, after: Submission.ID(id.uuid), limit: 50)
                let rows = try await session.execute("EXPLAIN (COSTS OFF) \(list)")
                return try rows.map { row throws(DatabaseError) -> String in try row[0] }.joined(separator: "\n")
            }
            #expect(plan.contains("submissions_latest_idx") && !plan.contains("Seq Scan on submissions"), "\(plan)")
            let path = "assignments/\(id)/submissions?limit=100"
            let first = try await world.send("GET", path, as: world.teacher)
            let cursor = try #require(first.json["nextCursor"]?.text)
            let second = try await world.send("GET", "\(path)&cursor=\(cursor)", as: world.teacher)
            let seen = Set((first.items + second.items).compactMap { $0["id"]?.text })
            #expect(first.items.count == 100 && seen.count == 200)
        }
    }
}
