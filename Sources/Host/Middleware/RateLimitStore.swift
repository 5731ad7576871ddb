// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy
internal import Synchronization

/// Where calls are counted.
///
/// It answers from memory, because it is asked several times for each request on the event loop. One that several processes share
/// spends in each of them what it was given for the next moment, and settles with the others behind the calls.
protocol RateLimitStore: Sendable {
    /// What leads every key, so that nobody outside can aim at another one's bucket; processes that share have the same.
    var seed: UInt64 { get }

    /// Counts a call.
    ///
    /// - Parameters:
    ///   - key: Who calls what.
    ///   - limit: How many calls of its class it may make.
    ///   - now: The monotonic time in nanoseconds.
    /// - Returns: Whether it may go on.
    func take(_ key: RateLimiter.Key, _ limit: RateLimit, at now: UInt64) -> RateVerdict
}

/// Token buckets in this process.
///
/// A bucket is the time at which it would be full again (the generic cell rate algorithm), so it needs no refill and an idle
/// one is the same as none.
final class RateLimitMemory: RateLimitStore {
    let seed = UInt64.random(in: .min ... .max)
    private let stripes = (0..<16).map { _ in Stripe() }

    private final class Stripe: Sendable {
        let fullAt = Mutex<[RateLimiter.Key: UInt64]>([:])
    }

    /// More buckets than this in a stripe, and those that are full are dropped.
    private static let stripeCapacity = 8_192

    func take(_ key: RateLimiter.Key, _ limit: RateLimit, at now: UInt64) -> RateVerdict {
        let interval = UInt64(1_000_000_000 / limit.perSecond)
        let stripe = stripes[Int(key.high & 15)]
        return stripe.fullAt.withLock { fullAt in
            if fullAt.count >= RateLimitMemory.stripeCapacity { fullAt = fullAt.filter { $0.value > now } }
            return RateLimitMemory.take(&fullAt[key, default: 0], limit, interval, at: now)
        }
    }

    static func take(
        _ fullAt: inout UInt64,
        _ limit: RateLimit,
        _ interval: UInt64,
        at now: UInt64
    ) -> RateVerdict {
        let capacity = interval * UInt64(limit.burst)
        let full = max(fullAt, now) + interval
        guard full - now <= capacity else {
            return RateVerdict(
                isAllowed: false,
                limit: limit.burst,
                remaining: 0,
                resetSeconds: seconds(full - now - capacity)
            )
        }
        fullAt = full
        return RateVerdict(
            isAllowed: true,
            limit: limit.burst,
            remaining: Int((capacity - (full - now)) / interval),
            resetSeconds: seconds(full - now)
        )
    }

    private static func seconds(_ nanoseconds: UInt64) -> Int {
        Int((nanoseconds + 999_999_999) / 1_000_000_000)
    }
}
