// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct AccessTests {
    private func host(_ settings: PipelineSettings = TestHost.quiet) throws -> TestHost {
        try TestHost(
            routes: Sample.routes,
            settings: settings,
            tokens: [
                "teacher": Principal(.user(IdentifierSource().next()), grants: Grants([Sample.permission: .own])),
                "student": Principal(.user(IdentifierSource().next()), grants: Grants()),
            ]
        )
    }

    @Test func `who did not sign in is told to`() async throws {
        let reply = try await host().send("GET", "/api/v1/samples/mine")
        #expect(reply.status == 401)
        #expect(reply[.wwwAuthenticate] == "Bearer")
    }

    @Test(arguments: [("forged", "INVALID_TOKEN"), ("expired", "TOKEN_EXPIRED")])
    func `a bad token is refused, also where none is needed`(token: String, code: String) async throws {
        #expect(try await host().send("GET", "/api/v1/samples/mine", token: token).code == code)
        #expect(try await host().send("GET", "/api/v1/samples", token: token).code == code)
    }

    @Test func `who lacks the permission is refused before the body is read`() async throws {
        let reply = try await host().send("POST", "/api/v1/samples", token: "student", json: "not json")
        #expect(reply.status == 403)
        #expect(reply.code == "FORBIDDEN")
    }

    @Test func `a dead database is a 503 that says when to come back`() async throws {
        let path = "/api/v1/samples/01890a5d-ac96-774b-bcce-b302099a8057"
        let reply = try await host().send("DELETE", path, token: "student")
        #expect(reply.status == 503)
        #expect(reply.code == "DATABASE_UNAVAILABLE")
        #expect(reply[.retryAfter] == "2")
    }

    @Test func `a client that calls too often waits, and another one does not`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 1, burst: 2))
        let host = try host(settings)
        let first = try await host.send("GET", "/api/v1/samples", peer: "192.0.2.1")
        #expect(first["ratelimit-limit"] == "2")
        #expect(first["ratelimit-remaining"] == "1")
        _ = try await host.send("GET", "/api/v1/samples", peer: "192.0.2.1")
        let refused = try await host.send("GET", "/api/v1/samples", peer: "192.0.2.1")
        #expect(refused.status == 429)
        #expect(refused.code == "RATE_LIMITED")
        #expect(refused[.retryAfter] == "1")
        #expect(try await host.send("GET", "/api/v1/samples", peer: "192.0.2.2").status == 200)
        #expect(
            try await host.send("GET", "/api/v1/samples", host: "globex.localhost", peer: "192.0.2.1").status == 200
        )
    }

    @Test func `the addresses of one line of IPv6 are one client`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 0.01, burst: 1))
        let host = try host(settings)
        func get(_ peer: String) async throws -> Int {
            try await host.send("GET", "/api/v1/samples", peer: peer).status
        }
        #expect(try await get("2001:db8:1:2::1") == 200)
        #expect(try await get("2001:db8:1:2:ffff::9") == 429)
        #expect(try await get("2001:db8:1:3::1") == 200)
        #expect(try await get("::ffff:192.0.2.1") == 200)
        #expect(try await get("::ffff:192.0.2.2") == 200)
        #expect(try await get("::ffff:192.0.2.1") == 429)
    }

    @Test func `a browser may read that it calls too often`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 0.01, burst: 1))
        let host = try host(settings)
        let fields = ["Origin: https://learn.example.org"]
        _ = try await host.send("GET", "/api/v1/samples", fields: fields)
        let refused = try await host.send("GET", "/api/v1/samples", fields: fields)
        #expect(refused.status == 429)
        #expect(refused["access-control-allow-origin"] == "https://learn.example.org")
        #expect(refused["ratelimit-remaining"] == "0")
        #expect(refused[.retryAfter] != nil)
    }

    @Test func `only a trusted proxy is believed about the client`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 1, burst: 1))
        settings.trustedProxies = try #require(TrustedProxies("10.0.0.0/8, ::1"))
        let host = try host(settings)
        func get(_ client: String, peer: String) async throws -> Int {
            try await host.send("GET", "/api/v1/samples", fields: ["X-Forwarded-For: \(client)"], peer: peer).status
        }
        #expect(try await get("192.0.2.1", peer: "10.1.2.3") == 200)
        #expect(try await get("192.0.2.1", peer: "::1") == 429)
        #expect(try await get("203.0.113.9, 192.0.2.1", peer: "10.1.2.3") == 429)
        #expect(try await get("192.0.2.1", peer: "198.51.100.1") == 200)
        #expect(try await get("192.0.2.7", peer: "198.51.100.1") == 429)
    }
}
