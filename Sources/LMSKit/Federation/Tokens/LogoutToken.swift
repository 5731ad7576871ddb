// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import FoundationEssentials
package import LMSTenancy

/// What a logout token says, after every check of OpenID Connect Back-Channel Logout §2.6.
package struct LogoutToken: Sendable {
    /// What its issuer calls it, once.
    package let identifier: String
    /// Who made it.
    package let issuer: String
    /// Whom it is about, if it is about all of their sessions there.
    package let subject: String?
    /// The session there that ended, if one did.
    package let session: String?

    /// The event that it must tell.
    static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// Reads a token and checks everything but whether it was shown before.
    ///
    /// - Parameters:
    ///   - token: The token, read but not believed.
    ///   - keys: The provider's keys.
    ///   - issuer: Who must have made it.
    ///   - clientID: Whom it must be for.
    ///   - algorithms: The algorithms that are taken.
    ///   - now: The time.
    ///   - verification: The cryptographic primitives.
    /// - Throws: `ForeignTokenError`; `.unknownKey` may be cured by reading the provider's keys anew.
    package init(
        _ token: ForeignToken,
        keys: JSONWebKeySet,
        issuer: String,
        clientID: String,
        algorithms: Set<SignatureAlgorithm>,
        at now: Date,
        _ verification: any SignatureVerification
    ) throws(ForeignTokenError) {
        // A token of another kind must not be taken for one that signs out (RFC 8725 §3.11); older providers do not say.
        guard token.type == nil || token.type == "logout+jwt" || token.type == "jwt" else { throw .claim(.type) }
        try token.verify(with: keys, allowing: algorithms, verification)
        let claims = try token.readClaims()
        guard claims["iss"]?.text == issuer else { throw .claim(.issuer) }
        try claims.requireAudience(clientID)
        try claims.requireTimes(at: now)
        guard case .object = claims["events"]?[Self.event] else { throw .claim(.events) }
        // An identity token has one and must sign nobody out.
        guard claims["nonce"] == nil else { throw .claim(.nonce) }
        guard let identifier = claims["jti"]?.text, (1...255).contains(identifier.utf8.count) else {
            throw .claim(.identifier)
        }
        for name in ["sub", "sid"] {
            guard let value = claims[name] else { continue }
            guard let text = value.text, (1...255).contains(text.utf8.count) else { throw .claim(.subject) }
        }
        subject = claims["sub"]?.text
        session = claims["sid"]?.text
        guard subject != nil || session != nil else { throw .claim(.subject) }
        self.identifier = identifier
        self.issuer = issuer
    }
}
