// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct JobsTests {
    @Test func `a job is the tenant's whose transaction enqueued it, once, and leased to one worker`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            try await line.enqueue([subject, subject])
            try await line.enqueue([subject])
            let first = try await line.lease()
            #expect(first.map(\.subject) == [subject])
            #expect(first.first?.tenant == tenant.id)
            #expect(try await line.lease().isEmpty)
            try await line.jobs.end(first.map { .done($0) })
            #expect(try await line.count() == 0)
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
            let count = try await JobLine(tenant).count()
            #expect(count == 0)
        }
    }

    @Test func `the job of a worker that died is another's after the lease, and no longer the dead one's`() async throws
    {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await line.enqueue([UUID()])
            let lost = try #require(try await line.lease().first)
            line.clock.advance(by: 61)
            let taken = try #require(try await line.lease().first)
            #expect(taken.id == lost.id && taken.attempts == 2)
            try await line.jobs.end([.done(lost)])
            #expect(try await line.jobs.held([lost]).isEmpty)
            #expect(try await line.jobs.held([taken]) == [taken.id])
            try await line.jobs.end([.done(taken)])
            #expect(try await line.count() == 0)
        }
    }

    @Test func `how long a job has waited is counted from its enqueuing to its lease and no further`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let began = ContinuousClock.now
            try await line.enqueue([UUID()])
            let jobs = Jobs(
                cell: tenant.installation.control,
                installation: tenant.installation.prefix,
                only: [tenant.id]
            )
            let job = try #require(try await jobs.lease([JobDemand(1, of: .mail)], for: .seconds(60)).jobs.first)
            #expect(job.waited <= ContinuousClock.now - began)
        }
    }

    @Test func `a lease that is extended stays the worker's`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await line.enqueue([UUID()])
            let job = try #require(try await line.lease().first)
            for _ in 0..<3 {
                line.clock.advance(by: 50)
                #expect(try await line.jobs.extend([job], for: .seconds(60)) == [job.id])
                #expect(try await line.lease().isEmpty)
            }
        }
    }

    @Test func `enqueuing while a job runs makes it run again, after it and once`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            try await line.enqueue([subject])
            let running = try await line.lease()
            try await line.enqueue([subject])
            try await line.enqueue([subject])
            // Not beside the one that runs.
            #expect(try await line.lease().isEmpty)
            try await line.jobs.end(running.map { .done($0) })
            let again = try await line.lease()
            #expect(again.map(\.subject) == [subject])
            try await line.jobs.end(again.map { .done($0) })
            #expect(try await line.count() == 0)
        }
    }

    @Test func `a job does not begin while a transaction that enqueued it again is open`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            try await line.enqueue([subject])
            try await tenant.transaction { session in
                try await session.execute(.enqueueJob(.sms, subject, at: line.past))
                // It would not see what this transaction did.
                #expect(try await line.lease().isEmpty)
            }
            #expect(try await line.lease().map(\.subject) == [subject])
        }
    }

    @Test func `enqueuing after a failure is a fresh job, and failures of one subject do not pile up`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            for _ in 0..<4 {
                try await line.enqueue([subject])
                let leased = try await line.lease()
                #expect(leased.map(\.attempts) == [1])
                try await line.jobs.end(
                    leased.map { .failed($0, retryAfter: .seconds(3600), reason: "unreachable") }
                )
                #expect(try await line.count() == 1)
            }
            let job = try await line.enqueueAndLease(subject)
            try await line.enqueue([subject])
            try await line.jobs.end([.failed(job, retryAfter: .zero, reason: "unreachable")])
            // The fresh one covers it.
            #expect(try await line.lease().map(\.attempts) == [1])
        }
    }

    @Test func `a job given up does not keep the next of its subject from being done`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            let job = try await line.enqueueAndLease(subject)
            #expect(try await line.jobs.end([.dead(job, reason: "unreachable")]).map(\.id) == [job.id])
            #expect(try await line.lease().isEmpty)
            #expect(try await line.enqueueAndLease(subject).id != job.id)
        }
    }

    @Test func `only a job that failed as often as its kind allows is given up`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await line.enqueue([UUID()])
            for attempt in 1...30 {
                let job = try #require(try await line.lease().first)
                #expect(job.attempts == attempt && job.maximumAttempts == 30)
                let buried = try await line.jobs.end([.failed(job, retryAfter: .seconds(9), reason: "unreachable")])
                #expect(buried.map(\.id) == (attempt == 30 ? [job.id] : []))
                line.clock.advance(by: 10)
            }
            #expect(try await line.lease().isEmpty)
            #expect(try await line.states() == ["dead"])
        }
    }

    @Test func `a job that waits for a service uses no attempt`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await line.enqueue([UUID()])
            for _ in 0..<3 {
                let job = try #require(try await line.lease().first)
                #expect(job.attempts == 1)
                let instant = line.clock.wall.now().addingTimeInterval(30)
                try await line.jobs.end([.waiting(job, until: instant, reason: "open")])
                #expect(try await line.lease().isEmpty)
                line.clock.advance(by: 31)
            }
        }
    }

    @Test func `a delayed job waits for its time, and those for other times are other jobs`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            for delay in [3600.0, 3600, 7200] {
                let instant = line.clock.wall.now().addingTimeInterval(delay)
                try await tenant.transaction { session in
                    try await session.execute(.enqueueJob(.sms, subject, at: instant))
                }
            }
            let before = try await line.jobs.lease([JobDemand(10, of: .mail)], for: .seconds(60))
            #expect(before.jobs.isEmpty)
            #expect(before.nextAt == line.clock.wall.now().addingTimeInterval(3600))
            line.clock.advance(by: 3601)
            #expect(try await line.leaseAndFinish() == 1)
            line.clock.advance(by: 3600)
            #expect(try await line.leaseAndFinish() == 1)
            #expect(try await line.count() == 0)
        }
    }

    @Test func `the more urgent kind goes first`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await tenant.transaction { session in
                for kind in [JobKind.push, .mail, .sms] {
                    try await session.execute(.enqueueJob(kind, UUID(), at: line.past))
                }
            }
            var order: [JobKind] = []
            while let job = try await line.lease(1).first { order.append(job.kind) }
            #expect(order == [.sms, .mail, .push])
        }
    }

    @Test func `references travel with a job, and different ones make different jobs`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            let subject = UUID()
            try await tenant.transaction { session in
                for page in 1...2 {
                    let payload = JSONText(Array(#"{"page": \#(page)}"#.utf8))
                    try await session.execute(.enqueueJobs(.sms, [subject, subject], payload: payload, at: line.past))
                }
            }
            let payloads = try await line.lease().map { String(decoding: $0.payload.bytes, as: UTF8.self) }
            #expect(Set(payloads) == [#"{"page": 1}"#, #"{"page": 2}"#])
        }
    }
}
