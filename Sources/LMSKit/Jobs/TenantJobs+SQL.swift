// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension SQL {
    private static let jobColumns: SQL = """
        j.id, j.kind, j.queue, j.priority::bigint, j.subject, j.state, j.attempts::bigint, j.progress::bigint, j.progress_code,
        j.failure, j.created_at, j.run_at, j.started_at, j.ended_at
        """

    static func selectJob(_ id: QueuedJob.ID) -> SQL {
        "SELECT \(.jobColumns) FROM cell.tenant_jobs j WHERE j.id = \(id)"
    }

    static func listJobs(_ filter: JobFilter, before id: QueuedJob.ID?, limit: Int) -> SQL {
        """
        SELECT \(.jobColumns) FROM cell.tenant_jobs j
        WHERE (\(filter.state)::text IS NULL OR j.state = \(filter.state))
            AND (\(filter.queue)::text IS NULL OR j.queue = \(filter.queue))
            AND (\(filter.kind)::text IS NULL OR j.kind = \(filter.kind))
            AND (\(id)::uuid IS NULL OR j.id < \(id))
        ORDER BY j.id DESC LIMIT \(limit)
        """
    }

    static func retryJob(_ id: QueuedJob.ID) -> SQL {
        ("SELECT cell.retry_job(\(id)) AS state" as SQL).announcing(.jobs)
    }

    static func cancelJob(_ id: QueuedJob.ID) -> SQL {
        ("SELECT cell.cancel_job(\(id)) AS state" as SQL).announcing(.jobs)
    }

    static func discardJob(_ id: QueuedJob.ID) -> SQL {
        "SELECT cell.discard_job(\(id)) AS state"
    }
}
