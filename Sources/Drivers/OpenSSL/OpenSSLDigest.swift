// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL

/// Digests that protocols prescribe and nothing of ours relies upon.
public enum OpenSSLDigest {
    /// Returns the SHA-1 digest (FIPS 180-4): for the handshake of WebSocket, which protects nothing with it.
    ///
    /// - Parameter message: The message.
    /// - Returns: 20 bytes.
    public static func sha1(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        let status = unsafe EVP_Digest(message, message.count, &digest, nil, EVP_sha1(), nil)
        // SAFETY: it fails only without memory or where a policy of the machine forbids SHA-1; no answer is better than a wrong one.
        precondition(status == 1, "SHA-1 failed")
        return digest
    }
}
