// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The cryptographic primitives that the domain needs; a driver calls a kept library for each.
public protocol Cryptography: Sendable {
    /// Returns bytes of the operating system's generator.
    ///
    /// - Parameter count: How many.
    /// - Returns: Unpredictable bytes.
    func randomBytes(_ count: Int) -> [UInt8]

    /// Returns the SHA-256 digest (FIPS 180-4).
    ///
    /// - Parameter message: The bytes to digest.
    /// - Returns: 32 bytes.
    func sha256(_ message: [UInt8]) -> [UInt8]

    /// Returns HMAC-SHA-256 (RFC 2104).
    ///
    /// - Parameters:
    ///   - message: The bytes to authenticate.
    ///   - key: The key.
    /// - Returns: 32 bytes.
    func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8]

    /// Returns HMAC-SHA-1 (RFC 2104): for one-time codes (RFC 4226) and nothing else.
    ///
    /// - Parameters:
    ///   - message: The bytes to authenticate.
    ///   - key: The key.
    /// - Returns: 20 bytes.
    func hmacSHA1(_ message: [UInt8], key: [UInt8]) -> [UInt8]

    /// Encrypts with AES-256-GCM (NIST SP 800-38D) under a fresh random nonce.
    ///
    /// - Parameters:
    ///   - plaintext: The bytes to encrypt.
    ///   - key: 32 bytes.
    ///   - context: Bytes that must be the same on decryption, such as the tenant and the column.
    /// - Returns: The 12-byte nonce, the ciphertext and the 16-byte tag.
    /// - Throws: `CryptographyError.badKey` if the key is not 32 bytes.
    func seal(_ plaintext: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8]

    /// Decrypts what `seal` made.
    ///
    /// - Parameters:
    ///   - sealed: The nonce, the ciphertext and the tag.
    ///   - key: 32 bytes.
    ///   - context: The bytes given to `seal`.
    /// - Returns: The plaintext.
    /// - Throws: `CryptographyError.notAuthentic` if anything was changed or the key or context differ.
    func open(_ sealed: [UInt8], key: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8]

    /// Makes an Ed25519 key pair (RFC 8032).
    ///
    /// - Returns: The 32-byte private seed and the 32-byte public key.
    func makeSigningKey() -> SigningKeyPair

    /// Signs with Ed25519 (RFC 8032).
    ///
    /// - Parameters:
    ///   - message: The bytes to sign.
    ///   - privateKey: The 32-byte seed.
    /// - Returns: 64 bytes.
    /// - Throws: `CryptographyError.badKey` if the key is not 32 bytes.
    func sign(_ message: [UInt8], privateKey: [UInt8]) throws(CryptographyError) -> [UInt8]

    /// Checks an Ed25519 signature (RFC 8032).
    ///
    /// - Parameters:
    ///   - signature: 64 bytes.
    ///   - message: The bytes that were signed.
    ///   - publicKey: 32 bytes.
    /// - Returns: Whether the signature is genuine; `false` for malformed keys and signatures.
    func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool

    /// Compares secrets in a time that depends on their lengths only.
    ///
    /// - Parameters:
    ///   - left: One value.
    ///   - right: The other.
    /// - Returns: Whether they are equal.
    func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool
}

/// An Ed25519 key pair.
public struct SigningKeyPair: Sendable {
    /// The 32-byte seed.
    public let privateKey: Secret<[UInt8]>
    /// The 32-byte public key.
    public let publicKey: [UInt8]

    /// Puts a pair together.
    ///
    /// - Parameters:
    ///   - privateKey: The 32-byte seed.
    ///   - publicKey: The 32-byte public key.
    public init(privateKey: Secret<[UInt8]>, publicKey: [UInt8]) {
        self.privateKey = privateKey
        self.publicKey = publicKey
    }
}

/// Why a primitive refused.
@nonexhaustive
public enum CryptographyError: Error, Sendable {
    /// The key has a wrong length.
    case badKey
    /// The ciphertext was changed, or belongs to another key or context.
    case notAuthentic
}
