// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// One server as one loop sees it: a connection on which commands go out one behind the other without waiting.
///
/// Callers wait for the first connection; after one failed or broke they are refused at once until there is a new one.
final class RedisNode: RedisConnectionOwner {
    let endpoint: RedisEndpoint
    private unowned let lane: RedisLane
    private var settings: RedisSettings { lane.settings }
    private var connection: RedisConnection?
    private var isUp = false
    private var retryTimer: LoopTimer?
    private var deadlineTimer: LoopTimer?
    private var failures = 0
    /// Those who wait for the first connection.
    private var waiting: [(call: RedisCall, isAsking: Bool)] = []
    private var sent = CallQueue()
    private(set) var lastFailure: RedisConnectionError?

    init(_ endpoint: RedisEndpoint, on lane: RedisLane) {
        self.endpoint = endpoint
        self.lane = lane
    }

    /// Whether commands are refused at once.
    var isFailing: Bool { !isUp && failures > 0 }
    var isIdle: Bool { sent.isEmpty && waiting.isEmpty }

    /// Sends a command, or says at once why not.
    func submit(_ call: RedisCall, asking isAsking: Bool = false) {
        guard !call.isEnded else { return }
        guard !isFailing else { return call.end(.failure(.unavailable)) }
        let unsent = connection?.unsentBytes ?? 0
        guard sent.count + waiting.count < settings.configuration.pendingLimit,
            unsent + call.command.bytes.count <= settings.configuration.unsentLimitInBytes
        else { return call.end(.failure(.busy)) }
        guard isUp, let connection else {
            waiting.append((call, isAsking))
            if connection == nil { connect() }
            return watchDeadlines()
        }
        transmit(call, asking: isAsking, on: connection)
    }

    private func transmit(_ call: RedisCall, asking isAsking: Bool, on connection: RedisConnection) {
        if isAsking {
            guard connection.send(RedisCommand("ASKING")) else { return call.end(.failure(.busy)) }
            sent.append(nil)
        }
        guard connection.send(call.command) else { return call.end(.failure(.busy)) }
        sent.append(call)
        watchDeadlines()
    }

    // MARK: The connection

    private func connect() {
        guard connection == nil, retryTimer == nil, !lane.isClosed else { return }
        connection = RedisConnection(to: endpoint, on: lane.loop, settings, for: self)
        connection?.open()
    }

    func opened(_ connection: RedisConnection) {
        guard connection === self.connection else { return }
        isUp = true
        failures = 0
        lastFailure = nil
        let ready = waiting
        waiting = []
        for (call, isAsking) in ready where !call.isEnded { transmit(call, asking: isAsking, on: connection) }
    }

    func received(_ value: RedisValue, on connection: RedisConnection) {
        guard connection === self.connection else { return }
        guard let entry = sent.popFirst() else { return connection.end(.malformed) }
        guard let call = entry else { return }
        lane.finish(call, value, from: self)
    }

    func ended(_ connection: RedisConnection, _ reason: RedisConnectionError) {
        guard connection === self.connection else { return }
        let wasIdle = isUp && sent.isEmpty
        lost(reason)
        // A server that closes idle connections is not one that fails.
        failures = wasIdle && failures == 0 ? 0 : failures + 1
        failWaiting()
        if failures > 0 { retryLater() }
    }

    private func lost(_ reason: RedisConnectionError) {
        connection = nil
        isUp = false
        lastFailure = reason
        let now = EventLoop.now
        for call in sent.takeAll() {
            call.end(.failure(reason == .timedOut && call.deadline <= now ? .timedOut : .connectionLost))
        }
    }

    private func failWaiting() {
        let refused = waiting
        waiting = []
        for (call, _) in refused { call.end(.failure(.unavailable)) }
    }

    private func retryLater() {
        guard retryTimer == nil, !lane.isClosed else { return }
        retryTimer = lane.loop.schedule(after: settings.retryDelay(after: failures)) { [weak self] in
            guard let self else { return }
            retryTimer = nil
            connect()
        }
    }

    // MARK: Deadlines

    /// All commands may wait equally long, so it is enough to look at the oldest.
    private func watchDeadlines() {
        guard deadlineTimer == nil, let oldest = sent.oldest ?? waiting.first(where: { !$0.call.isEnded })?.call
        else { return }
        let now = EventLoop.now
        let left = oldest.deadline > now ? oldest.deadline - now : 0
        deadlineTimer = lane.loop.schedule(after: .nanoseconds(Int64(clamping: left))) { [weak self] in
            guard let self else { return }
            deadlineTimer = nil
            checkDeadlines()
            watchDeadlines()
        }
    }

    private func checkDeadlines() {
        let now = EventLoop.now
        if let call = sent.oldest, call.deadline <= now {
            // What comes behind it would wait as long: a server that hangs is one that is down.
            connection?.end(.timedOut)
        } else if waiting.contains(where: { $0.call.deadline <= now && !$0.call.isEnded }) {
            // The connection may still be made; until then nobody else waits for it.
            failures = max(failures, 1)
            failWaiting()
        }
    }

    func close() {
        if let retryTimer { lane.loop.cancel(retryTimer) }
        if let deadlineTimer { lane.loop.cancel(deadlineTimer) }
        retryTimer = nil
        deadlineTimer = nil
        connection?.close()
        failures = max(failures, 1)
        lost(.unreachable(reason: "closed"))
        failWaiting()
    }
}
