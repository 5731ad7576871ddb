// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import LMSTenancy

extension Connection {
    /// How often a turn reads from a connection on which a reply goes on: about a megabyte.
    private static let roundLimit = 64

    /// Reads what has arrived and ends the exchanges that are complete.
    func receive() {
        guard !isBroken else { return }
        var isOpen = true
        var ended = false
        var round = 0
        // libpq takes some 16 KB at a time; the server waits as long as nobody takes the rest of a long reply.
        repeat {
            lastProgress = pool.lane.now
            isOpen = unsafe PQconsumeInput(link.handle) == 1
            ended = process() || ended
            round += 1
        } while isOpen && round < Connection.roundLimit && underWay > 0 && isConnected && link.hasInput
        if !isOpen || !isConnected {
            breakDown()
        } else if ended, !isBroken {
            pool.progressed(self)
        }
    }

    private var isConnected: Bool { unsafe PQstatus(link.handle) == CONNECTION_OK }
    private var hasReply: Bool { unsafe !isBroken && PQisBusy(link.handle) == 0 }

    /// Takes the replies that are complete; whether an exchange has ended.
    private func process() -> Bool {
        var hasEnded = false
        var separators = 0
        while !exchanges.isEmpty, hasReply {
            guard let result = unsafe PQgetResult(link.handle) else {
                // One ends a command's results. More mean that nothing is under way, which the queue contradicts.
                separators += 1
                if separators > 2 { break }
                continue
            }
            separators = 0
            let reply = unsafe Reply(result)
            hasEnded = take(reply) || hasEnded
        }
        return hasEnded
    }

    private func take(_ reply: borrowing Reply) -> Bool {
        guard let exchange = exchanges.first else { return false }
        switch reply.status {
        case PGRES_PIPELINE_SYNC:
            steps.popFirst()
            exchanges.popFirst()
            underWay -= 1 + exchange.followers.count
            if exchange.isSlow { slowUnderWay -= 1 }
            workingSince = lastProgress
            finish(exchange)
            return true
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
            succeed(steps.popFirst(), reply, exchange)
        case PGRES_PIPELINE_ABORTED:
            skip(steps.popFirst())
        case PGRES_FATAL_ERROR:
            fail(reply, exchange)
        default:
            // COPY and the like: no statement of ours does that, and there is no way back to the pipeline.
            for member in exchange.members { member.failure = .refused(sqlState: "0A000") }
            breakDown()
        }
        return false
    }

    private func succeed(_ step: Step?, _ reply: borrowing Reply, _ exchange: Exchange) {
        switch step {
        case .rows(let statement, let member):
            measure(statement, exchange)
            guard !member.isEnded else { return }
            let rows = reply.rows(known: statement?.shape)
            if let statement, statement.shape == nil { statement.shape = rows.shape }
            member.replies.append(rows)
        case .control where exchange.kind == .commit:
            exchange.commandTag = reply.commandTag
        case .control, .prepare, .sync, nil:
            break
        }
    }

    /// Notes how long a statement took; of those of one caller that are answered together it is the first's.
    ///
    /// Callers' that are answered together are not told apart, so that none is taken for slow who only had slow company.
    private func measure(_ statement: Statement?, _ exchange: Exchange) {
        if exchange.followers.isEmpty {
            let time = lastProgress - workingSince
            statement?.usualTime.took(time)
            exchange.time += time
        }
        workingSince = lastProgress
    }

    /// A command that the server did not run, because one before it failed.
    private func skip(_ step: Step?) {
        switch step {
        case .prepare(let statement, let member):
            statements.unprepare(statement)
            member.wasSkipped = true
        case .rows(_, let member): member.wasSkipped = true
        case .control, .sync, nil: break
        }
    }

    private func fail(_ reply: borrowing Reply, _ exchange: Exchange) {
        let failure = reply.failure
        // A commit that fails at the Sync, as a deferred constraint does, is told in the place of the Sync's own reply.
        if case .sync = steps.first { return exchange.note(failure) }
        switch steps.popFirst() {
        case .prepare(let statement, let member):
            member.note(failure)
            statements.unprepare(statement)
        case .rows(let statement, let member):
            measure(statement, exchange)
            member.note(failure)
            let state = reply.sqlState
            // 0A000: "cached plan must not change result type"; 26000: no such prepared statement.
            guard let statement, state == "0A000" || state == "26000" else { return }
            statements.unprepare(statement)
            member.isStale = true
        case .control, .sync, nil:
            for member in exchange.members { member.note(failure) }
        }
    }

    private func finish(_ exchange: Exchange) {
        lastUse = pool.lane.now
        let followers = exchange.followers
        exchange.followers = []
        settle(exchange)
        for follower in followers { settle(follower) }
    }

    private func settle(_ exchange: Exchange) {
        guard !exchange.isEnded else { return }
        if exchange.isStale {
            switch exchange.kind {
            case .read, .write, .open:
                // The server refused a prepared statement of ours and undid everything: once more without prepared statements.
                exchange.retry()
                exchange.attempts += 1
                submit(exchange)
            case .statements, .borrow, .commit, .rollback, .settle, .release:
                exchange.end(.serializationFailure)
            }
        } else if exchange.wasSkipped, exchange.failure == nil {
            // A neighbor's statement failed before this one's: once more, alone.
            exchange.retry()
            submit(exchange)
        } else {
            if exchange.failure == .connectionLost { exchange.failure = exchange.failureOfBrokenConnection }
            exchange.end()
        }
    }
}
