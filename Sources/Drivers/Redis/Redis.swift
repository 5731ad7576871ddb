// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
public import LMSOpenSSLDriver
internal import Synchronization

/// A Redis, or a cluster of them: one connection for each event loop and server, on which commands do not wait for each other.
///
/// Nothing blocks and nothing is queued for later: while there is no connection a command is refused at once, and one that was
/// sent has its answer, or an error, within the command timeout. Commands of one caller that must come one after the other
/// are awaited one after the other.
public final class Redis: Sendable {
    let lanes: [RedisLane]
    let settings: RedisSettings
    private let turn = Atomic<Int>(0)

    /// Prepares a client; connections are made when they are needed.
    ///
    /// - Parameters:
    ///   - configuration: Where the server is, and the limits.
    ///   - loops: The event loops.
    ///   - sidePool: Threads that look up host names.
    /// - Throws: `TLSError` if the authorities to trust cannot be read.
    public init(_ configuration: RedisConfiguration, loops: EventLoopGroup, sidePool: SidePool) throws(TLSError) {
        let settings = try RedisSettings(configuration, sidePool: sidePool)
        self.settings = settings
        lanes = loops.loops.map { RedisLane(loop: $0, settings: settings) }
    }

    deinit {
        close()
    }

    /// Sends a command and waits for its answer.
    ///
    /// - Parameter command: The command. It must not be one that blocks, subscribes or begins a transaction: the connection is
    ///   everybody's.
    /// - Returns: The answer.
    /// - Throws: `RedisError`. After `.timedOut`, `.connectionLost` and `.cancelled` it is not known whether the command was run.
    public func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await RedisCall(command).perform(on: lane)
    }

    /// Sends a command whose answer nobody needs; returns at once.
    ///
    /// Without a connection it is lost.
    ///
    /// - Parameter command: The command.
    public func post(_ command: RedisCommand) {
        let lane = lane
        let call = RedisCall(command)
        if lane.loop.isCurrent { lane.start(call) } else { lane.loop.execute { lane.start(call) } }
    }

    /// Why there is no connection, as the calling loop knows it; asked after a command failed.
    ///
    /// - Returns: The reason; `nil` if the last attempt was good or there was none.
    public func lastFailure() async -> RedisConnectionError? {
        let lane = lane
        return await withCheckedContinuation { continuation in
            lane.loop.execute { continuation.resume(returning: lane.lastFailure) }
        }
    }

    /// Ends all connections; commands fail from then on.
    public func close() {
        for lane in lanes { lane.loop.execute { lane.close() } }
    }

    /// The caller's loop's, so that an answer needs no other thread.
    private var lane: RedisLane {
        if let own = lanes.first(where: { $0.loop.isCurrent }) { return own }
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return lanes[Int(UInt(bitPattern: index) % UInt(lanes.count))]
    }
}
