// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Glibc

/// What a read or a write came to.
public enum Transfer: Sendable, Hashable {
    /// So many bytes were moved, at least 1.
    case moved(Int)
    /// Nothing now; the loop tells when.
    case wouldBlock
    /// The peer sends nothing more.
    case ended
    /// The connection is broken.
    case failed(SystemError)
}

/// A non-blocking connection, closed when it goes out of scope.
public struct Socket: ~Copyable, Sendable {
    /// The descriptor, to register it with a loop or to hand it to OpenSSL; -1 once closed.
    public private(set) var descriptor: Int32

    /// Takes over a connected or connecting non-blocking descriptor.
    ///
    /// - Parameter descriptor: The descriptor, which the socket closes.
    public init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Starts to connect; the loop reports it writable when `connectionError` tells how it went.
    ///
    /// - Parameters:
    ///   - address: A numeric IPv4 or IPv6 address.
    ///   - port: The port.
    /// - Returns: The socket.
    /// - Throws: `SystemError` if it fails at once.
    public static func connect(to address: String, port: UInt16) throws(SystemError) -> Socket {
        let descriptor = unsafe clms_tcp_connect(address, port)
        guard descriptor >= 0 else { throw SystemError(code: -descriptor, call: "connect") }
        return Socket(owning: descriptor)
    }

    /// Connects to a socket in the file system.
    ///
    /// - Parameter path: Where it is.
    /// - Returns: The socket, which is connected.
    /// - Throws: `SystemError` if nobody listens there, or too many wait there already.
    public static func connect(toPath path: String) throws(SystemError) -> Socket {
        let descriptor = unsafe clms_unix_connect(path)
        guard descriptor >= 0 else { throw SystemError(code: -descriptor, call: "connect") }
        return Socket(owning: descriptor)
    }

    /// Why connecting failed; `nil` if it did not.
    public var connectionError: SystemError? {
        let code = clms_socket_error(descriptor)
        return code == 0 ? nil : SystemError(code: code, call: "connect")
    }

    /// Reads what has arrived.
    ///
    /// - Parameters:
    ///   - buffer: Where the bytes go; its size stays.
    ///   - offset: Where in the buffer they start.
    /// - Returns: What it came to.
    public func read(into buffer: inout [UInt8], at offset: Int = 0) -> Transfer {
        let room = buffer.count - offset
        guard room > 0 else { return .moved(0) }
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe clms_receive(descriptor, bytes.baseAddress.map { unsafe $0 + offset }, room)
        }
        return count == 0 ? .ended : Transfer(count: count, call: "recv")
    }

    /// Writes bytes.
    ///
    /// - Parameters:
    ///   - buffer: Where the bytes are.
    ///   - range: Which of them.
    /// - Returns: What it came to; perhaps fewer bytes than given.
    public func write(_ buffer: borrowing [UInt8], in range: Range<Int>) -> Transfer {
        guard !range.isEmpty else { return .moved(0) }
        let count = unsafe buffer.withUnsafeBytes { bytes in
            unsafe clms_send(descriptor, UnsafeRawBufferPointer(rebasing: bytes[range]).baseAddress, range.count)
        }
        return Transfer(count: count, call: "send")
    }

    /// Writes two buffers with one call.
    ///
    /// - Parameters:
    ///   - first: Sent first.
    ///   - second: Sent after it.
    ///   - offset: How many bytes of both together were sent before.
    /// - Returns: What it came to; perhaps fewer bytes than given.
    public func write(_ first: borrowing [UInt8], _ second: borrowing [UInt8], from offset: Int = 0) -> Transfer {
        let head = min(offset, first.count)
        let tail = offset - head
        let count = unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                unsafe clms_send_two(
                    descriptor,
                    first.baseAddress.map { unsafe $0 + head },
                    first.count - head,
                    second.baseAddress.map { unsafe $0 + tail },
                    second.count - tail
                )
            }
        }
        return Transfer(count: count, call: "sendmsg")
    }

    /// Sends small writes at once.
    public func setNoDelay() {
        // Fails only on a socket that is gone, which the next read tells.
        _ = clms_tcp_no_delay(descriptor)
    }

    /// Makes `close()` reset the connection, so that nothing lingers.
    public func resetOnClose() {
        clms_tcp_reset_on_close(descriptor)
    }

    /// Tells the peer that nothing more is sent; reading goes on.
    public func shutdownWrite() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Gives the descriptor away, for instance to another loop; it must not be registered.
    ///
    /// - Returns: The descriptor, which nobody closes now.
    public consuming func release() -> Int32 {
        let released = descriptor
        discard self
        return released
    }

    /// Closes the connection; its registration must be cancelled before.
    public mutating func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }
}

extension Transfer {
    init(count: Int, call: String) {
        if count >= 0 {
            self = .moved(count)
        } else if -count == Int(EAGAIN) {
            self = .wouldBlock
        } else {
            self = .failed(SystemError(code: Int32(-count), call: call))
        }
    }
}
