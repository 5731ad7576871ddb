// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL

/// Why TLS cannot be served.
@nonexhaustive
public enum TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The certificate chain cannot be read or used.
    case certificate(path: String, reason: String)
    /// The private key cannot be read or does not belong to the certificate.
    case privateKey(path: String, reason: String)
    /// OpenSSL is out of memory or was built without what is needed.
    case unavailable(reason: String)

    /// What is wrong and with which file.
    public var description: String {
        switch self {
        case .certificate(let path, let reason): "the certificate chain \(path) cannot be used: \(reason)"
        case .privateKey(let path, let reason): "the private key \(path) cannot be used: \(reason)"
        case .unavailable(let reason): "TLS is not available: \(reason)"
        }
    }
}

/// The oldest version of TLS that is spoken.
public enum TLSVersion: Sendable, Hashable {
    /// TLS 1.2, for old clients.
    case v1_2
    /// TLS 1.3.
    case v1_3
}

/// A certificate with its key, and the settings of the connections that use them.
///
/// SAFETY: an SSL_CTX is reference-counted with a lock and may be shared by threads once it is set up, which `init` does.
@safe public final class TLSContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Reads a certificate and its key.
    ///
    /// - Parameters:
    ///   - certificatePath: A PEM file with the certificate and then its intermediates.
    ///   - privateKeyPath: A PEM file with the unencrypted private key.
    ///   - oldestVersion: The oldest version of TLS to speak.
    /// - Throws: `TLSError` that names the file.
    public init(
        certificatePath: String,
        privateKeyPath: String,
        oldestVersion: TLSVersion = .v1_3
    ) throws(TLSError) {
        ERR_clear_error()
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw .unavailable(reason: TLSContext.lastError())
        }
        unsafe pointer = context
        let version = oldestVersion == .v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
        // A write may go on from another place of memory, idle connections keep no buffers.
        let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(modes), nil)
        // The client may not renegotiate: it costs the server far more than the client.
        unsafe SSL_CTX_set_options(context, UInt64(1) << 30)
        guard unsafe SSL_CTX_use_certificate_chain_file(context, certificatePath) == 1 else {
            throw .certificate(path: certificatePath, reason: TLSContext.lastError())
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(context, privateKeyPath, SSL_FILETYPE_PEM) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else {
            throw .privateKey(path: privateKeyPath, reason: TLSContext.lastError())
        }
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    static func lastError() -> String {
        let code = ERR_get_error()
        guard code != 0, let reason = unsafe ERR_reason_error_string(code) else { return "unknown error" }
        return unsafe String(cString: reason)
    }
}
