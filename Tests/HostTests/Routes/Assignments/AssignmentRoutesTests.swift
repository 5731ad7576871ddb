// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct AssignmentRoutesTests {
    @Test func `an assignment is set, handed in, graded by its rubric, and in the gradebook`() async throws {
        try await AssignmentWorld.with { world in
            let rubric = try await world.rubric()
            let lesson = world.lessons[0]
            let assignment = try await world.assignment(
                #","rubricId":"\#(rubric)","lessonId":"\#(lesson)","completesLessonOn":"grade""#
            )
            let shown = try await world.send("GET", "assignments/\(assignment)", as: world.ana).json
            // What the rubric sums up to.
            #expect(shown["points"]?.integer == 10 && shown["criteria"]?[0]?["levels"]?[1]?["points"]?.written == "2.5")
            let submission = try await world.handIn("Here is why.", of: assignment, as: world.ana)
            #expect(try await world.count(of: .submissionReceived) == 1)
            let queue = try await world.send(
                "GET",
                "assignments/\(assignment)/submissions?status=submitted",
                as: world.teacher
            ).items
            #expect(queue.map { $0["id"]?.text } == [submission])
            #expect(queue.first?["userId"]?.text == world.ana.user)
            for levels in ["[]", #"[{"level":2}]"#, #"[{"level":4},{"level":1}]"#] {
                #expect(try await world.grade(submission, #"{"levels":\#(levels)}"#).status == 400)
            }
            let graded = try await world.grade(
                submission,
                #"{"levels":[{"level":2,"comment":"Nearly."},{"level":2}],"feedback":"Good."}"#
            )
            #expect(graded.json["points"]?.written == "8.5", "\(graded.text)")
            let seen = try await world.show(submission, as: world.ana).json
            #expect(seen["status"]?.text == "graded" && seen["levels"]?[0]?["comment"]?.text == "Nearly.")
            #expect(seen["feedback"]?.text == "Good." && seen["version"] == .null)
            #expect(try await world.grades() == ["8500000 graded"])
            #expect(try await world.count(of: .assignmentGraded) == 1)
            #expect(
                try await world.number(
                    "SELECT count(*) FROM lesson_progress WHERE lesson_id = \(lesson) AND completed_at IS NOT NULL"
                ) == 1
            )
            // Grading the same again changes nothing.
            _ = try await world.grade(
                submission,
                #"{"levels":[{"level":2,"comment":"Nearly."},{"level":2}],"feedback":"Good."}"#
            )
            #expect(try await world.count(of: .assignmentGraded) == 1)
            let mine = try await world.send("GET", "courses/\(world.course)/submissions/mine", as: world.ana).items
            #expect(mine.map { $0["points"]?.written } == ["8.5"])
            let record = try await world.send("GET", "users/me/export", as: world.ana).json
            #expect(record["submissions"]?[0]?["text"]?.text == "Here is why.")
        }
    }

    @Test(arguments: ["submission", "grade"])
    func `attack: a learner does not complete the lesson of an assignment by saying so`(rule: String) async throws {
        try await AssignmentWorld.with { world in
            let lesson = world.lessons[0]
            let assignment = try await world.assignment(#","lessonId":"\#(lesson)","completesLessonOn":"\#(rule)""#)
            let path = "enrollments/\(world.places[0])/lessons/\(lesson)/complete"
            let refused = try await world.send("POST", path, as: world.ana)
            #expect(refused.status == 409 && refused.code == "ASSIGNMENT_NOT_DONE", "\(refused.text)")
            let submission = try await world.handIn("Here is why.", of: assignment, as: world.ana)
            if rule == "grade" {
                #expect(try await world.send("POST", path, as: world.ana).code == "ASSIGNMENT_NOT_DONE")
                _ = try await world.grade(submission, #"{"points":1}"#)
            }
            #expect(try await world.send("POST", path, as: world.ana).status == 200)
        }
    }

    @Test func `attack: nothing is written for an assignment before its lesson is the learner's`() async throws {
        try await AssignmentWorld.with { world in
            let lesson = world.lessons[0]
            let assignment = try await world.assignment(#","lessonId":"\#(lesson)""#)
            let outline = try await world.send("GET", "courses/\(world.course)", as: world.teacher).json
            let module = try #require(
                (outline["modules"]?.array ?? []).first {
                    $0["lessons"]?.array?.contains { $0["id"]?.text == "\(lesson)" } == true
                }?["id"]?.text
            )
            let release = #"{"releaseAt":\#(world.date(in: 60))}"#
            let path = "courses/\(world.course)/modules/\(module)"
            #expect(try await world.send("PATCH", path, as: world.teacher, release).status == 200)
            #expect(try await world.save("Early", of: assignment, as: world.ana).code == "ASSIGNMENT_NOT_OPEN")
            world.advance(by: 60)
            _ = try await world.handIn("In time", of: assignment, as: world.ana)
        }
    }

    @Test func `a draft is saved by its number, survives, and handing in is once`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment()
            let draft = try world.id(of: try await world.save("First", of: assignment, 2, as: world.ana))
            let late = try await world.save("Older", of: assignment, 1, as: world.ana)
            #expect(late.status == 200 && late.json["text"]?.text == "First" && late.json["sequence"]?.integer == 2)
            let newer = try await world.save("Second", of: assignment, 3, as: world.ana)
            #expect(newer.json["id"]?.text == draft && newer.json["text"]?.text == "Second")
            // Nobody grades what is not handed in, or sees it.
            #expect(try await world.show(draft, as: world.teacher).code == "SUBMISSION_NOT_FOUND")
            #expect(try await world.grade(draft, #"{"points":1}"#).code == "SUBMISSION_NOT_FOUND")
            let replies = try await withThrowingTaskGroup(of: TestReply.self) { group in
                for _ in 0..<8 { group.addTask { try await world.submit(draft, as: world.ana) } }
                return try await group.reduce(into: [TestReply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 && $0.json["status"]?.text == "submitted" })
            #expect(Set(replies.map { $0.json["receivedAt"]?.text }).count == 1)
            #expect(try await world.count(of: .submissionReceived) == 1)
            #expect(try await world.save("Third", of: assignment, 4, as: world.ana).code == "NO_SUBMISSIONS_LEFT")
            #expect(try await world.show(draft, as: world.ana).json["text"]?.text == "Second")
            let blank = try world.id(of: try await world.save(" ", of: assignment, as: world.ben))
            #expect(try await world.submit(blank, as: world.ben).code == "SUBMISSION_EMPTY")
        }
    }

    @Test func `another submission takes the place of the last, whose grade counts until then`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","submissionLimit":2"#)
            let first = try await world.handIn("One", of: assignment, as: world.ana)
            _ = try await world.grade(first, #"{"points":3}"#)
            let second = try await world.handIn("Two", of: assignment, as: world.ana)
            #expect(first != second)
            #expect(try await world.grades() == ["3000000 graded"])
            #expect(try await world.grade(first, #"{"points":9}"#).code == "SUBMISSION_SUPERSEDED")
            let listed = try await world.send("GET", "assignments/\(assignment)/submissions", as: world.teacher).items
            #expect(listed.map { $0["id"]?.text } == [second] && listed[0]["number"]?.integer == 2)
            _ = try await world.grade(second, #"{"points":7.5}"#)
            #expect(try await world.grades() == ["7500000 graded"])
            let mine = try await world.send("GET", "assignments/\(assignment)/submissions/mine", as: world.ana).items
            #expect(mine.map { $0["points"]?.written } == ["7.5", "3"])
        }
    }

    @Test func `due dates are no decoration: what comes a second late is late, what it costs is taken off`()
        async throws
    {
        try await AssignmentWorld.with { world in
            let rules =
                #","graceSeconds":60,"latePenaltyPercent":10,"lateFloorPercent":20,"dueAt":\#(world.date(in: 100))"#
            let assignment = try await world.assignment(rules)
            let refusing = try await world.assignment(rules + #","acceptsLate":false"#)
            let early = try world.id(of: try await world.save("In time", of: assignment, as: world.ana))
            let tooLate = try world.id(of: try await world.save("Too late", of: refusing, as: world.ana))
            let late = try world.id(of: try await world.save("Late", of: assignment, as: world.ben))
            world.advance(by: 159)
            #expect(try await world.submit(early, as: world.ana).json["daysLate"]?.integer == 0)
            world.advance(by: 2)
            let reply = try await world.submit(late, as: world.ben)
            #expect(reply.json["daysLate"]?.integer == 1)
            #expect(try await world.submit(tooLate, as: world.ana).code == "ASSIGNMENT_CLOSED")
            #expect(try await world.save("x", of: refusing, as: world.ben).code == "ASSIGNMENT_CLOSED")
            let graded = try await world.grade(late, #"{"points":8}"#).json
            #expect(graded["earned"]?.written == "8" && graded["points"]?.written == "7")
            _ = try await world.grade(early, #"{"points":8}"#)
            #expect(try await world.grades().sorted() == ["7000000 late", "8000000 graded"])
        }
    }

    @Test func `an extension is one learner's, and makes what they handed in less late`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","latePenaltyPercent":50,"dueAt":\#(world.date(in: 10))"#)
            world.advance(by: 20)
            let late = try await world.handIn("Late", of: assignment, as: world.ana)
            let other = try await world.handIn("Late too", of: assignment, as: world.ben)
            let path = "assignments/\(assignment)/extensions/\(world.ana.user)"
            let given = try await world.send(
                "PUT",
                path,
                as: world.teacher,
                #"{"reason":"Illness","dueAt":\#(world.date(in: 60)),"extraSubmissions":1}"#
            )
            #expect(given.status == 200, "\(given.text)")
            #expect(try await world.show(late, as: world.ana).json["daysLate"]?.integer == 0)
            #expect(try await world.show(other, as: world.ben).json["daysLate"]?.integer == 1)
            _ = try await world.handIn("Again", of: assignment, as: world.ana)
            #expect(try await world.save("Again", of: assignment, as: world.ben).code == "NO_SUBMISSIONS_LEFT")
            let listed = try await world.send("GET", "assignments/\(assignment)/extensions", as: world.teacher).items
            #expect(listed.map { $0["userId"]?.text } == [world.ana.user])
            #expect(try await world.send("DELETE", path, as: world.teacher).status == 204)
            #expect(try await world.send("DELETE", path, as: world.teacher).code == "ASSIGNMENT_LEARNER_NOT_FOUND")
        }
    }

    @Test func `who left the course hands in nothing`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","submissionLimit":null"#)
            let draft = try world.id(of: try await world.save("Mine", of: assignment, as: world.ana))
            let left = try await world.send("DELETE", "courses/\(world.course)/enroll", as: world.ana)
            #expect(left.status < 300, "\(left.text)")
            #expect(try await world.submit(draft, as: world.ana).code == "ENROLLMENT_NEEDED")
            #expect(try await world.save("More", of: assignment, 2, as: world.ana).status >= 400)
            #expect(try await world.count(of: .submissionReceived) == 0)
        }
    }

    @Test func `points and rubric stay once somebody was graded, and a version is checked`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment()
            let path = "assignments/\(assignment)"
            let tag = try #require(try await world.send("GET", path, as: world.teacher)[.etag])
            let fields = ["If-Match: \(tag)"]
            let changed = try await world.send("PATCH", path, as: world.teacher, #"{"points":20}"#, fields: fields)
            #expect(changed.json["points"]?.integer == 20)
            let stale = try await world.send("PATCH", path, as: world.teacher, #"{"points":30}"#, fields: fields)
            #expect(stale.status == 412)
            let submission = try await world.handIn(of: assignment, as: world.ana)
            let version = try #require(try await world.show(submission, as: world.teacher)[.etag])
            #expect(try await world.grade(submission, #"{"points":21}"#).status == 400)
            let once = try await world.grade(submission, #"{"points":20}"#, fields: ["If-Match: \(version)"])
            let again = try await world.grade(submission, #"{"points":1}"#, fields: ["If-Match: \(version)"])
            #expect(once.status == 200 && again.status == 412)
            let points = try await world.send("PATCH", path, as: world.teacher, #"{"points":10}"#)
            #expect(points.code == "ASSIGNMENT_HAS_GRADES")
            #expect(try await world.send("DELETE", path, as: world.teacher).code == "ASSIGNMENT_HAS_SUBMISSIONS")
            #expect(try await world.send("PATCH", path, as: world.teacher, #"{"title":"Sheet 3"}"#).status == 200)
            #expect(
                try await world.number("SELECT count(*) FROM grade_items WHERE title = 'Sheet 3' AND max_points = 20")
                    == 1
            )
            let unused = try await world.assignment()
            #expect(try await world.send("DELETE", "assignments/\(unused)", as: world.teacher).status == 204)
            #expect(try await world.number("SELECT count(*) FROM grade_items") == 1)
        }
    }

    @Test func `a rubric that is rewritten leaves its assignments as they are`() async throws {
        try await AssignmentWorld.with { world in
            let rubric = try await world.rubric()
            let assignment = try await world.assignment(#","rubricId":"\#(rubric)""#)
            let tag = try #require(try await world.send("GET", "rubrics/\(rubric)", as: world.teacher)[.etag])
            let other = #"{"title":"Essays","criteria":[{"title":"All","levels":[{"title":"Yes","points":3}]}]}"#
            let put = try await world.send(
                "PUT",
                "rubrics/\(rubric)",
                as: world.teacher,
                other,
                fields: ["If-Match: \(tag)"]
            )
            #expect(put.json["version"]?.integer == 2 && put.json["points"]?.integer == 3)
            let stale = try await world.send(
                "PUT",
                "rubrics/\(rubric)",
                as: world.teacher,
                other,
                fields: ["If-Match: \(tag)"]
            )
            #expect(stale.status == 412)
            let shown = try await world.send("GET", "assignments/\(assignment)", as: world.ana).json
            #expect(shown["rubricVersion"]?.integer == 1 && shown["points"]?.integer == 10)
            #expect(try await world.send("GET", "rubrics/\(rubric)", as: world.ana).status == 404)
            for nothing in [
                #"{"title":"x","criteria":[]}"#,
                #"{"title":"x","criteria":[{"title":"y","levels":[{"title":"z","points":0}]}]}"#,
            ] {
                let reply = try await world.send("POST", "courses/\(world.course)/rubrics", as: world.teacher, nothing)
                #expect(reply.status == 400)
            }
        }
    }

    @Test func `learners are reminded once of each due date, of the one that holds then`() async throws {
        try await AssignmentWorld.with { world in
            let day = 86_400.0
            let assignment = try await world.assignment(#","dueAt":\#(world.date(in: 3 * day))"#)
            #expect(try await world.count(of: .assignmentCreated) == 1)
            let id = try #require(Assignment.ID(assignment))
            let queued: SQL = """
                SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'assignment_reminder' AND subject = \(id)
                """
            #expect(try await world.number(queued) == 1)
            #expect(try await world.remind(of: assignment) != nil)
            let moved = #"{"dueAt":\#(world.date(in: 5 * day))}"#
            _ = try await world.send("PATCH", "assignments/\(assignment)", as: world.teacher, moved)
            world.advance(by: 2 * day + 1)
            #expect(try await world.remind(of: assignment) != nil)
            #expect(try await world.count(of: .assignmentDueSoon) == 0)
            world.advance(by: 2 * day)
            for _ in 0..<2 { #expect(try await world.remind(of: assignment) == nil) }
            #expect(try await world.count(of: .assignmentDueSoon) == 1)
        }
    }
}
