// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct EnrollmentRoutesTests {
    @Test func `a student enrolls, is refused a second time and drops`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let id = try await world.enroll(world.student)
            let again = try await world.send(
                "POST",
                "v1/enrollments",
                as: world.student,
                #"{"courseId":"\#(world.course)"}"#
            )
            #expect(again.status == 409)
            #expect(again.json["code"]?.text == "ALREADY_ENROLLED")
            let list = try await world.send("GET", "v1/enrollments/me", as: world.student)
            #expect(list.json["items"]?[0]?["courseTitle"]?.text == "Physics")
            let mine = try await world.send("GET", "v1/enrollments/me/course/\(world.course)", as: world.student)
            #expect(mine.json["id"]?.text == id)
            #expect(try await world.send("DELETE", "v1/enrollments/\(id)", as: world.student).status == 204)
            let dropped = try await world.send("GET", "v1/enrollments/\(id)", as: world.student)
            #expect(dropped.json["status"]?.text == "dropped")
        }
    }

    @Test func `a repeated request with its key makes one enrollment`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let body = #"{"courseId":"\#(world.course)"}"#
            let key = ["Idempotency-Key: e1"]
            let first = try await world.send("POST", "v1/enrollments", as: world.student, body, fields: key)
            let second = try await world.send("POST", "v1/enrollments", as: world.student, body, fields: key)
            #expect(first.status == 201 && second.status == 201)
            #expect(first.json["id"] == second.json["id"])
        }
    }

    @Test func `another's enrollment looks like one that never was, on every route`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let id = try await world.enroll(world.student)
            let never = IdentifierSource().next(Enrollment.self).description
            let lesson = world.lessons[0]
            let calls: [(String, String, String?)] = [
                ("GET", "", nil), ("DELETE", "", nil), ("GET", "/progress", nil),
                ("PATCH", "/progress", #"{"lessonId":"\#(lesson)"}"#),
                ("POST", "/progress", #"{"lessonIds":["\#(lesson)"]}"#),
                ("PUT", "/lessons/\(lesson)/progress", #"{"positionSeconds":1}"#),
                ("POST", "/lessons/\(lesson)/complete", nil), ("PATCH", "/lessons/\(lesson)/complete", nil),
            ]
            for (method, path, json) in calls {
                let foreign = try await world.send(method, "v1/enrollments/\(id)\(path)", as: world.other, json)
                let unknown = try await world.send(method, "v1/enrollments/\(never)\(path)", as: world.other, json)
                #expect(foreign.status == 404, "\(method) \(path)")
                #expect(foreign.comparable == unknown.comparable, "\(method) \(path)")
                #expect(try await world.send(method, "v1/enrollments/\(id)\(path)", as: nil, json).status == 401)
            }
        }
    }

    @Test func `the course's staff list and count its learners and nobody else does`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            _ = try await world.enroll(world.student)
            for path in ["v1/courses/\(world.course)/enrollments", "v1/enrollments/course/\(world.course)"] {
                let list = try await world.send("GET", path, as: world.teacher)
                #expect(list.status == 200)
                #expect(list.json["items"]?[0]?["user"]?["email"]?.text == "student@example.org")
                #expect(try await world.send("GET", path, as: world.student).status == 403)
            }
            let path = "v1/enrollments/course/\(world.course)/stats"
            #expect(try await world.send("GET", path, as: world.teacher).json["active"] == .number("1"))
            #expect(try await world.send("GET", path, as: world.student).status == 403)
        }
    }

    @Test func `a priced course waits for its payment and entitles to previews`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant, priceInCents: 999)
            let id = try await world.enroll(world.student)
            let shown = try await world.send("GET", "v1/enrollments/\(id)", as: world.student)
            #expect(shown.json["status"]?.text == "pending_payment")
            let path = "v1/enrollments/course/\(world.course)/entitlement"
            for session in [world.student, world.other, nil] {
                let entitlement = try await world.send("GET", path, as: session)
                #expect(entitlement.json["accessLevel"]?.text == "preview")
            }
            let complete = "v1/enrollments/\(id)/lessons/\(world.lessons[0])/complete"
            let refused = try await world.send("POST", complete, as: world.student)
            #expect(refused.status == 402)
        }
    }

    @Test func `a student enrolls nobody else`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let body = #"{"courseId":"\#(world.course)","userId":"\#(world.other.user)"}"#
            #expect(try await world.send("POST", "v1/enrollments", as: world.student, body).status == 403)
        }
    }

    @Test(
        arguments: [
            (#"{}"#, "courseId", "REQUIRED"), (#"{"courseId":"x"}"#, "courseId", "MALFORMED"),
            (#"{"courseId":7}"#, "courseId", "WRONG_TYPE"),
            (#"{"courseId":"01890a5d-ac96-774b-bcce-b302099a8057","price":0}"#, "price", "UNKNOWN_FIELD"),
        ]
    )
    func `a request that says it wrong is told where`(json: String, field: String, code: String) async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let reply = try await world.send("POST", "v1/enrollments", as: world.student, json)
            #expect(reply.status == 400)
            #expect(reply.json["errors"]?[0]?["field"]?.text == field)
            #expect(reply.json["errors"]?[0]?["code"]?.text == code)
        }
    }
}
