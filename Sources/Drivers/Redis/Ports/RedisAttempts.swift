// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Counts attempts at secrets for several processes, in Redis.
///
/// Keys hold a keyed hash of the subject's name, so that addresses and accounts cannot be read there.
public struct RedisAttempts: AttemptLedger {
    private let redis: Redis
    private let cryptography: any Cryptography
    private let secret: Secret<[UInt8]>

    /// Makes one.
    ///
    /// - Parameters:
    ///   - redis: The Redis that the processes share.
    ///   - cryptography: Hashes names.
    ///   - secret: The key of the hash, the same in all processes.
    public init(_ redis: Redis, cryptography: any Cryptography, secret: Secret<[UInt8]>) {
        self.redis = redis
        self.cryptography = cryptography
        self.secret = secret
    }

    /// Counts an attempt for each subject unless one of them must wait; one script for all.
    public func attempt(_ subjects: [AttemptSubject], now: Date) async -> TimeInterval? {
        var arguments: [RedisCommand.Argument] = [
            .integer(now.inMilliseconds), .integer(Int(AttemptSubject.memory * 1_000)),
        ]
        for subject in subjects {
            arguments += [.integer(subject.allowance), .integer(Int(subject.longestWait * 1_000))]
        }
        // A ledger that fails knows nothing; whoever asks counts alone meanwhile.
        guard let wait = try? await redis.run(Self.counting, subjects.map(key), arguments).integer else { return nil }
        return Double(wait) / 1_000
    }

    /// Forgets what a good attempt shows to be no guessing, unless that fails: then it is forgotten with time.
    public func succeed(_ subjects: [AttemptSubject]) async {
        let ways = subjects.map { RedisCommand.Argument.integer($0.success == .forgetsAll ? 1 : 0) }
        // What cannot be told makes the next attempts wait a little longer, and no more.
        _ = try? await redis.run(Self.forgiving, subjects.map(key), ways)
    }

    private func key(_ subject: AttemptSubject) -> RedisKey {
        let hash = cryptography.hmacSHA256(Array(subject.name.utf8), key: secret.reveal())
        return RedisKey(TenantCacheKey(subject.tenant, .attempts, Base64URL.encode(hash)))
    }

    /// Of each key: `a` attempts, `l` the last, `n` when the next may be made, in milliseconds.
    private static let counting = RedisScript(
        """
        local now, memory, wait, counts = tonumber(ARGV[1]), tonumber(ARGV[2]), 0, {}
        for i = 1, #KEYS do
          local c = redis.call('HMGET', KEYS[i], 'a', 'l', 'n')
          counts[i] = tonumber(c[1] or '0')
          if now - tonumber(c[2] or '0') >= memory then
            counts[i] = 0
          elseif tonumber(c[3] or '0') - now > wait then
            wait = tonumber(c[3]) - now
          end
        end
        if wait > 0 then return wait end
        for i = 1, #KEYS do
          local excess = counts[i] + 1 - tonumber(ARGV[1 + 2 * i])
          local delay = 0
          if excess >= 0 then delay = math.min(tonumber(ARGV[2 + 2 * i]), 1000 * 2 ^ math.min(excess, 10)) end
          redis.call('HSET', KEYS[i], 'a', counts[i] + 1, 'l', ARGV[1], 'n', string.format('%.0f', now + delay))
          redis.call('PEXPIRE', KEYS[i], ARGV[2])
        end
        return 0
        """
    )

    private static let forgiving = RedisScript(
        """
        for i = 1, #KEYS do
          if ARGV[i] == '1' then
            redis.call('DEL', KEYS[i])
          elseif tonumber(redis.call('HGET', KEYS[i], 'a') or '0') > 0 then
            redis.call('HINCRBY', KEYS[i], 'a', -1)
          end
        end
        return 0
        """
    )
}

extension Date {
    fileprivate var inMilliseconds: Int { Int((timeIntervalSince1970 * 1_000).rounded()) }
}
