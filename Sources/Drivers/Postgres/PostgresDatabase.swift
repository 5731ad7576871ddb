// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
public import LMSTenancy
internal import Synchronization

/// A PostgreSQL database over libpq, on the loops that also serve the requests.
///
/// Reads of many callers are pipelined over a few shared connections; writes and transactions borrow a connection. A tenant
/// belongs to one loop and there to one connection of each kind, which keeps the server's plans and caches warm.
/// Reads that are known to be slow run on the loop that they come from, or where fewest are; others go round them.
public final class PostgresDatabase: Database {
    /// How it is used.
    public let configuration: PostgresConfiguration
    private let lanes: [Lane]
    private let budget: ConnectionBudget
    private let sidePool: SidePool

    /// Puts a database on loops; connections are made when they are needed.
    ///
    /// - Parameters:
    ///   - configuration: Where it is and what it may use.
    ///   - loops: The loops, which must run until `close()`.
    ///   - sidePool: Threads for connecting and cancelling.
    public init(_ configuration: PostgresConfiguration, loops: EventLoopGroup, sidePool: SidePool) {
        self.configuration = configuration
        self.sidePool = sidePool
        let budget = ConnectionBudget(limit: configuration.connectionLimit)
        let lanes = loops.loops.enumerated().map { index, loop in
            Lane(
                loop: loop,
                index: index,
                of: loops.loops.count,
                configuration: configuration,
                budget: budget,
                sidePool: sidePool
            )
        }
        let peers = Peers(lanes)
        for lane in lanes { lane.others = { peers.lanes } }
        self.budget = budget
        self.lanes = lanes
    }

    deinit {
        close()
    }

    /// Ends the connections; those that are lent out end when they are given back.
    ///
    /// Calls fail as unavailable from then on.
    public func close() {
        for lane in lanes { lane.loop.execute { lane.close() } }
    }

    /// How many connections are open or being opened.
    public var connectionCount: Int { budget.used }

    /// Connects once as the login of shard 0, so that a wrong address or password is told at the start.
    ///
    /// - Throws: `PostgresConnectionError` with the reason.
    public func verify() async throws(PostgresConnectionError) {
        _ = try await PostgresAdministration.connect(
            to: configuration.address,
            as: configuration.login(0),
            pool: sidePool
        )
    }

    /// Pipelines reads over the tenant's shared connection.
    public func read(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        let exchange = Exchange(.read, Scope(scope), statements)
        var lane = lane(for: exchange.scope)
        if let here = callersLane, here.knowsAsSlow(exchange) {
            lane = self.lane(forSlow: exchange.scope, from: here)
            exchange.becomeSlow(at: lane.slowLoad(exchange.scope))
        }
        await exchange.perform(by: lane)
        let replies = try exchange.outcome()
        if exchange.isSlow { callersLane?.learn(from: exchange) }
        return replies
    }

    /// Runs a write on the tenant's exclusive connection.
    public func write(_ statements: [SQL], scope: DatabaseScope) async throws(DatabaseError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        let scope = Scope(scope)
        let lane = lane(for: scope)
        let exchange = Exchange(.write, scope, statements)
        await exchange.perform(by: lane)
        return try exchange.outcome()
    }

    /// Borrows the tenant's exclusive connection.
    public func begin(_ scope: DatabaseScope) async throws(DatabaseError) -> any DatabaseTransaction {
        let scope = Scope(scope)
        let lane = lane(for: scope)
        let exchange = Exchange(.borrow, scope)
        await exchange.perform(by: lane)
        _ = try exchange.outcome()
        guard let transaction = exchange.transaction else { throw .unavailable }
        return transaction
    }

    /// A tenant's loop; the directory and the cell's tables, which have no tenant, stay on the caller's.
    private func lane(for scope: Scope) -> Lane {
        if scope.role == nil, let callersLane { return callersLane }
        return lanes[Int(scope.hash & 0xFFFF) % lanes.count]
    }

    /// Where a slow read goes: to the loop with the fewest of those that have a connection for it; of two to the caller's.
    private func lane(forSlow scope: Scope, from here: Lane) -> Lane {
        var best = here.pool(scope.shard).hasConnection(for: scope) ? here : lane(for: scope)
        var fewest = best.slowLoad(scope).reads.load(ordering: .relaxed)
        for lane in lanes where lane !== best && lane.slowLoad(scope).isOpen(scope.shard) {
            let reads = lane.slowLoad(scope).reads.load(ordering: .relaxed)
            if reads < fewest { (best, fewest) = (lane, reads) }
        }
        return best
    }

    private var callersLane: Lane? {
        guard let current = EventLoop.current else { return nil }
        return lanes.first { $0.loop === current }
    }
}

/// The lanes of one database, known to each without keeping each other alive.
///
/// SAFETY: the references are set before the lanes are used and only read afterwards.
private final class Peers: @unchecked Sendable {
    private struct Peer {
        weak var lane: Lane?
    }

    private let peers: [Peer]
    var lanes: [Lane] { peers.compactMap(\.lane) }

    init(_ lanes: [Lane]) {
        peers = lanes.map { Peer(lane: $0) }
    }
}
