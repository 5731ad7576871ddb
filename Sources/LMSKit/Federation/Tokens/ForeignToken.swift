// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import LMSTenancy

/// A JWS in compact form (RFC 7515 §7.1) that somebody else signed, read but not yet believed.
///
/// As RFC 8725 asks: the verifier says which algorithms it takes, and the key says which it is for; the token only
/// chooses within both. Keys that the header carries or points to (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
package struct ForeignToken: Sendable {
    /// The algorithm that the header names (`alg`).
    package let algorithm: SignatureAlgorithm
    /// The key that the header names (`kid`).
    package let keyName: String?
    /// What kind of token it says it is (`typ`), in lower case and without `application/`.
    package let type: String?
    /// What it says.
    package let payload: [UInt8]
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Longer than any identity token of use.
    static let limitInBytes = 16_384

    /// Reads a token.
    ///
    /// - Parameter text: The text as it came from outside.
    /// - Throws: `ForeignTokenError.malformed`; `.algorithmRefused` for an algorithm that is not asymmetric, `none` among
    ///   them; `.criticalHeader` if the header demands an extension.
    package init(_ text: String) throws(ForeignTokenError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.limitInBytes, parts.count == 3,
            let head = Base64URL.decode(Substring(parts[0])), let payload = Base64URL.decode(Substring(parts[1])),
            let signature = Base64URL.decode(Substring(parts[2]))
        else { throw .malformed }
        let header: JSONValue
        do {
            header = try JSONValue.parse(head, maximumDepth: 8)
        } catch {
            throw .malformed
        }
        guard let name = header["alg"]?.text else { throw .malformed }
        guard let algorithm = SignatureAlgorithm(rawValue: name) else { throw .algorithmRefused }
        // RFC 7515 §4.1.11: nothing is understood here that a header could demand, RFC 7797's `b64` neither.
        guard header["crit"] == nil, header["b64"] == nil else { throw .criticalHeader }
        if let key = header["kid"] {
            guard let text = key.text else { throw .malformed }
            keyName = text
        } else {
            keyName = nil
        }
        if let type = header["typ"] {
            guard let text = type.text?.lowercased() else { throw .malformed }
            self.type = text.hasPrefix("application/") ? String(text.dropFirst(12)) : text
        } else {
            type = nil
        }
        self.algorithm = algorithm
        self.payload = payload
        self.signature = signature
        signedBytes = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    /// Checks the signature.
    ///
    /// - Parameters:
    ///   - keys: The signer's keys.
    ///   - allowed: The algorithms that the verifier takes from this signer.
    ///   - verification: The cryptographic primitives.
    /// - Throws: `ForeignTokenError.algorithmRefused`; `.unknownKey` if no key of the set can be meant; `.badSignature`.
    package func verify(
        with keys: JSONWebKeySet,
        allowing allowed: Set<SignatureAlgorithm>,
        _ verification: any SignatureVerification
    ) throws(ForeignTokenError) {
        guard allowed.contains(algorithm) else { throw .algorithmRefused }
        let candidates = keys.candidates(keyName, for: algorithm)
        guard !candidates.isEmpty else { throw .unknownKey }
        // Few: a header without a name asks for work that the size of the set would else bound.
        for candidate in candidates.prefix(4)
        where verification.isValid(signature, for: signedBytes, algorithm: algorithm, key: candidate.key) {
            return
        }
        throw .badSignature
    }
}

/// Why somebody else's token was refused.
@nonexhaustive
package enum ForeignTokenError: Error, Sendable, Equatable {
    /// It is no JWS in compact form, too long, or its claims are not what they must be.
    case malformed
    /// Its algorithm is symmetric, `none`, unknown, or not taken from this signer.
    case algorithmRefused
    /// Its header demands an extension.
    case criticalHeader
    /// None of the signer's keys has its name and fits its algorithm.
    case unknownKey
    /// The signature is not genuine.
    case badSignature
    /// A claim is missing or not as expected.
    case claim(ForeignClaim)
}

/// The claims that are checked.
package enum ForeignClaim: String, Sendable {
    /// The header's type.
    case type = "typ"
    /// Who made it.
    case issuer = "iss"
    /// Whom it is for.
    case audience = "aud"
    /// Which client asked for it.
    case authorizedParty = "azp"
    /// Until when it is good.
    case expiry = "exp"
    /// Since when it is good.
    case notBefore = "nbf"
    /// When it was made.
    case issuedAt = "iat"
    /// The answer to our question.
    case nonce
    /// The access token that belongs to it.
    case accessTokenHash = "at_hash"
    /// Whom it is about.
    case subject = "sub"
    /// Whose directory the person is in.
    case directory = "tid"
    /// What happened.
    case events
    /// What the issuer calls it, once.
    case identifier = "jti"
}
