// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL

/// The algorithms, fetched once: in OpenSSL 3 a fetch by name takes a lock and several hash look-ups, and costs as much
/// as the SHA-256 of a token.
// SAFETY: fetched algorithms are immutable and reference-counted atomically (provider(7), "Thread safety"); the HMAC
// templates are only ever the source of EVP_MAC_CTX_dup, which reads them.
final class Algorithms: @unchecked Sendable {
    let sha256: Handle<Digest>
    let aes256GCM: Handle<Cipher>
    /// An HMAC-SHA-256 context without a key.
    let hmacTemplate: Handle<MACContext>
    /// An HMAC-SHA-1 context without a key.
    let hmacSHA1Template: Handle<MACContext>

    init() throws(OpenSSLError) {
        guard let sha256 = unsafe Handle<Digest>(EVP_MD_fetch(nil, "SHA256", nil)) else {
            throw .algorithmMissing("SHA256")
        }
        guard let aes = unsafe Handle<Cipher>(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)) else {
            throw .algorithmMissing("AES-256-GCM")
        }
        self.sha256 = sha256
        aes256GCM = aes
        hmacTemplate = try Self.makeHMACTemplate("SHA256")
        hmacSHA1Template = try Self.makeHMACTemplate("SHA1")
    }

    private static func makeHMACTemplate(_ digest: String) throws(OpenSSLError) -> Handle<MACContext> {
        guard let mac = unsafe Handle<MAC>(EVP_MAC_fetch(nil, "HMAC", nil)),
            let context = unsafe Handle<MACContext>(EVP_MAC_CTX_new(mac.pointer))
        else { throw .algorithmMissing("HMAC") }
        var name = Array(digest.utf8CString)
        let isSet = unsafe name.withUnsafeMutableBufferPointer { name in
            let parameters = unsafe [
                OSSL_PARAM_construct_utf8_string(cString("digest"), name.baseAddress, 0), OSSL_PARAM_construct_end(),
            ]
            return unsafe EVP_MAC_CTX_set_params(context.pointer, parameters) == 1
        }
        guard isSet else { throw .algorithmMissing("HMAC-\(digest)") }
        return context
    }
}

/// Why libcrypto cannot be used.
@nonexhaustive
public enum OpenSSLError: Error, Sendable, Equatable {
    /// No provider of this installation offers the algorithm.
    case algorithmMissing(String)
}

extension OpenSSLError: CustomStringConvertible {
    /// What is missing and where to look.
    public var description: String {
        switch self {
        case .algorithmMissing(let name):
            "OpenSSL offers no \(name): check the providers in its configuration (openssl.cnf)"
        }
    }
}
