// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Says to push services who sends (RFC 8292): a token for each of them, used until it is almost over.
final class VAPID: Sendable {
    private let cryptography: any MessageCryptography
    private let clock: WallClock
    private let contact: String
    private let tokens = BoundedCache<String, Secret<String>>(capacity: 4_096)

    /// How long a token is good; RFC 8292 §2 allows 24 hours.
    static let lifetime: TimeInterval = 12 * 3_600
    /// How long before its end it is made anew.
    static let margin: TimeInterval = 3_600

    /// Prepares the tokens; `contact` is whom a push service may ask: `mailto:` or `https:` (RFC 8292 §2.1).
    init(_ cryptography: any MessageCryptography, clock: WallClock, contact: String) {
        self.cryptography = cryptography
        self.clock = clock
        self.contact = contact
    }

    /// The value of `Authorization` for a push service.
    ///
    /// - Parameters:
    ///   - origin: The push service.
    ///   - key: The tenant's key pair.
    ///   - identity: Tells the key from others.
    /// - Returns: `vapid t=…, k=…`.
    /// - Throws: `CryptographyError.badKey`.
    func authorization(
        for origin: String,
        _ key: P256KeyPair,
        identity: String
    ) throws(CryptographyError) -> Secret<String> {
        let now = clock.now()
        let name = "\(identity) \(origin)"
        if let known = tokens.value(for: name, at: now) { return known }
        let end = now.addingTimeInterval(Self.lifetime)
        let token = try ForeignAssertion.sign(
            { claims in
                claims.field("aud", origin)
                claims.field("exp", Int(end.timeIntervalSince1970))
                claims.field("sub", contact)
            },
            with: .es256(key),
            cryptography
        )
        let value = Secret("vapid t=\(token.reveal()), k=\(Base64URL.encode(key.publicKey))")
        tokens.store(value, for: name, until: end.addingTimeInterval(-Self.margin), at: now)
        return value
    }
}
