// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension Script {
    /// What workers need; a tenant's role reaches functions alone, which are granted where they are made.
    static func grantJobs(to login: LoginName) -> Script {
        """
        GRANT SELECT, UPDATE, DELETE ON cell.jobs TO \(login);
        GRANT SELECT, UPDATE ON cell.job_queues, cell.job_kinds TO \(login);
        GRANT SELECT, INSERT, UPDATE, DELETE ON cell.job_breakers, cell.job_schedules TO \(login);
        GRANT EXECUTE ON FUNCTION cell.next_job_id(), cell.wake_jobs(timestamptz, text[]),
            cell.lease_jobs(text, integer, text, uuid, timestamptz, timestamptz, text[]),
            cell.fire_schedules(timestamptz, text[]),
            cell.next_due(integer[], integer[], integer[], integer[], integer[], text, timestamptz) TO \(login);
        """
    }
}
