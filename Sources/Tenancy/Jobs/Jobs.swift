// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// The work of all tenants of one cell: leased to one worker at a time, fairly between tenants.
///
/// A job is leased at least once. A worker that dies loses its lease after a time and another one gets the job, so what a
/// job does must be safe to do twice.
public struct Jobs: Sendable {
    private let cell: any Database
    private let installation: InstallationPrefix
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cell: The cell's database, with the directory's login.
    ///   - installation: The installation's prefix.
    ///   - clock: Dates leases.
    public init(cell: any Database, installation: InstallationPrefix, clock: WallClock = .system) {
        self.cell = cell
        self.installation = installation
        self.clock = clock
    }

    /// Leases jobs that are due: first one of each tenant, then a second one of each, until there are enough.
    ///
    /// - Parameters:
    ///   - limit: How many at most, 1 through 100.
    ///   - kinds: The kinds that the worker does.
    ///   - duration: How long the lease is.
    /// - Returns: The jobs; none if nothing is due.
    /// - Throws: `DatabaseError`.
    public func lease(
        _ limit: Int,
        of kinds: [JobKind],
        for duration: Duration
    ) async throws(DatabaseError) -> [Job] {
        let now = clock.now()
        let lease = UUID()
        let end = now.addingTimeInterval(duration.seconds)
        let statement = SQL.leaseJobs(limit, of: kinds, lease: lease, at: now, until: end)
        let rows = try await cell.write([statement], scope: .cell).first ?? Rows.empty
        var jobs: [Job] = []
        for row in rows {
            let role: String = try row["tenant_role"]
            // Another installation on the same cluster has a cell of its own; a name that is not ours is nobody's here.
            guard let tenant = TenantID(role: role, installation: installation) else { continue }
            jobs.append(
                Job(
                    id: try row["id"],
                    lease: lease,
                    tenant: tenant,
                    kind: try row["kind"],
                    subject: try row["subject"],
                    attempts: try row["attempts"]
                )
            )
        }
        return jobs
    }

    /// Removes a job that is done; does nothing if the lease was lost.
    ///
    /// - Parameter job: The job.
    /// - Throws: `DatabaseError`.
    public func complete(_ job: Job) async throws(DatabaseError) {
        _ = try await cell.write([.deleteJob(job)], scope: .cell)
    }

    /// Gives a job back to be tried again; does nothing if the lease was lost.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - delay: After how long.
    ///   - reason: Why, as a code of at most 100 characters.
    /// - Throws: `DatabaseError`.
    public func retry(_ job: Job, after delay: Duration, because reason: String) async throws(DatabaseError) {
        let instant = clock.now().addingTimeInterval(delay.seconds)
        _ = try await cell.write([.retryJob(job, at: instant, failure: String(reason.prefix(100)))], scope: .cell)
    }

    /// Gives a job up; it stays for whoever looks after the installation.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - reason: Why, as a code of at most 100 characters.
    /// - Throws: `DatabaseError`.
    public func bury(_ job: Job, because reason: String) async throws(DatabaseError) {
        _ = try await cell.write([.buryJob(job, at: clock.now(), failure: String(reason.prefix(100)))], scope: .cell)
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
