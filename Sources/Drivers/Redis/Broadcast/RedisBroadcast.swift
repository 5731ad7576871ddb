// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
public import LMSTenancy

/// Tells all processes that share a Redis, through its publish and subscribe.
///
/// Receivers of this process are told directly, also while there is no connection. Messages of other processes may come late,
/// or not at all while there is none: receivers get `nil` when messages come again.
public final class RedisBroadcast: Broadcast {
    private let redis: Redis
    private let receivers = RedisReceivers()
    private let listener: RedisListener
    private let lane: RedisLane
    private let mark: [UInt8]

    /// Makes one; it connects when somebody listens.
    ///
    /// - Parameter redis: The Redis that the processes share.
    public init(_ redis: Redis) {
        self.redis = redis
        lane = redis.lanes[0]
        mark = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        listener = RedisListener(lane: lane, receivers: receivers, mark: mark)
    }

    deinit {
        let listener = listener
        lane.loop.execute { listener.close() }
    }

    /// Tells the receivers of this process before it returns, and those of others soon after.
    public func publish(_ message: [UInt8], on channel: BroadcastChannel) {
        guard message.count <= BroadcastMessage.limitInBytes else { return }
        receivers.tell(message, on: channel.description)
        redis.post(RedisCommand("PUBLISH", [.channel(channel.description), .bytes(mark + message)]))
    }

    /// Listens until the subscription is let go.
    public func subscribe(
        to channel: BroadcastChannel,
        _ receive: @escaping @Sendable ([UInt8]?) -> Void
    ) -> BroadcastSubscription {
        let name = channel.description
        let (receivers, listener, loop) = (receivers, listener, lane.loop)
        let number = receivers.add(receive, to: name)
        loop.execute { listener.reconcile(name) }
        return BroadcastSubscription {
            receivers.remove(number, from: name)
            loop.execute { listener.reconcile(name) }
        }
    }
}
