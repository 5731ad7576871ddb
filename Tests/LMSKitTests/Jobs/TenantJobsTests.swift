// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct TenantJobsTests {
    private let jobs = TenantJobs()
    private static let manager = Principal(.system("test"), grants: Grants([.jobRead: .any, .jobManage: .any]))

    private func enqueue(
        _ count: Int,
        at tenant: TestTenant,
        _ instant: Date = Date(timeIntervalSinceNow: 86_400)
    ) async throws {
        try await tenant.transaction { session in
            for _ in 0..<count { try await session.execute(.enqueueJob(.probe, UUID(), at: instant)) }
        }
    }

    private func all(_ tenant: TestTenant, _ filter: JobFilter = JobFilter()) async throws -> [QueuedJob] {
        try await jobs.list(filter, limit: PageLimit(100), reader: tenant.reader(as: Self.manager)).items
    }

    @Test func `a list has pages, filters and the tenant's own jobs alone`() async throws {
        try await withTwoTenants { tenant, other in
            try await enqueue(5, at: tenant)
            try await enqueue(1, at: other)
            try await tenant.transaction { session in
                try await session.execute(.enqueueJob(.export, UUID(), at: Date(timeIntervalSinceNow: 86_400)))
            }
            #expect(try await all(tenant).count == 6)
            var filter = JobFilter()
            filter.kind = .probe
            #expect(try await all(tenant, filter).count == 5)
            filter.state = .dead
            #expect(try await all(tenant, filter).isEmpty)
            var exports = JobFilter()
            exports.queue = .exports
            #expect(try await all(tenant, exports).map(\.kind) == [.export])
            let reader = tenant.reader(as: Self.manager)
            let first = try await jobs.list(limit: PageLimit(4), reader: reader)
            let second = try await jobs.list(after: first.next, limit: PageLimit(4), reader: reader)
            #expect(Set((first.items + second.items).map(\.id)).count == 6 && second.next == nil)
            await #expect(throws: JobError.invalidPosition) {
                _ = try await jobs.list(exports, after: first.next, reader: reader)
            }
        }
    }

    @Test func `a job is cancelled, tried again and deleted`() async throws {
        try await withTenant { tenant in
            try await enqueue(1, at: tenant)
            let job = try #require(try await all(tenant).first)
            #expect(job.state == .scheduled && job.scheduledAt != nil)
            let cancelled = try await tenant.transaction(as: Self.manager) { session in
                try await jobs.cancel(job.id, session: session)
            }
            #expect(cancelled.state == .cancelled && cancelled.endedAt != nil)
            let again = try await tenant.transaction(as: Self.manager) { session in
                try await jobs.retry(job.id, session: session)
            }
            #expect(again.state == .ready && again.endedAt == nil)
            try await tenant.transaction(as: Self.manager) { session in
                try await jobs.discard(job.id, session: session)
            }
            await #expect(throws: JobError.notFound) {
                _ = try await jobs.fetch(job.id, reader: tenant.reader(as: Self.manager))
            }
            let acts = try await tenant.transaction { session in
                try await session.execute("SELECT action FROM audit_events WHERE object_id = \(job.id) ORDER BY id")
            }
            #expect(try acts.map { try $0["action"] as String } == ["job.cancelled", "job.retried", "job.discarded"])
        }
    }

    @Test func `what a job's state does not allow is refused and changes nothing`() async throws {
        try await withTenant { tenant in
            try await enqueue(1, at: tenant, Date(timeIntervalSince1970: 1_000_000_000))
            let installation = tenant.installation
            let work = Jobs(cell: installation.control, installation: installation.prefix, only: [tenant.id])
            let leased = try await work.lease([JobDemand(1, of: .default)], for: .seconds(60)).jobs
            let job = try #require(leased.first)
            await #expect(throws: JobError.notInState(.running)) {
                _ = try await tenant.transaction(as: Self.manager) { session in
                    try await jobs.retry(job.id, session: session)
                }
            }
            await #expect(throws: JobError.notInState(.running)) {
                try await tenant.transaction(as: Self.manager) { session in
                    try await jobs.discard(job.id, session: session)
                }
            }
            try await work.end([.dead(job, reason: "for good")])
            await #expect(throws: JobError.notInState(.dead)) {
                _ = try await tenant.transaction(as: Self.manager) { session in
                    try await jobs.cancel(job.id, session: session)
                }
            }
            #expect(try await all(tenant).map(\.failure) == ["for good"])
        }
    }

    @Test func `who may only read changes nothing, and who may not read sees nothing`() async throws {
        try await withTenant { tenant in
            try await enqueue(1, at: tenant)
            let job = try #require(try await all(tenant).first)
            let auditor = Principal(.user(Principal.ID(UUID())), grants: BuiltInRole.auditor.grants)
            #expect(try await jobs.fetch(job.id, reader: tenant.reader(as: auditor)).id == job.id)
            await #expect(throws: JobError.forbidden) {
                _ = try await tenant.transaction(as: auditor) { session in
                    try await jobs.cancel(job.id, session: session)
                }
            }
            for role in [BuiltInRole.student, .instructor, .assistant] {
                let other = Principal(.user(Principal.ID(UUID())), grants: role.grants)
                await #expect(throws: JobError.forbidden) {
                    _ = try await jobs.fetch(job.id, reader: tenant.reader(as: other))
                }
                await #expect(throws: JobError.forbidden) {
                    _ = try await jobs.list(reader: tenant.reader(as: other))
                }
            }
        }
    }

    @Test func `attack: another tenant's job is neither seen nor changed by its identifier`() async throws {
        try await withTwoTenants { owner, thief in
            try await enqueue(1, at: owner)
            let job = try #require(try await all(owner).first)
            await #expect(throws: JobError.notFound) {
                _ = try await jobs.fetch(job.id, reader: thief.reader(as: Self.manager))
            }
            await #expect(throws: JobError.notFound) {
                _ = try await thief.transaction(as: Self.manager) { session in
                    try await jobs.cancel(job.id, session: session)
                }
            }
            // Whatever the code asks for: the role's own statements, too.
            for statement: SQL in [
                "SELECT cell.cancel_job(\(job.id)) AS state", "SELECT cell.retry_job(\(job.id)) AS state",
                "SELECT cell.discard_job(\(job.id)) AS state",
            ] {
                let state: String? = try await thief.transaction { session in
                    try await session.execute(statement).only?["state"]
                }
                #expect(state == nil)
            }
            let seen = try await thief.transaction { session in
                try await session.execute("SELECT id FROM cell.tenant_jobs WHERE id = \(job.id)").count
            }
            #expect(seen == 0)
            #expect(try await all(owner).map(\.state) == [.scheduled])
        }
    }
}
