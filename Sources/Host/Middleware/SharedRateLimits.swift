// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Token buckets that the processes of an installation share.
///
/// A call is judged by what this process knows, without waiting. What was taken is added up with the others' a hundredth of a second
/// later, and what they took is learned with the answer. So within the time of one settlement each process may let through as
/// many calls as the limit lets come at once; what was too much is made good before the next call, because the sum has all of
/// it: N processes let through no more than `burst × N + perSecond × t` in any time t, and `perSecond × t` in the long run. While
/// the others cannot be reached each process counts for itself, and what it takes then is not added up later.
final class SharedRateLimits: RateLimitStore {
    let seed: UInt64
    private let buckets: any SharedBuckets
    private let loop: EventLoop
    private let stripes = (0..<16).map { _ in Stripe() }
    /// Whether a settlement is under way or about to begin.
    private let isArmed = Atomic<Bool>(false)

    private static let delay = Duration.milliseconds(10)
    private static let stripeCapacity = 8_192
    private static let groupLimit = 256

    private struct Bucket {
        var fullAt: UInt64 = 0
        /// What was taken and not told yet, in nanoseconds.
        var untold: UInt64 = 0
    }

    private final class Stripe: Sendable {
        let state = Mutex(State())

        struct State {
            var buckets: [RateLimiter.Key: Bucket] = [:]
            var untold: [RateLimiter.Key] = []
        }
    }

    private struct Share {
        let key: RateLimiter.Key
        let cost: UInt64
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - buckets: Adds up what the processes take.
    ///   - seed: What leads every key: a secret that the processes share.
    ///   - loop: Where settlements run.
    init(_ buckets: any SharedBuckets, seed: UInt64, on loop: EventLoop) {
        self.buckets = buckets
        self.seed = seed
        self.loop = loop
    }

    func take(_ key: RateLimiter.Key, _ limit: RateLimit, at now: UInt64) -> RateVerdict {
        let interval = UInt64(1_000_000_000 / limit.perSecond)
        let verdict = stripe(of: key).state.withLock { state in
            if state.buckets.count >= Self.stripeCapacity {
                state.buckets = state.buckets.filter { $0.value.fullAt > now || $0.value.untold > 0 }
            }
            let verdict = RateLimitMemory.take(&state.buckets[key, default: Bucket()].fullAt, limit, interval, at: now)
            guard verdict.isAllowed else { return verdict }
            if state.buckets[key]?.untold == 0 { state.untold.append(key) }
            state.buckets[key]?.untold += interval
            return verdict
        }
        if verdict.isAllowed { arm() }
        return verdict
    }

    private func stripe(of key: RateLimiter.Key) -> Stripe { stripes[Int(key.high & 15)] }

    // MARK: Settling

    private func arm() {
        guard !isArmed.exchange(true, ordering: .sequentiallyConsistent) else { return }
        if loop.isCurrent { schedule() } else { loop.execute { self.schedule() } }
    }

    private func schedule() {
        _ = loop.schedule(after: Self.delay) {
            self.loop.spawn { await self.settle() }
        }
    }

    /// Tells what was taken and learns what others took.
    func settle() async {
        for (owner, shares) in takeUntold() {
            for start in stride(from: 0, to: shares.count, by: Self.groupLimit) {
                await settle(Array(shares[start..<min(start + Self.groupLimit, shares.count)]), of: owner)
            }
        }
        // What was taken meanwhile did not arm the next one, because this one was under way.
        isArmed.store(false, ordering: .sequentiallyConsistent)
        if stripes.contains(where: { $0.state.withLock { !$0.untold.isEmpty } }) { arm() }
    }

    private func settle(_ shares: [Share], of owner: BucketOwner) async {
        let taken = shares.map { BucketShare(name: $0.key.name, cost: .nanoseconds(Int64(clamping: $0.cost))) }
        guard let debts = await buckets.settle(taken, of: owner), debts.count == shares.count else { return }
        let now = EventLoop.now
        for (share, debt) in zip(shares, debts) {
            stripe(of: share.key).state.withLock { state in
                guard let bucket = state.buckets[share.key] else { return }
                let known = now + UInt64(debt.nanoseconds) + bucket.untold
                state.buckets[share.key]?.fullAt = max(bucket.fullAt, known)
            }
        }
    }

    private func takeUntold() -> [BucketOwner: [Share]] {
        var all: [BucketOwner: [Share]] = [:]
        for stripe in stripes {
            let shares = stripe.state.withLock { state in
                let shares = state.untold.compactMap { key in
                    state.buckets[key].map { Share(key: key, cost: $0.untold) }
                }
                for key in state.untold { state.buckets[key]?.untold = 0 }
                state.untold.removeAll(keepingCapacity: true)
                return shares
            }
            for share in shares {
                let owner = share.key.tenant.map { BucketOwner.tenant($0) } ?? .installation
                all[owner, default: []].append(share)
            }
        }
        return all
    }
}

extension RateLimiter.Key {
    /// 32 hexadecimal digits.
    fileprivate var name: String { UUID(high: high, low: low).lowercaseText }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
