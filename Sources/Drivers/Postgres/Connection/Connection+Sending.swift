// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import LMSTenancy

extension Connection {
    /// Sends an exchange behind those that are under way.
    func submit(_ exchange: Exchange) {
        guard !isBroken else {
            for member in exchange.members { member.end(member.kind == .borrow ? .unavailable : .connectionLost) }
            return
        }
        if exchanges.isEmpty {
            lastProgress = pool.lane.now
            workingSince = lastProgress
        }
        exchanges.append(exchange)
        underWay += 1 + exchange.followers.count
        if exchange.isSlow { slowUnderWay += 1 }
        guard send(exchange), synchronize() else { return breakDown() }
    }

    private func send(_ exchange: Exchange) -> Bool {
        switch exchange.kind {
        case .read, .write:
            return send(exchange.scope) && send(statementsOf: exchange)
                && exchange.followers.allSatisfy { send(statementsOf: $0) }
        case .open:
            // A second attempt finds the transaction that the first one left in error.
            if exchange.attempts > 0, !sendPrepared("lms_rollback") { return false }
            return sendPrepared("lms_begin") && send(exchange.scope) && send(statementsOf: exchange)
        case .statements:
            return send(statementsOf: exchange)
        case .commit:
            return sendPrepared("lms_commit")
        case .rollback:
            return sendPrepared("lms_rollback")
        case .settle, .borrow:
            return true
        case .release:
            return sendRelease()
        }
    }

    private func synchronize() -> Bool {
        steps.append(.sync)
        // libpq 15 flushes here; what the socket did not take goes out when it is writable.
        guard unsafe PQpipelineSync(link.handle) == 1 else { return false }
        flush()
        return true
    }

    /// Sets whose data the statements see: the path first, because the role takes away the right to set anything.
    private func send(_ scope: Scope) -> Bool {
        let lane = pool.lane
        lane.parameters.removeAll()
        lane.parameters.append(text: scope.searchPath)
        if let role = scope.role { lane.parameters.append(text: role) }
        let name = scope.role == nil ? "lms_path" : "lms_scope"
        steps.append(.control)
        return run(name)
    }

    private func sendPrepared(_ name: String) -> Bool {
        pool.lane.parameters.removeAll()
        steps.append(.control)
        return run(name)
    }

    private func send(statementsOf exchange: Exchange) -> Bool {
        exchange.replies.reserveCapacity(exchange.statements.count)
        for statement in exchange.statements {
            guard send(statement, exchange) else { return false }
        }
        return true
    }

    private func send(_ sql: SQL, _ exchange: Exchange) -> Bool {
        let lane = pool.lane
        lane.parameters.removeAll()
        for bind in sql.binds { lane.parameters.append(bind) }
        // The second attempt of a stale exchange uses no prepared statement.
        guard exchange.attempts == 0 else { return runUnnamed(sql.text, for: exchange) }
        let statement = statements.use(sql, in: exchange.scope.key)
        if statement.isPrepared {
            guard statement.types == lane.parameters.types else { return runUnnamed(sql.text, for: exchange) }
        } else {
            guard statement.uses > 1 else { return runUnnamed(sql.text, for: exchange) }
            guard prepare(statement, for: exchange) else { return false }
        }
        steps.append(.rows(statement, exchange))
        return run(statement.name)
    }

    private func prepare(_ statement: Statement, for exchange: Exchange) -> Bool {
        statement.name = statements.nextName()
        statement.types = pool.lane.parameters.types
        steps.append(.prepare(statement, exchange))
        return unsafe PQsendPrepare(
            link.handle,
            statement.name,
            statement.text,
            Int32(statement.types.count),
            statement.types
        ) == 1
    }

    private func run(_ name: String) -> Bool {
        unsafe pool.lane.parameters.withArrays { count, _, values, lengths, formats in
            unsafe PQsendQueryPrepared(link.handle, name, count, values, lengths, formats, 1) == 1
        }
    }

    private func runUnnamed(_ text: String, for exchange: Exchange) -> Bool {
        steps.append(.rows(nil, exchange))
        return unsafe pool.lane.parameters.withArrays { count, types, values, lengths, formats in
            unsafe PQsendQueryParams(link.handle, text, count, types, values, lengths, formats, 1) == 1
        }
    }

    /// Tells the server to forget statements; libpq 15 cannot send Close.
    private func sendRelease() -> Bool {
        pool.lane.parameters.removeAll()
        for name in statements.takeReleased() {
            steps.append(.control)
            let sent = unsafe PQsendQueryParams(link.handle, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1
            guard sent else { return false }
        }
        return true
    }
}
