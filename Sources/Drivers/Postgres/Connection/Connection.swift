// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import LMSEventLoop
internal import LMSTenancy

/// One connection in pipeline mode, confined to its loop.
final class Connection: EventHandler {
    /// One command of the pipeline, in the order of their replies.
    enum Step {
        /// BEGIN, COMMIT, the scope: of interest only if it fails.
        case control
        case prepare(Statement, Exchange)
        /// A statement of a caller; the cached one if it was run by its name.
        case rows(Statement?, Exchange)
        case sync
    }

    enum Use: Equatable {
        case shared(slot: Int)
        case exclusive(slot: Int)

        var isShared: Bool {
            if case .shared = self { true } else { false }
        }
    }

    let link: Link
    let use: Use
    let pool: ShardPool
    let openedAt = EventLoop.now
    var lastUse = EventLoop.now
    /// When the server was last heard of, or the first of what it owes was sent.
    var lastProgress = EventLoop.now
    /// Since when the server works at what it owes next.
    var workingSince = EventLoop.now
    /// When its replacement was last asked for.
    var lastReplacement: UInt64 = 0
    private let cancelKey: CancelKey?
    private var registration: Registration?
    private var isWaitingToWrite = false
    private(set) var isBroken = false
    /// Takes nothing new and ends when its pipeline is empty.
    var isDraining = false

    /// What was sent, an entry for each Sync.
    var exchanges = Queue<Exchange>()
    /// How many callers' exchanges those are.
    var underWay = 0
    /// How many of them are slow reads.
    var slowUnderWay = 0
    /// Reads that go out at the end of this turn.
    var gathered: [Exchange] = []
    var steps = Queue<Step>()
    var statements: StatementCache

    /// A cancel request is on its way on the side pool.
    private(set) var isCancelling = false
    /// A cancel request was sent since the last settled round trip.
    var wasCancelled = false
    /// What waits for the cancel request to have arrived.
    var afterCancel: (() -> Void)?

    private let tenantLimit: Int
    private let ageLimit: UInt64

    init(_ link: Link, for use: Use, in pool: ShardPool) {
        self.link = link
        self.use = use
        self.pool = pool
        cancelKey = CancelKey(link)
        let configuration = pool.lane.configuration
        statements = StatementCache(limit: configuration.preparedStatementLimit)
        // Jitter keeps connections that were made together from being replaced together.
        let jitter = Double.random(in: 0.8...1.2)
        tenantLimit = max(1, Int(Double(configuration.tenantsPerConnection) * jitter))
        ageLimit = UInt64(Double(configuration.maximumAge.inNanoseconds) * jitter)
    }

    /// Starts to listen to the server.
    func start() throws(SystemError) {
        registration = try pool.lane.loop.register(unsafe PQsocket(link.handle), for: .read, self)
    }

    /// How many exchanges wait for their replies or to be sent.
    var depth: Int { underWay + gathered.count }

    /// Whether what is sent now would wait: for a slow read, or for one that has turned out to be.
    var isHeldUp: Bool { slowUnderWay > 0 || underWay > 0 && EventLoop.now - workingSince > 1_000_000 }

    /// Whether it has lived long enough.
    var isWorn: Bool {
        statements.scopeCount > tenantLimit || EventLoop.now - openedAt > ageLimit
    }

    /// Whether no transaction is open; meaningful while nothing is under way.
    var isClean: Bool { unsafe PQtransactionStatus(link.handle) == PQTRANS_IDLE }

    /// Reads what the server said on its own, such as that it ends the connection, before an idle connection is used.
    func isAlive() -> Bool {
        guard !isBroken else { return false }
        if EventLoop.now - lastUse > 1_000_000 { receive() }
        return !isBroken
    }

    // MARK: Events

    func handle(_ events: Events) {
        receive()
        if isWaitingToWrite, !isBroken { flush() }
    }

    func flush() {
        switch unsafe PQflush(link.handle) {
        case 0: wait(toWrite: false)
        case 1: wait(toWrite: true)
        default: breakDown()
        }
    }

    private func wait(toWrite: Bool) {
        guard toWrite != isWaitingToWrite else { return }
        isWaitingToWrite = toWrite
        registration?.update(toWrite ? [.read, .write] : .read)
    }

    /// Ends a connection that failed; everybody who waits for it learns it.
    func breakDown() {
        guard !isBroken else { return }
        disconnect()
        while let exchange = exchanges.popFirst() {
            for member in exchange.members { member.end(member.failureOfBrokenConnection) }
        }
        underWay = 0
        slowUnderWay = 0
        failGathered()
        pool.lost(self)
    }

    /// Ends a connection that nobody uses.
    func disconnect() {
        isBroken = true
        registration?.cancel()
        registration = nil
        let waiting = afterCancel
        afterCancel = nil
        waiting?()
    }

    // MARK: Cancelling

    /// Asks the server to cancel what runs on this exclusive connection.
    func cancel() {
        guard let cancelKey, !isBroken, !isCancelling else { return }
        isCancelling = true
        wasCancelled = true
        let loop = pool.lane.loop
        // SAFETY: the box carries the connection back to its own loop and is opened nowhere else.
        let here = LoopBound(self)
        let accepted = pool.lane.sidePool.submit {
            cancelKey.cancel()
            loop.execute { here.value.cancelArrived() }
        }
        // A full side pool leaves the statement to its timeout.
        if !accepted { isCancelling = false }
    }

    private func cancelArrived() {
        isCancelling = false
        let waiting = afterCancel
        afterCancel = nil
        waiting?()
    }
}

/// Carries what belongs to a loop across another thread and back.
///
/// SAFETY: whoever makes one opens it on the loop that its value belongs to.
struct LoopBound<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension Duration {
    var inNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }
}
