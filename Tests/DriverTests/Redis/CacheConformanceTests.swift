// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@Suite struct CacheConformanceTests {
    private func make(_ twin: Twin) throws -> (any Cache, RedisFixture?) {
        switch twin {
        case .inProcess: return (LocalCache(), nil)
        case .redis:
            let fixture = try RedisFixture()
            return (RedisCache(fixture.redis), fixture)
        }
    }

    @Test(arguments: Twin.allCases)
    func `a value is found until it is replaced, removed or over`(twin: Twin) async throws {
        let (cache, fixture) = try make(twin)
        let key = TenantCacheKey(.unused(), .cache, "a")
        #expect(await cache.value(of: key) == nil)
        await cache.set([1, 0, 255], for: key, timeToLive: .seconds(60))
        #expect(await cache.value(of: key) == [1, 0, 255])
        await cache.set([], for: key, timeToLive: .seconds(60))
        #expect(await cache.value(of: key) == [])
        await cache.remove(key)
        #expect(await cache.value(of: key) == nil)
        await cache.set([2], for: key, timeToLive: .milliseconds(1))
        let waiting = try RedisFixture()
        #expect(await waiting.eventually { await cache.value(of: key) == nil })
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `a value or a name that is too long is a miss, and takes an older value with it`(twin: Twin) async throws {
        let (cache, fixture) = try make(twin)
        let tenant = TenantID.unused()
        let key = TenantCacheKey(tenant, .cache, "a")
        await cache.set(Array(repeating: 7, count: 65_536), for: key, timeToLive: .seconds(60))
        #expect(await cache.value(of: key)?.count == 65_536)
        await cache.set(Array(repeating: 7, count: 65_537), for: key, timeToLive: .seconds(60))
        #expect(await cache.value(of: key) == nil)
        await cache.set([1], for: key, timeToLive: .zero)
        #expect(await cache.value(of: key) == nil)
        let long = TenantCacheKey(tenant, .cache, String(repeating: "x", count: 600))
        await cache.set([1], for: long, timeToLive: .seconds(60))
        #expect(await cache.value(of: long) == nil)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `attack: a value of one tenant is not found by another, however it names it`(twin: Twin) async throws {
        let (cache, fixture) = try make(twin)
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        let secret = TenantCacheKey(other, .cache, "secret")
        await cache.set([42], for: secret, timeToLive: .seconds(60))
        let names = [
            "secret", "}:cache:secret", "{\(other)}:cache:secret", "../{\(other)}:cache:secret", "*", "?",
            "x\r\nGET lms:{\(other)}:cache:secret\r\n", "\0",
        ]
        for name in names {
            let key = TenantCacheKey(mine, .cache, name)
            #expect(await cache.value(of: key) == nil)
            await cache.set([1], for: key, timeToLive: .seconds(60))
            await cache.remove(key)
        }
        #expect(await cache.value(of: secret) == [42])
        // Another kind of thing with the same name is another thing.
        #expect(await cache.value(of: TenantCacheKey(other, .token, "secret")) == nil)
        await cache.remove(secret)
        withExtendedLifetime(fixture) {}
    }

    @Test func `the cache in the process keeps to its memory, and what was used last`() {
        let cache = LocalCache(limitInBytes: 100_000)
        let tenant = TenantID.unused()
        let favorite = TenantCacheKey(tenant, .cache, "favorite")
        cache.set([1], for: favorite, timeToLive: .seconds(60))
        for number in 0..<1_000 {
            let key = TenantCacheKey(tenant, .cache, "\(number)")
            cache.set(Array(repeating: 0, count: 1_000), for: key, timeToLive: .seconds(60))
            #expect(cache.value(of: favorite) == [1])
            #expect(cache.size <= 100_000)
        }
    }

    @Test func `a cache whose Redis is down has nothing and loses nothing else`() async throws {
        let fixture = try RedisFixture("redis://127.0.0.1:1")
        let cache = RedisCache(fixture.redis)
        let key = TenantCacheKey(.unused(), .cache, "a")
        await cache.set([1], for: key, timeToLive: .seconds(60))
        #expect(await cache.value(of: key) == nil)
        await cache.remove(key)
    }
}

@Suite struct EventStreamConformanceTests {
    private func make(_ twin: Twin, keeping length: Int = 100) throws -> (any EventStream, RedisFixture?) {
        switch twin {
        case .inProcess: return (LocalEventStream(lengthLimit: length), nil)
        case .redis:
            let fixture = try RedisFixture()
            return (RedisEventStream(fixture.redis, length: length), fixture)
        }
    }

    @Test(arguments: Twin.allCases)
    func `envelopes are read in order and after a position`(twin: Twin) async throws {
        let (stream, fixture) = try make(twin)
        let key = TenantCacheKey(.unused(), .events, "courses")
        for number in 0..<5 { try await stream.append([UInt8(number), 0, 10], to: key) }
        let all = try await stream.read(key, after: nil, limit: 10)
        #expect(all.map(\.envelope) == (0..<5).map { [UInt8($0), 0, 10] })
        #expect(try await stream.read(key, after: all[2].position, limit: 10) == Array(all[3...]))
        #expect(try await stream.read(key, after: all[2].position, limit: 1) == [all[3]])
        #expect(try await stream.read(key, after: all[4].position, limit: 10).isEmpty)
        #expect(try await stream.read(key, after: nil, limit: 0).isEmpty)
        if let fixture { _ = try await fixture.redis.send(RedisCommand("UNLINK", [.key(RedisKey(key))])) }
    }

    @Test(arguments: Twin.allCases)
    func `a stream keeps its latest envelopes and not much more`(twin: Twin) async throws {
        let (stream, fixture) = try make(twin, keeping: 100)
        let key = TenantCacheKey(.unused(), .events, "users")
        for number in 0..<1_000 { try await stream.append(Array("\(number)".utf8), to: key) }
        let kept = try await stream.read(key, after: nil, limit: 1_000)
        #expect((100...300).contains(kept.count))
        #expect(kept.last?.envelope == Array("999".utf8))
        if let fixture { _ = try await fixture.redis.send(RedisCommand("UNLINK", [.key(RedisKey(key))])) }
    }

    @Test(arguments: Twin.allCases)
    func `what is too long or no stream is refused`(twin: Twin) async throws {
        let (stream, fixture) = try make(twin)
        let tenant = TenantID.unused()
        await #expect(throws: EventStreamError.invalid) {
            try await stream.append(Array(repeating: 0, count: 16_385), to: TenantCacheKey(tenant, .events, "users"))
        }
        await #expect(throws: EventStreamError.invalid) {
            try await stream.append([1], to: TenantCacheKey(tenant, .cache, "users"))
        }
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `attack: a stream of another tenant is not read`(twin: Twin) async throws {
        let (stream, fixture) = try make(twin)
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        let theirs = TenantCacheKey(other, .events, "users")
        try await stream.append([1], to: theirs)
        for name in ["users", "}:events:users", "{\(other)}:events:users", "users\r\n"] {
            #expect(try await stream.read(TenantCacheKey(mine, .events, name), after: nil, limit: 10).isEmpty)
        }
        if let fixture { _ = try await fixture.redis.send(RedisCommand("UNLINK", [.key(RedisKey(theirs))])) }
    }

    @Test func `an envelope that cannot be appended is told, so that it is tried again`() async throws {
        let fixture = try RedisFixture("redis://127.0.0.1:1")
        await #expect(throws: EventStreamError.unavailable) {
            try await RedisEventStream(fixture.redis).append([1], to: TenantCacheKey(.unused(), .events, "users"))
        }
    }
}
