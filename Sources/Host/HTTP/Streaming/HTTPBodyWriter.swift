// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// Codes the content of a streamed response piece by piece, as `Content-Encoding` says.
public protocol HTTPContentCoder: Sendable {
    /// Codes the next piece.
    ///
    /// - Parameter piece: The piece.
    /// - Returns: What is to be sent; perhaps nothing yet.
    func add(_ piece: [UInt8]) -> [UInt8]

    /// Ends the content.
    ///
    /// - Returns: What is still to be sent.
    func finish() -> [UInt8]
}

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
    private var coder: (any HTTPContentCoder)?

    init(connection: Connection, framing: Framing) {
        self.connection = connection
        loop = connection.lane.loop
        self.framing = framing
    }

    /// Has all that is written from now on coded; before the first piece, in the closure that writes.
    ///
    /// - Parameter coder: Codes the pieces of this one response. Its length must not have been announced.
    public func code(with coder: any HTTPContentCoder) { self.coder = coder }

    /// Sends what the coder has kept back.
    func finishCoding() async throws(HTTPBodyError) {
        guard let coder else { return }
        self.coder = nil
        try await write(coder.finish())
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
        guard let connection, !connection.isClosed, waiter == nil else { throw .disconnected }
        let bytes = coder?.add(bytes) ?? bytes
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
