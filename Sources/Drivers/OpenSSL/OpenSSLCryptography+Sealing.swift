// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
public import LMSTenancy

extension OpenSSLCryptography {
    /// Encrypts with AES-256-GCM under a fresh random nonce.
    public func seal(
        _ plaintext: [UInt8],
        key: [UInt8],
        context: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try seal(plaintext, key: key, context: context, nonce: randomBytes(GCM.nonceLength))
    }

    /// Encrypts under a given nonce; apart from `seal` only the published test vectors have one.
    func seal(
        _ plaintext: [UInt8],
        key: [UInt8],
        context: [UInt8],
        nonce: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard key.count == GCM.keyLength, nonce.count == GCM.nonceLength else { throw .badKey }
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: GCM.tagLength)
        var written: Int32 = 0
        // SAFETY: each step fails only without memory, and half a ciphertext must not be stored.
        guard let cipher = unsafe Handle<CipherContext>(EVP_CIPHER_CTX_new()),
            unsafe EVP_EncryptInit_ex2(cipher.pointer, algorithms.aes256GCM.pointer, key, nonce, nil) == 1,
            unsafe EVP_EncryptUpdate(cipher.pointer, nil, &written, context, Int32(context.count)) == 1,
            unsafe EVP_EncryptUpdate(cipher.pointer, &ciphertext, &written, plaintext, Int32(plaintext.count)) == 1,
            unsafe EVP_EncryptFinal_ex(cipher.pointer, nil, &written) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { preconditionFailure("AES-256-GCM failed") }
        return nonce + ciphertext + tag
    }

    /// Decrypts what `seal` made.
    public func open(
        _ sealed: [UInt8],
        key: [UInt8],
        context: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard key.count == GCM.keyLength else { throw .badKey }
        guard sealed.count >= GCM.nonceLength + GCM.tagLength else { throw .notAuthentic }
        let nonce = Array(sealed.prefix(GCM.nonceLength))
        let ciphertext = Array(sealed.dropFirst(GCM.nonceLength).dropLast(GCM.tagLength))
        var tag = Array(sealed.suffix(GCM.tagLength))
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
        var written: Int32 = 0
        guard let cipher = unsafe Handle<CipherContext>(EVP_CIPHER_CTX_new()),
            unsafe EVP_DecryptInit_ex2(cipher.pointer, algorithms.aes256GCM.pointer, key, nonce, nil) == 1,
            unsafe EVP_DecryptUpdate(cipher.pointer, nil, &written, context, Int32(context.count)) == 1,
            unsafe EVP_DecryptUpdate(cipher.pointer, &plaintext, &written, ciphertext, Int32(ciphertext.count)) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1,
            unsafe EVP_DecryptFinal_ex(cipher.pointer, nil, &written) == 1
        else { throw .notAuthentic }
        return plaintext
    }
}

/// The lengths of AES-256-GCM as it is used here, in bytes.
private enum GCM {
    static let keyLength = 32
    static let nonceLength = 12
    static let tagLength = 16
}
