// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct TokenRouteTests {
    private static let path = "/api/v1/auth/token"

    @Test func `a refresh token is exchanged in a form, with the standard's names`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let session = try await host.register("ada", at: tenant)
            let form = "grant_type=refresh_token&refresh_token=\(session.refresh)&client_id=web&scope=openid&foo=bar"
            let reply = try await host.send("POST", Self.path, to: tenant, form: form)
            #expect(reply.status == 200)
            #expect(reply.json["token_type"]?.text == "Bearer")
            #expect(reply.json["expires_in"]?.integer == 900)
            #expect(reply[.cacheControl] == "no-store")
            let access = try #require(reply.json["access_token"]?.text)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: access).status == 200)
            let next = try #require(reply.json["refresh_token"]?.text)
            let reused = try await host.send("POST", Self.path, to: tenant, form: form)
            #expect(reused.status == 400)
            #expect(reused.json["error"]?.text == "invalid_grant")
            let family = "grant_type=refresh_token&refresh_token=\(next)"
            let ended = try await host.send("POST", Self.path, to: tenant, form: family)
            #expect(ended.json["error"]?.text == "invalid_grant")
        }
    }

    @Test(arguments: [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=refresh_token", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=a&refresh_token=b", "invalid_request"),
        ("grant_type=refresh_token&refresh_token=unknown", "invalid_grant"),
        ("grant_type=magic", "unsupported_grant_type"),
        ("grant_type=password&username=ada@example.org&password=correct+horse", "unsupported_grant_type"),
    ])
    func `a request that is refused says so as RFC 6749 asks`(form: String, error: String) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            let fields = ["Accept-Language: ar"]
            let reply = try await host.send("POST", Self.path, to: tenant, fields: fields, form: form)
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.text == error)
            // RFC 6749 §5.2 allows nothing else.
            #expect(reply.bytes.allSatisfy { (0x20...0x7E).contains($0) })
            #expect(reply[.contentType] == "application/json")
        }
    }

    @Test func `the password grant works only where the tenant offers it`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost { $0.passwordGrant = true }
            _ = try await host.register("ada", at: tenant)
            let form = "grant_type=password&username=ada%40example.org&password="
            let good = try await host.send("POST", Self.path, to: tenant, form: form + "correct+horse")
            #expect(good.status == 200)
            let bad = try await host.send("POST", Self.path, to: tenant, form: form + "guess")
            #expect(bad.status == 400)
            #expect(bad.json["error"]?.text == "invalid_grant")
            let missing = try await host.send(
                "POST",
                Self.path,
                to: tenant,
                form: "grant_type=password&username=a@b.co"
            )
            #expect(missing.json["error"]?.text == "invalid_request")
        }
    }
}
