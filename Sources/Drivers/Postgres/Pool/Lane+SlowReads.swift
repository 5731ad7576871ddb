// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import Synchronization

/// What all loops may know of the slow reads in one slot of a lane; a hint, because it changes while it is read.
final class SlowLoad: Sendable {
    /// How many were sent there and have not come back.
    let reads = Atomic<Int>(0)
    /// How many logins have a connection in the slot.
    let connections = Atomic<Int>(0)

    var isOpen: Bool { connections.load(ordering: .relaxed) > 0 }
}

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
        guard exchange.isSlow, exchange.failure == nil else { return }
        let (scope, statements) = (exchange.scope.key, exchange.statements.map(StatementKey.init))
        var usual = slowReads[scope]?[statements] ?? UsualTime(exchange.time)
        usual.took(exchange.time)
        guard usual.isSlow else {
            if slowReads[scope]?.removeValue(forKey: statements) != nil { knownReads -= 1 }
            return
        }
        if slowReads[scope, default: [:]].updateValue(usual, forKey: statements) == nil { knownReads += 1 }
        if knownReads > Self.knownLimit { (slowReads, knownReads) = ([:], 0) }
    }

    /// What a tenant's slow reads have to wait for here.
    func slowLoad(_ scope: Scope) -> SlowLoad { slowLoads[slot(for: scope)] }

    /// The slot in which a tenant's reads are at home.
    func slot(for scope: Scope) -> Int { Int(scope.hash >> 16 & 0xFFFF) % sharedSlots }
}
