// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

/// Wakes the one task that waits for it; a signal without a waiter is kept for the next.
final class JobSignal: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isSet = false
        var turn = 0
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    /// Ends the wait, or the next one; from any thread.
    func set() {
        let waiter = state.withLock { state in
            if state.waiter == nil { state.isSet = true }
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// Returns at the next signal or after a time; on the loop only.
    func wait(atMost limit: Duration, on loop: EventLoop) async {
        let turn = state.withLock { state in
            state.turn += 1
            return state.turn
        }
        let timer = loop.schedule(after: limit) { [self] in expire(turn) }
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                defer { state.isSet = false }
                if !state.isSet { state.waiter = continuation }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
        loop.cancel(timer)
    }

    private func expire(_ turn: Int) {
        let waiter = state.withLock { state in state.turn == turn ? state.takeWaiter() : nil }
        waiter?.resume()
    }
}
