// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
public import LMSTenancy

extension OpenSSLCryptography {
    /// Makes an Ed25519 key pair.
    public func makeSigningKey() -> SigningKeyPair {
        let seed = randomBytes(32)
        var publicKey = [UInt8](repeating: 0, count: 32)
        var length = 32
        // SAFETY: every 32 bytes are a seed; it fails only without memory, and then there is no key to return.
        guard let key = unsafe Handle<Key>(EVP_PKEY_new_raw_private_key(NID_ED25519, nil, seed, seed.count)),
            unsafe EVP_PKEY_get_raw_public_key(key.pointer, &publicKey, &length) == 1
        else { preconditionFailure("Ed25519 failed") }
        return SigningKeyPair(privateKey: Secret(seed), publicKey: publicKey)
    }

    /// Signs with Ed25519.
    public func sign(_ message: [UInt8], privateKey: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard privateKey.count == 32,
            let key = unsafe Handle<Key>(
                EVP_PKEY_new_raw_private_key(NID_ED25519, nil, privateKey, privateKey.count)
            )
        else { throw .badKey }
        var signature = [UInt8](repeating: 0, count: 64)
        var length = signature.count
        guard let context = unsafe Handle<DigestContext>(EVP_MD_CTX_new()),
            unsafe EVP_DigestSignInit(context.pointer, nil, nil, nil, key.pointer) == 1,
            unsafe EVP_DigestSign(context.pointer, &signature, &length, message, message.count) == 1
        else { throw .badKey }
        return signature
    }

    /// Checks an Ed25519 signature.
    public func isValid(_ signature: [UInt8], for message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == 64, publicKey.count == 32,
            let key = unsafe Handle<Key>(
                EVP_PKEY_new_raw_public_key(NID_ED25519, nil, publicKey, publicKey.count)
            ),
            let context = unsafe Handle<DigestContext>(EVP_MD_CTX_new()),
            unsafe EVP_DigestVerifyInit(context.pointer, nil, nil, nil, key.pointer) == 1
        else { return false }
        let status = unsafe EVP_DigestVerify(context.pointer, signature, signature.count, message, message.count)
        // A refused signature leaves a record in the thread's error queue, where TLS on this thread would find it.
        if status != 1 { ERR_clear_error() }
        return status == 1
    }
}
