// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension ShardPool {
    /// Sends a read over the tenant's shared connection, or its successor if that is full, or has it wait.
    func read(_ exchange: Exchange) {
        guard !exchange.isCancelled else { return exchange.end(.cancelled) }
        guard !lane.isClosed else { return exchange.end(.unavailable) }
        let home = lane.slot(for: exchange.scope)
        if shared[home].waiting.isEmpty, let connection = open(home) { return connection.gather(exchange) }
        if shared[home].connection != nil, shared.count > 1, let successor = open((home + 1) % shared.count) {
            return successor.gather(exchange)
        }
        guard waitingReads < lane.configuration.waitingLimit else { return exchange.end(.unavailable) }
        waitingReads += 1
        shared[home].waiting.append(exchange)
        startWaiting(exchange)
        pumpShared(home)
    }

    /// The caller of a read went away: its reply is abandoned, because a cancel request would hit a neighbor.
    func cancelRead(_ exchange: Exchange) {
        exchange.isCancelled = true
        // One that has not come yet is ended when it does.
        guard exchange.hasStarted, !exchange.isEnded else { return }
        if exchange.timer != nil {
            leaveQueue(exchange, .cancelled)
        } else {
            exchange.end(.cancelled)
        }
    }

    /// Sends what came while the connection was full of what has gone elsewhere since.
    func gatheredWasSent(_ connection: Connection) {
        guard case .shared(let index) = connection.use, !shared[index].waiting.isEmpty else { return }
        pumpShared(index)
    }

    /// A slot's connection, if it takes another read.
    func open(_ index: Int) -> Connection? {
        guard let connection = shared[index].connection, !connection.isDraining,
            connection.depth < lane.configuration.pipelineLimit,
            connection.depth > 0 || connection.isAlive()
        else { return nil }
        return connection
    }

    /// Sends what waits at a slot, or gets it a connection.
    func pumpShared(_ index: Int) {
        while !shared[index].waiting.isEmpty, let connection = open(index) { sendFirst(of: index, over: connection) }
        guard !shared[index].waiting.isEmpty, shared[index].connection == nil, !shared[index].isConnecting else {
            return
        }
        if connect(for: .shared(slot: index)) { return }
        // No permit: another slot's connection costs the server a colder cache, waiting costs the caller more.
        for other in shared.indices where other != index {
            while !shared[index].waiting.isEmpty, let connection = open(other) {
                sendFirst(of: index, over: connection)
            }
        }
    }

    private func sendFirst(of index: Int, over connection: Connection) {
        let exchange = shared[index].waiting.removeFirst()
        waitingReads -= 1
        stopWaiting(exchange, nil)
        connection.gather(exchange)
    }

    /// Makes the successor of a connection that has lived long enough; the old one ends when its replies have come.
    func replace(_ connection: Connection, at index: Int) {
        guard !connection.isDraining, !shared[index].isConnecting, shared[index].connection === connection,
            lane.now - connection.lastReplacement > 1_000_000_000
        else { return }
        connection.lastReplacement = lane.now
        if connect(for: .shared(slot: index)) { return }
        // Without a permit for two at a time the old one ends as soon as nothing is under way.
        if connection.depth == 0 { close(connection) }
    }
}
