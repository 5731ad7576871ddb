// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Reads that are known to be slow, and what goes round them.
extension ShardPool {
    /// How many of them a connection is sent at a time: the second begins as soon as the first is done.
    private static let slowLimit = 2

    /// Sends a slow read over the tenant's connection, or has it wait for the end of another.
    ///
    /// Further connections of the tenant are on other loops (`PostgresDatabase.lane`); where there are none, the next slot's is one.
    func readSlowly(_ exchange: Exchange, at connection: Connection) {
        guard case .shared(let index) = connection.use, shared[index].connection === connection, !connection.isDraining
        else { return connection.submit(exchange) }
        if shared[index].slow.isEmpty, let free = forSlow(index) { return free.submit(exchange) }
        guard waitingReads < lane.configuration.waitingLimit else { return exchange.end(.unavailable) }
        waitingReads += 1
        shared[index].slow.append(exchange)
        startWaiting(exchange)
    }

    /// Sends the slow reads that wait at a slot, as far as they may be under way.
    func pumpSlow(_ index: Int) {
        while !shared[index].slow.isEmpty {
            guard shared[index].connection != nil else {
                shared[index].waiting += shared[index].slow
                shared[index].slow = []
                return pumpShared(index)
            }
            // To look for one may find that another is dead, and send what waits here already.
            guard let connection = forSlow(index), !shared[index].slow.isEmpty else { return }
            let exchange = shared[index].slow.removeFirst()
            waitingReads -= 1
            stopWaiting(exchange, nil)
            connection.submit(exchange)
        }
    }

    /// A connection has one slow read less, its own tenants' or those of the slot before.
    func slowReadEnded(at index: Int) {
        pumpSlow(index)
        pumpSlow((index + shared.count - 1) % shared.count)
    }

    /// The connection that a slot's slow read may go over now: of two the one with fewer of them, then with less to do.
    private func forSlow(_ index: Int) -> Connection? {
        guard let own = shared[index].connection, !own.isBroken else { return nil }
        var best = own
        if own.underWay > 0, lane.isAlone(at: index, for: shard), let next = successor(of: own),
            (next.slowUnderWay, next.depth) < (own.slowUnderWay, own.depth)
        {
            best = next
        }
        return best.slowUnderWay < Self.slowLimit ? best : nil
    }

    /// Where the others go while a connection is held up: over the successor's unless that is held up too.
    func relief(of connection: Connection) -> Connection {
        guard let successor = successor(of: connection), !successor.isHeldUp else { return connection }
        return successor
    }

    /// The next slot's connection; a missing one is made for those that come later.
    private func successor(of connection: Connection) -> Connection? {
        guard case .shared(let index) = connection.use, shared.count > 1 else { return nil }
        let next = (index + 1) % shared.count
        if let successor = open(next) { return successor }
        makeSpare(at: next)
        return nil
    }

    /// Whether there is a connection for a tenant's reads; a missing one is made for those that come later.
    func hasConnection(for scope: Scope) -> Bool {
        let index = lane.slot(for: scope)
        if shared[index].connection != nil { return true }
        makeSpare(at: index)
        return false
    }

    private func makeSpare(at index: Int) {
        guard shared[index].connection == nil, !shared[index].isConnecting, failures == 0,
            lane.now - lastSpare > 1_000_000_000
        else { return }
        lastSpare = lane.now
        _ = connect(for: .shared(slot: index), isSpare: true)
    }
}
