// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

/// Jobs of all tenants are in one table, so these run one after the other and look at their own tenants alone.
@Suite(.serialized) struct JobsTests {
    private func enqueue(
        _ subjects: [UUID],
        at tenant: TestTenant,
        _ instant: Date = Date(timeIntervalSince1970: 0)
    ) async throws {
        try await tenant.transaction { session in
            for subject in subjects { try await session.execute(.enqueueJob(.sms, subject, at: instant)) }
        }
    }

    private func lease(_ jobs: Jobs, of tenants: [TestTenant], limit: Int = 100) async throws -> [Job] {
        let ids = Set(tenants.map(\.id))
        return try await jobs.lease(limit, of: [.sms], for: .seconds(60)).filter { ids.contains($0.tenant) }
    }

    private func jobs(_ tenant: TestTenant, clock: TestClock = TestClock()) -> Jobs {
        Jobs(cell: tenant.installation.control, installation: tenant.installation.prefix, clock: clock.wall)
    }

    @Test func `a job is the tenant's whose transaction enqueued it, once, and leased to one worker`() async throws {
        try await withTenant { tenant in
            let subject = UUID()
            try await enqueue([subject, subject], at: tenant)
            try await enqueue([subject], at: tenant)
            let work = jobs(tenant)
            let first = try await lease(work, of: [tenant])
            #expect(first.map(\.subject) == [subject])
            #expect(first.first?.tenant == tenant.id)
            #expect(try await lease(work, of: [tenant]).isEmpty)
            for job in first { try await work.complete(job) }
        }
    }

    @Test func `what is rolled back was never enqueued`() async throws {
        try await withTenant { tenant in
            await #expect(throws: TestFailure.self) {
                try await tenant.transaction { session in
                    try await session.execute(.enqueueJob(.sms, UUID(), at: Date()))
                    throw TestFailure("rolled back")
                }
            }
            let leased = try await lease(jobs(tenant), of: [tenant])
            #expect(leased.isEmpty)
        }
    }

    @Test func `the job of a worker that died is another's after the lease`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let work = jobs(tenant, clock: clock)
            try await enqueue([UUID()], at: tenant, clock.wall.now())
            let lost = try #require(try await lease(work, of: [tenant]).first)
            clock.advance(by: 61)
            let taken = try #require(try await lease(work, of: [tenant]).first)
            #expect(taken.attempts == 2)
            try await work.complete(lost)
            clock.advance(by: 61)
            let again = try #require(try await lease(work, of: [tenant]).first)
            try await work.complete(again)
            clock.advance(by: 61)
            #expect(try await lease(work, of: [tenant]).isEmpty)
        }
    }

    @Test func `a tenant with a long queue does not keep others waiting`() async throws {
        try await withTwoTenants { busy, quiet in
            let clock = TestClock()
            let work = jobs(busy, clock: clock)
            try await enqueue((0..<200).map { _ in UUID() }, at: busy, clock.wall.now().addingTimeInterval(-60))
            try await enqueue([UUID()], at: quiet, clock.wall.now())
            let leased = try await lease(work, of: [busy, quiet], limit: 10)
            #expect(leased.contains { $0.tenant == quiet.id })
            for job in leased { try await work.complete(job) }
            while case let rest = try await lease(work, of: [busy, quiet]), !rest.isEmpty {
                for job in rest { try await work.complete(job) }
            }
        }
    }

    @Test func `a job that is given up stays, and is not leased again`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let work = jobs(tenant, clock: clock)
            try await enqueue([UUID()], at: tenant, clock.wall.now())
            let job = try #require(try await lease(work, of: [tenant]).first)
            try await work.retry(job, after: .seconds(30), because: "unreachable")
            #expect(try await lease(work, of: [tenant]).isEmpty)
            clock.advance(by: 31)
            let again = try #require(try await lease(work, of: [tenant]).first)
            try await work.bury(again, because: "unreachable")
            clock.advance(by: 3600)
            #expect(try await lease(work, of: [tenant]).isEmpty)
        }
    }

    /// What a statement of a tenant's could try.
    @Test(
        arguments: [
            "SELECT * FROM cell.jobs", "DELETE FROM cell.jobs", "UPDATE cell.jobs SET run_at = now()",
            "INSERT INTO cell.jobs (tenant_role, kind, subject, run_at) VALUES ('lms_t_00000000000000000000000000', 'mail', '01890a5d-dead-774b-bcce-b302099a8057', now())",
            "SELECT * FROM cell.schemas",
        ] as [SQL]
    )
    func `a tenant's statement neither reads nor changes the queue`(statement: SQL) async throws {
        try await withTenant { tenant in
            await #expect(throws: DatabaseError.permissionDenied) {
                try await tenant.transaction { session in try await session.execute(statement) }
            }
        }
    }

    @Test func `a login without a tenant enqueues nothing, and no kind that is not known is enqueued`() async throws {
        let installation = try await TestInstallation.shared
        let connection = try await installation.connect(as: .shard(0, installation.prefix))
        await #expect(throws: AdministrationFailure.self) {
            _ = try await connection.execute(.enqueueJob(.sms, UUID(), at: Date()))
        }
        try await withTenant { tenant in
            await #expect(throws: DatabaseError.self) {
                try await tenant.transaction { session in
                    try await session.execute("SELECT cell.enqueue_job('shell', \(UUID()), now())")
                }
            }
        }
    }
}
