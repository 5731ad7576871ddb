// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

/// The connections of one loop as one login, each in a slot that tenants hash to.
final class ShardPool {
    let lane: Lane
    let shard: Int
    var shared: [SharedSlot]
    var exclusive: [ExclusiveSlot]
    /// Calls that wait for an exclusive connection, oldest first.
    var borrowers: [Exchange] = []
    var waitingReads = 0

    /// After a failed attempt: when the next may be made.
    var failures = 0
    var retryTimer: LoopTimer?
    var lastFailure: PostgresConnectionError?
    /// When a connection was last asked for that nobody waits for.
    var lastSpare: UInt64 = 0

    struct SharedSlot {
        var connection: Connection?
        var isConnecting = false
        var waiting: [Exchange] = []
        /// Reads known to be slow that wait for the end of another, oldest first.
        var slow: [Exchange] = []
    }

    enum ExclusiveSlot {
        case empty
        case connecting
        case idle(Connection)
        case lent(Connection)
    }

    init(lane: Lane, shard: Int) {
        self.lane = lane
        self.shard = shard
        shared = Array(repeating: SharedSlot(), count: lane.sharedSlots)
        exclusive = Array(repeating: .empty, count: lane.exclusiveSlots)
    }

    /// Connections that can be closed without hurting anybody.
    var idleConnections: [Connection] {
        var idle: [Connection] = []
        for case .idle(let connection) in exclusive { idle.append(connection) }
        for slot in shared {
            if let connection = slot.connection, connection.depth == 0, slot.waiting.isEmpty { idle.append(connection) }
        }
        return idle
    }

    /// Serves who waits, as far as connections are there, and makes the ones that are missing.
    func pump() {
        for index in shared.indices {
            if !shared[index].waiting.isEmpty { pumpShared(index) }
            pumpSlow(index)
        }
        pumpBorrowers()
    }

    /// An exchange of a connection has ended.
    func progressed(_ connection: Connection) {
        guard case .shared(let index) = connection.use else { return }
        if connection.underWay == 0, !connection.isClean {
            // A read that opened a transaction: the next one would run in it.
            return connection.breakDown()
        }
        if connection.isDraining {
            if connection.depth == 0 { close(connection) }
            return
        }
        if connection.statements.hasReleased { connection.submit(Exchange(.release, Scope(.control))) }
        if !shared[index].waiting.isEmpty { pumpShared(index) }
        slowReadEnded(at: index)
        if connection.isWorn { replace(connection, at: index) }
    }

    /// A connection broke; those who used it know already.
    func lost(_ connection: Connection) {
        vacate(connection)
        lane.returnPermit()
        pump()
    }

    /// Ends a connection that nobody uses.
    func close(_ connection: Connection) {
        guard !connection.isBroken else { return }
        vacate(connection)
        connection.disconnect()
        lane.returnPermit()
    }

    private func vacate(_ connection: Connection) {
        switch connection.use {
        case .shared(let index):
            guard shared[index].connection === connection else { return }
            shared[index].connection = nil
            lane.slowLoads[index].set(shard, isOpen: false)
        case .exclusive(let index):
            exclusive[index] = .empty
        }
    }

    /// Closes what was idle for too long, replaces what is too old, and gives up servers that went silent.
    func keepHouse() {
        let idleLimit = lane.configuration.idleTimeout.inNanoseconds
        let silenceLimit = lane.configuration.statementTimeout.inNanoseconds + 10_000_000_000
        for slot in exclusive {
            switch slot {
            case .idle(let connection):
                if connection.isWorn || lane.now - connection.lastUse > idleLimit { close(connection) }
            case .lent(let connection):
                if connection.depth > 0, lane.now - connection.lastProgress > silenceLimit { connection.breakDown() }
            case .empty, .connecting: break
            }
        }
        for index in shared.indices {
            guard let connection = shared[index].connection else { continue }
            if connection.depth > 0, lane.now - connection.lastProgress > silenceLimit {
                connection.breakDown()
            } else if connection.isWorn {
                replace(connection, at: index)
            }
        }
    }

    func shutDown() {
        if let retryTimer { lane.loop.cancel(retryTimer) }
        retryTimer = nil
        let waiting = shared.flatMap { $0.waiting + $0.slow } + borrowers
        for index in shared.indices { (shared[index].waiting, shared[index].slow) = ([], []) }
        borrowers = []
        waitingReads = 0
        for exchange in waiting { stopWaiting(exchange, .unavailable) }
        for connection in idleConnections { close(connection) }
        for slot in shared { slot.connection?.isDraining = true }
    }

    // MARK: Waiting

    /// Starts the deadline of a call that has to wait.
    func startWaiting(_ exchange: Exchange) {
        // SAFETY: the timer fires on the loop that the pool and the exchange belong to.
        exchange.timer = lane.loop.schedule(after: lane.configuration.deadline) { [weak self] in
            exchange.timer = nil
            self?.leaveQueue(exchange, .unavailable)
        }
    }

    func stopWaiting(_ exchange: Exchange, _ failure: DatabaseError?) {
        if let timer = exchange.timer { lane.loop.cancel(timer) }
        exchange.timer = nil
        if let failure { exchange.end(failure) }
    }

    /// Takes a call out of the queues.
    func leaveQueue(_ exchange: Exchange, _ failure: DatabaseError) {
        for index in shared.indices {
            let before = shared[index].waiting.count + shared[index].slow.count
            shared[index].waiting.removeAll { $0 === exchange }
            shared[index].slow.removeAll { $0 === exchange }
            waitingReads -= before - shared[index].waiting.count - shared[index].slow.count
        }
        borrowers.removeAll { $0 === exchange }
        stopWaiting(exchange, failure)
    }
}
