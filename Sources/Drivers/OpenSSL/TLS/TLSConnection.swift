// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSOpenSSL

/// What a handshake, a read or a write came to.
public enum TLSTransfer: Sendable, Hashable {
    /// So many bytes were moved; 0 for a handshake that is complete.
    case moved(Int)
    /// Nothing now; try again when the socket has become readable or writable.
    case wouldBlock
    /// The peer sends nothing more.
    case ended
    /// The connection is broken or the peer is not to be trusted.
    case failed
}

/// One side of TLS on one non-blocking socket, which stays its owner's.
///
/// SAFETY: not synchronized; it is used on one event loop from beginning to end.
@safe public final class TLSConnection: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Prepares TLS on a socket; the client speaks first.
    ///
    /// - Parameters:
    ///   - context: The certificate and the settings.
    ///   - descriptor: A connected, non-blocking socket that outlives this object.
    /// - Throws: `TLSError.unavailable` if there is no memory.
    public init(context: TLSContext, descriptor: Int32) throws(TLSError) {
        guard let connection = unsafe SSL_new(context.pointer) else { throw .unavailable(reason: "out of memory") }
        unsafe pointer = connection
        guard unsafe SSL_set_fd(connection, descriptor) == 1 else { throw .unavailable(reason: "out of memory") }
        unsafe SSL_set_accept_state(connection)
    }

    /// Takes over an `SSL`, which it frees.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe SSL_free(pointer)
    }

    /// Goes on with the handshake.
    ///
    /// - Returns: `.moved(0)` once it is complete.
    public func handshake() -> TLSTransfer {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(pointer)
        return result == 1 ? .moved(0) : failure(result)
    }

    /// Reads what has arrived.
    ///
    /// Until it would block there may be more, also when the socket has been drained.
    ///
    /// - Parameter buffer: Where the bytes go; its size stays.
    /// - Returns: What it came to.
    public func read(into buffer: inout [UInt8]) -> TLSTransfer {
        ERR_clear_error()
        let result = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe SSL_read(pointer, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        return result > 0 ? .moved(Int(result)) : failure(result)
    }

    /// Writes bytes.
    ///
    /// - Parameters:
    ///   - buffer: Where the bytes are. After `.wouldBlock` the same bytes must be offered again, from wherever.
    ///   - range: Which of them, at least one.
    /// - Returns: What it came to; perhaps fewer bytes than given.
    public func write(_ buffer: borrowing [UInt8], in range: Range<Int>) -> TLSTransfer {
        guard !range.isEmpty else { return .moved(0) }
        ERR_clear_error()
        let result = unsafe buffer.withUnsafeBytes { bytes in
            unsafe SSL_write(
                pointer,
                UnsafeRawBufferPointer(rebasing: bytes[range]).baseAddress,
                Int32(clamping: range.count)
            )
        }
        return result > 0 ? .moved(Int(result)) : failure(result)
    }

    /// Tells the peer that nothing more is sent; does not wait for its answer.
    public func close() {
        ERR_clear_error()
        // A peer that is gone cannot be told, which changes nothing.
        _ = unsafe SSL_shutdown(pointer)
    }

    private func failure(_ result: Int32) -> TLSTransfer {
        switch unsafe SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .wouldBlock
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed
        }
    }
}
