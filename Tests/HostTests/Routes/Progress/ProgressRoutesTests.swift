// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ProgressRoutesTests {
    @Test func `completing every lesson brings a learner to 100 percent and completed`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let id = try await world.enroll(world.student)
            for lesson in world.lessons {
                let reply = try await world.send(
                    "POST",
                    "v1/enrollments/\(id)/lessons/\(lesson)/complete",
                    as: world.student
                )
                #expect(reply.status == 200)
                #expect(reply.json["status"]?.text == "completed")
            }
            let shown = try await world.send("GET", "v1/enrollments/\(id)", as: world.student)
            #expect(shown.json["status"]?.text == "completed")
            #expect(shown.text.contains(#""progressPercent":100"#))
            let progress = try await world.send("GET", "v1/enrollments/\(id)/progress", as: world.student)
            #expect(progress.json["modules"]?[0]?["completed"] == .bool(true))
            #expect(progress.json["next"] == .null)
        }
    }

    @Test func `a position and the time are kept for going on`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let id = try await world.enroll(world.student)
            let report = #"{"positionSeconds":30,"timeSpentSeconds":45}"#
            for _ in 0..<2 {
                let path = "v1/enrollments/\(id)/lessons/\(world.lessons[1])/progress"
                let reply = try await world.send("PUT", path, as: world.student, report)
                #expect(reply.status == 200)
                #expect(reply.json["enrollment"]?["timeSpentSeconds"] == .number("45"))
            }
            let progress = try await world.send("GET", "v1/enrollments/\(id)/progress", as: world.student)
            #expect(progress.json["resume"]?["lessonId"]?.text == world.lessons[1].description)
            #expect(progress.json["resume"]?["positionSeconds"] == .number("30"))
            #expect(progress.json["next"]?["lessonId"]?.text == world.lessons[0].description)
            let next = try await world.send("GET", "v2/enrollments/me", as: world.student)
            #expect(next.json["data"]?[0]?["nextLessonTitle"]?.text == "Lesson 1")
            #expect(next.json["metadata"]?["total"] == .number("1"))
        }
    }

    @Test func `several lessons are completed or none`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let id = try await world.enroll(world.student)
            let never = IdentifierSource().next(Lesson.self)
            func complete(_ lessons: [Lesson.ID]) async throws -> TestReply {
                let list = lessons.map { "\"\($0)\"" }.joined(separator: ",")
                return try await world.send(
                    "POST",
                    "v1/enrollments/\(id)/progress",
                    as: world.student,
                    #"{"lessonIds":[\#(list)]}"#
                )
            }
            let refused = try await complete([world.lessons[0], never])
            #expect(refused.status == 404)
            #expect(refused.json["code"]?.text == "LESSON_NOT_FOUND")
            let done = try await complete(Array(world.lessons.prefix(2)))
            #expect(done.json["completedLessons"] == .number("2"))
            #expect(done.text.contains(#""progressPercent":66.67"#))
        }
    }

    @Test(
        arguments: [
            (#"{"positionSeconds":-1}"#, "TOO_SMALL"), (#"{"positionSeconds":1.5}"#, "MALFORMED"),
            (#"{"timeSpentSeconds":"9"}"#, "WRONG_TYPE"), (#"{"status":"not_started"}"#, "NOT_A_CHOICE"),
            (#"{"progressPercent":100}"#, "UNKNOWN_FIELD"),
        ]
    )
    func `a report that says it wrong is told where`(json: String, code: String) async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let id = try await world.enroll(world.student)
            let path = "v1/enrollments/\(id)/lessons/\(world.lessons[0])/progress"
            let reply = try await world.send("PUT", path, as: world.student, json)
            #expect(reply.status == 400)
            #expect(reply.json["errors"]?[0]?["code"]?.text == code)
        }
    }
}
