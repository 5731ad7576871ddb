// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy
internal import Synchronization

/// Which tenants' sessions, people or keys have changed since what they may do was read.
///
/// What was read is used for less than a second all the same: this makes a change seen at once where it is told, and the database
/// stays the truth where it is not.
public final class StandingChanges: Sendable {
    /// Counts changes; what was read at one count is good while nothing of its tenant changed at a later one.
    private let count = Atomic<UInt64>(1)
    private let state = Mutex(State())
    private let capacity: Int

    private struct State {
        var latest: [TenantID: UInt64] = [:]
        /// Everything that was read before this is no longer good.
        var floor: UInt64 = 0
    }

    /// Makes one.
    ///
    /// - Parameter capacity: Of how many tenants changes are known; beyond, a change counts for all.
    public init(capacity: Int = 10_000) {
        self.capacity = max(1, capacity)
    }

    /// Forgets what people and programs of a tenant were known to be allowed.
    ///
    /// - Parameter tenant: The tenant.
    public func forget(_ tenant: TenantID) {
        state.withLock { state in
            let number = count.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
            state.latest[tenant] = number
            guard state.latest.count > capacity else { return }
            state.latest = [:]
            state.floor = number
        }
    }

    /// Forgets it of all tenants.
    public func forgetAll() {
        state.withLock { state in
            state.floor = count.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
            state.latest = [:]
        }
    }

    /// What to keep with what is read from now on.
    var stamp: UInt64 { count.load(ordering: .acquiring) }

    /// Whether what was read at a stamp is still good.
    func isCurrent(_ stamp: UInt64, of tenant: TenantID) -> Bool {
        if stamp == count.load(ordering: .acquiring) { return true }
        return state.withLock { stamp >= max($0.floor, $0.latest[tenant] ?? 0) }
    }
}
