// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSPostgres
internal import LMSEventLoop
internal import LMSTenancy

extension ShardPool {
    /// Makes a connection for a slot on the side pool, if a permit is free and no failed attempt has to be waited out.
    ///
    /// Whoever wants it waits in a queue; `pump()` comes back here.
    ///
    /// - Parameters:
    ///   - use: The slot.
    ///   - isSpare: Whether nobody waits for it: then it takes no permit that somebody else could.
    /// - Returns: Whether a connection is on its way.
    func connect(for use: Connection.Use, isSpare: Bool = false) -> Bool {
        guard retryTimer == nil, isSpare ? lane.takeSparePermit() : lane.takePermit(for: use, in: self) else {
            return false
        }
        mark(use, connecting: true)
        let configuration = lane.configuration
        let login = configuration.login(shard)
        let loop = lane.loop
        let here = LoopBound(self)
        let accepted = lane.sidePool.submit {
            let opened = Result { () throws(PostgresConnectionError) in
                try Link.open(for: use, configuration, as: login)
            }
            loop.execute { here.value.connected(opened, for: use) }
        }
        if !accepted {
            let busy = Result<Link, PostgresConnectionError>.failure(.busy)
            loop.execute { here.value.connected(busy, for: use) }
        }
        return true
    }

    private func mark(_ use: Connection.Use, connecting: Bool) {
        switch use {
        case .shared(let index): shared[index].isConnecting = connecting
        case .exclusive(let index): exclusive[index] = connecting ? .connecting : .empty
        }
    }

    private func connected(_ opened: Result<Link, PostgresConnectionError>, for use: Connection.Use) {
        mark(use, connecting: false)
        guard case .success(let link) = opened, !lane.isClosed else { return failed(opened) }
        let connection = Connection(link, for: use, in: self)
        do {
            try connection.start()
        } catch {
            return failed(.failure(.refused(detail: error.description)))
        }
        failures = 0
        lastFailure = nil
        lane.keepHouse()
        switch use {
        case .shared(let index):
            let old = shared[index].connection
            shared[index].connection = connection
            lane.slowLoads[index].set(shard, isOpen: true)
            if let old {
                old.isDraining = true
                if old.depth == 0 { close(old) }
            }
        case .exclusive(let index):
            exclusive[index] = .idle(connection)
        }
        pump()
    }

    /// Waits before the next attempt: 50 ms, doubling up to 1.6 s, give or take a quarter.
    private func failed(_ opened: Result<Link, PostgresConnectionError>) {
        lane.returnPermit()
        guard !lane.isClosed else { return }
        if case .failure(let error) = opened { lastFailure = error }
        failures += 1
        guard retryTimer == nil else { return }
        let milliseconds = Double(50 << min(failures - 1, 5)) * Double.random(in: 0.75...1.25)
        retryTimer = lane.loop.schedule(after: .milliseconds(Int(milliseconds))) { [weak self] in
            guard let self else { return }
            retryTimer = nil
            pump()
        }
    }
}

extension Link {
    /// Connects and prepares what every transaction starts and ends with; blocks.
    fileprivate static func open(
        for use: Connection.Use,
        _ configuration: PostgresConfiguration,
        as login: PostgresLogin?
    ) throws(PostgresConnectionError) -> Link {
        let link = try open(
            configuration.address,
            as: login,
            application: configuration.applicationName,
            timeoutInSeconds: max(2, configuration.connectTimeoutInSeconds)
        )
        let timeout =
            switch use {
            case .shared: configuration.readTimeout
            case .exclusive: configuration.statementTimeout
            }
        try link.prepare(
            "lms_settings",
            """
            SELECT set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $2, false), \
            set_config('search_path', '', false), set_config('TimeZone', 'UTC', false)
            """,
            types: [25, 25]
        )
        try link.run(
            "lms_settings",
            String(max(1, timeout.inNanoseconds / 1_000_000)),
            String(configuration.idleTransactionTimeout.inNanoseconds / 1_000_000)
        )
        let text = DatabaseType.text.rawValue
        try link.prepare(
            "lms_scope",
            "SELECT set_config('search_path', $1, true), set_config('role', $2, true)",
            types: [text, text]
        )
        try link.prepare("lms_path", "SELECT set_config('search_path', $1, true)", types: [text])
        try link.prepare("lms_begin", "BEGIN")
        try link.prepare("lms_commit", "COMMIT")
        try link.prepare("lms_rollback", "ROLLBACK")
        try link.enterPipeline()
        return link
    }
}
