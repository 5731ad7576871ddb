// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop

/// One loop's connections: to the one server, or to the nodes of a cluster as their redirects tell of them.
///
/// SAFETY: the stored properties are confined to `loop`; other threads only post closures to it.
final class RedisLane: @unchecked Sendable {
    let loop: EventLoop
    let settings: RedisSettings
    private(set) var isClosed = false
    private var nodes: [RedisEndpoint: RedisNode] = [:]
    /// Which node has a slot; empty where there is no cluster.
    private var slots: [RedisEndpoint?] = []
    private var isAskingForSlots = false
    private var slotsAskedAt: UInt64 = 0

    /// A cluster that sends a command about more often than this is being rearranged, or is broken.
    private static let hopLimit = 5
    /// More servers than this are no cluster of ours.
    private static let nodeLimit = 256

    init(loop: EventLoop, settings: RedisSettings) {
        self.loop = loop
        self.settings = settings
    }

    func start(_ call: RedisCall) {
        guard call.begin() else { return }
        guard !isClosed else { return call.end(.failure(.unavailable)) }
        guard !call.command.isTooLong else { return call.end(.failure(.refused(code: "TOOLONG"))) }
        call.deadline = EventLoop.now &+ settings.configuration.commandTimeout.inNanoseconds
        route(call.command.slot)?.submit(call) ?? call.end(.failure(.unavailable))
    }

    /// How the server at the configured address failed last; `nil` if it did not.
    var lastFailure: RedisConnectionError? { nodes[settings.seed]?.lastFailure }

    /// A slot's node, else the configured one, else any that can be reached: each can tell whose a slot is.
    private func route(_ slot: Int?) -> RedisNode? {
        if let slot, !slots.isEmpty, let endpoint = slots[slot], let owner = node(endpoint), !owner.isFailing {
            return owner
        }
        let seed = node(settings.seed)
        guard seed?.isFailing == true, !slots.isEmpty else { return seed }
        return nodes.values.first { !$0.isFailing } ?? seed
    }

    private func node(_ endpoint: RedisEndpoint) -> RedisNode? {
        if let node = nodes[endpoint] { return node }
        guard nodes.count < RedisLane.nodeLimit else { return nil }
        let node = RedisNode(endpoint, on: self)
        nodes[endpoint] = node
        return node
    }

    /// Ends a command with its answer, or sends it on.
    func finish(_ call: RedisCall, _ value: RedisValue, from node: RedisNode) {
        switch value {
        case .redirect(let redirect): follow(redirect, call, from: node)
        case .error(let code): call.end(.failure(.refused(code: code)))
        case .null, .integer, .string, .array: call.end(.success(value))
        }
    }

    private func follow(_ redirect: RedisRedirect, _ call: RedisCall, from node: RedisNode) {
        let target = RedisEndpoint(host: redirect.host ?? node.endpoint.host, port: redirect.port)
        if !redirect.isOnce {
            if slots.isEmpty { slots = Array(repeating: nil, count: HashSlot.count) }
            slots[redirect.slot] = target
            askForSlots(node)
        }
        call.hops += 1
        guard call.hops <= RedisLane.hopLimit else { return call.end(.failure(.redirectedTooOften)) }
        guard let next = self.node(target) else { return call.end(.failure(.unavailable)) }
        next.submit(call, asking: redirect.isOnce)
    }

    /// Where to listen: the configured server, and after failures one after another of those that are known.
    func listeningEndpoint(attempt: Int) -> RedisEndpoint {
        let others = Set(slots.compactMap(\.self)).subtracting([settings.seed])
        let known = [settings.seed] + others.sorted { ($0.host, $0.port) < ($1.host, $1.port) }
        return known[attempt % known.count]
    }

    // MARK: Slots

    /// Reads the whole map after a slot was not where it was thought to be, at most once a second.
    private func askForSlots(_ node: RedisNode) {
        let now = EventLoop.now
        guard !isAskingForSlots, slotsAskedAt == 0 || now &- slotsAskedAt > 1_000_000_000 else { return }
        isAskingForSlots = true
        slotsAskedAt = now
        let host = node.endpoint.host
        let call = RedisCall(RedisCommand("CLUSTER", ["SLOTS"])) { [weak self] answer in
            self?.isAskingForSlots = false
            if case .success(let value) = answer { self?.take(slots: value, from: host) }
        }
        call.deadline = now &+ settings.configuration.commandTimeout.inNanoseconds
        node.submit(call)
    }

    private func take(slots value: RedisValue, from host: String) {
        var map = [RedisEndpoint?](repeating: nil, count: HashSlot.count)
        var owners: Set<RedisEndpoint> = [settings.seed]
        for range in value.array ?? [] {
            guard let parts = range.array, parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
                0 <= first, first <= last, last < HashSlot.count,
                let owner = parts[2].array, owner.count >= 2, let port = owner[1].integer.flatMap(UInt16.init(exactly:))
            else { continue }
            let name = owner[0].text ?? ""
            let endpoint = RedisEndpoint(host: name.isEmpty || name == "?" ? host : name, port: port)
            owners.insert(endpoint)
            for slot in first...last { map[slot] = endpoint }
        }
        slots = map
        for (endpoint, node) in nodes where !owners.contains(endpoint) && node.isIdle {
            node.close()
            nodes[endpoint] = nil
        }
    }

    func close() {
        isClosed = true
        for node in nodes.values { node.close() }
        nodes = [:]
    }
}

extension Duration {
    var inNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
    }
}
