// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite struct RateLimitTests {
    private func host(
        read: RateLimit,
        users: Int = 1,
        store: any RateLimitStore = RateLimitMemory()
    ) throws -> TestHost {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: read)
        settings.rateLimitStore = store
        let pairs = (0..<users).map { number in
            ("user-\(number)", Principal(.user(IdentifierSource().next()), grants: Grants([Sample.permission: .own])))
        }
        return try TestHost(
            routes: Sample.routes,
            settings: settings,
            tokens: Dictionary(uniqueKeysWithValues: pairs)
        )
    }

    private func text(_ host: TestHost) -> String {
        PrometheusText(
            routes: Sample.routes,
            counts: host.pipeline.recorder.counts,
            tenants: host.pipeline.sites.tallies,
            server: nil
        ).text
    }

    @Test func `many sessions at one address are limited together, and one elsewhere is not`() async throws {
        // One call at once for each; twenty for an address.
        let host = try host(read: RateLimit(perSecond: 0.001, burst: 1), users: 22)
        for number in 0..<20 {
            let reply = try await host.send("GET", "/api/v1/samples", token: "user-\(number)", peer: "192.0.2.1")
            #expect(reply.status == 200, "\(number)")
        }
        let refused = try await host.send("GET", "/api/v1/samples", token: "user-20", peer: "192.0.2.1")
        #expect(refused.status == 429 && refused[.retryAfter] != nil && refused["ratelimit-limit"] == "20")
        let elsewhere = try await host.send("GET", "/api/v1/samples", token: "user-21", peer: "192.0.2.2")
        #expect(elsewhere.status == 200)
    }

    @Test func `a tenant is limited as a whole, and another one is not`() async throws {
        let host = try host(read: RateLimit(perSecond: 0.001, burst: 1))
        func ask(_ number: Int, _ tenant: String = "acme") async throws -> TestReply {
            try await host.send("GET", "/api/v1/samples", host: "\(tenant).localhost", peer: "192.0.2.\(number)")
        }
        for number in 0..<100 { #expect(try await ask(number).status == 200, "\(number)") }
        let refused = try await ask(100)
        #expect(refused.status == 429 && refused["ratelimit-limit"] == "100")
        #expect(try await ask(100, "globex").status == 200)
    }

    @Test func `what a narrow limit refuses, the wider ones do not lose`() async throws {
        let host = try host(read: RateLimit(perSecond: 0.001, burst: 1), users: 2)
        for _ in 0..<50 {
            _ = try await host.send("GET", "/api/v1/samples", token: "user-0", peer: "192.0.2.1")
        }
        #expect(try await host.send("GET", "/api/v1/samples", token: "user-1", peer: "192.0.2.1").status == 200)
    }

    @Test func `every reply of a route with a limit says how much is left, also a refusal`() async throws {
        let host = try host(read: RateLimit(perSecond: 1, burst: 5))
        for (path, token, status) in [
            ("/api/v1/samples", "user-0", 200), ("/api/v1/samples/mine", nil, 401),
            ("/api/v1/samples/mine", "wrong", 401),
            ("/api/v1/samples?unknown=1", nil, 400),
        ] {
            let reply = try await host.send("GET", path, token: token)
            #expect(reply.status == status, "\(path)")
            for name in ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] as [HTTPFieldName] {
                #expect(reply[name] != nil, "\(path) \(name)")
            }
        }
    }

    @Test func `who shows no token where one is needed is limited by address`() async throws {
        let host = try host(read: RateLimit(perSecond: 0.001, burst: 2))
        func ask() async throws -> Int { try await host.send("GET", "/api/v1/samples/mine").status }
        #expect(try await ask() == 401)
        #expect(try await ask() == 401)
        #expect(try await ask() == 429)
    }

    @Test func `a refused call is counted by class and bucket, and logged with its tenant and nobody's identity`()
        async throws
    {
        let host = try host(read: RateLimit(perSecond: 0.001, burst: 1))
        for _ in 0..<3 { _ = try await host.send("GET", "/api/v1/samples", token: "user-0", peer: "192.0.2.77") }
        for _ in 0..<2 { _ = try await host.send("GET", "/api/v1/samples", peer: "192.0.2.77") }
        let metrics = text(host)
        #expect(metrics.contains(#"lms_rate_limited_total{class="read",bucket="user"} 2"#))
        #expect(metrics.contains(#"lms_rate_limited_total{class="read",bucket="address"} 1"#))
        #expect(metrics.contains(#"route="/api/v1/samples",status="4xx"} 3"#))
        let log = String(decoding: host.pipeline.recorder.takeLog(), as: UTF8.self)
        let lines = log.split(separator: "\n").filter { $0.contains(#""status":429"#) }
        #expect(lines.count == 3)
        let tenant = try #require(TestHost.tenant("acme")).id
        for line in lines {
            let json = try JSONValue.parse(Array(line.utf8))
            #expect(json["tenant"]?.text == tenant.description && json["code"]?.text == "RATE_LIMITED")
            #expect(json["rateClass"]?.text == "read")
            #expect(["user", "address"].contains(json["bucket"]?.text))
            #expect(!line.contains("192.0.2.77"))
        }
    }

    @Test func `limits are counted behind a port, with keys that tell tenants, subjects and classes apart`()
        async throws
    {
        let store = SharedStore()
        let one = try host(read: RateLimit(perSecond: 0.001, burst: 2), store: store)
        let other = try host(read: RateLimit(perSecond: 0.001, burst: 2), store: store)
        func ask(_ host: TestHost, _ tenant: String = "acme") async throws -> Int {
            try await host.send("GET", "/api/v1/samples", host: "\(tenant).localhost", peer: "192.0.2.5").status
        }
        #expect(try await ask(one) == 200)
        #expect(try await ask(other) == 200)
        #expect(try await ask(one) == 429, "both processes count in one place")
        #expect(try await ask(other, "globex") == 200)
        #expect(store.keys == 4)
    }
}

/// Counts for several hosts, as processes that share would.
private final class SharedStore: RateLimitStore {
    let seed: UInt64 = 7
    private let memory = RateLimitMemory()
    private let seen = Mutex<Set<RateLimiter.Key>>([])

    var keys: Int { seen.withLock { $0.count } }

    func take(_ key: RateLimiter.Key, _ limit: RateLimit, at now: UInt64) -> RateVerdict {
        seen.withLock { _ = $0.insert(key) }
        return memory.take(key, limit, at: now)
    }
}
