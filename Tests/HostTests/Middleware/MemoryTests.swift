// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct MemoryTests {
    private let routes = SystemRoutes(version: "1", checkComponents: { [] }).routes + Sample.routes

    private func ask(
        _ host: TestHost,
        _ target: String = "/api/v1/tenant",
        slug: String = "acme",
        _ fields: String...
    ) throws -> TestReply? {
        let lines = ["GET \(target) HTTP/1.1", "Host: \(slug).localhost"] + fields
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        return host.pipeline.respondFromMemory(to: try HTTPRequest(parsing: bytes)).map { TestReply($0) }
    }

    @Test func `a shared reply is kept for its own tenant and no other`() async throws {
        let host = try TestHost(routes: routes)
        #expect(try ask(host) == nil)
        let first = try await host.send("GET", "/api/v1/tenant", host: "acme.localhost")
        let kept = try #require(try ask(host))
        #expect(kept.text == first.text)
        #expect(kept[.etag] == first[.etag])
        #expect(kept[.requestID] != first[.requestID])
        #expect(try ask(host, slug: "globex") == nil)
        _ = try await host.send("GET", "/api/v1/tenant", host: "globex.localhost")
        #expect(try ask(host, slug: "globex")?.json["slug"]?.text == "globex")
        #expect(try ask(host)?.json["slug"]?.text == "acme")
    }

    @Test(
        arguments: [
            "Authorization: Bearer x", "If-None-Match: \"x\"", "Origin: https://learn.example.org", "X-Tenant-ID: acme",
            "Accept-Encoding: gzip",
        ]
    )
    func `a request that may need another reply is answered as usual`(field: String) async throws {
        let host = try TestHost(routes: routes)
        _ = try await host.send("GET", "/api/v1/tenant", host: "acme.localhost")
        #expect(try ask(host, "/api/v1/tenant", slug: "acme", field) == nil)
        #expect(try ask(host, "/api/v1/tenant?x=1") == nil)
    }

    @Test func `what depends on who asks is never kept`() async throws {
        let host = try TestHost(routes: routes)
        _ = try await host.send("GET", "/api/v1/samples", host: "acme.localhost")
        #expect(try ask(host, "/api/v1/samples") == nil)
    }

    @Test func `a kept reply is limited, counted and logged like any other`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 1, burst: 2))
        let host = try TestHost(routes: routes, settings: settings)
        _ = try await host.send("GET", "/api/v1/tenant", host: "acme.localhost")
        #expect(try ask(host)?.status == 200)
        let refused = try #require(try ask(host))
        #expect(refused.status == 429)
        #expect(refused.code == "RATE_LIMITED")
        let log = String(decoding: host.pipeline.recorder.takeLog(), as: UTF8.self)
        #expect(log.split(separator: "\n").count == 3)
        #expect(log.contains(#""code":"RATE_LIMITED","status":429"#))
        #expect(host.pipeline.sites.tallies.first?.requests == 3)
    }
}
