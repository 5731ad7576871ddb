// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What a token of ours says: each kind refuses the claims of every other (RFC 8725 §3.12).
protocol TokenClaims: Sendable {
    /// The claims as JSON.
    var claims: [UInt8] { get }
    /// Reads claims; `nil` if one is missing, of another form, or of another kind of token.
    init?(claims json: JSONValue)
}

/// A JWS in compact form (RFC 7515), as strict as RFC 8725 asks: one type, one algorithm, and no member in the header
/// that
/// could point to a key.
struct SignedToken<Claims: TokenClaims> {
    let key: SigningKey.ID
    let claims: Claims
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Longer than any token of ours.
    static var limitInBytes: Int { 4_096 }

    /// Reads a token without believing it yet.
    init(_ text: String) throws(TokenError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.limitInBytes, parts.count == 3,
            let header = Base64URL.decode(Substring(parts[0])), let payload = Base64URL.decode(Substring(parts[1])),
            let signature = Base64URL.decode(Substring(parts[2])), signature.count == 64
        else { throw .malformed }
        do {
            guard case .object(let members) = try JSONValue.parse(header, maximumDepth: 1), members.count == 3,
                let algorithm = members.text("alg"), algorithm == "EdDSA",
                let type = members.text("typ"), type == "at+jwt",
                let key = members.text("kid").flatMap({ SigningKey.ID($0) }),
                let claims = Claims(claims: try JSONValue.parse(payload, maximumDepth: 2))
            else { throw TokenError.malformed }
            self.key = key
            self.claims = claims
        } catch {
            throw .malformed
        }
        signedBytes = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
        self.signature = signature
    }

    /// Signs claims.
    static func sign(
        _ claims: Claims,
        with key: SigningKey,
        _ cryptography: any Cryptography
    ) throws(KeyError) -> String {
        var header = JSONWriter()
        header.object { object in
            object.field("alg", "EdDSA")
            object.field("typ", "at+jwt")
            object.field("kid", key.id)
        }
        let message = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.claims)
        do {
            let signature = try cryptography.sign(Array(message.utf8), privateKey: key.privateKey.reveal())
            return message + "." + Base64URL.encode(signature)
        } catch {
            throw .unusable
        }
    }
}

extension [JSONMember] {
    fileprivate func text(_ name: String) -> String? {
        first { $0.name == name }?.value.text
    }
}
