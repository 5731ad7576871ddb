// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
public import LMSTenancy

/// A PostgreSQL database over libpq, on the loops that also serve the requests.
///
/// Reads of many callers are pipelined over a few shared connections; writes and transactions borrow a connection. A tenant
/// belongs to one loop and there to one connection of each kind, which keeps the server's plans and caches warm.
/// While its connection is busy with something slow, a few next ones serve it too.
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
        let scope = Scope(scope)
        let lane = lane(for: scope)
        let exchange = Exchange(.read, scope, statements)
        await exchange.perform(by: lane)
        return try exchange.outcome()
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
        if scope.role == nil, let current = EventLoop.current, let own = lanes.first(where: { $0.loop === current }) {
            return own
        }
        return lanes[Int(scope.hash & 0xFFFF) % lanes.count]
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
