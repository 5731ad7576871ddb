// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

/// Wakes one task that has nothing to do; a call that comes while it works is not lost.
final class Wakeup: Sendable {
    private struct State {
        var isSet = false
        var turn = 0
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Wakes whoever waits, or keeps the next wait from waiting.
    func set() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            if state.waiting == nil { state.isSet = true }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Waits until it is set; for one task at a time.
    ///
    /// - Parameters:
    ///   - limit: How long at most.
    ///   - loop: Whose timer ends the wait.
    func wait(upTo limit: Duration, on loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            let turn: Int? = state.withLock { state in
                if state.isSet {
                    state.isSet = false
                    return nil
                }
                state.turn += 1
                state.waiting = continuation
                return state.turn
            }
            guard let turn else { return continuation.resume() }
            loop.execute { loop.schedule(after: limit) { self.end(turn) } }
        }
    }

    private func end(_ turn: Int) {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.turn == turn else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}
