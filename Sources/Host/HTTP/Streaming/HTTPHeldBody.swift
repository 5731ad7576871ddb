// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
internal import Synchronization

/// The content of a response that stays open, such as server-sent events: written to when there is something.
///
/// An open one costs its connection and this object; no task and no timer belongs to it.
///
/// SAFETY: `connection` is touched on its loop only; the rest is constant or synchronized.
public final class HTTPHeldBody: @unchecked Sendable {
    /// How a body is held.
    public struct Settings: Sendable {
        /// What is sent when nothing was for a while, so that proxies and clients know that it is alive.
        public var heartbeat: [UInt8] = Array(":\n\n".utf8)
        /// How long that while is.
        public var heartbeatInterval = Duration.seconds(30)
        /// How much may wait for a client that does not take it; beyond, the connection is closed.
        public var outgoingLimitInBytes = 65_536

        /// Makes the defaults, for server-sent events.
        public init() {}
    }

    private let loop: EventLoop
    private let outbox: Outbox
    private let heartbeat: [UInt8]
    private let heartbeatTicks: UInt32
    private let isChunked: Bool
    private let ended: Mutex<Ending>
    private var connection: Connection?

    private struct Ending {
        var isOver = false
        var wasTooSlow = false
        var drained: (@Sendable () -> Void)?
        var action: (@Sendable () -> Void)?
    }

    init(connection: Connection, settings: Settings, isChunked: Bool) {
        self.connection = connection
        loop = connection.lane.loop
        outbox = Outbox(loop: loop, limit: settings.outgoingLimitInBytes)
        heartbeat = settings.heartbeat
        heartbeatTicks = connection.lane.settings.ticks(settings.heartbeatInterval)
        self.isChunked = isChunked
        ended = Mutex(Ending())
    }

    /// The loop that it is sent on.
    public var eventLoop: EventLoop { loop }

    /// Sends bytes as soon as the loop gets to it; from anywhere, and returns at once.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Whether they were taken; `false` once it is over, also because the client takes what it is sent too slowly.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        switch outbox.add({ $0.append(contentsOf: bytes) }) {
        case .taken(let isFirst):
            if isFirst { loop.execute { self.flush() } }
            return true
        case .overflowed:
            ended.withLock { $0.wasTooSlow = true }
            loop.execute { self.connection?.abort() }
            return false
        case .closed: return false
        }
    }

    /// Ends the response; from anywhere.
    ///
    /// - Parameter last: What is sent last.
    public func end(_ last: [UInt8] = []) {
        send(last)
        loop.execute { self.finish() }
    }

    /// Says what is done once it is over, for whichever reason; at once if it is.
    ///
    /// - Parameter action: It must not block; it is called once, on the loop.
    public func whenOver(_ action: @escaping @Sendable () -> Void) {
        let isOver = ended.withLock { ended in
            if !ended.isOver { ended.action = action }
            return ended.isOver
        }
        if isOver { action() }
    }

    /// Says what is done once the client has taken what was sent, as far as the system's buffers go.
    ///
    /// - Parameter action: It must not block; it is called on the loop, and not at all if the client is gone. One at a time.
    public func whenDrained(_ action: @escaping @Sendable () -> Void) {
        ended.withLock { $0.drained = action }
        loop.execute { self.tellDrained() }
    }

    /// Whether it is over because the client took what it was sent too slowly.
    public var wasTooSlow: Bool { ended.withLock { $0.wasTooSlow } }

    private func tellDrained() {
        guard let connection, !connection.isClosed, !connection.isBlocked else { return }
        let action = ended.withLock { ended in
            defer { ended.drained = nil }
            return ended.drained
        }
        action?()
    }

    private func flush() {
        guard let connection, !connection.isClosed else { return }
        guard !connection.isBlocked else { return outbox.postpone() }
        write(outbox.takeAll(), to: connection)
    }

    private func write(_ bytes: [UInt8], to connection: Connection) {
        guard !bytes.isEmpty else { return }
        if isChunked { connection.sendChunk(bytes) } else { connection.sendContent(bytes) }
        if !connection.isClosed, !connection.isBlocked { rest(connection) }
    }

    /// Nothing is to be done until the next heartbeat.
    func rest(_ connection: Connection) {
        connection.deadline = connection.lane.tick &+ heartbeatTicks
    }

    private func finish() {
        guard let connection, connection.phase == .held else { return }
        let last = outbox.finish()
        if !last.isEmpty { write(last, to: connection) }
        guard !connection.isClosed else { return }
        if isChunked { connection.sendContent(Array("0\r\n\r\n".utf8)) }
        guard !connection.isClosed else { return }
        connection.holder = nil
        connection.phase = .handling
        leave()
        connection.endExchange()
    }

    private func leave() {
        connection = nil
        outbox.close()
        let action = ended.withLock { ended in
            ended.isOver = true
            ended.drained = nil
            defer { ended.action = nil }
            return ended.action
        }
        action?()
    }
}

extension HTTPHeldBody: ConnectionHolder {
    var wantsInput: Bool { false }

    func take(_ input: [UInt8], from index: inout Int, to end: Int) {}

    func didDrain() {
        guard let connection else { return }
        rest(connection)
        flush()
        tellDrained()
    }

    func expire() {
        guard let connection else { return }
        write(heartbeat, to: connection)
    }

    func drain() {
        connection?.exchange.persists = false
        finish()
    }

    func didClose() { leave() }
}
