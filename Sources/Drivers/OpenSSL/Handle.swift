// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL

/// A kind of object that libcrypto allocates and a function of its own frees.
protocol OpenSSLObject {
    /// Gives the object back to libcrypto.
    static func free(_ pointer: OpaquePointer)
}

/// The one owner of an object of libcrypto.
@safe struct Handle<Object: OpenSSLObject>: ~Copyable {
    let pointer: OpaquePointer

    /// Takes over what a constructor returned; `nil` if it failed.
    init?(_ pointer: OpaquePointer?) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
    }

    deinit { unsafe Object.free(pointer) }
}

enum Digest: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_MD_free(pointer) }
}

enum Cipher: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_CIPHER_free(pointer) }
}

enum CipherContext: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_CIPHER_CTX_free(pointer) }
}

enum MAC: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_MAC_free(pointer) }
}

enum MACContext: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_MAC_CTX_free(pointer) }
}

enum Key: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_PKEY_free(pointer) }
}

enum DigestContext: OpenSSLObject {
    static func free(_ pointer: OpaquePointer) { unsafe EVP_MD_CTX_free(pointer) }
}

/// A literal as libcrypto keeps it: parameters hold the address of their name, which a `String` lends for one call only.
func cString(_ literal: StaticString) -> UnsafePointer<CChar> {
    // SAFETY: a literal's bytes are in the program's constants and end with a NUL; `CChar` has their size and alignment.
    unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}
