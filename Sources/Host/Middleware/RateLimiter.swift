// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// How many calls of one class a client may make.
struct RateLimit: Sendable, Hashable {
    let perSecond: Double
    /// How many may come at once.
    let burst: Int
}

/// The limits of every class.
struct RateLimits: Sendable, Hashable {
    var auth = RateLimit(perSecond: 5, burst: 10)
    var read = RateLimit(perSecond: 100, burst: 200)
    var write = RateLimit(perSecond: 20, burst: 40)
    var expensive = RateLimit(perSecond: 2, burst: 5)

    subscript(rateClass: RateClass) -> RateLimit? {
        switch rateClass {
        case .auth: auth
        case .read: read
        case .write: write
        case .expensive: expensive
        case .unlimited: nil
        }
    }
}

extension RateLimits {
    /// What one API key may do: half of what its owner may, so that a program that runs wild leaves them the rest.
    var halved: RateLimits {
        RateLimits(auth: auth.halved, read: read.halved, write: write.halved, expensive: expensive.halved)
    }
}

extension RateLimit {
    fileprivate var halved: RateLimit { RateLimit(perSecond: perSecond / 2, burst: max(1, burst / 2)) }
}

/// What a limit says about one call.
struct RateVerdict: Sendable, Hashable {
    let isAllowed: Bool
    let limit: Int
    let remaining: Int
    /// Until a call is possible again, or all are, in whole seconds.
    let resetSeconds: Int
}

/// Token buckets in this process, one for each tenant, client and class.
///
/// A bucket is the time at which it would be full again (the generic cell rate algorithm), so it needs no refill and an idle
/// one is the same as none.
final class RateLimiter: Sendable {
    let limits: RateLimits
    /// The limits of one API key, beside those of its owner.
    let keyLimits: RateLimits
    private let stripes: [Stripe]

    /// Who is limited for what, as 128 bits that nobody outside can aim at: the seed is the tenant's and the process's.
    struct Key: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        init(seed: UInt64, subject: Subject, rateClass: RateClass) {
            var mixer = Fingerprint(seed: seed ^ Key.processSeed, rateClass.number)
            switch subject {
            case .user(let id):
                let halves = id.halves
                mixer.mix(halves.high)
                mixer.mix(halves.low)
            case .key(let id):
                let halves = id.halves
                mixer.mix(halves.high)
                mixer.mix(halves.low)
                mixer.mix(1)
            case .address(let text):
                if let network = Key.network(of: text) {
                    mixer.mix(network)
                    mixer.mix(2)
                    break
                }
                let span = text.utf8.span
                var word: UInt64 = 0
                for index in span.indices {
                    word = word << 8 | UInt64(span[index])
                    if index & 7 == 7 {
                        mixer.mix(word)
                        word = 0
                    }
                }
                mixer.mix(word)
                mixer.mix(UInt64(span.count))
            }
            high = mixer.high
            low = mixer.low
        }

        /// The /64 of an address of version 6, which is what one customer is given at least (RFC 6177).
        ///
        /// Counted one by one, the addresses of a single line would be 2⁶⁴ clients. One of version 4 in its mapped form is one.
        private static func network(of text: String) -> UInt64? {
            guard text.contains(":"), let bytes = NetworkAddress(text)?.bytes else { return nil }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return (isMapped ? bytes[8...] : bytes[..<8]).reduce(0) { $0 << 8 | UInt64($1) }
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(low)
        }

        private static let processSeed = UInt64.random(in: .min ... .max)
    }

    /// A client.
    enum Subject: Sendable {
        case user(UUID)
        case key(UUID)
        case address(String)

        var isKey: Bool {
            if case .key = self { true } else { false }
        }
    }

    private final class Stripe: Sendable {
        let fullAt = Mutex<[Key: UInt64]>([:])
    }

    /// More buckets than this in a stripe, and those that are full are dropped.
    private static let stripeCapacity = 8_192

    init(limits: RateLimits) {
        self.limits = limits
        keyLimits = limits.halved
        stripes = (0..<16).map { _ in Stripe() }
    }

    /// Counts a call.
    ///
    /// - Parameters:
    ///   - key: Who calls what.
    ///   - limit: How many calls of its class it may make; `nil` for any number.
    ///   - now: The monotonic time in nanoseconds.
    /// - Returns: Whether it may go on; `nil` if the class has no limit.
    func take(_ key: Key, _ limit: RateLimit?, at now: UInt64) -> RateVerdict? {
        guard let limit else { return nil }
        let interval = UInt64(1_000_000_000 / limit.perSecond)
        let stripe = stripes[Int(key.high & 15)]
        return stripe.fullAt.withLock { fullAt in
            if fullAt.count >= RateLimiter.stripeCapacity { fullAt = fullAt.filter { $0.value > now } }
            return RateLimiter.take(&fullAt[key, default: 0], limit, interval, at: now)
        }
    }

    private static func take(
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

extension RateClass {
    fileprivate var number: UInt64 {
        switch self {
        case .auth: 1
        case .read: 2
        case .write: 3
        case .expensive: 4
        case .unlimited: 5
        }
    }
}

extension UUID {
    /// The 16 bytes as two numbers.
    fileprivate var halves: (high: UInt64, low: UInt64) {
        let value = uuid
        func word(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt64 {
            UInt64(a) << 24 | UInt64(b) << 16 | UInt64(c) << 8 | UInt64(d)
        }
        return (
            word(value.0, value.1, value.2, value.3) << 32 | word(value.4, value.5, value.6, value.7),
            word(value.8, value.9, value.10, value.11) << 32 | word(value.12, value.13, value.14, value.15)
        )
    }
}
