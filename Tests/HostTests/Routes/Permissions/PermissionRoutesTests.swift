// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct PermissionRoutesTests {
    @Test func `everybody sees what they may do and which role it comes from`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let helper = try await host.member("helper", .student, of: tenant)
            let course = try await host.importCourse("Physics", as: .draft, by: admin.user, at: tenant).course
            _ = try await host.send(
                "PUT",
                "/api/v1/courses/\(course)/staff/\(helper.user)",
                to: tenant,
                token: admin.access,
                json: #"{"role":"assistant"}"#
            )
            host.platform.clock.advance(by: 1)
            let mine = try await host.send("GET", "/api/v1/users/me/permissions", to: tenant, token: helper.access)
            #expect(mine.status == 200, "\(mine.text)")
            #expect(mine.json["roles"]?.written == #"["student"]"#)
            #expect(mine.json["courseRoles"]?.written == #"[{"courseId":"\#(course)","role":"assistant"}]"#)
            let held =
                #"{"permission":"course:read","scope":"own","heldBy":[{"kind":"course_role","name":"assistant","scope":"own"}]}"#
            #expect(mine.text.contains(held), "\(mine.text)")
            let seen = try await host.send(
                "GET",
                "/api/v1/users/\(helper.user)/permissions",
                to: tenant,
                token: admin.access
            )
            #expect(seen.json["permissions"] == mine.json["permissions"])
        }
    }

    @Test func `what another may do is hidden from those who may not see users and roles`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let reader = try #require(Role.Name("people-reader"))
            try await tenant.transaction { session in
                _ = try await host.platform.lms.roles.create(
                    reader,
                    description: "",
                    grants: Grants([.userRead: .any]),
                    session: session
                )
            }
            let student = try await host.member("student", .student, of: tenant)
            let half = try await host.member("half", holding: [reader], of: tenant)
            let never = "01890a5d-dead-774b-bcce-b302099a8057"
            for asker in [student, half] {
                for suffix in ["", "/check?permission=user:read"] {
                    let theirs = try await host.send(
                        "GET",
                        "/api/v1/users/\(admin.user)/permissions\(suffix)",
                        to: tenant,
                        token: asker.access
                    )
                    let nobodys = try await host.send(
                        "GET",
                        "/api/v1/users/\(never)/permissions\(suffix)",
                        to: tenant,
                        token: asker.access
                    )
                    #expect(theirs.status == 404)
                    #expect(theirs.comparable == nobodys.comparable)
                }
            }
        }
    }

    @Test func `a check says of each object what the feature itself would answer`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            let other = try await host.member("other", .instructor, of: tenant)
            let draft = try await host.importCourse("Physics", as: .draft, by: teacher.user, at: tenant).course
            func verdict(_ user: PlatformHost.Session, _ permission: String, _ object: String) async throws -> String {
                let reply = try await host.send(
                    "GET",
                    "/api/v1/users/\(user.user)/permissions/check?permission=\(permission)\(object)",
                    to: tenant,
                    token: auditor.access
                )
                return "\(reply.json["isAllowed"]?.written ?? reply.text) \(reply.json["reason"]?.text ?? "")"
            }
            let course = "&objectKind=course&objectId=\(draft)"
            #expect(try await verdict(teacher, "course:update", course) == "true own")
            #expect(try await verdict(other, "course:update", course) == "false not_own")
            #expect(try await verdict(other, "course:read", course) == "false not_own")
            #expect(try await verdict(auditor, "course:read", course) == "true any")
            #expect(try await verdict(auditor, "course:update", course) == "false not_held")
            #expect(try await verdict(other, "course:create", "") == "true any")
            let person = "&objectKind=user&objectId=\(teacher.user)"
            #expect(try await verdict(teacher, "user:update", person) == "true own")
            #expect(try await verdict(other, "user:update", person) == "false not_own")
            #expect(try await verdict(other, "user:create", "") == "false not_held")
            let other404 = try await host.send(
                "GET",
                "/api/v1/users/me/permissions/check?permission=course:read\(course)",
                to: tenant,
                token: other.access
            )
            #expect(other404.json["code"]?.text == "OBJECT_NOT_FOUND")
            let wrong = try await host.send(
                "GET",
                "/api/v1/users/me/permissions/check?permission=tenant:update\(course)",
                to: tenant,
                token: teacher.access
            )
            #expect(wrong.json["code"]?.text == "PERMISSION_NOT_OF_KIND")
        }
    }

    @Test func `a suspended user may do nothing, and the answer says why`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let gone = try await host.member("gone", .instructor, of: tenant)
            _ = try await host.send(
                "PATCH",
                "/api/v1/users/\(gone.user)/status",
                to: tenant,
                token: owner.access,
                json: #"{"status":"suspended"}"#
            )
            let check = try await host.send(
                "GET",
                "/api/v1/users/\(gone.user)/permissions/check?permission=course:create",
                to: tenant,
                token: owner.access
            )
            #expect(check.json["isAllowed"] == .bool(false))
            #expect(check.json["reason"]?.text == "inactive")
        }
    }
}
