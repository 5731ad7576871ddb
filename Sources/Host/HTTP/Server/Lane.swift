// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import Synchronization

/// The server on one event loop: its listener, its connections, and the buffers they share.
///
/// SAFETY: made by `HTTPServer.start` and from then on touched on the loop only, except for `load`, which is atomic, and
/// `stopListening` and `drained`, which move there.
final class Lane: EventHandler, @unchecked Sendable {
    let loop: EventLoop
    let settings: LaneSettings
    let handler: HTTPHandler
    let immediate: HTTPImmediateHandler?
    let counters: HTTPCounters

    /// One buffer for all connections: what is left over in it is copied to its connection before the next one reads.
    var readBuffer = [UInt8](repeating: 0, count: 65_536)
    /// What a connection is about to send; empty whenever another connection has its turn.
    var writeBuffer: [UInt8] = []
    /// The slot of the connection that `writeBuffer` belongs to while it is not empty.
    var outputOwner = -1
    var parser: HeadParser?
    var encoder = ResponseEncoder()
    /// The time in ticks, for deadlines.
    private(set) var tick: UInt32 = 0
    private(set) var isDraining = false
    /// How many connections it has; changed from all loops.
    let load = LaneLoad()
    /// All lanes of the server, with this one, while it accepts.
    var lanes: [Lane] = []

    private var listener: Listener
    private var acceptance: Registration?
    private var connections: [Connection?] = []
    private var freeSlots: [Int] = []
    private var count = 0
    private var isTicking = false
    private var isPaused = false
    private var cutOff = 0
    private var waiters: [CheckedContinuation<Int, Never>] = []

    init(
        loop: EventLoop,
        settings: LaneSettings,
        handler: @escaping HTTPHandler,
        immediate: HTTPImmediateHandler?,
        counters: HTTPCounters,
        listener: consuming Listener
    ) {
        self.loop = loop
        self.settings = settings
        self.handler = handler
        self.immediate = immediate
        self.counters = counters
        self.listener = listener
        writeBuffer.reserveCapacity(65_536)
    }

    /// Begins to accept; on the loop.
    ///
    /// - Parameter lanes: All lanes of the server.
    func open(among lanes: [Lane]) {
        guard !isDraining, acceptance == nil else { return }
        self.lanes = lanes
        // Fails only when the kernel is out of memory for the watch; then nothing would be served, so try again.
        acceptance = try? loop.register(listener.descriptor, for: .read, self)
        if acceptance == nil { loop.schedule(after: .milliseconds(100)) { self.open(among: lanes) } }
    }

    func handle(_ events: Events) {
        accept(atMost: 64)
    }

    private func accept(atMost limit: Int) {
        var left = limit
        while left > 0 {
            guard hasRoom else { return pauseAccepting() }
            switch listener.accept() {
            case .accepted(let socket, let address, let port):
                place(socket, address: address, port: port)
            case .wouldBlock:
                return
            case .exhausted:
                counters.countExhausted()
                return pauseAccepting()
            case .failed:
                // The connection was aborted before it was accepted; the next one may be fine.
                break
            }
            left -= 1
        }
    }

    /// Serves a connection that is counted in `load` already; on the loop.
    func add(_ socket: consuming Socket, address: String, port: UInt16) {
        counters.countOpened()
        startTicking()
        let slot = freeSlots.popLast() ?? connections.count
        let connection = Connection(lane: self, slot: slot, socket: socket, address: address, port: port)
        if slot == connections.count { connections.append(connection) } else { connections[slot] = connection }
        count += 1
        connection.open()
    }

    /// Forgets a connection that has closed itself.
    func remove(_ connection: Connection) {
        connection.rest()
        load.connections.subtract(1, ordering: .relaxed)
        counters.countClosed()
        connections[connection.slot] = nil
        freeSlots.append(connection.slot)
        count -= 1
        if count == 0 { settle() }
    }

    // MARK: Running out of descriptors or connections

    private func pauseAccepting() {
        guard !isPaused, let acceptance else { return }
        isPaused = true
        acceptance.update([])
        loop.schedule(after: .milliseconds(50)) { self.resumeAccepting() }
    }

    private func resumeAccepting() {
        guard isPaused else { return }
        isPaused = false
        acceptance?.update(.read)
    }

    // MARK: Time

    private func startTicking() {
        guard !isTicking else { return }
        isTicking = true
        encoder.refresh()
        scheduleTick()
    }

    private func scheduleTick() {
        loop.schedule(after: settings.tick) { self.advanceTime() }
    }

    private func advanceTime() {
        guard count > 0 else {
            isTicking = false
            return
        }
        tick += 1
        encoder.refresh()
        for index in connections.indices {
            guard let connection = connections[index] else { continue }
            connection.restIfUnused()
            if connection.deadline <= tick { connection.expire() }
        }
        scheduleTick()
    }

    // MARK: Draining

    /// Closes the port, after taking what waits in its queue; from anywhere.
    func stopListening() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            loop.execute {
                self.isPaused = false
                self.accept(atMost: 4_096)
                self.acceptance?.cancel()
                self.acceptance = nil
                self.listener.close()
                self.lanes = []
                self.isDraining = true
                done.resume()
            }
        }
    }

    /// Lets the requests that have begun finish and closes everything else; on the loop.
    func drain(deadline: Duration) {
        isDraining = true
        for connection in connections { connection?.drain() }
        guard count > 0 else { return settle() }
        loop.schedule(after: deadline) { self.cutConnections() }
    }

    /// Waits until no connection is left; from anywhere.
    func drained() async -> Int {
        await withCheckedContinuation { done in
            loop.execute {
                self.waiters.append(done)
                if self.count == 0 { self.settle() }
            }
        }
    }

    private func cutConnections() {
        for connection in connections {
            guard let connection else { continue }
            if connection.isServing { cutOff += 1 }
            connection.abort()
        }
    }

    private func settle() {
        guard isDraining else { return }
        let waiting = waiters
        waiters = []
        for waiter in waiting { waiter.resume(returning: cutOff) }
    }
}
