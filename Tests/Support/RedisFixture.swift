// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
public import LMSEventLoop
public import LMSRedisDriver
public import LMSTenancy
import Synchronization

/// A client of a Redis, with loops of its own, which end with it.
public final class RedisFixture: Sendable {
    /// The client.
    public let redis: Redis
    /// Its loops.
    public let loops: EventLoopGroup

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - url: The Redis; the tests' own unless said.
    ///   - count: How many loops.
    ///   - change: Changes the configuration.
    /// - Throws: `RedisFixture.NoServer` if there is none.
    public init(
        _ url: String? = nil,
        loops count: Int = 1,
        _ change: (inout RedisConfiguration) -> Void = { _ in }
    ) throws {
        guard let text = url ?? ProcessInfo.processInfo.environment["LMS_TEST_REDIS_URL"],
            let address = RedisAddress(text)
        else { throw NoServer() }
        var configuration = RedisConfiguration(address: address)
        configuration.commandTimeout = .seconds(5)
        configuration.retryDelays = .milliseconds(10) ... .milliseconds(100)
        change(&configuration)
        loops = try EventLoopGroup(count: count, name: "redis")
        redis = try Redis(configuration, loops: loops, sidePool: try SidePool(threads: 1, queueLimit: 16))
    }

    deinit {
        redis.close()
        loops.stop()
    }

    /// There is no Redis for the tests.
    public struct NoServer: Error, CustomStringConvertible {
        /// What to do.
        public var description: String { "Set LMS_TEST_REDIS_URL, or run the tests with `make test`." }
    }

    /// Asks until an answer is as wanted, some ten seconds at most.
    ///
    /// - Parameter isDone: Asks.
    /// - Returns: Whether it became so.
    public func eventually(_ isDone: () async throws -> Bool) async rethrows -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(15)
        while clock.now < end {
            if try await isDone() { return true }
            // A loop that is cancelled answers false, which the test tells.
            try? await loops.loops[0].sleep(for: .milliseconds(10))
        }
        return false
    }
}

extension TenantID {
    /// One that nobody has.
    public static func unused() -> TenantID { TenantID(UUID()) }
}
