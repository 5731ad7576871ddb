// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import Synchronization

/// Collects values from any thread.
final class Recorder<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: [(count: Int, goOn: CheckedContinuation<Void, Never>)] = []

        /// Those who need wait no longer.
        mutating func release(_ mayGo: (Int) -> Bool) -> [CheckedContinuation<Void, Never>] {
            defer { waiting.removeAll { mayGo($0.count) } }
            return waiting.filter { mayGo($0.count) }.map(\.goOn)
        }
    }

    private let state = Mutex(State())

    func add(_ value: Value) {
        let released = state.withLock { state in
            state.values.append(value)
            let count = state.values.count
            return state.release { $0 <= count }
        }
        for goOn in released { goOn.resume() }
    }

    /// What there is now.
    var all: [Value] { state.withLock { $0.values } }

    /// What there is once so many values have come, or fewer after half a minute.
    func all(after count: Int) async -> [Value] {
        let late = Task {
            try await Loops.clients.sleep(for: .seconds(30))
            for goOn in self.state.withLock({ $0.release { _ in true } }) { goOn.resume() }
        }
        defer { late.cancel() }
        await withCheckedContinuation { goOn in
            let isThere = state.withLock { state in
                if state.values.count < count { state.waiting.append((count, goOn)) }
                return state.values.count >= count
            }
            if isThere { goOn.resume() }
        }
        return all
    }
}
