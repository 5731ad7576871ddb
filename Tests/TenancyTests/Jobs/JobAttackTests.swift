// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct JobAttackTests {
    /// What a statement of a tenant's could try.
    @Test(
        arguments: [
            "SELECT * FROM cell.jobs", "DELETE FROM cell.jobs", "UPDATE cell.jobs SET run_at = now()",
            "INSERT INTO cell.jobs (tenant_role, kind, queue, priority, subject, run_at) VALUES ('lms_t_00000000000000000000000000', 'mail', 'mail', 1, '01890a5d-dead-774b-bcce-b302099a8057', now())",
            "SELECT * FROM cell.job_kinds", "UPDATE cell.job_queues SET running_limit = 1",
            "SELECT * FROM cell.lease_jobs('mail', 10, '', gen_random_uuid(), now(), now(), '{}')",
            "SELECT cell.wake_jobs(now(), '{}')", "SELECT * FROM cell.schemas",
        ] as [SQL]
    )
    func `attack: a tenant's statement neither reads nor changes nor leases what is queued`(
        statement: SQL
    ) async throws {
        try await withTenant { tenant in
            await #expect(throws: DatabaseError.permissionDenied) {
                try await tenant.transaction { session in try await session.execute(statement) }
            }
        }
    }

    @Test func `attack: a login without a tenant enqueues nothing, and nobody a kind that is not known`() async throws {
        let installation = try await TestInstallation.shared
        let connection = try await installation.connect(as: .shard(0, installation.prefix))
        await #expect(throws: AdministrationFailure.self) {
            _ = try await connection.execute(.enqueueJob(.sms, UUID(), at: Date()))
        }
        await #expect(throws: AdministrationFailure.self) {
            _ = try await connection.execute("SELECT cell.finish_job(\(UUID()), \(UUID()))")
        }
        try await withTenant { tenant in
            await #expect(throws: DatabaseError.constraint(.notNull, name: "queue")) {
                try await tenant.transaction { session in
                    try await session.execute("SELECT cell.enqueue_job('shell', \(UUID()), now())")
                }
            }
        }
    }

    @Test func `attack: a payload that is large or no object is refused`() async throws {
        try await withTenant { tenant in
            let large = #"{"note": "\#(String(repeating: "x", count: 1_100))"}"#
            for payload in [large, "[]", "1", "null"] {
                await #expect(throws: DatabaseError.constraint(.check, name: "jobs_payload_ck")) {
                    try await tenant.transaction { session in
                        try await session.execute(
                            .enqueueJobs(.sms, [UUID()], payload: JSONText(Array(payload.utf8)), at: Date())
                        )
                    }
                }
            }
        }
    }

    @Test func `attack: another tenant's job is not finished, even with its identifier and its lease`() async throws {
        try await withTwoTenants { owner, thief in
            let line = JobLine(owner)
            let job = try await line.enqueueAndLease()
            await #expect(throws: DatabaseError.refused(sqlState: "LMJ01")) {
                try await thief.transaction { session in try await session.execute(.finishJob(job)) }
            }
            #expect(try await line.jobs.held([job]) == [job.id])
        }
    }

    @Test func `attack: a guessed lease finishes nothing`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let job = try await line.enqueueAndLease()
            await #expect(throws: DatabaseError.refused(sqlState: "LMJ01")) {
                try await tenant.transaction { session in
                    try await session.execute("SELECT cell.finish_job(\(job.id), \(UUID()))")
                }
            }
            #expect(try await line.jobs.held([job]) == [job.id])
        }
    }
}
