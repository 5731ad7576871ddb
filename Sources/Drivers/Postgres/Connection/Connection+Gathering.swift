// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

/// Reads of one tenant that begin in the same turn of the loop go out together: one scope, one Sync, one `send`.
///
/// Each statement still has a snapshot of its own that is younger than the call, as READ COMMITTED gives it. If one is refused,
/// the server skips those behind it, and they are sent again, each alone: nobody sees a neighbor's error.
/// Those that are known to be slow go alone, so that nobody waits for the end of a neighbor's, and whoever would wait for one goes
/// over the successor. See docs/decisions/0012-reads-gathered-by-turn.md and 0035-slow-reads-go-alone.md.
extension Connection: TurnEndHandler {
    /// How many reads go out together at most.
    private static let groupLimit = 16

    /// Has a read sent at the end of this turn.
    func gather(_ exchange: Exchange) {
        guard !isBroken else { return exchange.end(.connectionLost) }
        if gathered.isEmpty { pool.lane.loop.atTurnEnd(self) }
        gathered.append(exchange)
    }

    func turnDidEnd() {
        let reads = gathered
        gathered.removeAll(keepingCapacity: true)
        var leaders: [Exchange] = []
        var slow: [Exchange] = []
        for read in reads where !read.isEnded {
            guard !isSlow(read) else {
                slow.append(read)
                continue
            }
            let leader = leaders.last { $0.scope.key == read.scope.key }
            if let leader, leader.followers.count + 1 < Connection.groupLimit {
                leader.followers.append(read)
            } else {
                leaders.append(read)
            }
        }
        if !leaders.isEmpty {
            let connection = isHeldUp ? pool.relief(of: self) : self
            for leader in leaders { (connection.isBroken ? self : connection).submit(leader) }
        }
        for read in slow {
            read.becomeSlow(at: pool.lane.slowLoad(read.scope))
            pool.readSlowly(read, at: self)
        }
        pool.gatheredWasSent(self)
    }

    private func isSlow(_ read: Exchange) -> Bool {
        read.isSlow || read.statements.contains { statements.isSlow($0, in: read.scope.key) }
    }

    /// Ends the reads that were not sent, on a connection that broke.
    func failGathered() {
        let reads = gathered
        gathered = []
        for read in reads { read.end(read.failureOfBrokenConnection) }
    }
}
