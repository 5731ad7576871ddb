// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
public import LMSTenancy

/// The domain's cryptography on OpenSSL's libcrypto.
public struct OpenSSLCryptography: Cryptography {
    let algorithms: Algorithms

    /// Fetches the algorithms.
    ///
    /// - Throws: `OpenSSLError.algorithmMissing` if the installation lacks one.
    public init() throws(OpenSSLError) {
        algorithms = try Algorithms()
    }

    /// Returns bytes of libcrypto's generator, which the kernel seeds.
    public func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard unsafe RAND_bytes_ex(nil, &bytes, count, 256) == 1 else {
            // Its generator refuses only if it could not be seeded; the kernel's own never does.
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        return bytes
    }

    /// Returns the SHA-256 digest (FIPS 180-4).
    public func sha256(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let status = unsafe EVP_Digest(message, message.count, &digest, nil, algorithms.sha256.pointer, nil)
        // SAFETY: it fails only without memory, and a wrong digest must never be compared with a good one.
        precondition(status == 1, "SHA-256 failed")
        return digest
    }

    /// Returns HMAC-SHA-256 (RFC 2104).
    public func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        hmac(message, key: key, algorithms.hmacTemplate, length: 32)
    }

    /// Returns HMAC-SHA-1 (RFC 2104).
    public func hmacSHA1(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        hmac(message, key: key, algorithms.hmacSHA1Template, length: 20)
    }

    private func hmac(
        _ message: [UInt8],
        key: [UInt8],
        _ template: borrowing Handle<MACContext>,
        length count: Int
    ) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: count)
        var length = 0
        // SAFETY: each step fails only without memory, and a wrong code must never be compared with a good one.
        guard let context = unsafe Handle<MACContext>(EVP_MAC_CTX_dup(template.pointer)),
            unsafe EVP_MAC_init(context.pointer, key, key.count, nil) == 1,
            unsafe EVP_MAC_update(context.pointer, message, message.count) == 1,
            unsafe EVP_MAC_final(context.pointer, &code, &length, code.count) == 1
        else { preconditionFailure("HMAC failed") }
        return code
    }

    /// Compares secrets in a time that depends on their lengths only.
    public func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        unsafe left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
