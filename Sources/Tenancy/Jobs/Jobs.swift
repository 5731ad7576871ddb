// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// The work of all tenants of one cell: leased to one worker at a time, fairly between tenants.
///
/// A worker that dies loses its leases after a time and another one gets the jobs. What a job changes in its tenant's schema happens
/// once, if it is finished in the transaction of the change (`SQL.finishJob`); any other effect happens at least once.
public struct Jobs: Sendable {
    let cell: any Database
    let installation: InstallationPrefix
    package let clock: WallClock
    /// The roles of the only tenants whose work is done; none for all.
    let roles: [String]

    /// Of two machines' clocks one is a little ahead, and what was due "now" on one is not yet due on the other.
    static let clockTolerance: TimeInterval = 0.1
    /// How many ended jobs are deleted at a time.
    public static let deletionBatch = 1_000

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cell: The cell's database, with the directory's login.
    ///   - installation: The installation's prefix.
    ///   - clock: Dates leases.
    ///   - tenants: The only tenants whose work is done; `nil` for all of the cell.
    public init(
        cell: any Database,
        installation: InstallationPrefix,
        clock: WallClock = .system,
        only tenants: [TenantID]? = nil
    ) {
        self.cell = cell
        self.installation = installation
        self.clock = clock
        let chosen = tenants?.map { RoleName($0, installation: installation).description }
        // Of no tenants nothing is done; no role has this name.
        roles = chosen.map { $0.isEmpty ? [""] : $0 } ?? []
    }

    /// Leases jobs that are due: of each queue first one of each tenant, then a second one of each, until there are enough.
    ///
    /// - Parameters:
    ///   - demands: The queues, with how many of each are wanted and who was served last.
    ///   - ends: What became of others, which is written in the same transaction.
    ///   - duration: How long the leases are.
    /// - Returns: The jobs, and when the next one is due.
    /// - Throws: `DatabaseError`. Nothing has then ended, unless it is `.unknownOutcome`; writing an end twice does no harm.
    public func lease(
        _ demands: [JobDemand],
        ending ends: [JobEnd] = [],
        for duration: Duration
    ) async throws(DatabaseError) -> LeasedJobs {
        let now = clock.now()
        let lease = UUID()
        let due = now.addingTimeInterval(Self.clockTolerance)
        let end = now.addingTimeInterval(duration.seconds)
        var statements = endings(ends, at: now)
        let wake = statements.count
        if !demands.isEmpty { statements.append(.wakeJobs(at: due, of: roles)) }
        for demand in demands {
            let (count, queue, last) = (demand.count, demand.queue, demand.lastRole)
            statements.append(
                .leaseJobs(count, of: queue, after: last, lease: lease, at: due, until: end, of: roles)
            )
        }
        let replies = try await cell.write(statements, scope: .cell)
        var leased = LeasedJobs(nextAt: demands.isEmpty ? nil : try replies[wake].only?["next_at"])
        leased.buried = try buried(ends, replies[..<wake])
        for (demand, rows) in zip(demands, replies.dropFirst(wake + 1)) {
            try leased.add(rows, of: demand, lease: lease, installation: installation)
        }
        return leased
    }

    /// Writes what became of jobs; nothing for those whose lease was lost.
    ///
    /// - Parameter ends: What became of which.
    /// - Returns: Those that were given up.
    /// - Throws: `DatabaseError`.
    @discardableResult
    public func end(_ ends: [JobEnd]) async throws(DatabaseError) -> [Job] {
        let replies = try await cell.write(endings(ends, at: clock.now()), scope: .cell)
        return try buried(ends, replies[...])
    }

    /// The statements: one for each end that is not a success, and one for all that are.
    private func endings(_ ends: [JobEnd], at now: Date) -> [SQL] {
        var done: [Job] = []
        var statements: [SQL] = []
        for end in ends {
            switch end {
            case .done(let job): done.append(job)
            case .failed(let job, let delay, let reason):
                let instant = now.addingTimeInterval(delay.seconds)
                statements.append(.failJob(job, retryingAt: instant, failure: String(reason.prefix(100)), at: now))
            case .waiting(let job, let instant, let reason):
                statements.append(.deferJob(job, until: instant, reason: reason.map { String($0.prefix(100)) }))
            case .dead(let job, let reason):
                statements.append(.buryJob(job, failure: String(reason.prefix(100)), at: now))
            }
        }
        if !done.isEmpty { statements.append(.completeJobs(done, at: now)) }
        return statements
    }

