// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Synchronization

/// Tells this process only: enough where there is one.
public final class LocalBroadcast: Broadcast {
    private typealias Receivers = [Int: @Sendable ([UInt8]?) -> Void]
    private let state = Mutex(State())

    private struct State {
        var receivers: [BroadcastChannel: Receivers] = [:]
        var next = 0
    }

    /// Makes one.
    public init() {}

    /// Calls everybody who listens, before it returns.
    public func publish(_ message: [UInt8], on channel: BroadcastChannel) {
        guard message.count <= BroadcastMessage.limitInBytes else { return }
        let receivers = state.withLock { $0.receivers[channel]?.values.map(\.self) ?? [] }
        for receive in receivers { receive(message) }
    }

    /// Listens until the subscription is let go.
    public func subscribe(
        to channel: BroadcastChannel,
        _ receive: @escaping @Sendable ([UInt8]?) -> Void
    ) -> BroadcastSubscription {
        let number = state.withLock { state in
            state.next += 1
            state.receivers[channel, default: [:]][state.next] = receive
            return state.next
        }
        return BroadcastSubscription { [weak self] in
            self?.state.withLock { state in
                state.receivers[channel]?[number] = nil
                if state.receivers[channel]?.isEmpty == true { state.receivers[channel] = nil }
            }
        }
    }
}
