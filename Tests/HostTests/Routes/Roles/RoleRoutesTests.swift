// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct RoleRoutesTests {
    @Test func `an administrator makes, changes and deletes a role`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            func send(_ method: String, _ path: String, _ json: String? = nil, fields: [String] = []) async throws
                -> TestReply
            {
                try await host.send(
                    method,
                    "/api/v1/roles\(path)",
                    to: tenant,
                    fields: fields,
                    token: admin.access,
                    json: json
                )
            }
            let made = try await send(
                "POST",
                "",
                #"{"name":"course-auditor","permissions":[{"permission":"course:read","scope":"any"}]}"#
            )
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            let etag = try #require(made[.etag])
            let list = try await send("GET", "")
            guard case .array(let roles) = list.json["items"] else {
                Issue.record("no roles")
                return
            }
            #expect(roles.count == BuiltInRole.allCases.count + 1)
            let changed = try await send(
                "PATCH",
                "/\(id)",
                #"{"permissions":[{"permission":"course:read","scope":"own"},{"permission":"audit:read"}]}"#,
                fields: ["If-Match: \(etag)"]
            )
            #expect(changed.status == 200)
            #expect(
                try await send("PATCH", "/\(id)", #"{"description":"x"}"#, fields: ["If-Match: \(etag)"]).status == 412
            )
            let user = try await host.register("ada", at: tenant)
            _ = try await host.send(
                "POST",
                "/api/v1/users/\(user.user)/roles",
                to: tenant,
                token: admin.access,
                json: #"{"role":"course-auditor"}"#
            )
            #expect(try await send("DELETE", "/\(id)").code == "ROLE_IN_USE")
            _ = try await host.send(
                "PUT",
                "/api/v1/users/\(user.user)/roles",
                to: tenant,
                token: admin.access,
                json: #"{"roles":[]}"#
            )
            #expect(try await send("DELETE", "/\(id)").status == 204)
            #expect(try await send("GET", "/\(id)").status == 404)
        }
    }

    @Test(arguments: [
        (#"{"name":"x","permissions":[{"permission":"course:read"}]}"#, "name:TOO_SHORT"),
        (#"{"name":"Reader","permissions":[{"permission":"course:read"}]}"#, "name:MALFORMED"),
        (#"{"name":"reader","permissions":[]}"#, "permissions:TOO_FEW"),
        (#"{"name":"reader","permissions":[{"permission":"course:fly"}]}"#, "permissions[0].permission:MALFORMED"),
        (
            #"{"name":"reader","permissions":[{"permission":"course:read","scope":"all"}]}"#,
            "permissions[0].scope:NOT_A_CHOICE"
        ),
    ])
    func `a role that makes no sense is refused with its field`(json: String, issue: String) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let reply = try await host.send("POST", "/api/v1/roles", to: tenant, token: admin.access, json: json)
            #expect(reply.status == 400)
            #expect(reply.issues == [issue])
        }
    }

    @Test func `an administrator makes no role that may more than they, and a student none at all`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            let json = #"{"name":"settings","permissions":[{"permission":"tenant:update"}]}"#
            let beyond = try await host.send("POST", "/api/v1/roles", to: tenant, token: admin.access, json: json)
            #expect(beyond.code == "BEYOND_OWN_GRANTS")
            #expect(
                try await host.send("POST", "/api/v1/roles", to: tenant, token: ada.access, json: json).status == 403
            )
            #expect(try await host.send("GET", "/api/v1/roles", to: tenant, token: ada.access).status == 403)
            let built = #"{"name":"owner","permissions":[{"permission":"course:read"}]}"#
            let taken = try await host.send("POST", "/api/v1/roles", to: tenant, token: admin.access, json: built)
            #expect(taken.code == "ROLE_NAME_TAKEN")
        }
    }
}
