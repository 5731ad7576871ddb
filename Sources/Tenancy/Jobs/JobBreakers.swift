// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Keeps jobs from calling a service outside that fails, in all processes.
///
/// After `threshold` failures one after another a tenant's jobs do not call the service for a while, which doubles with each failure up to
/// `longest`; then one of them tries. The first success closes the breaker.
public struct JobBreakers: Sendable {
    private let cell: any Database
    private let installation: InstallationPrefix
    private let clock: WallClock

    /// After how many failures one after another a breaker opens.
    public static let threshold = 5
    /// How long it is open at first.
    public static let shortest = Duration.seconds(30)
    /// How long it is open at most.
    public static let longest = Duration.seconds(900)

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cell: The cell's database, with the directory's login.
    ///   - installation: The installation's prefix.
    ///   - clock: Dates failures.
    public init(cell: any Database, installation: InstallationPrefix, clock: WallClock = .system) {
        self.cell = cell
        self.installation = installation
        self.clock = clock
    }

    /// Makes the service for the same work.
    ///
    /// - Parameter jobs: The work.
    package init(_ jobs: Jobs) {
        self.init(cell: jobs.cell, installation: jobs.installation, clock: jobs.clock)
    }

    /// Whether a service may be called.
    @nonexhaustive
    public enum Verdict: Sendable, Equatable {
        /// It may; `isSound` if nothing is known against it.
        case call(isSound: Bool)
        /// It may not before then.
        case wait(until: Date)
    }

    /// Asks whether a service may be called; of those who ask when an open breaker's time is over, one gets a yes.
    ///
    /// - Parameters:
    ///   - service: The kind of work, or the host, at most 255 characters.
    ///   - tenant: Whose jobs call it.
    /// - Returns: The verdict; whoever gets a yes tells what came of it.
    /// - Throws: `DatabaseError`.
    public func admit(to service: String, for tenant: TenantID) async throws(DatabaseError) -> Verdict {
        let role = RoleName(tenant, installation: installation).description
        let now = clock.now()
        let known = try await cell.read([.selectBreaker(role, service)], scope: .cell)
        guard let row = known.first?.only else { return .call(isSound: true) }
        let openUntil: Date? = try row["open_until"]
        guard let openUntil else { return .call(isSound: false) }
        guard openUntil <= now else { return .wait(until: openUntil) }
        let next = now.addingTimeInterval(Self.shortest.seconds)
        let taken = try await cell.write([.takeBreakerProbe(role, service, at: now, next: next)], scope: .cell)
        return taken.first?.only == nil ? .wait(until: next) : .call(isSound: false)
    }

    /// Closes a breaker.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - tenant: Whose jobs call it.
    /// - Throws: `DatabaseError`.
    public func succeeded(_ service: String, for tenant: TenantID) async throws(DatabaseError) {
        let role = RoleName(tenant, installation: installation).description
        _ = try await cell.write([.deleteBreaker(role, service)], scope: .cell)
    }

    /// Counts a failure, and opens the breaker if it was one too many.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - tenant: Whose jobs call it.
    /// - Throws: `DatabaseError`.
    public func failed(_ service: String, for tenant: TenantID) async throws(DatabaseError) {
        let role = RoleName(tenant, installation: installation).description
        _ = try await cell.write([.countBreakerFailure(role, service, at: clock.now())], scope: .cell)
    }
}

extension SQL {
    static func selectBreaker(_ role: String, _ service: String) -> SQL {
        "SELECT open_until FROM job_breakers WHERE tenant_role = \(role) AND service = \(service)"
    }

    static func takeBreakerProbe(_ role: String, _ service: String, at now: Date, next: Date) -> SQL {
        """
        UPDATE job_breakers SET open_until = \(next)
        WHERE tenant_role = \(role) AND service = \(service) AND open_until <= \(now)
        RETURNING service
        """
    }

    static func deleteBreaker(_ role: String, _ service: String) -> SQL {
        "DELETE FROM job_breakers WHERE tenant_role = \(role) AND service = \(service)"
    }

    static func countBreakerFailure(_ role: String, _ service: String, at now: Date) -> SQL {
        let (threshold, shortest) = (JobBreakers.threshold, JobBreakers.shortest.seconds)
        return """
            INSERT INTO job_breakers AS b (tenant_role, service, failures, updated_at)
            VALUES (\(role), \(service), 1, \(now))
            ON CONFLICT ON CONSTRAINT job_breakers_key DO UPDATE SET failures = b.failures + 1, updated_at = excluded.updated_at,
                open_until = CASE WHEN b.failures + 1 >= \(threshold) THEN \(now)::timestamptz + make_interval(secs => least(
                    \(JobBreakers.longest.seconds), \(shortest) * 2 ^ least(b.failures + 1 - \(threshold), 10)::double precision))
                END
            """
    }

    /// Those that nobody has asked for in a day are for nothing.
    static func deleteOldBreakers(at now: Date, of roles: [String]) -> SQL {
        """
        DELETE FROM job_breakers
        WHERE updated_at < \(now.addingTimeInterval(-86_400)) AND (\(roles) = '{}' OR tenant_role = ANY (\(roles)))
        """
    }
}
