// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A course with an item of 20 points, in which the student learns.
private struct GradedWorld {
    let world: LearningWorld
    let enrollment: String
    let item: String

    var course: String { "v1/courses/\(world.course)" }

    init(_ tenant: TestTenant) async throws {
        world = try await LearningWorld(tenant)
        enrollment = try await world.enroll(world.student)
        let added = try await world.send(
            "POST",
            "v1/courses/\(world.course)/grade-items",
            as: world.teacher,
            #"{"title":"Oral","maxPoints":20}"#
        )
        #expect(added.status == 201)
        item = try #require(added.json["id"]?.text)
    }

    func teach(_ method: String, _ path: String, _ json: String? = nil, fields: [String] = []) async throws -> TestReply
    {
        try await world.send(method, path, as: world.teacher, json, fields: fields)
    }

    func enter(_ json: String, fields: [String] = []) async throws -> TestReply {
        try await teach("PUT", "v1/grade-items/\(item)/grades/\(world.student.user)", json, fields: fields)
    }
}

@Suite struct GradebookRoutesTests {
    @Test func `points go in and out with every digit`() async throws {
        try await withTenant { tenant in
            let world = try await GradedWorld(tenant)
            let entered = try await world.enter(#"{"status":"graded","score":13.333333}"#)
            #expect(entered.status == 200)
            #expect(entered.json["grades"]?[0]?["score"] == .number("13.333333"))
            #expect(entered.json["current"] == .number("66.67"))
            let mine = try await world.world.send(
                "GET",
                "v1/enrollments/\(world.enrollment)/grades",
                as: world.world.student
            )
            #expect(mine.json["learner"]?["grades"]?[0]?["score"] == .number("13.333333"))
            #expect(mine.json["gradeItems"]?[0]?["maxPoints"] == .number("20"))
            for score in ["20.000001", "-1", "1e1", "0.0000001", "\"12\""] {
                let refused = try await world.enter(#"{"status":"graded","score":\#(score)}"#)
                #expect(refused.status == 422 || refused.status == 400, "\(score)")
            }
            #expect(try await world.enter(#"{"status":"excused","score":1}"#).json["code"]?.text == "UNSOUND_GRADE")
        }
    }

    @Test func `a change of what somebody else changed meanwhile is refused`() async throws {
        try await withTenant { tenant in
            let world = try await GradedWorld(tenant)
            let first = try await world.enter(#"{"status":"graded","score":1}"#)
            let tag = try #require(first["etag"])
            #expect(
                try await world.enter(#"{"status":"graded","score":2}"#, fields: ["If-Match: \(tag)"]).status == 200
            )
            #expect(
                try await world.enter(#"{"status":"graded","score":3}"#, fields: ["If-Match: \(tag)"]).status == 412
            )
            let path = "\(world.course)/gradebook"
            let book = try #require(try await world.teach("GET", path)["etag"])
            let setup = #"{"mode":"weighted","categories":[{"name":"Exams","weight":60}]}"#
            let arranged = try await world.teach("PUT", path, setup, fields: ["If-Match: \(book)"])
            #expect(arranged.json["categories"]?[0]?["weight"] == .number("60"))
            #expect(try await world.teach("PUT", path, setup, fields: ["If-Match: \(book)"]).status == 412)
            let unsound = #"{"letters":[{"label":"A","minimum":90},{"label":"B","minimum":10}]}"#
            #expect(try await world.teach("PUT", path, unsound).json["code"]?.text == "UNSOUND_GRADING_SCHEME")
        }
    }

    @Test func `a version is asked of many grades at once, and of the override of a course's grade`() async throws {
        try await withTenant { tenant in
            let world = try await GradedWorld(tenant)
            let (user, item) = (world.world.student.user, world.item)
            let many = "v1/grade-items/\(item)/grades"
            let json = #"{"grades":[{"userId":"\#(user)","status":"graded","score":7}]}"#
            let wrong = #"{"grades":[{"userId":"\#(user)","status":"graded","score":8,"version":4}]}"#
            #expect(try await world.teach("PUT", many, json, fields: ["If-Match: \"\(item)-0\""]).status == 200)
            #expect(try await world.teach("PUT", many, json, fields: ["If-Match: \"\(item)-0\""]).status == 412)
            #expect(try await world.teach("PUT", many, wrong).status == 412)
            let path = "\(world.course)/grades/\(user)/override"
            let first = try await world.teach("PUT", path, #"{"percentage":80,"reason":"Decided by the board"}"#)
            let tag = try #require(first["etag"])
            let back = #"{"reason":"Taken back"}"#
            #expect(try await world.teach("PUT", path, back, fields: ["If-Match: \"\(user)-0\""]).status == 412)
            #expect(try await world.teach("PUT", path, back, fields: ["If-Match: \(tag)"]).status == 200)
            #expect(try await world.teach("PUT", path, back, fields: ["If-Match: \(tag)"]).status == 412)
        }
    }

    @Test func `attack: no reply shows a learner what is muted, or another learner's grades`() async throws {
        try await withTenant { tenant in
            let world = try await GradedWorld(tenant)
            #expect(try await world.teach("POST", "v1/grade-items/\(world.item)/mute").status == 200)
            #expect(try await world.enter(#"{"status":"graded","score":17.25}"#).status == 200)
            let override = #"{"score":18.75,"reason":"secret reason"}"#
            let path = "v1/grade-items/\(world.item)/grades/\(world.world.student.user)/override"
            #expect(try await world.teach("PUT", path, override).status == 200)
            let user = world.world.student.user
            let tried = [
                "v1/enrollments/\(world.enrollment)/grades", "\(world.course)/grades", "\(world.course)/gradebook",
                "\(world.course)/grades/export", "\(world.course)/grades/\(user)/history",
                "v1/grade-items/\(world.item)", "v1/enrollments/\(world.enrollment)",
                "v1/enrollments/\(world.enrollment)/progress",
            ]
            _ = try await world.world.enroll(world.world.other)
            for session in [world.world.student, world.world.other] {
                for path in tried {
                    let reply = try await world.world.send("GET", path, as: session)
                    for secret in ["17.25", "18.75", "86.25", "93.75", "secret reason"] {
                        #expect(!reply.text.contains(secret), "\(path)")
                    }
                }
            }
            let foreign = try await world.world.send("GET", tried[0], as: world.world.other)
            #expect(foreign.json["code"]?.text == "ENROLLMENT_NOT_FOUND")
            #expect(try await world.teach("POST", "v1/grade-items/\(world.item)/release").status == 200)
            let seen = try await world.world.send("GET", tried[0], as: world.world.student)
            #expect(seen.json["learner"]?["current"] == .number("93.75"))
            #expect(!seen.text.contains("secret reason"))
        }
    }

    @Test func `the grid is paged, and what was done to a grade is listed`() async throws {
        try await withTenant { tenant in
            let world = try await GradedWorld(tenant)
            _ = try await world.world.enroll(world.world.other)
            let many = """
                {"grades":[{"userId":"\(world.world.student.user)","status":"graded","score":10},
                {"userId":"\(world.world.other.user)","status":"missing"}]}
                """
            let entered = try await world.teach("PUT", "v1/grade-items/\(world.item)/grades", many)
            #expect(entered.json["changed"] == .number("2"))
            let first = try await world.teach("GET", "\(world.course)/grades?limit=1")
            #expect(first.items.count == 1)
            let cursor = try #require(first.json["nextCursor"]?.text)
            let second = try await world.teach("GET", "\(world.course)/grades?limit=1&cursor=\(cursor)")
            #expect(second.json["nextCursor"] == nil)
            let sums = (first.items + second.items).compactMap { $0["current"] }
            #expect(Set(sums) == [.number("50"), .number("0")])
            let history = try await world.teach("GET", "\(world.course)/grades/\(world.world.student.user)/history")
            #expect(history.items.map { $0["after"] } == [.number("10")])
            #expect(history.items[0]["changedBy"]?.text == world.world.teacher.user)
        }
    }

    @Test func `a table is given out, brought in changed, shown and applied once`() async throws {
        try await withTenant { tenant in
            let world = try await GradedWorld(tenant)
            let out = try await world.teach("GET", "\(world.course)/grades/export")
            #expect(out["content-disposition"] == "attachment; filename=grades.csv")
            #expect(out.text.hasPrefix("userId,name,email,Oral [\(world.item)],current,final,override,letter\r\n"))
            let table = #"{"csv":"userId,Oral [\#(world.item)]\n\#(world.world.student.user),19"}"#
            let shown = try await world.teach("POST", "\(world.course)/grade-imports", table)
            #expect(shown.status == 201)
            #expect(shown.json["changes"]?[0]?["after"] == .number("19"))
            let path = "v1/grade-imports/\(try #require(shown.json["id"]?.text))"
            #expect(try await world.world.send("POST", "\(path)/apply", as: world.world.other).status == 403)
            #expect(try await world.teach("POST", "\(path)/apply").json["appliedAt"]?.text != nil)
            #expect(try await world.teach("POST", "\(path)/apply").status == 200)
            #expect(try await world.teach("GET", path).json["changeCount"] == .number("1"))
            let late = try await world.teach(
                "POST",
                "\(world.course)/grade-imports",
                table.replacing(",19", with: ",5")
            )
            _ = try await world.enter(#"{"status":"graded","score":7}"#)
            let outdated = "v1/grade-imports/\(try #require(late.json["id"]?.text))"
            #expect(try await world.teach("POST", "\(outdated)/apply").json["code"]?.text == "GRADE_IMPORT_OUTDATED")
            #expect(try await world.teach("GET", outdated).json["changes"]?[0]?["isOutdated"] == .bool(true))
        }
    }
}
