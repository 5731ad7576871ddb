// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

extension SQL {
    /// Steps from tenant to tenant along the index, so that a long queue costs no more than a short one.
    static func leaseJobs(_ limit: Int, of kinds: [JobKind], lease: UUID, at now: Date, until end: Date) -> SQL {
        """
        WITH RECURSIVE tenants AS (
            (SELECT tenant_role FROM jobs WHERE dead_at IS NULL ORDER BY tenant_role LIMIT 1)
            UNION ALL
            SELECT (SELECT j.tenant_role FROM jobs j WHERE j.dead_at IS NULL AND j.tenant_role > t.tenant_role
                    ORDER BY j.tenant_role LIMIT 1)
            FROM tenants t WHERE t.tenant_role IS NOT NULL
        ), due AS (
            SELECT j.id
            FROM tenants t CROSS JOIN LATERAL (
                SELECT id, run_at, row_number() OVER (ORDER BY run_at, id) AS turn
                FROM jobs
                WHERE tenant_role = t.tenant_role AND dead_at IS NULL AND run_at <= \(now)
                    AND kind = ANY(\(kinds.map(\.description)))
                ORDER BY run_at, id LIMIT \(limit)
            ) j
            WHERE t.tenant_role IS NOT NULL
            ORDER BY j.turn, j.run_at LIMIT \(limit)
        ), mine AS (
            SELECT id FROM jobs
            WHERE id = ANY(ARRAY(SELECT id FROM due)) AND dead_at IS NULL AND run_at <= \(now)
            FOR UPDATE SKIP LOCKED
        )
        UPDATE jobs SET lease = \(lease), run_at = \(end), attempts = attempts + 1
        WHERE id = ANY(ARRAY(SELECT id FROM mine))
        RETURNING id, tenant_role, kind, subject, attempts::bigint AS attempts
        """
    }

    static func deleteJob(_ job: Job) -> SQL {
        "DELETE FROM jobs WHERE id = \(job.id) AND lease = \(job.lease)"
    }

    static func retryJob(_ job: Job, at instant: Date, failure: String) -> SQL {
        """
        UPDATE jobs SET run_at = \(instant), lease = NULL, failure = \(failure)
        WHERE id = \(job.id) AND lease = \(job.lease)
        """
    }

    static func buryJob(_ job: Job, at instant: Date, failure: String) -> SQL {
        """
        UPDATE jobs SET dead_at = \(instant), lease = NULL, failure = \(failure)
        WHERE id = \(job.id) AND lease = \(job.lease)
        """
    }
}
