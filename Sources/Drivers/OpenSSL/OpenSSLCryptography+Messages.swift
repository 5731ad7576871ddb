// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
public import LMSTenancy

extension OpenSSLCryptography: MessageCryptography {
    /// Makes a key pair on P-256.
    public func makeP256Key() -> P256KeyPair {
        // SAFETY: it fails only without memory or entropy, and then there is no key to return.
        guard let pair = P256.generate() else { preconditionFailure("P-256 failed") }
        return pair
    }

    /// Agrees on a secret: ECDH on P-256.
    public func agree(
        _ key: P256KeyPair,
        with publicKey: [UInt8]
    ) throws(CryptographyError) -> Secret<[UInt8]> {
        // A point that is none leaves records in the thread's error queue, where TLS on this thread would find them.
        defer { ERR_clear_error() }
        guard publicKey.count == 65, publicKey[0] == 4,
            let other = VerificationKey.p256(x: Array(publicKey[1..<33]), y: Array(publicKey[33...])).makeKey(),
            let own = P256.key(of: key),
            let context = unsafe Handle<KeyContext>(EVP_PKEY_CTX_new_from_pkey(nil, own.pointer, nil)),
            unsafe EVP_PKEY_derive_init(context.pointer) == 1,
            unsafe EVP_PKEY_derive_set_peer(context.pointer, other.pointer) == 1
        else { throw .badKey }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        guard unsafe EVP_PKEY_derive(context.pointer, &secret, &length) == 1, length == 32 else { throw .badKey }
        return Secret(secret)
    }

    /// Derives a key with HKDF-SHA-256.
    public func deriveKey(
        _ secret: Secret<[UInt8]>,
        salt: [UInt8],
        info: [UInt8],
        count: Int
    ) -> Secret<[UInt8]> {
        var derived = [UInt8](repeating: 0, count: count)
        var (input, salt, info) = (secret.reveal(), salt, info)
        var digest = Array("SHA256".utf8CString)
        // SAFETY: the parameters hold addresses that these closures lend for the length of the call; it fails only without
        // memory or for lengths that RFC 5869 does not have, and a wrong key must never encrypt.
        let status = unsafe digest.withUnsafeMutableBufferPointer { digest in
            unsafe input.withUnsafeMutableBytes { input in
                unsafe salt.withUnsafeMutableBytes { salt in
                    unsafe info.withUnsafeMutableBytes { info in
                        let parameters = unsafe [
                            OSSL_PARAM_construct_utf8_string(cString("digest"), digest.baseAddress, 0),
                            OSSL_PARAM_construct_octet_string(cString("key"), input.baseAddress, input.count),
                            OSSL_PARAM_construct_octet_string(cString("salt"), salt.baseAddress, salt.count),
                            OSSL_PARAM_construct_octet_string(cString("info"), info.baseAddress, info.count),
                            OSSL_PARAM_construct_end(),
                        ]
                        guard let kdf = unsafe Handle<KeyDerivation>(EVP_KDF_fetch(nil, "HKDF", nil)),
                            let context = unsafe Handle<KeyDerivationContext>(EVP_KDF_CTX_new(kdf.pointer))
                        else { return Int32(0) }
                        return unsafe EVP_KDF_derive(context.pointer, &derived, count, parameters)
                    }
                }
            }
        }
        precondition(status == 1, "HKDF failed")
        return Secret(derived)
    }

    /// Encrypts with AES-128-GCM under a key that is used once.
    public func sealAES128GCM(
        _ plaintext: [UInt8],
        key: Secret<[UInt8]>,
        nonce: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let key = key.reveal()
        guard key.count == 16, nonce.count == 12 else { throw .badKey }
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: 16)
        var written: Int32 = 0
        // SAFETY: each step fails only without memory, and half a ciphertext must not be sent.
        guard let cipher = unsafe Handle<CipherContext>(EVP_CIPHER_CTX_new()),
            unsafe EVP_EncryptInit_ex2(cipher.pointer, EVP_aes_128_gcm(), key, nonce, nil) == 1,
            unsafe EVP_EncryptUpdate(cipher.pointer, &ciphertext, &written, plaintext, Int32(plaintext.count)) == 1,
            unsafe EVP_EncryptFinal_ex(cipher.pointer, nil, &written) == 1,
            unsafe EVP_CIPHER_CTX_ctrl(cipher.pointer, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { preconditionFailure("AES-128-GCM failed") }
        return ciphertext + tag
    }

    /// Signs as a JWS does.
    public func sign(_ message: [UInt8], with key: PrivateSigningKey) throws(CryptographyError) -> [UInt8] {
        // A key that is none leaves records in the thread's error queue, where TLS on this thread would find them.
        defer { ERR_clear_error() }
        switch key {
        case .es256(let pair): return try signES256(message, P256.key(of: pair))
        case .es256Info(let info): return try signES256(message, P256.key(info: info.reveal()))
        case .rs256Info(let info):
            guard let key = PrivateKeyInfo.readRSA(info.reveal()), let signature = sign(message, key) else {
                throw .badKey
            }
            return signature
        }
    }

    private func signES256(
        _ message: [UInt8],
        _ key: consuming Handle<Key>?
    ) throws(CryptographyError) -> [UInt8] {
        guard let key, let signature = sign(message, key), let joined = P256.join(signature) else { throw .badKey }
        return joined
    }

    private func sign(_ message: [UInt8], _ key: borrowing Handle<Key>) -> [UInt8]? {
        var length = 0
        guard let context = unsafe Handle<DigestContext>(EVP_MD_CTX_new()),
            unsafe EVP_DigestSignInit_ex(context.pointer, nil, "SHA256", nil, nil, key.pointer, nil) == 1,
            unsafe EVP_DigestSign(context.pointer, nil, &length, message, message.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(context.pointer, &signature, &length, message, message.count) == 1 else {
            return nil
        }
        return Array(signature.prefix(length))
    }
}

enum KeyDerivation: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_KDF_free(pointer) }
}

enum KeyDerivationContext: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_KDF_CTX_free(pointer) }
}
