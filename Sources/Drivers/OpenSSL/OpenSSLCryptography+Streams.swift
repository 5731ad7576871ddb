// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
public import LMSTenancy

extension OpenSSLCryptography: StreamDigesting {
    /// Begins a SHA-256 digest.
    public func makeSHA256() -> any StreamDigest { OpenSSLStreamDigest(algorithms.sha256) }
}

/// A digest in a context of libcrypto.
///
/// SAFETY: the port has one caller at a time.
private final class OpenSSLStreamDigest: StreamDigest, @unchecked Sendable {
    private let context: Handle<DigestContext>

    init(_ algorithm: borrowing Handle<Digest>) {
        // SAFETY: it fails only without memory, and a wrong digest is worse than none.
        guard let context = unsafe Handle<DigestContext>(EVP_MD_CTX_new()),
            unsafe EVP_DigestInit_ex2(context.pointer, algorithm.pointer, nil) == 1
        else { preconditionFailure("SHA-256 failed") }
        self.context = context
    }

    func update(_ bytes: [UInt8]) {
        let status = unsafe EVP_DigestUpdate(context.pointer, bytes, bytes.count)
        precondition(status == 1, "SHA-256 failed")
    }

    func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let status = unsafe EVP_DigestFinal_ex(context.pointer, &digest, nil)
        precondition(status == 1, "SHA-256 failed")
        return digest
    }
}