    private func buried(_ ends: [JobEnd], _ replies: ArraySlice<Rows>) throws(DatabaseError) -> [Job] {
        var buried: [Job] = []
        var replies = replies
        for end in ends {
            switch end {
            case .done: break
            case .waiting: _ = replies.popFirst()
            case .failed(let job, _, _), .dead(let job, _):
                let state: String? = try replies.popFirst()?.only?["state"]
                if state == "dead" { buried.append(job) }
            }
        }
        return buried
    }

    /// Extends leases.
    ///
    /// - Parameters:
    ///   - jobs: Jobs that are being done.
    ///   - duration: From now on.
    /// - Returns: The jobs that are still the worker's; the others are another's, or were cancelled.
    /// - Throws: `DatabaseError`.
    public func extend(_ jobs: [Job], for duration: Duration) async throws(DatabaseError) -> Set<Job.ID> {
        let end = clock.now().addingTimeInterval(duration.seconds)
        let replies = try await cell.write([.extendJobs(jobs, until: end), .selectHeldJobs(jobs)], scope: .cell)
        return try held(replies[1])
    }

    /// Asks which jobs are still the worker's.
    ///
    /// - Parameter jobs: Jobs that are being done.
    /// - Returns: Those that are.
    /// - Throws: `DatabaseError`.
    public func held(_ jobs: [Job]) async throws(DatabaseError) -> Set<Job.ID> {
        let replies = try await cell.read([.selectHeldJobs(jobs)], scope: .cell)
        return try held(replies[0])
    }

    private func held(_ rows: Rows) throws(DatabaseError) -> Set<Job.ID> {
        var held: Set<Job.ID> = []
        for row in rows { held.insert(try row["id"]) }
        return held
    }

    /// Writes how far a job is; does nothing if the lease was lost.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - progress: 0 through 100.
    ///   - code: What is being done, as a code of at most 100 characters.
    /// - Throws: `DatabaseError`.
    public func report(_ job: Job, progress: Int, code: String?) async throws(DatabaseError) {
        let statement = SQL.reportJob(
            job,
            progress: min(100, max(0, progress)),
            code: code.map { String($0.prefix(100)) }
        )
        _ = try await cell.write([statement], scope: .cell)
    }

    /// Deletes what ended and was kept long enough.
    ///
    /// What is known of services that nobody called in a day goes too.
    ///
    /// - Returns: How many jobs, at most `deletionBatch`.
    /// - Throws: `DatabaseError`.
    public func deleteEnded() async throws(DatabaseError) -> Int {
        let now = clock.now()
        let statements: [SQL] = [
            .deleteEndedJobs(at: now, limit: Self.deletionBatch, of: roles), .deleteOldBreakers(at: now, of: roles),
        ]
        return try await cell.write(statements, scope: .cell)[0].affected
    }
}

/// How many jobs of a queue a worker wants.
public struct JobDemand: Sendable, Hashable {
    /// The queue.
    public let queue: JobQueue
    /// How many at most.
    public let count: Int
    /// The role that was served last, after which the round goes on.
    let lastRole: String

    /// Asks for jobs.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - queue: The queue.
    ///   - leased: What was leased before, so that the round goes on behind it.
    public init(_ count: Int, of queue: JobQueue, after leased: LeasedJobs? = nil) {
        self.count = count
        self.queue = queue
        lastRole = leased?.lastRoles[queue] ?? ""
    }
}

extension LeasedJobs {
    mutating func add(
        _ rows: Rows,
        of demand: JobDemand,
        lease: UUID,
        installation: InstallationPrefix
    ) throws(DatabaseError) {
        var lastPlace = 0
        for row in rows {
            let role: String = try row["tenant_role"]
            let place: Int = try row["place"]
            if place > lastPlace {
                lastPlace = place
                lastRoles[demand.queue] = role
            }
            // Another installation on the same cluster has a cell of its own; a name that is not ours is nobody's here.
            guard let tenant = TenantID(role: role, installation: installation) else { continue }
            jobs.append(try Job(row: row, of: demand.queue, lease: lease, tenant: tenant, role: role))
        }
    }
}

/// What a worker got.
public struct LeasedJobs: Sendable {
    /// The jobs.
    public internal(set) var jobs: [Job] = []
    /// When the next job is due that is not yet.
    public let nextAt: Date?
    /// Those that were given up by what was ended.
    public internal(set) var buried: [Job] = []
    var lastRoles: [JobQueue: String] = [:]

    init(nextAt: Date?) {
        self.nextAt = nextAt
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
