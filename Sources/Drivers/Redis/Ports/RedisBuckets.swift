// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Adds up what several processes take from the same token buckets, in Redis.
public struct RedisBuckets: SharedBuckets {
    private let redis: Redis
    private let installation: InstallationPrefix

    /// Makes one.
    ///
    /// - Parameters:
    ///   - redis: The Redis that the processes share.
    ///   - installation: The installation.
    public init(_ redis: Redis, installation: InstallationPrefix) {
        self.redis = redis
        self.installation = installation
    }

    /// Adds what was taken; one script for all, by the server's own clock.
    public func settle(_ taken: [BucketShare], of owner: BucketOwner) async -> [Duration]? {
        guard !taken.isEmpty else { return [] }
        let keys = taken.prefix(256).map { share in
            switch owner {
            case .tenant(let tenant): RedisKey(TenantCacheKey(tenant, .rateLimit, share.name))
            case .installation: RedisKey(of: installation, .rateLimit, share.name)
            }
        }
        let costs = taken.prefix(256).map { RedisCommand.Argument.integer($0.cost.inMicroseconds) }
        let longest = RedisCommand.Argument.integer(BucketShare.longest.inMicroseconds)
        // A ledger that fails knows nothing; whoever asks counts alone meanwhile.
        guard let answer = try? await redis.run(Self.script, keys, [longest] + costs).array,
            answer.count == taken.count
        else { return nil }
        return answer.map { .microseconds(max(0, $0.integer ?? 0)) }
    }

    /// A bucket is the time at which it is full, in microseconds of the server's clock; it ends when it is full.
    private static let script = RedisScript(
        """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local longest = tonumber(ARGV[1])
        local debts = {}
        for i = 1, #KEYS do
          local full = tonumber(redis.call('GET', KEYS[i]) or '0')
          if full < now then full = now end
          full = math.min(full + tonumber(ARGV[i + 1]), now + longest)
          local debt = full - now
          if debt > 0 then
            redis.call('SET', KEYS[i], string.format('%.0f', full), 'PX', math.ceil(debt / 1000) + 1)
          end
          debts[i] = debt
        end
        return debts
        """
    )
}

extension Duration {
    fileprivate var inMicroseconds: Int { Int(clamping: inNanoseconds / 1_000) }
}
