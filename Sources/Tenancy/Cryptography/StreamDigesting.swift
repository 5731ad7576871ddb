// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Digests what is too long to be in memory at once; apart from `Cryptography`, so that who stores no files need not have it.
public protocol StreamDigesting: Sendable {
    /// Begins a SHA-256 digest (FIPS 180-4).
    ///
    /// - Returns: What takes the bytes.
    func makeSHA256() -> any StreamDigest
}

/// A digest that is being made; one caller at a time.
public protocol StreamDigest: AnyObject, Sendable {
    /// Takes the next bytes.
    ///
    /// - Parameter bytes: The bytes.
    func update(_ bytes: [UInt8])

    /// Ends the digest; it is asked once.
    ///
    /// - Returns: 32 bytes.
    func finish() -> [UInt8]
}
