// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

/// How many connections this process has to one database, over all loops and shards.
final class ConnectionBudget: Sendable {
    private struct State {
        var used = 0
        var waiting: [Lane] = []
    }

    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    var used: Int { state.withLock { $0.used } }
    var hasWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Takes a permit for one connection, if there is one.
    func take() -> Bool {
        state.withLock { state in
            guard state.used < limit else { return false }
            state.used += 1
            return true
        }
    }

    /// Puts a lane in the queue for the next permit.
    func wait(_ lane: Lane) {
        state.withLock { state in
            if !state.waiting.contains(where: { $0 === lane }) { state.waiting.append(lane) }
        }
    }

    /// Returns a permit and tells the lane that waited longest.
    func release() {
        state.withLock { $0.used -= 1 }
        notify()
    }

    /// Tells the lane that waited longest, if there is a permit.
    func notify() {
        let next: Lane? = state.withLock { state in
            guard state.used < limit, !state.waiting.isEmpty else { return nil }
            return state.waiting.removeFirst()
        }
        guard let next else { return }
        next.loop.execute { next.permitFreed() }
    }
}
