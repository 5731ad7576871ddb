// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What is needed to check tokens that somebody else signed; apart from `Cryptography`, so that who signs nobody in by
/// other providers need not have it.
public protocol SignatureVerification: Sendable {
    /// Checks a signature of somebody else's key.
    ///
    /// - Parameters:
    ///   - signature: The signature as a JWS has it (RFC 7518 §3): for ECDSA both numbers one after the other.
    ///   - message: The bytes that were signed.
    ///   - algorithm: The algorithm that the verifier expects.
    ///   - key: The key.
    /// - Returns: Whether the signature is genuine; `false` for malformed signatures, for keys that are malformed or of
    ///   another kind than the algorithm's, and for RSA keys below 2048 or above 8192 bits.
    func isValid(
        _ signature: [UInt8],
        for message: [UInt8],
        algorithm: SignatureAlgorithm,
        key: VerificationKey
    ) -> Bool

    /// Returns a digest of FIPS 180-4.
    ///
    /// - Parameters:
    ///   - message: The bytes to digest.
    ///   - algorithm: Which one.
    /// - Returns: 32, 48 or 64 bytes.
    func digest(_ message: [UInt8], with algorithm: DigestAlgorithm) -> [UInt8]
}
