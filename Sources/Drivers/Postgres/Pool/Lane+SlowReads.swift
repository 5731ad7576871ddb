// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// The reads that a loop knows to be slow, because they were when it sent them.
extension Lane {
    /// How many a loop knows at most before it begins anew.
    private static let knownLimit = 1_000

    /// Whether a read is known to be slow.
    func knowsAsSlow(_ exchange: Exchange) -> Bool {
        guard let reads = slowReads[exchange.scope.key] else { return false }
        return reads[exchange.statements.map(StatementKey.init)] != nil
    }

    /// Notes how long a slow read took that has come back, and forgets it when it is slow no more.
    func learn(from exchange: Exchange) {
        let (scope, statements) = (exchange.scope.key, exchange.statements.map(StatementKey.init))
        var usual = slowReads[scope]?[statements] ?? UsualTime(exchange.time)
        usual.took(exchange.time)
        guard usual.isSlow else {
            guard slowReads[scope]?.removeValue(forKey: statements) != nil else { return }
            knownReads -= 1
            if slowReads[scope]?.isEmpty == true { slowReads[scope] = nil }
            return
        }
        if slowReads[scope, default: [:]].updateValue(usual, forKey: statements) == nil { knownReads += 1 }
        if knownReads > Self.knownLimit { (slowReads, knownReads) = ([:], 0) }
    }

    /// Whether no other loop has a connection for a login in a slot.
    func isAlone(at slot: Int, for shard: Int) -> Bool {
        others().allSatisfy { $0 === self || !$0.slowLoads[slot].isOpen(shard) }
    }

    /// What a tenant's slow reads have to wait for here.
    func slowLoad(_ scope: Scope) -> SlowLoad { slowLoads[slot(for: scope)] }

    /// The slot in which a tenant's reads are at home.
    func slot(for scope: Scope) -> Int { Int(scope.hash >> 16 & 0xFFFF) % sharedSlots }
}
