// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Keeps values in this process, the ones used last.
public final class LocalCache: Cache {
    private let limit: Int
    private let state = Mutex(State())

    private struct Entry {
        let value: [UInt8]
        let until: ContinuousClock.Instant
        var lastUse: UInt64
    }

    private struct State {
        var entries: [TenantCacheKey: Entry] = [:]
        var size = 0
        var clock: UInt64 = 0
    }

    /// Makes one.
    ///
    /// - Parameter limitInBytes: How much memory the values and their names may take, about.
    public init(limitInBytes: Int = 32 * 1024 * 1024) {
        limit = max(1, limitInBytes)
    }

    /// How many bytes the values and their names take.
    package var size: Int { state.withLock { $0.size } }

    /// Finds a value.
    public func value(of key: TenantCacheKey) -> [UInt8]? {
        state.withLock { state in
            guard let entry = state.entries[key] else { return nil }
            guard entry.until > .now else {
                LocalCache.drop(key, &state)
                return nil
            }
            state.clock += 1
            state.entries[key]?.lastUse = state.clock
            return entry.value
        }
    }

    /// Keeps a value.
    public func set(_ value: [UInt8], for key: TenantCacheKey, timeToLive: Duration) {
        state.withLock { state in
            // One that is not kept must not leave an older one standing.
            LocalCache.drop(key, &state)
            guard CacheLimits.allow(value, key, timeToLive) else { return }
            state.clock += 1
            let until = ContinuousClock.now + min(timeToLive, CacheLimits.timeToLive)
            state.entries[key] = Entry(value: value, until: until, lastUse: state.clock)
            state.size += LocalCache.cost(key, value)
            if state.size > limit { LocalCache.evict(&state, limit) }
        }
    }

    /// Removes a value.
    public func remove(_ key: TenantCacheKey) {
        state.withLock { LocalCache.drop(key, &$0) }
    }

    private static func cost(_ key: TenantCacheKey, _ value: [UInt8]) -> Int {
        key.description.utf8.count + value.count + 128
    }

    private static func drop(_ key: TenantCacheKey, _ state: inout State) {
        guard let entry = state.entries.removeValue(forKey: key) else { return }
        state.size -= cost(key, entry.value)
    }

    /// Drops what is over, then what was not used for longest, down to seven eighths, so that a full cache is scanned rarely.
    private static func evict(_ state: inout State, _ limit: Int) {
        let now = ContinuousClock.now
        for (key, entry) in state.entries where entry.until <= now { drop(key, &state) }
        for (key, _) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
            guard state.size > limit / 8 * 7 else { return }
            drop(key, &state)
        }
    }
}
