// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// What keeps a connection after its request was answered and writes to it when there is something, without a task that waits.
///
/// Everything is called on the connection's loop.
protocol ConnectionHolder: AnyObject {
    /// Whether it takes what arrives now.
    var wantsInput: Bool { get }

    /// Takes what arrived; may send, and may set the connection's phase, but must not make it advance.
    func take(_ input: [UInt8], from index: inout Int, to end: Int)

    /// The client took everything that was sent to it.
    func didDrain()

    /// The tick came that it asked for by the connection's `deadline`.
    func expire()

    /// The server stops.
    func drain()

    /// The connection is gone.
    func didClose()
}

extension Connection {
    /// Has somebody keep the connection from now on.
    func hold(_ holder: any ConnectionHolder, as phase: Phase) {
        self.phase = phase
        self.holder = holder
        task = nil
        bodyStream = nil
    }

    /// Gives the holder what has arrived.
    ///
    /// - Parameter reads: How often the socket was read in this turn.
    /// - Returns: Whether there may be more to do now.
    func feedHolder(_ reads: inout Int) -> Bool {
        guard let holder, !isBlocked, holder.wantsInput else { return false }
        if pendingStart < pending.count {
            let input = pending
            var index = pendingStart
            holder.take(input, from: &index, to: input.count)
            guard !isClosed else { return false }
            pendingStart = index
            if index == input.count { releasePending() }
            return true
        }
        guard canRead, reads < 16 else { return false }
        reads += 1
        var buffer = lane.takeReadBuffer()
        switch receive(&buffer) {
        case .moved(let count):
            var index = 0
            holder.take(buffer, from: &index, to: count)
            if index < count, !isClosed { pending = Array(buffer[index..<count]) }
            lane.returnReadBuffer(buffer)
            return !isClosed
        case .wouldBlock:
            canRead = false
            lane.returnReadBuffer(buffer)
            return false
        case .ended, .failed:
            canRead = false
            lane.returnReadBuffer(buffer)
            close()
            return false
        }
    }
}
