// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@Suite struct RedisStreamTests {
    private let key = RedisKey(TenantCacheKey(.unused(), .events, "users"))

    private func field(_ text: String) -> RedisStreamEntry.Field {
        RedisStreamEntry.Field(name: "envelope", value: Array(text.utf8))
    }

    @Test func `each entry goes to one reader of a group, and is the next one's if that does not acknowledge it`()
        async throws
    {
        let fixture = try RedisFixture()
        let redis = fixture.redis
        try await redis.createGroup("outside", of: key)
        try await redis.createGroup("outside", of: key)
        for number in 0..<6 { _ = try await redis.append([field("\(number)")], to: key, keeping: 100) }
        let first = try await redis.read(key, as: "one", of: "outside", limit: 4)
        let second = try await redis.read(key, as: "two", of: "outside", limit: 4)
        #expect((first + second).compactMap { $0["envelope"] } == (0..<6).map { Array("\($0)".utf8) })
        #expect(first.count == 4 && second.count == 2)
        #expect(try await redis.read(key, as: "two", of: "outside", limit: 4).isEmpty)
        #expect(try await redis.acknowledge(first.prefix(3).map(\.id), of: key, in: "outside") == 3)
        #expect(try await redis.acknowledge(first.prefix(3).map(\.id), of: key, in: "outside") == 0)
        let claimed = try await redis.claim(key, as: "two", of: "outside", idle: .zero, limit: 100)
        #expect(Set(claimed.entries.map(\.id)) == Set((first.suffix(1) + second).map(\.id)))
        #expect(claimed.next == nil)
        let page = try await redis.claim(key, as: "one", of: "outside", idle: .zero, limit: 1)
        #expect(page.entries.count == 1 && page.next != nil)
        let later = try await redis.claim(key, as: "two", of: "outside", idle: .seconds(3_600), limit: 100)
        #expect(later.entries.isEmpty)
        _ = try await redis.send(RedisCommand("UNLINK", [.key(key)]))
        await #expect(throws: RedisError.refused(code: "NOGROUP")) {
            _ = try await redis.read(key, as: "one", of: "outside", limit: 1)
        }
    }

    @Test func `a script runs by its digest, also on a server that was started anew`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url)
        let script = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
        #expect(try await fixture.redis.run(script, [key], [.integer(5)]) == .integer(5))
        _ = try await fixture.redis.send(RedisCommand("SCRIPT", ["FLUSH"]))
        #expect(try await fixture.redis.run(script, [key], [.integer(5)]) == .integer(10))
        #expect(try await fixture.redis.run(script, [key], [.integer(5)]) == .integer(15))
    }
}
