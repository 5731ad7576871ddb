// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct SharedRateLimitsTests {
    /// Ten at once, and one in 100 seconds after that.
    private let limit = RateLimit(perSecond: 0.01, burst: 10)

    private func key(_ tenant: TenantID, _ address: String = "192.0.2.1") -> RateLimiter.Key {
        RateLimiter.Key(seed: 7, .at(tenant), subject: .address(address), rateClass: .read)
    }

    /// As many processes as are asked for, each with a connection of its own.
    private func processes(_ count: Int, _ url: String? = nil) async throws -> [(SharedRateLimits, RedisFixture)] {
        let installation = try await TestInstallation.shared.prefix
        return try (0..<count).map { _ in
            let fixture = try RedisFixture(url)
            let buckets = RedisBuckets(fixture.redis, installation: installation)
            return (SharedRateLimits(buckets, seed: 7, on: fixture.loops.loops[0]), fixture)
        }
    }

    private func takeAll(_ store: SharedRateLimits, _ key: RateLimiter.Key, tries: Int = 40) -> Int {
        (0..<tries).count { _ in store.take(key, limit, at: EventLoop.now).isAllowed }
    }

    @Test func `what one process let through is not let through by another that has settled`() async throws {
        let processes = try await processes(2)
        let key = key(.unused())
        #expect(takeAll(processes[0].0, key) == 10)
        await processes[0].0.settle()
        // It learns with its own first call.
        #expect(processes[1].0.take(key, limit, at: EventLoop.now).isAllowed)
        await processes[1].0.settle()
        #expect(takeAll(processes[1].0, key) == 0)
        #expect(takeAll(processes[0].0, key) == 0)
        withExtendedLifetime(processes) {}
    }

    @Test func `attack: whoever calls all processes at once gets no more than a burst of each, and then nothing`()
        async throws
    {
        let processes = try await processes(3)
        let key = key(.unused())
        let allowed = processes.map { takeAll($0.0, key) }
        #expect(allowed == [10, 10, 10])
        for _ in 0..<2 { for (store, _) in processes { await store.settle() } }
        // All of it is in the sum, so that the excess is made good before the next call, by each of them.
        let probe = BucketShare(name: "\(UUID(high: key.high, low: key.low).lowercaseText)", cost: .zero)
        let installation = try await TestInstallation.shared.prefix
        let buckets = RedisBuckets(processes[0].1.redis, installation: installation)
        let tenant = try #require(key.tenant)
        // What settles by itself meanwhile is told a little later.
        var debt = Duration.zero
        for _ in 0..<10_000 where debt <= .seconds(2_900) {
            debt = try #require(await buckets.settle([probe], of: .tenant(tenant))?.first)
        }
        #expect(debt > .seconds(2_900) && debt <= .seconds(3_000))
        for (store, _) in processes { #expect(takeAll(store, key) == 0) }
        withExtendedLifetime(processes) {}
    }

    @Test func `processes settle by themselves soon after a call`() async throws {
        let processes = try await processes(2)
        let key = key(.unused())
        #expect(takeAll(processes[0].0, key) == 10)
        #expect(processes[1].0.take(key, limit, at: EventLoop.now).isAllowed)
        let isLearned = await processes[0].1.eventually {
            !processes[1].0.take(key, limit, at: EventLoop.now).isAllowed
        }
        #expect(isLearned)
        withExtendedLifetime(processes) {}
    }

    @Test func `a process that cannot reach the others counts for itself`() async throws {
        let processes = try await processes(2, "redis://127.0.0.1:1")
        let key = key(.unused())
        for (store, _) in processes {
            #expect(takeAll(store, key) == 10)
            await store.settle()
            #expect(takeAll(store, key) == 0)
        }
        withExtendedLifetime(processes) {}
    }

    @Test func `what is taken while Redis hangs is judged at once, and settled when it goes on`() async throws {
        let server = try RedisServer()
        let processes = try await processes(2, server.url)
        let key = key(.unused())
        #expect(processes[0].0.take(key, limit, at: EventLoop.now).isAllowed)
        await processes[0].0.settle()
        server.pause()
        #expect(takeAll(processes[0].0, key) == 9)
        server.resume()
        let isLearned = await processes[1].1.eventually {
            _ = processes[0].0.take(key, limit, at: EventLoop.now)
            return takeAll(processes[1].0, key, tries: 1) == 0
        }
        #expect(isLearned)
        withExtendedLifetime(processes) {}
    }

    @Test func `attack: buckets of tenants, of addresses and of the platform are apart`() async throws {
        let processes = try await processes(1)
        let store = processes[0].0
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        #expect(takeAll(store, key(mine)) == 10)
        await store.settle()
        #expect(takeAll(store, key(other)) == 10)
        #expect(takeAll(store, key(mine, "192.0.2.2")) == 10)
        let address = RateLimiter.Subject.address("198.51.100.\(Int.random(in: 1...250)) \(mine)")
        let platform = RateLimiter.Key(seed: 7, .platform, subject: address, rateClass: .read)
        #expect(platform.tenant == nil)
        #expect(takeAll(store, platform) == 10)
        await store.settle()
        #expect(takeAll(store, key(mine)) == 0)
        withExtendedLifetime(processes) {}
    }
}
