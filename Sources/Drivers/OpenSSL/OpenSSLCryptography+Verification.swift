// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
public import LMSTenancy

extension OpenSSLCryptography: SignatureVerification {
    /// Checks a signature of somebody else's key.
    public func isValid(
        _ signature: [UInt8],
        for message: [UInt8],
        algorithm: SignatureAlgorithm,
        key: VerificationKey
    ) -> Bool {
        if case .ed25519(let bytes) = key, algorithm == .edDSA {
            return isValid(signature, for: message, publicKey: bytes)
        }
        // What is refused below leaves records in the thread's error queue, where TLS on this thread would find them.
        defer { ERR_clear_error() }
        guard key.fits(algorithm), let handle = key.makeKey(),
            let encoded = algorithm.encode(signature),
            let context = unsafe Handle<DigestContext>(EVP_MD_CTX_new())
        else { return false }
        // Belongs to the digest's context, which frees it.
        var keyContext: OpaquePointer?
        guard
            unsafe EVP_DigestVerifyInit_ex(
                context.pointer,
                &keyContext,
                algorithm.digest.name,
                nil,
                nil,
                handle.pointer,
                nil
            ) == 1
        else { return false }
        if algorithm.isPSS {
            // The salt is as long as the digest and the mask uses the same digest (RFC 7518 §3.5).
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST) == 1
            else { return false }
        }
        return unsafe EVP_DigestVerify(context.pointer, encoded, encoded.count, message, message.count) == 1
    }

    /// Returns a digest of FIPS 180-4.
    public func digest(_ message: [UInt8], with algorithm: DigestAlgorithm) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm.length)
        let status = unsafe EVP_Digest(message, message.count, &digest, nil, algorithm.method, nil)
        // SAFETY: it fails only without memory, and a wrong digest must never be compared with a good one.
        precondition(status == 1, "SHA-2 failed")
        return digest
    }
}

extension SignatureAlgorithm {
    fileprivate var isPSS: Bool { self == .ps256 || self == .ps384 || self == .ps512 }

    /// The signature as libcrypto reads it; `nil` if it cannot be one.
    fileprivate func encode(_ signature: [UInt8]) -> [UInt8]? {
        switch self {
        case .es256: Self.encode(signature, half: 32)
        case .es384: Self.encode(signature, half: 48)
        default: signature
        }
    }

    /// From two numbers one after the other (RFC 7518 §3.4) to the SEQUENCE of RFC 3279 §2.2.3.
    private static func encode(_ signature: [UInt8], half: Int) -> [UInt8]? {
        guard signature.count == 2 * half, let pair = unsafe Handle<SignaturePair>(ECDSA_SIG_new()) else { return nil }
        let r = unsafe BN_bin2bn(Array(signature.prefix(half)), Int32(half), nil)
        let s = unsafe BN_bin2bn(Array(signature.suffix(half)), Int32(half), nil)
        guard let r = unsafe r, let s = unsafe s, unsafe ECDSA_SIG_set0(pair.pointer, r, s) == 1 else {
            unsafe BN_free(r)
            unsafe BN_free(s)
            return nil
        }
        let length = unsafe i2d_ECDSA_SIG(pair.pointer, nil)
        guard length > 0 else { return nil }
        var encoded = [UInt8](repeating: 0, count: Int(length))
        let written = unsafe encoded.withUnsafeMutableBufferPointer { buffer in
            // libcrypto moves the address that it is given, so it gets a copy.
            var position = buffer.baseAddress
            return unsafe i2d_ECDSA_SIG(pair.pointer, &position)
        }
        return written == length ? encoded : nil
    }
}

extension DigestAlgorithm {
    fileprivate var name: String {
        switch self {
        case .sha256: "SHA256"
        case .sha384: "SHA384"
        case .sha512: "SHA512"
        }
    }

    fileprivate var length: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    fileprivate var method: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }
}
