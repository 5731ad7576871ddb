// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct BadTokenTests {
    @Test func `tampered, unsigned, foreign and expired tokens each get 401 and a challenge`() async throws {
        try await withTwoTenants { first, second in
            let host = try await PlatformHost()
            let own = try await host.register("ada", at: first)
            let foreign = try await host.register("ada", at: second)
            let parts = own.access.split(separator: ".").map(String.init)
            let claims = String(decoding: try #require(Base64URL.decode(parts[1])), as: UTF8.self)
            let asOwner = Base64URL.encode(Array(claims.replacing("student", with: "owner").utf8))
            let none = Base64URL.encode(Array(#"{"alg":"none","typ":"at+jwt"}"#.utf8))
            let bad = [
                "tampered": parts[0] + "." + asOwner + "." + parts[2],
                "alg none": none + "." + parts[1] + ".",
                "alg none, signature kept": none + "." + parts[1] + "." + parts[2],
                "foreign": foreign.access,
                "foreign claims, own signature": parts[0] + "." + foreign.access.split(separator: ".")[1] + "."
                    + parts[2],
                "garbage": "garbage",
                "refresh token": own.refresh,
            ]
            for (kind, token) in bad {
                // Also where a token is optional: a bad one is not treated as none.
                for path in ["/api/v1/auth/me", "/api/v1/tenant"] {
                    let reply = try await host.send("GET", path, to: first, token: token)
                    #expect(reply.status == 401, "\(kind)")
                    #expect(reply.code == "INVALID_TOKEN", "\(kind)")
                    #expect(reply[.wwwAuthenticate] == #"Bearer error="invalid_token""#, "\(kind)")
                }
            }
            host.platform.clock.advance(by: 900)
            let expired = try await host.send("GET", "/api/v1/auth/me", to: first, token: own.access)
            #expect(expired.status == 401)
            #expect(expired.code == "TOKEN_EXPIRED")
            #expect(expired[.wwwAuthenticate]?.contains("invalid_token") == true)
        }
    }

    @Test func `identity headers of a client are nothing`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let fields = ["X-User-Id: \(admin.user)", "X-Roles: ADMIN", "X-Authenticated-By: API_KEY"]
            let reply = try await host.send("GET", "/api/v1/users", to: tenant, fields: fields)
            #expect(reply.status == 401)
            #expect(reply.code == "UNAUTHENTICATED")
            #expect(reply[.wwwAuthenticate] == "Bearer")
        }
    }

    @Test func `a deactivated user's live token is refused within a second`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: ada.access).status == 200)
            let deleted = try await host.send("DELETE", "/api/v1/users/\(ada.user)", to: tenant, token: admin.access)
            #expect(deleted.status == 204)
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: ada.access).status == 401)
            let json = #"{"email":"ada@example.org","password":"correct horse"}"#
            let login = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
            #expect(login.status == 401)
            #expect(login.code == "ACCOUNT_INACTIVE")
        }
    }
}
