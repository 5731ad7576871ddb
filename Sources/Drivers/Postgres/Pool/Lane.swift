// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy

/// One loop's share of a database.
///
/// SAFETY: `pools`, `parameters`, `slowReads` and what they reach are confined to `loop`; other threads only post closures to it.
final class Lane: ExchangeTarget, @unchecked Sendable {
    let loop: EventLoop
    let index: Int
    let configuration: PostgresConfiguration
    let budget: ConnectionBudget
    let sidePool: SidePool
    /// All lanes of the database; set once before any is used.
    var others: @Sendable () -> [Lane] = { [] }
    var parameters = ParameterBuffer()
    /// The reads that are known to be slow, by scope and statements.
    var slowReads: [UUID: [[StatementKey]: UsualTime]] = [:]
    /// How many those are.
    var knownReads = 0
    /// What there is to do in each shared slot.
    let slowLoads: [SlowLoad]
    private(set) var isClosed = false
    private(set) var connectionCount = 0
    private var pools: [Int: ShardPool] = [:]
    private var housekeeping: LoopTimer?

    let sharedSlots: Int
    let exclusiveSlots: Int

    init(
        loop: EventLoop,
        index: Int,
        of laneCount: Int,
        configuration: PostgresConfiguration,
        budget: ConnectionBudget,
        sidePool: SidePool
    ) {
        self.loop = loop
        self.index = index
        self.configuration = configuration
        self.budget = budget
        self.sidePool = sidePool
        let share = max(1, budget.limit / laneCount)
        fairShare = share
        sharedSlots = max(1, min(configuration.sharedConnectionsPerLoop, share / 2))
        exclusiveSlots = max(1, share - sharedSlots)
        slowLoads = (0..<sharedSlots).map { _ in SlowLoad() }
    }

    var now: UInt64 { EventLoop.now }
    /// How many connections this lane may keep while others wait for a permit.
    let fairShare: Int

    func pool(_ shard: Int) -> ShardPool {
        if let pool = pools[shard] { return pool }
        let pool = ShardPool(lane: self, shard: shard)
        pools[shard] = pool
        return pool
    }

    func start(_ exchange: Exchange) {
        let pool = pool(exchange.scope.shard)
        exchange.hasStarted = true
        if exchange.kind == .read { pool.read(exchange) } else { pool.borrow(exchange) }
    }

    func cancel(_ exchange: Exchange) {
        let pool = pool(exchange.scope.shard)
        if exchange.kind == .read { pool.cancelRead(exchange) } else { pool.cancelBorrow(exchange) }
    }

    /// Takes a permit, if need be one of an idle connection here that serves something else, or asks the other lanes for one.
    func takePermit(for use: Connection.Use, in pool: ShardPool) -> Bool {
        guard !isClosed else { return false }
        let isTaken =
            budget.take()
            || (reclaim { $0.pool !== pool || $0.use.isShared != use.isShared } && budget.take())
        if isTaken {
            connectionCount += 1
            return true
        }
        budget.wait(self)
        for lane in others() where lane !== self {
            lane.loop.execute { lane.reclaim { _ in true } }
        }
        return false
    }

    /// Takes a permit that nobody waits for.
    func takeSparePermit() -> Bool {
        guard !isClosed, !budget.hasWaiting, budget.take() else { return false }
        connectionCount += 1
        return true
    }

    func returnPermit() {
        connectionCount -= 1
        budget.release()
    }

    func permitFreed() {
        for pool in pools.values { pool.pump() }
        budget.notify()
    }

    /// Closes the connection that was idle for longest, so that its permit can serve somebody who waits.
    @discardableResult
    func reclaim(_ isEligible: (Connection) -> Bool) -> Bool {
        var oldest: Connection?
        for pool in pools.values {
            for connection in pool.idleConnections
            where connection.lastUse < (oldest?.lastUse ?? .max) && isEligible(connection) {
                oldest = connection
            }
        }
        guard let oldest else { return false }
        oldest.pool.close(oldest)
        return true
    }

    /// Looks after idle and old connections now and then, as long as there are any.
    func keepHouse() {
        guard housekeeping == nil, !isClosed else { return }
        housekeeping = loop.schedule(after: .seconds(5)) { [weak self] in
            guard let self else { return }
            housekeeping = nil
            for pool in pools.values { pool.keepHouse() }
            if connectionCount > 0 { keepHouse() }
        }
    }

    /// Ends what is idle, fails what waits, and lets what is lent out end when it is given back.
    func close() {
        isClosed = true
        if let housekeeping { loop.cancel(housekeeping) }
        housekeeping = nil
        for pool in pools.values { pool.shutDown() }
    }
}
