// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A signature algorithm of RFC 7518 §3.1 or RFC 8037, by its name in the header of a JWS.
///
/// Asymmetric ones only: with a symmetric one whoever can verify can forge.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    case rs384 = "RS384"
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    case rs512 = "RS512"
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    case ps256 = "PS256"
    /// RSASSA-PSS with SHA-384 and a salt of 48 bytes.
    case ps384 = "PS384"
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes.
    case ps512 = "PS512"
    /// ECDSA over P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA over P-384 with SHA-384.
    case es384 = "ES384"
    /// Ed25519.
    case edDSA = "EdDSA"

    /// The digest that the algorithm signs; Ed25519's own (SHA-512) for `edDSA`.
    public var digest: DigestAlgorithm {
        switch self {
        case .rs256, .ps256, .es256: .sha256
        case .rs384, .ps384, .es384: .sha384
        case .rs512, .ps512, .edDSA: .sha512
        }
    }
}

/// A digest of FIPS 180-4.
public enum DigestAlgorithm: Sendable, Hashable {
    /// 32 bytes.
    case sha256
    /// 48 bytes.
    case sha384
    /// 64 bytes.
    case sha512
}

/// The public half of somebody else's key pair, as numbers.
public enum VerificationKey: Sendable, Hashable {
    /// An RSA key; both numbers big-endian.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point on P-256; 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])
    /// A point on P-384; 48 bytes each.
    case p384(x: [UInt8], y: [UInt8])
    /// An Ed25519 key; 32 bytes.
    case ed25519([UInt8])

    /// Returns whether the algorithm is one for this kind of key.
    ///
    /// - Parameter algorithm: The algorithm.
    /// - Returns: `true` if the key can verify such signatures.
    public func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch (self, algorithm) {
        case (.rsa, .rs256), (.rsa, .rs384), (.rsa, .rs512), (.rsa, .ps256), (.rsa, .ps384), (.rsa, .ps512),
            (.p256, .es256), (.p384, .es384), (.ed25519, .edDSA):
            true
        default: false
        }
    }
}
