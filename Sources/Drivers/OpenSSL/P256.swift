// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
internal import LMSTenancy

/// Private keys on P-256, between the numbers of the port and what libcrypto works with.
enum P256 {
    /// Makes a pair; `nil` only without memory or entropy.
    static func generate() -> P256KeyPair? {
        guard let context = unsafe Handle<KeyContext>(EVP_PKEY_CTX_new_from_name(nil, "EC", nil)),
            unsafe EVP_PKEY_keygen_init(context.pointer) == 1,
            unsafe EVP_PKEY_CTX_set_group_name(context.pointer, "P-256") == 1
        else { return nil }
        var made: OpaquePointer?
        guard unsafe EVP_PKEY_generate(context.pointer, &made) == 1, let key = unsafe Handle<Key>(made) else {
            return nil
        }
        var publicKey = [UInt8](repeating: 0, count: 65)
        var length = 0
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_octet_string_param(key.pointer, "pub", &publicKey, publicKey.count, &length) == 1,
            length == publicKey.count,
            unsafe EVP_PKEY_get_bn_param(key.pointer, "priv", &number) == 1,
            let number = unsafe Handle<SecretNumber>(number)
        else { return nil }
        var privateKey = [UInt8](repeating: 0, count: 32)
        guard unsafe BN_bn2binpad(number.pointer, &privateKey, 32) == 32 else { return nil }
        return P256KeyPair(privateKey: Secret(privateKey), publicKey: publicKey)
    }

    /// The pair as libcrypto has it; `nil` if it is none.
    static func key(of pair: P256KeyPair) -> Handle<Key>? {
        let privateKey = pair.privateKey.reveal()
        guard privateKey.count == 32, pair.publicKey.count == 65, pair.publicKey[0] == 4,
            let builder = unsafe Handle<ParameterBuilder>(OSSL_PARAM_BLD_new()),
            let number = unsafe Handle<SecretNumber>(BN_bin2bn(privateKey, 32, nil)),
            unsafe OSSL_PARAM_BLD_push_BN(builder.pointer, cString("priv"), number.pointer) == 1
        else { return nil }
        var name = Array("P-256".utf8CString)
        // The builder keeps the addresses, not the bytes, until the key is made.
        let key: OpaquePointer? = unsafe name.withUnsafeMutableBufferPointer { name in
            unsafe pair.publicKey.withUnsafeBytes { point in
                guard
                    unsafe OSSL_PARAM_BLD_push_utf8_string(builder.pointer, cString("group"), name.baseAddress, 0) == 1,
                    unsafe OSSL_PARAM_BLD_push_octet_string(
                        builder.pointer,
                        cString("pub"),
                        point.baseAddress,
                        point.count
                    ) == 1
                else { return nil }
                return unsafe VerificationKey.makeKey("EC", builder, isPrivate: true)
            }
        }
        // libcrypto takes a number of any size until it is asked.
        guard let made = unsafe Handle<Key>(key),
            let context = unsafe Handle<KeyContext>(EVP_PKEY_CTX_new_from_pkey(nil, made.pointer, nil)),
            unsafe EVP_PKEY_private_check(context.pointer) == 1
        else { return nil }
        return made
    }

    /// Reads a PrivateKeyInfo; `nil` if it holds no key on P-256.
    static func key(info: [UInt8]) -> Handle<Key>? {
        guard let key = PrivateKeyInfo.read(info), unsafe EVP_PKEY_get_base_id(key.pointer) == NID_X9_62_id_ecPublicKey
        else { return nil }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(key.pointer, &name, name.count, &length) == 1 else { return nil }
        let group = name.prefix(length).map { UInt8(bitPattern: $0) }
        guard group.elementsEqual("prime256v1".utf8) else { return nil }
        return key
    }

    /// From the SEQUENCE of RFC 3279 §2.2.3 to two numbers one after the other (RFC 7518 §3.4).
    static func join(_ signature: [UInt8]) -> [UInt8]? {
        let decoded = unsafe signature.withUnsafeBufferPointer { buffer in
            // libcrypto moves the address that it is given, so it gets a copy.
            var position = buffer.baseAddress
            return unsafe d2i_ECDSA_SIG(nil, &position, buffer.count)
        }
        guard let pair = unsafe Handle<SignaturePair>(decoded) else { return nil }
        var (r, s) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 32))
        guard unsafe BN_bn2binpad(ECDSA_SIG_get0_r(pair.pointer), &r, 32) == 32,
            unsafe BN_bn2binpad(ECDSA_SIG_get0_s(pair.pointer), &s, 32) == 32
        else { return nil }
        return r + s
    }
}

/// Private keys as files have them (RFC 5208).
enum PrivateKeyInfo {
    /// Reads a key; `nil` if it is none.
    static func read(_ info: [UInt8]) -> Handle<Key>? {
        let decoded = unsafe info.withUnsafeBufferPointer { buffer in
            // libcrypto moves the address that it is given, so it gets a copy.
            var position = buffer.baseAddress
            return unsafe d2i_AutoPrivateKey(nil, &position, buffer.count)
        }
        return unsafe Handle<Key>(decoded)
    }

    /// Reads a key; `nil` if it holds none of RSA, or one that is too short to be safe or longer than anybody uses.
    static func readRSA(_ info: [UInt8]) -> Handle<Key>? {
        guard let key = read(info), unsafe EVP_PKEY_get_base_id(key.pointer) == NID_rsaEncryption,
            unsafe (2048...8192).contains(EVP_PKEY_get_bits(key.pointer))
        else { return nil }
        return key
    }
}

enum SecretNumber: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe BN_clear_free(pointer) }
}
