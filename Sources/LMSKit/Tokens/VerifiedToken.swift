// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// A token whose signature was checked, with what its user may do as it was read last.
final class VerifiedToken: Sendable {
    let claims: AccessToken
    private let standing = Mutex<(value: Standing, until: Date)?>(nil)

    init(_ claims: AccessToken) {
        self.claims = claims
    }

    /// What the user may do, if it was read a moment ago.
    func standing(at now: Date) -> Standing? {
        standing.withLock { standing in
            guard let standing, standing.until > now else { return nil }
            return standing.value
        }
    }

    /// Keeps what the user may do.
    func keep(_ value: Standing, until: Date) {
        standing.withLock { $0 = (value, until) }
    }
}

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
