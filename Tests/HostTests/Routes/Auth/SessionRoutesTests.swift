// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct SessionRoutesTests {
    @Test func `somebody sees where they are signed in and signs out elsewhere`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let first = try await host.register("ada", at: tenant)
            let login = #"{"email":"ada@example.org","password":"correct horse"}"#
            host.platform.clock.advance(by: 1)
            let second = try PlatformHost.Session(
                try await host.send("POST", "/api/v1/auth/login", to: tenant, json: login, peer: "198.51.100.7")
            )
            let list = try await host.send("GET", "/api/v1/users/me/sessions", to: tenant, token: first.access)
            guard case .array(let items) = list.json["items"] else { throw TestFailure(list.text) }
            #expect(items.map { $0["isCurrent"] } == [.bool(false), .bool(true)])
            #expect(items.first?["address"]?.text == "198.51.100.7")
            let id = items.first?["id"]?.text ?? ""
            let path = "/api/v1/users/me/sessions/\(id)"
            #expect(try await host.send("DELETE", path, to: tenant, token: first.access).status == 204)
            #expect(try await host.send("DELETE", path, to: tenant, token: first.access).status == 404)
            host.platform.clock.advance(by: 1)
            let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: second.access)
            #expect(me.status == 401)
        }
    }

    @Test func `who manages users signs somebody out everywhere, and others cannot`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("root", .admin, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            let bob = try await host.register("bob", at: tenant)
            let path = "/api/v1/users/\(ada.user)/sessions"
            #expect(try await host.send("DELETE", path, to: tenant, token: bob.access).status >= 403)
            #expect(try await host.send("GET", path, to: tenant, token: admin.access).status == 200)
            #expect(try await host.send("DELETE", path, to: tenant, token: admin.access).status == 204)
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: ada.access).status == 401)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: bob.access).status == 200)
        }
    }

    @Test func `who can give roles must have shown who they are a moment ago`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("root", .owner, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            func give() async throws -> TestReply {
                let path = "/api/v1/users/\(ada.user)/roles"
                return try await host.send(
                    "POST",
                    path,
                    to: tenant,
                    token: owner.access,
                    json: #"{"role":"assistant"}"#
                )
            }
            host.platform.clock.advance(by: 601)
            let refused = try await give()
            #expect(refused.status == 403 && refused.code == "REAUTHENTICATION_REQUIRED")
            let wrong = try await host.send(
                "POST",
                "/api/v1/auth/reauthenticate",
                to: tenant,
                token: owner.access,
                json: #"{"password":"guess"}"#
            )
            #expect(wrong.code == "INVALID_CREDENTIALS")
            let right = try await host.send(
                "POST",
                "/api/v1/auth/reauthenticate",
                to: tenant,
                token: owner.access,
                json: #"{"password":"correct horse"}"#
            )
            #expect(right.json["expiresInSeconds"]?.integer == 600)
            host.platform.clock.advance(by: 1)
            #expect(try await give().status == 200)
        }
    }
}
