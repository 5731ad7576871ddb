// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct IntrospectionTests {
    private static let path = "/api/v1/auth/introspect"

    @Test func `a good token of either kind is described, and a refresh token stays unused`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            let form = "token=\(ada.access)&token_type_hint=refresh_token&client_id=x"
            let access = try await host.send("POST", Self.path, to: tenant, token: admin.access, form: form)
            #expect(access.status == 200)
            #expect(access[.cacheControl] == "no-store")
            #expect(access.json["active"] == .bool(true))
            #expect(access.json["sub"]?.text == ada.user)
            #expect(access.json["token_type"]?.text == "Bearer")
            #expect(access.json["iss"]?.text == "urn:lms:tenant:\(tenant.tenant.id)")
            #expect(access.json["scope"]?.text?.split(separator: " ").contains("review:write") == true)
            #expect(access.json["scope"]?.text?.contains("token:introspect") == false)
            for _ in 1...2 {
                let json = #"{"token":"\#(ada.refresh)"}"#
                let refresh = try await host.send("POST", Self.path, to: tenant, token: admin.access, json: json)
                #expect(refresh.json["token_type"]?.text == "refresh_token")
                #expect(refresh.json["sub"]?.text == ada.user)
            }
            let json = #"{"refreshToken":"\#(ada.refresh)"}"#
            #expect(try await host.send("POST", "/api/v1/auth/refresh", to: tenant, json: json).status == 200)
            let used = try await host.send(
                "POST",
                Self.path,
                to: tenant,
                token: admin.access,
                form: "token=\(ada.refresh)"
            )
            #expect(used.text == #"{"active":false}"#)
        }
    }

    @Test func `every other token is inactive and nothing more is said`() async throws {
        try await withTwoTenants { first, second in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: first)
            let ada = try await host.register("ada", at: first)
            let foreign = try await host.register("ada", at: second)
            let out = try await host.send("POST", "/api/v1/auth/logout", to: first, token: ada.access, json: "{}")
            #expect(out.status == 204)
            host.platform.clock.advance(by: 1)
            let tampered = admin.access.dropLast(2) + (admin.access.hasSuffix("AA") ? "QQ" : "AA")
            let never = Base64URL.encode(Array(repeating: 7, count: 32))
            for token in ["garbage", String(tampered), never, foreign.access, foreign.refresh, ada.access, ada.refresh]
            {
                let form = "token=\(token)"
                let reply = try await host.send("POST", Self.path, to: first, token: admin.access, form: form)
                #expect(reply.status == 200)
                #expect(reply.text == #"{"active":false}"#)
            }
        }
    }

    @Test func `nobody asks without the permission, nor of others' tokens with their own alone`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: tenant)
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            let admin = try await host.member("admin", .admin, of: tenant)
            let form = "token=\(ada.access)"
            #expect(try await host.send("POST", Self.path, to: tenant, form: form).status == 401)
            for session in [ada, teacher] {
                let refused = try await host.send("POST", Self.path, to: tenant, token: session.access, form: form)
                #expect(refused.status == 403)
            }
            let role = #"{"name":"gateway","permissions":[{"permission":"token:introspect","scope":"own"}]}"#
            let made = try await host.send("POST", "/api/v1/roles", to: tenant, token: admin.access, json: role)
            #expect(made.status == 201)
            let given = #"{"role":"gateway"}"#
            let path = "/api/v1/users/\(teacher.user)/roles"
            #expect(try await host.send("POST", path, to: tenant, token: admin.access, json: given).status == 200)
            host.platform.clock.advance(by: 1)
            let own = "token=\(teacher.access)"
            let mine = try await host.send("POST", Self.path, to: tenant, token: teacher.access, form: own)
            #expect(mine.json["active"] == .bool(true))
            let others = try await host.send("POST", Self.path, to: tenant, token: teacher.access, form: form)
            #expect(others.text == #"{"active":false}"#)
        }
    }

    @Test func `a request without a token is refused`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let reply = try await host.send(
                "POST",
                Self.path,
                to: tenant,
                token: admin.access,
                form: "token_type_hint=x"
            )
            #expect(reply.status == 400)
            #expect(reply.json["errors"]?[0]?["field"]?.text == "token")
        }
    }
}
