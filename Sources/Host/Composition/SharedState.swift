// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSRedisDriver
internal import LMSTenancy

/// What the processes of an installation share outside of the database; without a Redis each has its own.
///
/// Nothing is here that must not be lost: see docs/redis.md.
struct SharedState: Sendable {
    /// The Redis; `nil` if there is none.
    let redis: Redis?
    /// Tells all processes something.
    let broadcast: any Broadcast
    /// Keeps what can be made again.
    let cache: any Cache
    /// Shows events to readers outside.
    let events: any EventStream

    /// Prepares it; connections are made when they are needed.
    ///
    /// - Parameters:
    ///   - settings: The Redis; `nil` for none.
    ///   - loops: The event loops.
    ///   - sidePool: Threads that look up host names.
    /// - Throws: `CommandFailure` if the authorities to trust cannot be read.
    init(_ settings: Configuration.Redis?, loops: EventLoopGroup, sidePool: SidePool) throws(CommandFailure) {
        guard let settings else {
            redis = nil
            broadcast = LocalBroadcast()
            cache = LocalCache()
            events = LocalEventStream()
            return
        }
        do throws(TLSError) {
            let redis = try Redis(settings.client, loops: loops, sidePool: sidePool)
            self.redis = redis
            broadcast = RedisBroadcast(redis)
            cache = RedisCache(redis)
            events = RedisEventStream(redis)
        } catch {
            throw CommandFailure("LMS_REDIS_CA_FILE: \(error)", code: .configuration)
        }
    }

    /// Counts attempts at passwords with the other processes; `nil` if each counts for itself.
    func attempts(_ cryptography: any Cryptography, secret: Secret<[UInt8]>) -> (any AttemptLedger)? {
        redis.map { RedisAttempts($0, cryptography: cryptography, secret: secret) }
    }

    /// Counts calls, with the other processes if there is a Redis.
    func rateLimits(
        seed: Secret<[UInt8]>,
        of installation: InstallationPrefix,
        on loop: EventLoop
    ) -> any RateLimitStore {
        guard let redis else { return RateLimitMemory() }
        let number = seed.reveal().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return SharedRateLimits(RedisBuckets(redis, installation: installation), seed: number, on: loop)
    }

    /// Whether the Redis answers; `nil` if there is none.
    func check() async -> RedisState? {
        guard let redis else { return nil }
        do throws(RedisError) {
            _ = try await redis.send(RedisCommand("PING"))
            return .answers
        } catch {
            if let reason = await redis.lastFailure() { return .fails(reason.description) }
            return .fails(error == .timedOut ? "does not answer in time" : "cannot be reached")
        }
    }
}

/// How the Redis is.
enum RedisState: Sendable, Hashable {
    case answers
    /// It does not, and why; never an address or a secret.
    case fails(String)
}
