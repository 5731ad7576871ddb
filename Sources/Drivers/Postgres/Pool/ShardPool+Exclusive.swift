// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

extension ShardPool {
    /// Lends the tenant's exclusive connection, or a successor's while that is busy, or has the call wait.
    func borrow(_ exchange: Exchange) {
        guard !exchange.isCancelled else { return exchange.end(.cancelled) }
        guard !lane.isClosed, borrowers.count < lane.configuration.waitingLimit else {
            return exchange.end(.unavailable)
        }
        // Nobody overtakes: a slot that is idle has no one waiting for it.
        if let connection = idle(for: exchange) { return lend(connection, to: exchange) }
        borrowers.append(exchange)
        startWaiting(exchange)
        if !makeConnection(for: exchange) { serveFromAnySlot() }
    }

    /// The caller of a borrow or a write went away.
    func cancelBorrow(_ exchange: Exchange) {
        exchange.isCancelled = true
        guard !exchange.isEnded else { return }
        if exchange.timer != nil {
            leaveQueue(exchange, .cancelled)
        } else {
            exchange.connection?.cancel()
        }
    }

    /// The slots that a tenant may use, its own first.
    private func slots(for exchange: Exchange) -> some Sequence<Int> {
        let home = Int(exchange.scope.hash >> 32 & 0xFFFF) % exclusive.count
        let count = min(exclusive.count, 1 + max(0, lane.configuration.successors))
        let size = exclusive.count
        return (0..<count).lazy.map { (home + $0) % size }
    }

    private func idle(for exchange: Exchange) -> Connection? {
        for index in slots(for: exchange) {
            if let connection = idle(at: index) { return connection }
        }
        return nil
    }

    private func idle(at index: Int) -> Connection? {
        guard case .idle(let connection) = exclusive[index], connection.isAlive() else { return nil }
        return connection
    }

    /// Starts a connection in the first empty slot that the call may use; whether one is or was on its way.
    private func makeConnection(for exchange: Exchange) -> Bool {
        for index in slots(for: exchange) {
            if case .empty = exclusive[index] { return connect(for: .exclusive(slot: index)) }
        }
        return true
    }

    func pumpBorrowers() {
        guard !borrowers.isEmpty else { return }
        for exchange in borrowers {
            let connection = idle(for: exchange)
            // To look for one may find that another is dead, and lend it to who waits here already.
            guard borrowers.contains(where: { $0 === exchange }) else { continue }
            if let connection {
                borrowers.removeAll { $0 === exchange }
                lend(connection, to: exchange)
            } else if !makeConnection(for: exchange) {
                return serveFromAnySlot()
            }
        }
    }

    /// Without a permit for another connection the idle ones serve any tenant of the shard: colder, but not too late.
    private func serveFromAnySlot() {
        guard retryTimer == nil else { return }
        for index in exclusive.indices where !borrowers.isEmpty {
            guard let connection = idle(at: index) else { continue }
            lend(connection, to: borrowers.removeFirst())
        }
    }

    private func lend(_ connection: Connection, to exchange: Exchange) {
        guard case .exclusive(let index) = connection.use else { return }
        exclusive[index] = .lent(connection)
        stopWaiting(exchange, nil)
        guard exchange.kind == .write else {
            exchange.transaction = PostgresTransaction(connection, in: self, scope: exchange.scope)
            return exchange.end()
        }
        exchange.connection = connection
        exchange.onEnd = { [weak exchange] in
            exchange?.connection = nil
            // The reply's own turn ends first: the connection is still inside its receive loop.
            self.giveBackLater(connection)
        }
        connection.submit(exchange)
    }

    private func giveBackLater(_ connection: Connection) {
        let here = LoopBound(connection)
        lane.loop.execute { here.value.pool.giveBack(here.value) }
    }

    /// Takes a connection back: rolls back what is open, waits for a cancel request that is under way, and lends it on.
    func giveBack(_ connection: Connection, then done: (() -> Void)? = nil) {
        guard !connection.isBroken else {
            done?()
            return
        }
        if connection.isCancelling {
            connection.afterCancel = { self.giveBack(connection, then: done) }
            return
        }
        let isClean = connection.isClean
        guard isClean, !connection.wasCancelled else {
            let settling = Exchange(isClean ? .settle : .rollback, Scope(.control))
            connection.wasCancelled = false
            settling.onEnd = { self.settled(connection, done) }
            return connection.submit(settling)
        }
        done?()
        lendOn(connection)
    }

    private func settled(_ connection: Connection, _ done: (() -> Void)?) {
        // The connection is inside its receive loop, which is to end before it is lent or closed.
        let here = LoopBound(Settled(connection: connection, done: done))
        lane.loop.execute { here.value.finish() }
    }

    fileprivate func lendOn(_ connection: Connection) {
        guard case .exclusive(let index) = connection.use, !connection.isBroken else { return }
        let isOwed = lane.budget.hasWaiting && (borrowers.isEmpty || lane.connectionCount > lane.fairShare)
        guard !lane.isClosed, !connection.isWorn, !isOwed else {
            close(connection)
            return pumpBorrowers()
        }
        if connection.statements.hasReleased { connection.submit(Exchange(.release, Scope(.control))) }
        exclusive[index] = .idle(connection)
        connection.lastUse = lane.now
        guard let next = borrowers.firstIndex(where: { slots(for: $0).contains(index) }) else {
            if !borrowers.isEmpty { pumpBorrowers() }
            return
        }
        lend(connection, to: borrowers.remove(at: next))
    }
}

/// A connection whose transaction was ended for its borrower.
private struct Settled {
    let connection: Connection
    let done: (() -> Void)?

    func finish() {
        done?()
        guard !connection.isBroken else { return }
        // Rolling back did not end the transaction: the connection ends it.
        guard connection.isClean else { return connection.pool.close(connection) }
        connection.pool.lendOn(connection)
    }
}
