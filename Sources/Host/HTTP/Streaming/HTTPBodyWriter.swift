// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// Writes the content of a streamed response, at the pace of the client.
///
/// SAFETY: everything mutable is touched on the connection's loop only; `write` moves there first.
public final class HTTPBodyWriter: @unchecked Sendable {
    enum Framing {
        case chunked
        case length(Int)
        case untilClose
    }

    private let loop: EventLoop
    private var framing: Framing
    private var connection: Connection?
    private var waiter: CheckedContinuation<Void, Never>?

    init(connection: Connection, framing: Framing) {
        self.connection = connection
        loop = connection.lane.loop
        self.framing = framing
    }

    /// Sends a piece, and waits until the client has taken enough of it.
    ///
    /// What is written is sent at once: collect small pieces before. One caller at a time.
    ///
    /// - Parameter bytes: The piece.
    /// - Throws: `HTTPBodyError.disconnected` if the client is gone or took nothing for the write timeout;
    ///   `.lengthMismatch` if it is more than the response announced.
    public func write(_ bytes: [UInt8]) async throws(HTTPBodyError) {
        guard loop.isCurrent else {
            return try await withTaskExecutorPreference(loop) { () throws(HTTPBodyError) in try await self.write(bytes)
            }
        }
        guard let connection, waiter == nil else { throw .disconnected }
        guard !bytes.isEmpty else { return }
        switch framing {
        case .chunked: connection.sendChunk(bytes)
        case .untilClose: connection.sendContent(bytes)
        case .length(let left):
            guard bytes.count <= left else { throw .lengthMismatch }
            framing = .length(left - bytes.count)
            connection.sendContent(bytes)
        }
        if connection.isBlocked, !connection.isClosed {
            connection.writer = self
            await withCheckedContinuation { waiter = $0 }
        }
        guard !connection.isClosed else { throw .disconnected }
    }

    /// Sends a text; see `write(_:)`.
    ///
    /// - Parameter text: The text, sent as UTF-8.
    /// - Throws: As `write(_:)`.
    public func write(_ text: String) async throws(HTTPBodyError) {
        try await write(Array(text.utf8))
    }

    /// Whether as much was written as announced; the last chunk is the connection's to send.
    var isWhole: Bool {
        if case .length(let left) = framing { return left == 0 }
        return true
    }

    func wake() {
        let waiting = waiter
        waiter = nil
        waiting?.resume()
    }

    func detach() {
        connection = nil
        wake()
    }
}
