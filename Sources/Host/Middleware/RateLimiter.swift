// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// How many calls whoever calls may make.
final class RateLimiter: Sendable {
    private let store: any RateLimitStore
    private let limits: RateLimits
    private let keyLimits: RateLimits
    private let lineLimits: RateLimits
    private let tenantLimits: RateLimits

    /// What one API key may do beside its owner: half, so that a program that runs wild leaves them the rest.
    private static let keyShare = 0.5
    /// As many people as this may call at once from one address, such as a school's.
    private static let lineShare = 20.0
    /// As many as this from everywhere at one tenant, so that one tenant does not take a process from the others.
    private static let tenantShare = 100.0

    /// Who is limited for what, as 128 bits that nobody outside can aim at: the seed is the tenant's and the process's.
    struct Key: Hashable, Sendable {
        let high: UInt64
        let low: UInt64
        /// Whose bucket it is; `nil` for the platform's own.
        let tenant: TenantID?

        init(seed: UInt64, _ place: RatePlace, subject: Subject, rateClass: RateClass) {
            tenant = place.tenant
            var mixer = Fingerprint(seed: seed ^ place.seed, rateClass.number)
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
            case .tenant:
                mixer.mix(3)
            case .address(let text), .line(let text):
                if case .line = subject { mixer.mix(4) }
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
    }

    /// Whose bucket a call is taken from.
    enum Subject: Sendable {
        /// A person's or a program's.
        case user(UUID)
        /// An API key's, beside its owner's.
        case key(UUID)
        /// An address's, of those who did not sign in.
        case address(String)
        /// An address's, of those who did: many may share one, and a thief of many sessions has few.
        case line(String)
        /// The tenant's, of all who call there.
        case tenant

        var bucket: RateBucket {
            switch self {
            case .user: .user
            case .key: .key
            case .address: .address
            case .line: .line
            case .tenant: .tenant
            }
        }
    }

    init(limits: RateLimits, store: any RateLimitStore) {
        self.store = store
        self.limits = limits
        keyLimits = limits.scaled(by: RateLimiter.keyShare)
        lineLimits = limits.scaled(by: RateLimiter.lineShare)
        tenantLimits = limits.scaled(by: RateLimiter.tenantShare)
    }

    /// Counts a call.
    ///
    /// - Parameters:
    ///   - subject: Whose bucket it is taken from.
    ///   - rateClass: What it costs.
    ///   - place: Where it is called.
    ///   - now: The monotonic time in nanoseconds.
    /// - Returns: Whether it may go on; `nil` if the class has no limit.
    func take(_ subject: Subject, _ rateClass: RateClass, in place: RatePlace, at now: UInt64) -> RateVerdict? {
        guard let limit = limits(of: subject)[rateClass] else { return nil }
        return store.take(Key(seed: store.seed, place, subject: subject, rateClass: rateClass), limit, at: now)
    }

    private func limits(of subject: Subject) -> RateLimits {
        switch subject {
        case .user, .address: limits
        case .key: keyLimits
        case .line: lineLimits
        case .tenant: tenantLimits
        }
    }
}

/// Where calls are limited: at a tenant, or on the platform itself.
struct RatePlace: Sendable {
    /// Leads the names of its buckets.
    let seed: UInt64
    let tenant: TenantID?

    static func at(_ tenant: TenantID) -> RatePlace {
        RatePlace(seed: Fingerprint(tenant.uuid.bytes).high, tenant: tenant)
    }

    static let platform = RatePlace(seed: 0x6C6D_735F_6F70_7321, tenant: nil)
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
