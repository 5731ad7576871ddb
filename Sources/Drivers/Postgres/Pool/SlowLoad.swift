// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// What all loops may know of the slow reads of one slot of a lane; a hint, because it changes while it is read.
final class SlowLoad: Sendable {
    /// How many are there, also those that their callers gave up and the server still works at.
    let reads = Atomic<Int>(0)
    /// A bit for each login that has a connection in the slot.
    private let logins = Atomic<UInt64>(0)

    /// Whether a login has a connection there; those beyond the sixty-fourth keep to the tenant's loop.
    func isOpen(_ shard: Int) -> Bool { logins.load(ordering: .relaxed) & SlowLoad.bit(shard) != 0 }

    /// Notes that a login got its connection, or lost it; on the lane's loop.
    func set(_ shard: Int, isOpen: Bool) {
        if isOpen {
            logins.bitwiseOr(SlowLoad.bit(shard), ordering: .relaxed)
        } else {
            logins.bitwiseAnd(~SlowLoad.bit(shard), ordering: .relaxed)
        }
    }

    private static func bit(_ shard: Int) -> UInt64 { shard < UInt64.bitWidth ? 1 << UInt64(shard) : 0 }
}

extension Exchange {
    /// Counts as a slow read there until nobody needs it any more, which is when the server is done with it.
    func becomeSlow(at load: SlowLoad) {
        guard slowLoad == nil else { return }
        slowLoad = load
        load.reads.add(1, ordering: .relaxed)
    }
}
