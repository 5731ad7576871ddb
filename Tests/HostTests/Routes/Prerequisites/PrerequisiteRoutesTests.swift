// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct PrerequisiteRoutesTests {
    @Test func `what a course asks for is set, shown and named to whoever lacks it`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let made = try await world.send("POST", "v1/courses", as: world.teacher, #"{"title":"Mechanics"}"#)
            let course = try #require(made.json["id"]?.text)
            #expect(try await world.send("POST", "v1/courses/\(course)/publish", as: world.teacher).status == 200)

            let path = "v1/courses/\(course)/prerequisites"
            let body = #"{"prerequisiteIds":["\#(world.course)"]}"#
            let set = try await world.send("PUT", path, as: world.teacher, body)
            #expect(set.status == 200)
            #expect(set.json["items"]?[0]?["title"]?.text == "Physics")
            let tag = try #require(set[.etag])
            #expect(try await world.send("PUT", path, as: world.student, body).status == 403)
            let circle = #"{"prerequisiteIds":["\#(course)"]}"#
            let closed = try await world.send("PUT", path, as: world.teacher, circle)
            #expect(closed.code == "PREREQUISITE_CYCLE")

            let shown = try await world.send("GET", path, as: world.student)
            #expect(shown.json["items"]?[0]?["isCompleted"] == .bool(false))
            let refused = try await world.send("POST", "v1/courses/\(course)/enroll", as: world.student)
            #expect(refused.status == 409)
            #expect(refused.code == "PREREQUISITES_MISSING")
            #expect(refused.text.contains("Physics") && refused.text.contains(world.course.description))

            let reason =
                #"{"courseId":"\#(course)","userId":"\#(world.student.user)","overrideReason":"Examined orally."}"#
            #expect(try await world.send("POST", "v1/enrollments", as: world.teacher, reason).status == 403)
            let admin = try await world.host.member("admin", .admin, of: tenant)
            #expect(try await world.send("POST", "v1/enrollments", as: admin, reason).status == 201)
            let waivers = try await world.send("GET", "\(path)/waivers", as: world.teacher)
            #expect(waivers.json["items"]?[0]?["reason"]?.text == "Examined orally.")

            let cleared = try await world.send(
                "PUT",
                path,
                as: world.teacher,
                #"{"prerequisiteIds":[]}"#,
                fields: ["If-Match: \(tag)"]
            )
            #expect(cleared.status == 200)
            let stale = try await world.send("PUT", path, as: world.teacher, body, fields: ["If-Match: \(tag)"])
            #expect(stale.status == 412)
        }
    }
}
