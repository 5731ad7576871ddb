// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
internal import Synchronization

/// One client's WebSocket (RFC 6455), for as long as its handler runs or until either side closes it.
///
/// SAFETY: what changes is touched on the connection's loop only, or synchronized; what may be called from anywhere moves there.
public final class WebSocket: @unchecked Sendable {
    /// The subprotocol that was agreed upon.
    public let subprotocol: String?
    /// The loop that it is read and written on.
    public var eventLoop: EventLoop { loop }

    let loop: EventLoop
    let outbox: Outbox
    let settings: WebSocketSettings
    var decoder: WebSocketDecoder
    var connection: Connection?
    var inbox: [WebSocketMessage] = []
    var waiter: CheckedContinuation<Void, Never>?
    /// Why it is over, as either side said it first.
    var ending: WebSocketCloseCode?
    /// Whether our close frame is sent; the peer's is waited for.
    var isClosing = false
    /// Whether a ping is out and nothing has arrived since.
    var awaitsPong = false
    /// How it ends once the handler has taken every message: the client closed behind them, or made a mistake.
    var pendingEnd: (code: WebSocketCloseCode, reason: String)?
    /// Who waits until the client has taken everything, and what they do then.
    var drained: [(owner: any AnyObject & Sendable, action: @Sendable () -> Void)] = []
    let tooSlow = Atomic<Bool>(false)
    /// The answer to the latest ping that could not be sent yet (§5.5.3).
    var latePong: [UInt8]?

    init(connection: Connection, settings: WebSocketSettings, subprotocol: String?) {
        self.connection = connection
        self.settings = settings
        self.subprotocol = subprotocol
        loop = connection.lane.loop
        outbox = Outbox(loop: loop, limit: settings.outgoingLimitInBytes)
        decoder = WebSocketDecoder(limits: settings.limits)
    }

    /// Waits for the next message; one caller at a time, the client is held back until it is asked for.
    ///
    /// - Returns: The message; `nil` once nothing more can arrive.
    public func receive() async -> WebSocketMessage? {
        guard loop.isCurrent else { return await withTaskExecutorPreference(loop) { await self.receive() } }
        while inbox.isEmpty {
            guard pendingEnd == nil else {
                finishPendingEnd()
                return nil
            }
            guard connection != nil, !isClosing, waiter == nil else { return nil }
            await withCheckedContinuation { waiter = $0 }
        }
        let message = inbox.removeFirst()
        // Input may wait for this room.
        if inbox.count == settings.incomingLimit - 1 { loop.execute { self.connection?.advance() } }
        return message
    }

    /// Sends a text as soon as the loop gets to it; from anywhere, and returns at once.
    ///
    /// - Parameter text: The text.
    /// - Returns: Whether it was taken; `false` once it is over, also because the client takes what it is sent too slowly.
    @discardableResult
    public func send(_ text: String) -> Bool { send(.text, Array(text.utf8)) }

    /// Sends a text that is there as bytes; see `send(_:)`.
    ///
    /// - Parameter utf8: The text, which must be UTF-8.
    /// - Returns: Whether it was taken.
    @discardableResult
    public func send(utf8: [UInt8]) -> Bool { send(.text, utf8) }

    /// Sends bytes; see `send(_:)`.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Whether they were taken.
    @discardableResult
    public func send(binary bytes: [UInt8]) -> Bool { send(.binary, bytes) }

    private func send(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> Bool {
        switch outbox.add({ WebSocketEncoder.append(opcode, payload, to: &$0) }) {
        case .taken(let isFirst):
            if isFirst { loop.execute { self.flush() } }
            return true
        case .overflowed:
            tooSlow.store(true, ordering: .relaxed)
            loop.execute { self.leave(.tryAgainLater, "reads too slowly") }
            return false
        case .closed: return false
        }
    }

    /// Whether it is over because the client took what it was sent too slowly.
    public var wasTooSlow: Bool { tooSlow.load(ordering: .relaxed) }

    /// Says what is done once the client has taken what was sent, as far as the system's buffers go; from anywhere.
    ///
    /// - Parameters:
    ///   - owner: Who waits; whoever waits already does the later action only.
    ///   - action: It must not block; it is called once, on the loop, and not at all if the client is gone.
    public func whenDrained(for owner: any AnyObject & Sendable, _ action: @escaping @Sendable () -> Void) {
        loop.execute {
            guard self.connection != nil else { return }
            if let index = self.drained.firstIndex(where: { $0.owner === owner }) {
                self.drained[index].action = action
            } else {
                self.drained.append((owner, action))
            }
            self.tellDrained()
        }
    }

    /// Has somebody wait no more for the client to take what was sent; from anywhere.
    ///
    /// - Parameter owner: Who waited; nothing happens if they did not.
    public func stopWaiting(for owner: any AnyObject & Sendable) {
        loop.execute { self.drained.removeAll { $0.owner === owner } }
    }

    /// Closes it after what was sent; from anywhere.
    ///
    /// - Parameters:
    ///   - code: Why.
    ///   - reason: The same in words, for whoever develops the client.
    public func close(_ code: WebSocketCloseCode = .normal, _ reason: String = "") {
        loop.execute { self.shut(code, reason) }
    }
}

/// How a WebSocket behaves.
public struct WebSocketSettings: Sendable {
    /// How much is taken of the client.
    public var limits = WebSocketLimits()
    /// How many messages may wait for the handler; then the client is held back.
    public var incomingLimit = 16
    /// How much may wait for a client that does not take it; beyond, it is closed with 1013.
    public var outgoingLimitInBytes = 262_144
    /// After how long without a word from the client it is pinged.
    public var pingInterval = Duration.seconds(30)
    /// How long it may take to answer.
    public var pongTimeout = Duration.seconds(20)
    /// How long it may take to close too.
    public var closeTimeout = Duration.seconds(5)

    /// Makes the defaults.
    public init() {}
}
