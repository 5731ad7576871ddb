// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

/// The jobs of a test's own tenants, seen by a worker that does no others.
struct JobLine {
    let tenant: TestTenant
    let clock = TestClock()
    let jobs: Jobs
    /// An instant that every clock agrees is past.
    let past = Date(timeIntervalSince1970: 1_000_000_000)

    init(_ tenant: TestTenant, _ others: TestTenant...) {
        self.tenant = tenant
        jobs = Jobs(
            cell: tenant.installation.control,
            installation: tenant.installation.prefix,
            clock: clock.wall,
            only: ([tenant] + others).map(\.id)
        )
    }

    func enqueue(_ subjects: [UUID], _ kind: JobKind = .sms, at other: TestTenant? = nil) async throws {
        try await (other ?? tenant).transaction { session in
            for subject in subjects { try await session.execute(.enqueueJob(kind, subject, at: past)) }
        }
    }

    func lease(_ count: Int = 100, of queue: JobQueue = .mail) async throws -> [Job] {
        try await jobs.lease([JobDemand(count, of: queue)], for: .seconds(60)).jobs
    }

    func enqueueAndLease(_ subject: UUID = UUID()) async throws -> Job {
        try await enqueue([subject])
        return try #require(try await lease().first { $0.subject == subject })
    }

    func leaseAndFinish() async throws -> Int {
        let leased = try await lease()
        try await jobs.end(leased.map { .done($0) })
        return leased.count
    }

    func states() async throws -> [String] {
        let role = tenant.tenant.placement.role.description
        let rows = try await tenant.installation.control.read(
            ["SELECT state FROM jobs WHERE tenant_role = \(role) ORDER BY id"],
            scope: .cell
        )
        return try rows[0].map { try $0["state"] }
    }

    func count() async throws -> Int { try await states().count }
}
