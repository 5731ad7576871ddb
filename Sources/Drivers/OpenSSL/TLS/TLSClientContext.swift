// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL

/// Whom our side of a connection to a TLS server trusts.
///
/// SAFETY: an SSL_CTX is reference-counted with a lock and may be shared by threads once it is set up, which `init` does.
@safe public final class TLSClientContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Reads the authorities.
    ///
    /// - Parameters:
    ///   - authorities: A PEM file with the certificates that are trusted; `nil` for the system's.
    ///   - oldestVersion: The oldest version of TLS to speak.
    /// - Throws: `TLSError` that names the file.
    public init(trusting authorities: String? = nil, oldestVersion: TLSVersion = .v1_2) throws(TLSError) {
        ERR_clear_error()
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw .unavailable(reason: TLSContext.lastError())
        }
        unsafe pointer = context
        let version = oldestVersion == .v1_3 ? TLS1_3_VERSION : TLS1_2_VERSION
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
        let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(modes), nil)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let authorities {
            guard unsafe SSL_CTX_load_verify_locations(context, authorities, nil) == 1 else {
                throw .certificate(path: authorities, reason: TLSContext.lastError())
            }
        } else {
            guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
                throw .unavailable(reason: TLSContext.lastError())
            }
        }
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }
}

extension TLSConnection {
    /// Prepares our side of a connection to a server, whose certificate must be trusted and be the host's.
    ///
    /// - Parameters:
    ///   - context: Whom to trust.
    ///   - host: The name or the numeric address that the certificate must be for (RFC 6125, RFC 2818 §3.1 for addresses).
    ///   - descriptor: A connected, non-blocking socket that outlives this object.
    /// - Throws: `TLSError.unavailable` if there is no memory or the host is no name.
    public convenience init(
        context: TLSClientContext,
        host: String,
        descriptor: Int32
    ) throws(TLSError) {
        guard let connection = unsafe SSL_new(context.pointer) else { throw .unavailable(reason: "out of memory") }
        unsafe self.init(owning: connection)
        guard unsafe SSL_set_fd(connection, descriptor) == 1 else { throw .unavailable(reason: "out of memory") }
        // 1 if it is a numeric address, which is then compared with the certificate's addresses and not named to the server.
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host) != 1 {
            ERR_clear_error()
            let isNamed = unsafe host.withCString { name in
                unsafe SSL_ctrl(
                    connection,
                    SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    Int(TLSEXT_NAMETYPE_host_name),
                    UnsafeMutableRawPointer(mutating: name)
                ) == 1
            }
            unsafe SSL_set_hostflags(connection, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            guard isNamed, unsafe SSL_set1_host(connection, host) == 1 else {
                throw .unavailable(reason: "no host name")
            }
        }
        unsafe SSL_set_connect_state(connection)
    }
}
