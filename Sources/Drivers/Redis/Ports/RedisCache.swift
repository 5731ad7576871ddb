// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Keeps values in Redis, for all processes.
public struct RedisCache: Cache {
    private let redis: Redis

    /// Makes one.
    ///
    /// - Parameter redis: The Redis that the processes share.
    public init(_ redis: Redis) {
        self.redis = redis
    }

    /// Finds a value; a failure is a miss.
    public func value(of key: TenantCacheKey) async -> [UInt8]? {
        guard key.description.utf8.count <= CacheLimits.key else { return nil }
        // A cache that fails has nothing.
        return try? await redis.send(RedisCommand("GET", [.key(RedisKey(key))])).bytes
    }

    /// Keeps a value, unless that fails.
    public func set(_ value: [UInt8], for key: TenantCacheKey, timeToLive: Duration) async {
        guard CacheLimits.allow(value, key, timeToLive) else { return await remove(key) }
        let milliseconds = Int(clamping: min(timeToLive, CacheLimits.timeToLive).inNanoseconds / 1_000_000)
        let command = RedisCommand("SET", [.key(RedisKey(key)), .bytes(value), "PX", .integer(max(1, milliseconds))])
        // What cannot be kept is made again.
        _ = try? await redis.send(command)
    }

    /// Removes a value, unless that fails.
    public func remove(_ key: TenantCacheKey) async {
        guard key.description.utf8.count <= CacheLimits.key else { return }
        // It ends by itself, which is all that a cache promises.
        _ = try? await redis.send(RedisCommand("UNLINK", [.key(RedisKey(key))]))
    }
}
