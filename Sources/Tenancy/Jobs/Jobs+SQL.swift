// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

extension SQL {
    static func wakeJobs(at now: Date, of roles: [String]) -> SQL {
        "SELECT cell.wake_jobs(\(now), \(roles)) AS next_at"
    }

    static func leaseJobs(
        _ wanted: Int,
        of queue: JobQueue,
        after role: String,
        lease: UUID,
        at now: Date,
        until end: Date,
        of roles: [String]
    ) -> SQL {
        """
        SELECT id, tenant_role, kind, subject, payload, attempts::bigint AS attempts, max_attempts::bigint AS max_attempts,
            place::bigint AS place, extract(epoch FROM waited)::double precision AS waited
        FROM cell.lease_jobs(\(queue), \(wanted)::integer, \(role), \(lease), \(now), \(end), \(roles))
        """
    }

    /// Ends jobs whose leases still hold; those of kinds that are kept stay as done.
    static func completeJobs(_ jobs: [Job], at now: Date) -> SQL {
        """
        WITH mine AS (
            SELECT j.tenant_role, j.id, k.done_kept IS NOT NULL AS is_kept
            FROM unnest(\(jobs.map(\.role)), \(jobs.map(\.id)), \(jobs.map(\.lease))) AS m (tenant_role, id, lease)
                JOIN jobs j ON j.tenant_role = m.tenant_role AND j.id = m.id AND j.lease = m.lease
                JOIN job_kinds k ON k.kind = j.kind
            FOR UPDATE OF j
        ), kept AS (
            UPDATE jobs j SET state = 'done', lease = NULL, progress = 100, failure = NULL, ended_at = \(now)
            FROM mine m WHERE m.is_kept AND j.tenant_role = m.tenant_role AND j.id = m.id
        )
        DELETE FROM jobs j USING mine m WHERE NOT m.is_kept AND j.tenant_role = m.tenant_role AND j.id = m.id
        """
    }

    /// Puts a job back, or gives it up after its last attempt.
    ///
    /// Others of its kind and subject that failed before are covered by it, and it is covered by one that was never tried.
    static func failJob(_ job: Job, retryingAt instant: Date, failure: String, at now: Date) -> SQL {
        """
        WITH mine AS (
            SELECT j.tenant_role, j.id, j.kind, j.subject, j.payload, j.attempts < k.max_attempts AS is_retried
            FROM jobs j JOIN job_kinds k ON k.kind = j.kind
            WHERE j.tenant_role = \(job.role) AND j.id = \(job.id) AND j.lease = \(job.lease) FOR UPDATE OF j
        ), covering AS (
            SELECT f.id FROM mine m JOIN jobs f
                ON f.tenant_role = m.tenant_role AND f.kind = m.kind AND f.subject = m.subject AND f.payload = m.payload
            WHERE m.is_retried AND f.is_fresh AND f.state = 'ready' AND f.due = '-infinity'
        ), covered AS (
            DELETE FROM jobs j USING mine m
            WHERE m.is_retried AND NOT j.is_fresh AND j.state IN ('scheduled', 'ready')
                AND j.tenant_role = m.tenant_role AND j.kind = m.kind AND j.subject = m.subject AND j.payload = m.payload
        ), dropped AS (
            DELETE FROM jobs j USING mine m
            WHERE j.tenant_role = m.tenant_role AND j.id = m.id AND EXISTS (SELECT FROM covering)
        )
        UPDATE jobs j SET
            state = CASE WHEN m.is_retried THEN 'scheduled' ELSE 'dead' END,
            ended_at = CASE WHEN NOT m.is_retried THEN \(now)::timestamptz END,
            run_at = \(instant), lease = NULL, failure = \(failure)
        FROM mine m
        WHERE j.tenant_role = m.tenant_role AND j.id = m.id AND NOT EXISTS (SELECT FROM covering)
        RETURNING j.state
        """
    }

    /// Puts a job back without counting the attempt.
    static func deferJob(_ job: Job, until instant: Date, reason: String?) -> SQL {
        """
        UPDATE jobs SET state = 'scheduled', run_at = \(instant), lease = NULL, attempts = attempts - 1,
            failure = coalesce(\(reason), failure)
        WHERE tenant_role = \(job.role) AND id = \(job.id) AND lease = \(job.lease)
        """
    }

    static func buryJob(_ job: Job, failure: String, at now: Date) -> SQL {
        """
        UPDATE jobs SET state = 'dead', ended_at = \(now), lease = NULL, failure = \(failure)
        WHERE tenant_role = \(job.role) AND id = \(job.id) AND lease = \(job.lease)
        RETURNING state
        """
    }

    /// Does not wait for a job that is being finished; `selectHeldJobs` says that it is still held.
    static func extendJobs(_ jobs: [Job], until end: Date) -> SQL {
        """
        UPDATE jobs j SET run_at = \(end)
        WHERE (j.tenant_role, j.id) IN (
            SELECT h.tenant_role, h.id
            FROM unnest(\(jobs.map(\.role)), \(jobs.map(\.id)), \(jobs.map(\.lease))) AS m (tenant_role, id, lease)
                JOIN jobs h ON h.tenant_role = m.tenant_role AND h.id = m.id AND h.lease = m.lease
            FOR UPDATE OF h SKIP LOCKED
        )
        """
    }

    static func selectHeldJobs(_ jobs: [Job]) -> SQL {
        """
        SELECT j.id
        FROM unnest(\(jobs.map(\.role)), \(jobs.map(\.id)), \(jobs.map(\.lease))) AS m (tenant_role, id, lease)
            JOIN jobs j ON j.tenant_role = m.tenant_role AND j.id = m.id AND j.lease = m.lease
        """
    }

    static func reportJob(_ job: Job, progress: Int, code: String?) -> SQL {
        """
        UPDATE jobs SET progress = \(progress), progress_code = \(code)
        WHERE tenant_role = \(job.role) AND id = \(job.id) AND lease = \(job.lease)
        """
    }

    static func deleteEndedJobs(at now: Date, limit: Int, of roles: [String]) -> SQL {
        """
        DELETE FROM jobs WHERE (tenant_role, id) IN (
            SELECT j.tenant_role, j.id FROM jobs j JOIN job_kinds k ON k.kind = j.kind
            WHERE j.ended_at IS NOT NULL
                AND j.ended_at <= \(now)::timestamptz - CASE j.state WHEN 'done' THEN coalesce(k.done_kept, '0') ELSE k.dead_kept END
                AND (\(roles) = '{}' OR j.tenant_role = ANY (\(roles)))
            ORDER BY j.ended_at LIMIT \(limit) FOR UPDATE OF j SKIP LOCKED
        )
        """
    }
}
