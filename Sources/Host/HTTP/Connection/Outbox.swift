// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import Synchronization

/// What waits to be sent on a held connection: filled from anywhere, emptied on the loop, bounded.
final class Outbox: Sendable {
    private let loop: EventLoop
    private let limit: Int
    private let state = Mutex(State())

    private struct State {
        var bytes: [UInt8] = []
        var isScheduled = false
        var isClosed = false
    }

    /// What became of some bytes.
    enum Admission {
        /// They will be sent; whether the loop has to be told.
        case taken(isFirst: Bool)
        /// The client takes what it is sent too slowly.
        case overflowed
        case closed
    }

    init(loop: EventLoop, limit: Int) {
        self.loop = loop
        self.limit = limit
    }

    /// Adds bytes, from anywhere.
    ///
    /// - Parameter write: Appends them.
    /// - Returns: What became of them; nothing more is taken after an overflow.
    func add(_ write: (inout [UInt8]) -> Void) -> Admission {
        state.withLock { state in
            guard !state.isClosed else { return .closed }
            write(&state.bytes)
            guard state.bytes.count <= limit else {
                state.isClosed = true
                state.bytes = []
                return .overflowed
            }
            defer { state.isScheduled = true }
            return .taken(isFirst: !state.isScheduled)
        }
    }

    /// Takes everything, on the loop.
    func takeAll() -> [UInt8] {
        state.withLock { state in
            let bytes = state.bytes
            state.bytes = []
            state.isScheduled = false
            return bytes
        }
    }

    /// Lets what comes next be told again, though what is there stays.
    func postpone() {
        state.withLock { $0.isScheduled = false }
    }

    /// Takes nothing from now on.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.bytes = []
        }
    }

    /// Takes nothing from now on, and gives what there is.
    func finish() -> [UInt8] {
        state.withLock { state in
            defer { state.bytes = [] }
            state.isClosed = true
            return state.bytes
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }
}
