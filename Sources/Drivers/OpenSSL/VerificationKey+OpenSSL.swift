// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL
internal import LMSTenancy

extension VerificationKey {
    /// The key as libcrypto has it; `nil` for numbers that are no key, and for lengths that are refused.
    func makeKey() -> Handle<Key>? {
        switch self {
        case .rsa(let modulus, let exponent): Self.makeRSA(modulus, exponent)
        case .p256(let x, let y): Self.makePoint("P-256", x, y, length: 32)
        case .p384(let x, let y): Self.makePoint("P-384", x, y, length: 48)
        case .ed25519(let key):
            key.count == 32
                ? unsafe Handle<Key>(EVP_PKEY_new_raw_public_key(NID_ED25519, nil, key, key.count)) : nil
        }
    }

    /// Below 2048 bits a key can be broken (RFC 7518 §3.3); above 8192 checking costs more than a stranger may ask for.
    private static func makeRSA(_ modulus: [UInt8], _ exponent: [UInt8]) -> Handle<Key>? {
        let digits = modulus.drop { $0 == 0 }
        let bits = digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
        let power = exponent.drop { $0 == 0 }
        guard (2048...8192).contains(bits), (1...4).contains(power.count), let last = power.last, last & 1 == 1,
            power.count > 1 || last >= 3,
            let builder = unsafe Handle<ParameterBuilder>(OSSL_PARAM_BLD_new()),
            let n = unsafe Handle<Number>(BN_bin2bn(modulus, Int32(modulus.count), nil)),
            let e = unsafe Handle<Number>(BN_bin2bn(exponent, Int32(exponent.count), nil)),
            unsafe OSSL_PARAM_BLD_push_BN(builder.pointer, cString("n"), n.pointer) == 1,
            unsafe OSSL_PARAM_BLD_push_BN(builder.pointer, cString("e"), e.pointer) == 1
        else { return nil }
        return unsafe Handle<Key>(makeKey("RSA", builder))
    }

    private static func makePoint(_ curve: String, _ x: [UInt8], _ y: [UInt8], length: Int) -> Handle<Key>? {
        guard x.count == length, y.count == length,
            let builder = unsafe Handle<ParameterBuilder>(OSSL_PARAM_BLD_new())
        else { return nil }
        // The builder keeps the addresses, not the bytes, until the key is made.
        let point = [4] + x + y
        var name = Array(curve.utf8CString)
        let key: OpaquePointer? = unsafe name.withUnsafeMutableBufferPointer { name in
            unsafe point.withUnsafeBytes { point in
                guard
                    unsafe OSSL_PARAM_BLD_push_utf8_string(builder.pointer, cString("group"), name.baseAddress, 0) == 1,
                    unsafe OSSL_PARAM_BLD_push_octet_string(
                        builder.pointer,
                        cString("pub"),
                        point.baseAddress,
                        point.count
                    ) == 1
                else { return nil }
                return unsafe makeKey("EC", builder)
            }
        }
        return unsafe Handle<Key>(key)
    }

    /// Makes a key that the caller frees; libcrypto refuses a point that is not on its curve.
    static func makeKey(
        _ type: String,
        _ builder: borrowing Handle<ParameterBuilder>,
        isPrivate: Bool = false
    ) -> OpaquePointer? {
        guard let parameters = unsafe OSSL_PARAM_BLD_to_param(builder.pointer) else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        guard let context = unsafe Handle<KeyContext>(EVP_PKEY_CTX_new_from_name(nil, type, nil)),
            unsafe EVP_PKEY_fromdata_init(context.pointer) == 1
        else { return nil }
        var key: OpaquePointer?
        // `EVP_PKEY_PUBLIC_KEY` or `EVP_PKEY_KEYPAIR`, which are no single numbers and so are not imported.
        let selection =
            OSSL_KEYMGMT_SELECT_PUBLIC_KEY | OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS
            | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS | (isPrivate ? OSSL_KEYMGMT_SELECT_PRIVATE_KEY : 0)
        guard unsafe EVP_PKEY_fromdata(context.pointer, &key, selection, parameters) == 1 else { return nil }
        return unsafe key
    }
}

enum ParameterBuilder: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe OSSL_PARAM_BLD_free(pointer) }
}

enum Number: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe BN_free(pointer) }
}

enum KeyContext: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_PKEY_CTX_free(pointer) }
}

enum SignaturePair: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe ECDSA_SIG_free(pointer) }
}
