// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Glibc

/// A TCP port on which connections are accepted; closed when it goes out of scope.
public struct Listener: ~Copyable, Sendable {
    /// The descriptor, to register it with a loop; -1 once closed.
    public private(set) var descriptor: Int32

    /// What accepting came to.
    public enum Acceptance: ~Copyable, Sendable {
        /// A connection with its peer's address in text form and port.
        case accepted(Socket, address: String, port: UInt16)
        /// No connection waits.
        case wouldBlock
        /// The process or the system has no descriptors left; the connection still waits.
        case exhausted(SystemError)
        /// This connection is gone or the listener is closed.
        case failed(SystemError)
    }

    /// Opens a port.
    ///
    /// - Parameters:
    ///   - host: An IPv4 or IPv6 address or a name; `::` is every address of both kinds. Resolving a name blocks.
    ///   - port: The port; 0 lets the system choose.
    ///   - sharing: Whether other sockets of this user may listen on it too, and share the connections.
    ///   - backlog: How many connections may wait.
    /// - Throws: `SystemError`; its `isAddressInUse` tells that another process has the port.
    public init(host: String, port: UInt16, sharing: Sharing, backlog: Int32 = 4096) throws(SystemError) {
        let descriptor = unsafe clms_tcp_listen(host, port, backlog, sharing == .shared ? 1 : 0)
        guard descriptor >= 0 else { throw SystemError(code: -descriptor, call: "listen") }
        self.descriptor = descriptor
    }

    /// Whether a port is this listener's alone.
    public enum Sharing: Sendable {
        /// SO_REUSEPORT: one listener per loop on the same port.
        case shared
        /// Binding fails if somebody has the port.
        case exclusive
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// The port it listens on.
    public var port: UInt16 { UInt16(clamping: clms_tcp_local_port(descriptor)) }

    /// Takes the next connection.
    ///
    /// - Returns: What it came to.
    public func accept() -> Acceptance {
        var port: UInt16 = 0
        var text = [CChar](repeating: 0, count: Int(CLMS_ADDRESS_LENGTH))
        let accepted = unsafe clms_tcp_accept(descriptor, &text, &port)
        if accepted >= 0 {
            let address = String(decoding: text.prefix { $0 != 0 }.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return .accepted(Socket(owning: accepted), address: address, port: port)
        }
        if accepted == -EAGAIN { return .wouldBlock }
        let error = SystemError(code: -accepted, call: "accept")
        return error.isExhaustion ? .exhausted(error) : .failed(error)
    }

    /// Closes the port; its registration must be cancelled before.
    public mutating func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}
