// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

/// A transaction on a lent connection.
///
/// SAFETY: `connection`, `isOpen` and `failure` are touched on the pool's loop only.
final class PostgresTransaction: DatabaseTransaction, ExchangeTarget, @unchecked Sendable {
    let loop: EventLoop
    private let scope: Scope
    private var connection: Connection?
    /// BEGIN was sent.
    private var isOpen = false
    /// Why it can only be rolled back.
    private var failure: DatabaseError?

    init(_ connection: Connection, in pool: ShardPool, scope: Scope) {
        self.connection = connection
        loop = pool.lane.loop
        self.scope = scope
    }

    deinit {
        // Somebody forgot to end it; its connection must not be lent on with it open.
        guard let connection else { return }
        let here = LoopBound(connection)
        loop.execute { here.value.pool.giveBack(here.value) }
    }

    func execute(_ statements: [SQL]) async throws(DatabaseError) -> [Rows] {
        guard !statements.isEmpty else { return [] }
        let exchange = Exchange(.statements, scope, statements)
        await exchange.perform(by: self)
        return try exchange.outcome()
    }

    func commit() async throws(DatabaseError) {
        let exchange = Exchange(.commit, scope)
        await exchange.perform(by: self)
        _ = try exchange.outcome()
    }

    func rollback() async {
        await Exchange(.rollback, scope).perform(by: self)
    }

    // MARK: On the loop

    func start(_ exchange: Exchange) {
        switch exchange.kind {
        case .commit: commit(exchange)
        case .rollback: rollBack(exchange)
        default: run(exchange)
        }
    }

    func cancel(_ exchange: Exchange) {
        exchange.isCancelled = true
        // Whoever ends a transaction wants to know how it ended.
        if exchange.kind != .commit, exchange.kind != .rollback, !exchange.isEnded { connection?.cancel() }
    }

    private func run(_ exchange: Exchange) {
        guard let connection else { return exchange.end(.refused(sqlState: "25000")) }
        guard failure == nil else { return exchange.end(.refused(sqlState: "25P02")) }
        guard !exchange.isCancelled else {
            failure = .cancelled
            return exchange.end(.cancelled)
        }
        if !isOpen { exchange.kind = .open }
        isOpen = true
        exchange.onEnd = { [weak exchange] in
            if let failure = exchange?.failure { self.failure = failure }
        }
        connection.submit(exchange)
    }

    private func commit(_ exchange: Exchange) {
        guard let connection else { return exchange.end(.refused(sqlState: "25000")) }
        self.connection = nil
        let here = LoopBound(connection)
        exchange.onEnd = { [weak exchange, loop] in
            // The server answers a COMMIT of a failed transaction with ROLLBACK and without an error.
            if let exchange, exchange.failure == nil, exchange.commandTag == "ROLLBACK" {
                exchange.failure = .refused(sqlState: "25P02")
            }
            loop.execute { here.value.pool.giveBack(here.value) }
        }
        if let failure { return exchange.end(failure) }
        guard isOpen else { return exchange.end() }
        guard !connection.isBroken else { return exchange.end(.connectionLost) }
        connection.submit(exchange)
    }

    private func rollBack(_ exchange: Exchange) {
        guard let connection else { return exchange.end() }
        self.connection = nil
        connection.pool.giveBack(connection) { exchange.end() }
    }
}
