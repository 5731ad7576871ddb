// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Who listens to which channels.
final class RedisReceivers: Sendable {
    private typealias Channel = [Int: @Sendable ([UInt8]?) -> Void]
    private let state = Mutex(State())

    private struct State {
        var channels: [String: Channel] = [:]
        var next = 0
    }

    func add(_ receive: @escaping @Sendable ([UInt8]?) -> Void, to channel: String) -> Int {
        state.withLock { state in
            state.next += 1
            state.channels[channel, default: [:]][state.next] = receive
            return state.next
        }
    }

    func remove(_ number: Int, from channel: String) {
        state.withLock { state in
            state.channels[channel]?[number] = nil
            if state.channels[channel]?.isEmpty == true { state.channels[channel] = nil }
        }
    }

    func tell(_ message: [UInt8]?, on channel: String) {
        let receivers = state.withLock { $0.channels[channel]?.values.map(\.self) ?? [] }
        for receive in receivers { receive(message) }
    }

    func isHeard(_ channel: String) -> Bool { state.withLock { $0.channels[channel] != nil } }
    var channels: [String] { state.withLock { Array($0.channels.keys) } }
}

/// The one connection of a process on which it hears what others publish.
///
/// SAFETY: confined to its lane's loop; other threads only post closures to it.
final class RedisListener: RedisConnectionOwner, @unchecked Sendable {
    private let lane: RedisLane
    private let receivers: RedisReceivers
    /// What leads the messages of this process, which it has told itself already.
    private let mark: [UInt8]
    private var connection: RedisConnection?
    private var isUp = false
    private var isClosed = false
    private var failures = 0
    private var retryTimer: LoopTimer?
    private var pingTimer: LoopTimer?
    private var hasHeard = true
    /// The channels that the server was asked for on this connection.
    private var asked: Set<String> = []

    init(lane: RedisLane, receivers: RedisReceivers, mark: [UInt8]) {
        self.lane = lane
        self.receivers = receivers
        self.mark = mark
    }

    /// Asks for a channel, or no longer, as there are receivers or not.
    func reconcile(_ channel: String) {
        guard isUp, let connection else { return connect() }
        let isHeard = receivers.isHeard(channel)
        guard isHeard != asked.contains(channel) else { return }
        if isHeard {
            asked.insert(channel)
            request("SUBSCRIBE", [channel], connection)
        } else {
            asked.remove(channel)
            request("UNSUBSCRIBE", [channel], connection)
        }
    }

    private func request(_ name: StaticString, _ channels: [String], _ connection: RedisConnection) {
        if !connection.send(RedisCommand(name, channels.map { .channel($0) })) { connection.end(.malformed) }
    }

    private func connect() {
        guard connection == nil, retryTimer == nil, !isClosed, !receivers.channels.isEmpty else { return }
        let endpoint = lane.listeningEndpoint(attempt: failures)
        connection = RedisConnection(to: endpoint, on: lane.loop, lane.settings, for: self)
        connection?.open()
    }

    func opened(_ connection: RedisConnection) {
        guard connection === self.connection else { return }
        isUp = true
        hasHeard = true
        asked = Set(receivers.channels)
        let all = Array(asked)
        for start in stride(from: 0, to: all.count, by: 500) {
            request("SUBSCRIBE", Array(all[start..<min(start + 500, all.count)]), connection)
        }
        ping()
    }

    func received(_ value: RedisValue, on connection: RedisConnection) {
        guard connection === self.connection else { return }
        hasHeard = true
        failures = 0
        guard let parts = value.array, let kind = parts.first?.text, parts.count >= 2 else { return }
        guard let channel = parts[1].text else { return }
        switch kind {
        case "subscribe":
            // From here on nothing is missed; what was before may be.
            receivers.tell(nil, on: channel)
        case "message":
            guard parts.count == 3, let bytes = parts[2].bytes, bytes.count >= mark.count, !bytes.starts(with: mark)
            else { return }
            receivers.tell(Array(bytes[mark.count...]), on: channel)
        default: return
        }
    }

    func ended(_ connection: RedisConnection, _ reason: RedisConnectionError) {
        guard connection === self.connection else { return }
        self.connection = nil
        isUp = false
        asked = []
        failures += 1
        if let pingTimer { lane.loop.cancel(pingTimer) }
        pingTimer = nil
        guard retryTimer == nil, !isClosed else { return }
        retryTimer = lane.loop.schedule(after: lane.settings.retryDelay(after: failures)) { [weak self] in
            guard let self else { return }
            retryTimer = nil
            connect()
        }
    }

    /// A connection on which nothing was heard since the last question is one that is gone.
    private func ping() {
        guard let connection, isUp else { return }
        guard hasHeard else { return connection.end(.timedOut) }
        hasHeard = false
        guard connection.send(RedisCommand("PING")) else { return connection.end(.malformed) }
        pingTimer = lane.loop.schedule(after: lane.settings.configuration.pingInterval) { [weak self] in
            self?.pingTimer = nil
            self?.ping()
        }
    }

    func close() {
        isClosed = true
        if let retryTimer { lane.loop.cancel(retryTimer) }
        if let pingTimer { lane.loop.cancel(pingTimer) }
        retryTimer = nil
        pingTimer = nil
        connection?.close()
        connection = nil
        isUp = false
    }
}
