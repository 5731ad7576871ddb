// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver

/// One client connection: reads heads, has them answered one after another, sends the answers in order.
///
/// It holds bytes of its own only while a head is incomplete, a body is being read or the client does not take what is
/// sent. While a handler runs nothing is read, which holds the client back.
///
/// SAFETY: touched on its lane's loop only. Handlers run on that loop; body streams and writers move there first.
final class Connection: EventHandler, @unchecked Sendable {
    enum Phase {
        case handshaking
        /// Between requests or within a head.
        case reading
        /// A handler has the request, or its response is being streamed.
        case handling
        /// The response stays open, and its holder writes to it now and then; nothing is read.
        case held
        /// WebSocket: the holder reads and writes.
        case upgraded
        /// The response is there; what is left of the request's body is read and dropped.
        case draining
        /// Everything is answered: the rest is sent, then the connection is closed.
        case closing
        /// The sending side is closed; what arrives is dropped, so that a reset does not destroy the last answer.
        case lingering
        case closed
    }

    let lane: Lane
    let slot: Int
    let peerAddress: String
    let peerPort: UInt16
    var socket: Socket
    var tls: TLSConnection?
    var registration: Registration?

    var phase = Phase.reading
    /// Whether it counts when the next one is placed.
    var isActive = true
    /// The tick of its last request or answer, or of its beginning.
    var lastUse: UInt32
    /// The tick at which patience ends, whichever state this is in.
    var deadline = UInt32.max
    /// Whether the kernel may have more to read: events are told once.
    var canRead = false
    /// Whether the peer has ended its side, so that a short read does not mean that nothing follows.
    var hasHungUp = false
    /// Whether the handler still runs in the stack frame that called it.
    var isInProcess = false
    /// Whether what arrives from the client after the answer has to be taken, to not reset the connection.
    var needsLinger = false

    /// Input that is not used up, from `pendingStart` on.
    var pending: [UInt8] = []
    var pendingStart = 0
    /// Whether the lane's buffer holds more input after the request that is being dispatched.
    var inputFollows = false
    /// The parser of a head that has arrived in part.
    var partialHead: PartialHead?
    var exchange = Exchange()
    var bodyStream: RequestBodyStream?
    var dropped = 0
    var task: Task<Void, Never>?

    /// Output that the client has not taken, from `unsentStart` on.
    var unsent: [UInt8] = []
    var unsentStart = 0
    var writer: HTTPBodyWriter?
    /// Who has the connection while it is held or upgraded.
    var holder: (any ConnectionHolder)?

    init(lane: Lane, slot: Int, socket: consuming Socket, address: String, port: UInt16) {
        self.lane = lane
        lastUse = lane.tick
        self.slot = slot
        self.socket = socket
        peerAddress = address
        peerPort = port
    }

    var isClosed: Bool { phase == .closed }
    /// Whether a request has begun that is not answered.
    var isServing: Bool {
        switch phase {
        case .handling: true
        case .reading: partialHead != nil || isBlocked
        case .closing: isBlocked
        default: false
        }
    }

    /// Starts to watch the socket.
    func open() {
        socket.setNoDelay()
        do {
            if let context = lane.settings.tls {
                tls = try TLSConnection(context: context, descriptor: socket.descriptor)
                phase = .handshaking
                deadline = lane.tick &+ lane.settings.headTicks
            } else {
                deadline = lane.tick &+ lane.settings.idleTicks
            }
            registration = try lane.loop.register(socket.descriptor, for: [.read, .write, .edgeTriggered], self)
        } catch {
            close()
        }
    }

    func handle(_ events: Events) {
        if events.contains(.readable) || events.isHangUp || events.contains(.error) { canRead = true }
        if events.isHangUp || events.contains(.error) { hasHungUp = true }
        if phase == .handshaking { return handshake() }
        if phase == .held, hasHungUp { return close() }
        if isBlocked, events.contains(.writable) { flush() }
        advance()
        if phase == .handling, events.isGone { task?.cancel() }
    }

    private func handshake() {
        guard let tls else { return }
        switch tls.handshake() {
        case .moved:
            phase = .reading
            deadline = lane.tick &+ lane.settings.idleTicks
            canRead = true
            advance()
        case .wouldBlock:
            if hasHungUp { close() }
        case .ended, .failed:
            close()
        }
    }

    /// Patience has ended.
    func expire() {
        guard phase != .closed else { return }
        if isBlocked { return abort() }
        switch phase {
        case .reading where partialHead != nil:
            refuse(.headTimeout)
            flush()
        case .handling:
            deadline = .max
            bodyStream?.fail(.timedOut)
        case .held, .upgraded:
            deadline = .max
            holder?.expire()
        default: close()
        }
    }

    /// The server stops: ends the connection if no request has begun.
    func drain() {
        switch phase {
        case .reading:
            // A request may have arrived in this very turn.
            canRead = true
            advance()
            guard phase == .reading, partialHead == nil, pending.isEmpty, !isBlocked else { return }
            phase = .closing
            needsLinger = true
            flush()
        case .held, .upgraded: holder?.drain()
        case .handshaking, .lingering: close()
        default: break
        }
    }

    /// Closes with a reset: the peer gets to know that something is missing.
    func abort() {
        guard phase != .closed else { return }
        socket.resetOnClose()
        close()
    }

    func close() {
        guard phase != .closed else { return }
        phase = .closed
        deadline = .max
        registration?.cancel()
        registration = nil
        tls = nil
        socket.close()
        pending = []
        unsent = []
        partialHead = nil
        if lane.outputOwner == slot { lane.discardOutput() }
        bodyStream?.fail(.disconnected)
        bodyStream = nil
        writer?.detach()
        writer = nil
        task?.cancel()
        task = nil
        let held = holder
        holder = nil
        held?.didClose()
        lane.remove(self)
    }
}

/// A head that has arrived in part; boxed, because most connections never need one.
final class PartialHead {
    var parser: HeadParser

    init(_ parser: HeadParser) {
        self.parser = parser
    }
}

/// What has to be remembered of a request to answer it.
struct Exchange {
    var isHead = false
    var minorVersion: UInt8 = 1
    var persists = true

    init() {}

    init(_ head: RequestHead) {
        isHead = head.method == .head
        minorVersion = head.minorVersion
        persists = head.minorVersion > 0 ? !head.flags.contains(.close) : head.flags.contains(.keepAlive)
        if head.flags.contains(.close) { persists = false }
    }
}
