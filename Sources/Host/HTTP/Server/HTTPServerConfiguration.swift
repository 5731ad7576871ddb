// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSOpenSSLDriver

/// What an `HTTPServer` is to do.
public struct HTTPServerConfiguration: Sendable {
    /// The address or name to listen on; `::` is every address of IPv4 and IPv6.
    public var host = "127.0.0.1"
    /// The port; 0 lets the system choose one.
    public var port: UInt16 = 8080
    /// The limits of what is read before a handler is asked.
    public var limits = HTTPLimits()
    /// How long a client may take from a request's first byte to the end of its head.
    public var headTimeout = Duration.seconds(10)
    /// How long a client may pause within a body.
    public var bodyIdleTimeout = Duration.seconds(30)
    /// How long a client may take for a whole body.
    public var bodyTimeout = Duration.seconds(300)
    /// How long a connection is kept without a request.
    public var idleTimeout = Duration.seconds(75)
    /// How long a client may take nothing of what is sent to it.
    public var writeTimeout = Duration.seconds(30)
    /// The most connections at a time, over all loops; more wait in the system's queue.
    public var maximumConnections = 20_000
    /// How much of a body that no handler read is read and dropped, to keep the connection; beyond, it is closed.
    public var drainLimitInBytes = 65_536
    /// The certificate and the TLS versions; `nil` for plain HTTP.
    public var tls: TLSContext?
    /// Told of requests that no handler saw, for logs and metrics.
    ///
    /// It runs on the connection's loop.
    public var onRefusal: (@Sendable (HTTPRefusal, _ peerAddress: String) -> Void)?

    /// Makes the defaults: plain HTTP on port 8080 of the loopback interface.
    public init() {}
}
