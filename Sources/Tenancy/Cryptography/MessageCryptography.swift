// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What is needed to encrypt messages for a stranger's key and to sign tokens that a stranger checks; apart from
/// `Cryptography`, so that who sends none need not have it.
public protocol MessageCryptography: Sendable {
    /// Makes a key pair on P-256 (SP 800-186 §3.2.1.3), for agreement or for ES256.
    ///
    /// - Returns: The pair.
    func makeP256Key() -> P256KeyPair

    /// Agrees on a secret with the owner of a public key: ECDH on P-256 (SP 800-56A §5.7.1.2).
    ///
    /// - Parameters:
    ///   - key: One's own pair.
    ///   - publicKey: The other's uncompressed point, 65 bytes.
    /// - Returns: The x-coordinate of the common point, 32 bytes.
    /// - Throws: `CryptographyError.badKey` if either key is no point of the curve.
    func agree(_ key: P256KeyPair, with publicKey: [UInt8]) throws(CryptographyError) -> Secret<[UInt8]>

    /// Derives a key with HKDF-SHA-256, extraction and expansion (RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: The input keying material.
    ///   - salt: The salt.
    ///   - info: What the key is for.
    ///   - count: How many bytes, 1 through 8160.
    /// - Returns: The output keying material.
    func deriveKey(_ secret: Secret<[UInt8]>, salt: [UInt8], info: [UInt8], count: Int) -> Secret<[UInt8]>

    /// Encrypts with AES-128-GCM (SP 800-38D) under a key that is used once.
    ///
    /// - Parameters:
    ///   - plaintext: The bytes to encrypt.
    ///   - key: 16 bytes, never used before.
    ///   - nonce: 12 bytes.
    /// - Returns: The ciphertext and the 16-byte tag.
    /// - Throws: `CryptographyError.badKey` if key or nonce have a wrong length.
    func sealAES128GCM(_ plaintext: [UInt8], key: Secret<[UInt8]>, nonce: [UInt8]) throws(CryptographyError) -> [UInt8]

    /// Signs as a JWS does: ES256 or RS256 (RFC 7518 §3).
    ///
    /// - Parameters:
    ///   - message: The bytes to sign.
    ///   - key: The key, whose kind decides the algorithm.
    /// - Returns: The signature; for ES256 both numbers one after the other, 64 bytes.
    /// - Throws: `CryptographyError.badKey` if the key is none, or of RSA with fewer than 2048 or more than 8192 bits.
    func sign(_ message: [UInt8], with key: PrivateSigningKey) throws(CryptographyError) -> [UInt8]
}

/// A key pair on P-256.
public struct P256KeyPair: Sendable {
    /// The number, 32 bytes big-endian.
    public let privateKey: Secret<[UInt8]>
    /// The uncompressed point (SEC 1 §2.3.3), 65 bytes.
    public let publicKey: [UInt8]

    /// Puts a pair together.
    ///
    /// - Parameters:
    ///   - privateKey: The number, 32 bytes.
    ///   - publicKey: The uncompressed point, 65 bytes.
    public init(privateKey: Secret<[UInt8]>, publicKey: [UInt8]) {
        self.privateKey = privateKey
        self.publicKey = publicKey
    }
}

/// A key that signs tokens which others check.
@nonexhaustive
public enum PrivateSigningKey: Sendable {
    /// Signs with ES256.
    case es256(P256KeyPair)
    /// Signs with ES256; the key is a PrivateKeyInfo in DER (RFC 5208), as in a `.p8` file.
    case es256Info(Secret<[UInt8]>)
    /// Signs with RS256; the key is a PrivateKeyInfo in DER (RFC 5208).
    case rs256Info(Secret<[UInt8]>)
}
