// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

/// What a job changes in the database happens once, whoever dies.
///
/// The change is another job here, of a kind that nobody does.
@Suite(.timeLimit(.minutes(2))) struct JobEffectTests {
    private func effects(_ shop: JobShop) async throws -> Int { try await shop.states(of: .export).count }

    @discardableResult
    private func change(_ job: JobRun, _ tenant: TestTenant) async throws -> JobOutcome {
        try await job.transaction(on: tenant.tenants, as: .test) { session in
            try await session.execute(.enqueueJob(.export, UUID(), at: Date(timeIntervalSinceNow: 86_400)))
        }
        return .finished
    }

    @Test func `the effect of many jobs that two runners do is there once for each`() async throws {
        try await withTenant { tenant in
            let (shop, done) = (JobShop(tenant), Milestone())
            let runners = (0..<2).map { _ in
                shop.runner { job in
                    let outcome = try await change(job, tenant)
                    done.pass()
                    return outcome
                }
            }
            try await shop.enqueue(80)
            for runner in runners { runner.start(on: tenant.installation.loops.next()) }
            await done.reached(80)
            for runner in runners { await runner.stop() }
            #expect(try await effects(shop) == 80)
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `a worker that dies between its effect and its end has had no effect`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            try await shop.enqueue()
            let lost = try await shop.lease()
            // Its connection breaks before the commit, as when the process is killed.
            await #expect(throws: TestFailure.self) {
                try await tenant.transaction { session in
                    try await session.execute(.enqueueJob(.export, UUID(), at: Date(timeIntervalSinceNow: 86_400)))
                    try await session.execute(.finishJob(lost))
                    throw TestFailure("killed")
                }
            }
            #expect(try await effects(shop) == 0)
            shop.clock.advance(by: 31)
            try await shop.runner { job in try await change(job, tenant) }.runOnce()
            #expect(try await effects(shop) == 1)
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `a worker that was frozen past its lease has no effect when it goes on`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            try await shop.enqueue()
            let frozen = JobRun(try await shop.lease(), jobs: shop.jobs)
            shop.clock.advance(by: 31)
            try await shop.runner { job in try await change(job, tenant) }.runOnce()
            await #expect(throws: JobLeaseError.lost) { _ = try await change(frozen, tenant) }
            #expect(try await effects(shop) == 1)
        }
    }

    @Test func `a job that was cancelled while it ran has no effect`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            try await shop.enqueue()
            let runner = shop.runner { job in
                _ = try await tenant.transaction(as: JobShop.manager) { session in
                    try await TenantJobs().cancel(job.job.id, session: session)
                }
                return try await change(job, tenant)
            }
            try await runner.runOnce()
            #expect(try await effects(shop) == 0)
            #expect(try await shop.states() == [.cancelled])
        }
    }

    @Test func `enqueuing in the middle of a job makes it run again and sees what was done`() async throws {
        try await withTenant { tenant in
            let (shop, runs) = (JobShop(tenant), Milestone())
            let subject = try await shop.enqueue()[0]
            let runner = shop.runner { job in
                runs.pass()
                if runs.count == 1 {
                    try await tenant.transaction { session in
                        try await session.execute(.enqueueJob(.sms, subject, at: Date(timeIntervalSince1970: 0)))
                    }
                }
                return try await change(job, tenant)
            }
            for _ in 0..<3 { try await runner.runOnce() }
            #expect(runs.count == 2)
            #expect(try await effects(shop) == 2)
        }
    }

    @Test func `a long job keeps its lease while it runs`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            try await shop.enqueue()
            let job = try await shop.lease()
            for _ in 0..<4 {
                shop.clock.advance(by: 20)
                #expect(try await shop.jobs.extend([job], for: JobRunner.lease) == [job.id])
                #expect(try await shop.runner { _ in .finished }.runOnce() == 0)
            }
            try await change(JobRun(job, jobs: shop.jobs), tenant)
            #expect(try await effects(shop) == 1)
        }
    }
}
