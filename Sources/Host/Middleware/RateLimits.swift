// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

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
    /// Limits so many times as wide.
    func scaled(by factor: Double) -> RateLimits {
        RateLimits(
            auth: auth.scaled(by: factor),
            read: read.scaled(by: factor),
            write: write.scaled(by: factor),
            expensive: expensive.scaled(by: factor)
        )
    }
}

extension RateLimit {
    fileprivate func scaled(by factor: Double) -> RateLimit {
        RateLimit(perSecond: perSecond * factor, burst: max(1, Int(Double(burst) * factor)))
    }
}

/// What a limit says about one call.
struct RateVerdict: Sendable, Hashable {
    let isAllowed: Bool
    let limit: Int
    let remaining: Int
    /// Until a call is possible again, or all are, in whole seconds.
    let resetSeconds: Int
}

/// A limit that refused a call.
struct RateRefusal: Sendable, Hashable {
    let rateClass: RateClass
    /// Whose bucket was empty.
    let bucket: RateBucket
}

/// The kinds of buckets that a call is taken from.
enum RateBucket: String, Sendable, Hashable, CaseIterable {
    /// A person's or a program's.
    case user
    /// An API key's.
    case key
    /// An address's, of those who did not sign in.
    case address
    /// An address's, of those who did.
    case line
    /// A tenant's, of all who call there.
    case tenant
}
