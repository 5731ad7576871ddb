// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A token that others check: a JWS in compact form (RFC 7515 §3.1).
enum ForeignAssertion {
    /// Signs claims.
    ///
    /// - Parameters:
    ///   - claims: Writes the claims.
    ///   - key: The key, which decides the algorithm.
    ///   - keyName: `kid`, where the other end knows several keys.
    ///   - cryptography: Signs.
    /// - Returns: The token.
    /// - Throws: `CryptographyError.badKey`.
    static func sign(
        _ claims: (inout JSONWriter) -> Void,
        with key: PrivateSigningKey,
        named keyName: String? = nil,
        _ cryptography: any MessageCryptography
    ) throws(CryptographyError) -> Secret<String> {
        var header = JSONWriter()
        header.object { object in
            object.field("typ", "JWT")
            object.field("alg", key.algorithm)
            if let keyName { object.field("kid", keyName) }
        }
        var payload = JSONWriter()
        payload.object(claims)
        let signed = "\(Base64URL.encode(header.bytes)).\(Base64URL.encode(payload.bytes))"
        let signature = try cryptography.sign(Array(signed.utf8), with: key)
        return Secret("\(signed).\(Base64URL.encode(signature))")
    }
}

extension PrivateSigningKey {
    fileprivate var algorithm: String {
        switch self {
        case .es256, .es256Info: "ES256"
        case .rs256Info: "RS256"
        @unknown default: "none"
        }
    }
}
