// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// Keeps the schedules of a cell's tenants; the workers enqueue what they name (`cell.fire_schedules`).
public struct JobSchedules: Sendable {
    private let cell: any Database
    private let installation: InstallationPrefix
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cell: The cell's database, with the directory's login.
    ///   - installation: The installation's prefix.
    ///   - clock: Says from when on work is due.
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

    /// Makes the schedules of tenants what they should be: all of them for those that are served, none for the others.
    ///
    /// A schedule that is as it was keeps the instant at which it is due next; another, or one whose tenant has moved to another time
    /// zone, is due at the next instant that it names.
    ///
    /// - Parameters:
    ///   - schedules: All schedules.
    ///   - tenants: Some of the tenants.
    /// - Throws: `DatabaseError`.
    public func keep(_ schedules: [JobSchedule], of tenants: [Tenant]) async throws(DatabaseError) {
        guard !tenants.isEmpty else { return }
        let now = clock.now()
        let served = tenants.filter { $0.status == .active }
        let roles = served.map(\.placement.role.description)
        let kinds = schedules.map(\.kind.description)
        var statements: [SQL] = [
            .deleteSchedules(of: tenants.map(\.placement.role.description), served: roles, kinds: kinds)
        ]
        let zones = served.map(\.settings.timeZone)
        for schedule in schedules where !served.isEmpty {
            statements.append(.upsertSchedule(schedule, of: roles, served.map(\.id.uuid), zones: zones, at: now))
        }
        _ = try await cell.write(statements, scope: .cell)
    }
}

extension SQL {
    static func deleteSchedules(of roles: [String], served: [String], kinds: [String]) -> SQL {
        """
        DELETE FROM job_schedules
        WHERE tenant_role = ANY (\(roles)) AND NOT (tenant_role = ANY (\(served)) AND kind = ANY (\(kinds)))
        """
    }

    /// A time zone that this server does not know is taken for UTC.
    static func upsertSchedule(
        _ schedule: JobSchedule,
        of roles: [String],
        _ subjects: [UUID],
        zones: [String],
        at now: Date
    ) -> SQL {
        let cron = schedule.cron
        return """
            INSERT INTO job_schedules AS s (tenant_role, kind, subject, minutes, hours, days, months, weekdays, time_zone, next_at)
            SELECT t.tenant_role, \(schedule.kind), t.subject, c.minutes, c.hours, c.days, c.months, c.weekdays, z.name,
                coalesce(cell.next_due(c.minutes, c.hours, c.days, c.months, c.weekdays, z.name, \(now)), 'infinity')
            FROM unnest(\(roles), \(subjects), \(zones)) AS t (tenant_role, subject, time_zone)
                CROSS JOIN (SELECT \(cron.minutes)::integer[], \(cron.hours)::integer[], \(cron.days)::integer[],
                    \(cron.months)::integer[], \(cron.weekdays)::integer[]) AS c (minutes, hours, days, months, weekdays)
                CROSS JOIN LATERAL (
                    SELECT coalesce((SELECT n.name FROM pg_timezone_names n WHERE n.name = t.time_zone), 'UTC') AS name
                ) z
            WHERE NOT EXISTS (
                SELECT FROM job_schedules o
                WHERE o.tenant_role = t.tenant_role AND o.kind = \(schedule.kind) AND o.time_zone = z.name
                    AND (o.minutes, o.hours, o.days, o.months, o.weekdays) = (c.minutes, c.hours, c.days, c.months, c.weekdays)
            )
            ON CONFLICT ON CONSTRAINT job_schedules_key DO UPDATE SET minutes = excluded.minutes, hours = excluded.hours,
                days = excluded.days, months = excluded.months, weekdays = excluded.weekdays, time_zone = excluded.time_zone,
                next_at = excluded.next_at
            """
    }
}
