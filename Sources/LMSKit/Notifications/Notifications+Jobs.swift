// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// Notes in the log that what was to go out will not, because its jobs were given up or cancelled.
    ///
    /// A delivery that waits becomes `failed`, with the last reason; one that some device has becomes `sent`. Each is noted once, whoever
    /// asks how often; it waits again when its job is tried again (`TenantJobs.retry`). The deliveries' rows are locked meanwhile.
    ///
    /// - Parameters:
    ///   - subjects: The jobs' subjects; `nil` for all jobs that are kept.
    ///   - tenant: The tenant whose they are.
    ///   - tenants: Opens the transaction.
    /// - Returns: How many deliveries ended.
    /// - Throws: `NotificationError.database`.
    @discardableResult
    public func noteEndedJobs(
        of subjects: [UUID]? = nil,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(NotificationError) -> Int {
        let jobs: SQL = subjects.map { "j.subject = ANY(\($0))" } ?? "true"
        let statements: [SQL] = [.lockDeliveries(ofEnded: jobs), .endDeliveries(ofEnded: jobs, at: clock.now())]
        do {
            return try await tenants.write(statements, for: tenant, as: Self.principal)[1].affected
        } catch {
            throw NotificationError(error)
        }
    }

    /// The kinds of jobs that carry notifications.
    public static let jobKinds: Set<JobKind> = [.mail, .push, .sms]
}

extension SQL {
    /// The deliveries of jobs, and what became of the jobs.
    ///
    /// - Parameter jobs: Which jobs `j`.
    /// - Returns: A SELECT of `id`, `state` and `failure`.
    private static func carried(by jobs: SQL) -> SQL {
        """
        SELECT c.id, j.state, j.failure FROM cell.tenant_jobs j
            JOIN notification_deliveries c ON c.id = j.subject AND c.channel = j.kind
        WHERE j.kind IN ('push', 'sms') AND \(jobs)
        UNION ALL
        SELECT c.id, j.state, j.failure FROM cell.tenant_jobs j
            JOIN mail_messages m ON m.id = j.subject AND m.status = 'queued'
            JOIN notification_deliveries c ON c.mail_id = j.subject
        WHERE j.kind = 'mail' AND \(jobs)
        """
    }

    private static func ended(_ jobs: SQL) -> SQL {
        carried(by: "j.state IN ('dead', 'cancelled') AND \(jobs)")
    }

    /// Whoever tries such a job again meanwhile locks the same rows: the statement after this one sees what they did.
    fileprivate static func lockDeliveries(ofEnded jobs: SQL) -> SQL {
        """
        SELECT d.id FROM notification_deliveries d
        WHERE d.status = 'pending' AND d.id IN (SELECT e.id FROM (\(ended(jobs))) e) ORDER BY d.id FOR NO KEY UPDATE
        """
    }

    fileprivate static func endDeliveries(ofEnded jobs: SQL, at instant: Date) -> SQL {
        """
        UPDATE notification_deliveries d SET finished_at = \(instant),
            status = CASE WHEN s.is_sent THEN 'sent' ELSE 'failed' END,
            reason = CASE WHEN s.is_sent THEN NULL WHEN e.state = 'cancelled' THEN 'canceled'
                ELSE left(replace(coalesce(e.failure, 'given_up'), ' ', '_'), 60) END
        FROM (\(ended(jobs))) e CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM notification_attempts a WHERE a.delivery_id = e.id AND a.outcome = 'sent') AS is_sent
        ) s
        WHERE d.id = e.id AND d.status = 'pending'
        """
    }

    /// Has the deliveries of a job that is tried again wait for it; of several devices those that were not told.
    ///
    /// A row that waits already is touched all the same, so that nobody ends it who looked before.
    static func reopenDeliveries(ofJob id: QueuedJob.ID) -> SQL {
        """
        UPDATE notification_deliveries d SET status = 'pending', finished_at = NULL,
            reason = CASE d.status WHEN 'pending' THEN d.reason END
        FROM (\(carried(by: "j.state = 'ready' AND j.id = \(id)"))) e
        WHERE d.id = e.id AND (d.status IN ('pending', 'failed') OR d.status = 'sent' AND d.channel = 'push')
        """
    }
}
