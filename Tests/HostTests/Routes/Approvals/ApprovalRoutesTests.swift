// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ApprovalRoutesTests {
    @Test func `a course is submitted, given back, and published by somebody else than its author`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let owner = try await world.host.member("owner", .owner, of: tenant)
            let rule = "v1/course-approvals/rule"
            let off = try await world.send("GET", rule, as: world.teacher)
            #expect(off.json["isRequired"] == .bool(false))
            let tag = ["If-Match: \(try #require(off[.etag]))"]
            #expect(try await world.send("PUT", rule, as: world.teacher, #"{"isRequired":true}"#).status == 403)
            let on = try await world.send("PUT", rule, as: owner, #"{"isRequired":true}"#, fields: tag)
            #expect(on.json["isRequired"] == .bool(true))
            #expect(try await world.send("PUT", rule, as: owner, #"{"isRequired":true}"#, fields: tag).status == 412)

            let made = try await world.send("POST", "v1/courses", as: world.teacher, #"{"title":"Mechanics"}"#)
            let path = "v1/courses/\(try #require(made.json["id"]?.text))"
            #expect(try await world.send("POST", "\(path)/publish", as: world.teacher).code == "APPROVAL_NEEDED")
            let submitted = try await world.send("POST", "\(path)/approvals", as: world.teacher, #"{"note":"New."}"#)
            #expect(submitted.status == 201)
            let twice = try await world.send("POST", "\(path)/approvals", as: world.teacher, "{}")
            #expect(twice.code == "COURSE_ALREADY_SUBMITTED")
            let waiting = try await world.send("GET", "v1/course-approvals", as: owner)
            #expect(waiting.json["items"]?[0]?["courseTitle"]?.text == "Mechanics")
            #expect(try await world.send("GET", "v1/course-approvals", as: world.student).status == 403)

            let decision = "\(path)/approvals/decision"
            let silent = try await world.send("POST", decision, as: owner, #"{"decision":"request_changes"}"#)
            #expect(silent.status == 400)
            let approval = #"{"decision":"approve"}"#
            #expect(try await world.send("POST", decision, as: world.teacher, approval).status == 403)
            #expect(try await world.send("POST", decision, as: world.student, approval).status == 403)
            let approved = try await world.send("POST", decision, as: owner, approval)
            #expect(approved.json["status"]?.text == "approved")
            #expect(try await world.send("GET", path, as: world.student).json["status"]?.text == "published")
            #expect(try await world.send("POST", decision, as: owner, approval).code == "COURSE_NOT_SUBMITTED")
            let history = try await world.send("GET", "\(path)/approvals", as: world.teacher)
            #expect(history.json["items"]?[0]?["decidedBy"]?.text == owner.user)
        }
    }
}
