// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// A token whose signature was checked, with what its user or program may do as it was read last.
final class VerifiedToken<Claims: Sendable, Standing: Sendable>: Sendable {
    let claims: Claims
    private let standing = Mutex<Known?>(nil)

    private struct Known {
        let value: Standing
        let until: Date
        let stamp: UInt64
    }

    init(_ claims: Claims) {
        self.claims = claims
    }

    /// What they may do, if it was read a moment ago and is not known to have changed.
    func standing(at now: Date, of tenant: TenantID, _ changes: StandingChanges) -> Standing? {
        guard let known = standing.withLock({ $0 }), known.until > now, changes.isCurrent(known.stamp, of: tenant)
        else { return nil }
        return known.value
    }

    /// Keeps what they may do, with the stamp from before it was read.
    func keep(_ value: Standing, until: Date, _ stamp: UInt64) {
        standing.withLock { $0 = Known(value: value, until: until, stamp: stamp) }
    }
}

/// A person's token.
typealias VerifiedAccessToken = VerifiedToken<AccessToken, Standing>
/// A program's token.
typealias VerifiedServiceToken = VerifiedToken<ServiceToken, ServiceStanding>

/// A token's text as a key: two are the same only if every byte is.
///
/// Only the end of the signature is hashed, which nobody can choose for a token that verifies.
struct TokenText: Hashable, Sendable {
    private let text: String
    private let end: UInt64

    init(_ text: String) {
        self.text = text
        let bytes = text.utf8.span
        var end: UInt64 = 0
        for index in max(0, bytes.count - 16)..<bytes.count { end = end << 4 ^ UInt64(bytes[index]) }
        self.end = end
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(end)
    }
}
