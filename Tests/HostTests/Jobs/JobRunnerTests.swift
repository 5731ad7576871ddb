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

@Suite(.timeLimit(.minutes(2))) struct JobRunnerTests {
    /// Only a signal can start what is enqueued while a runner pauses for an hour.
    private static let patient = JobRunner.Pauses(first: .seconds(3_600), longest: .seconds(3_600))

    private static var loop: EventLoop {
        get async throws { try await TestInstallation.shared.loops.next() }
    }

    @Test func `jobs that fail come back later and others go on beside them`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            let done = Mutex<[UUID]>([])
            let bad = try await shop.enqueue()[0]
            let good = try await shop.enqueue()[0]
            let runner = shop.runner { job in
                done.withLock { $0.append(job.subject) }
                if job.subject == bad, job.attempts < 2 { throw TestFailure("not now") }
                return .finished
            }
            try await runner.runOnce()
            #expect(done.withLock { Set($0) } == [good, bad])
            try await runner.runOnce()
            #expect(done.withLock { $0.count } == 2)
            shop.clock.advance(by: 10)
            try await runner.runOnce()
            #expect(done.withLock { $0.filter { $0 == bad }.count } == 2)
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `the wait doubles up to an hour and a half`() {
        for attempts in 1...40 {
            let delay = JobRunner.delay(after: attempts)
            #expect(delay >= .seconds(5) && delay <= .seconds(5400))
        }
        #expect(JobRunner.delay(after: 4) >= .seconds(40))
    }

    @Test(arguments: [(JobQueue.mail, JobKind.mail), (.webhooks, .webhook)])
    func `attack: a tenant whose servers hang leaves places of a process for another`(
        queue: JobQueue,
        kind: JobKind
    ) async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            let places = try #require(JobRunner.lanes[queue])
            try await shop.enqueue(places + 10, kind)
            let demand = JobDemand(places, of: queue)
            var leased: [Job] = []
            for _ in 0..<2 { leased += try await shop.jobs.lease([demand], for: .seconds(60)).jobs }
            #expect((1...places - 10).contains(leased.count))
            try await shop.jobs.end(leased.map { .done($0) })
        }
    }

    @Test func `a runner that is woken starts what was just committed`() async throws {
        try await withTenant { tenant in
            let (shop, begun) = (JobShop(tenant), Milestone())
            let runner = shop.runner(pauses: Self.patient) { _ in
                begun.pass()
                return .finished
            }
            runner.start(on: try await Self.loop)
            for number in 1...3 {
                try await shop.enqueue()
                runner.wake()
                await begun.reached(number)
            }
            await runner.stop()
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `a runner that nobody wakes finds the work itself, and when it is due`() async throws {
        try await withTenant { tenant in
            let (shop, begun) = (JobShop(tenant), Milestone())
            let soon = Date(timeIntervalSinceNow: 2.5)
            try await tenant.transaction { session in
                try await session.execute(.enqueueJob(.sms, UUID(), at: soon))
            }
            let jobs = Jobs(
                cell: tenant.installation.control,
                installation: tenant.installation.prefix,
                only: [tenant.id]
            )
            let runner = JobRunner(
                jobs: jobs,
                handlers: [
                    .sms: { _ in
                        begun.pass()
                        return .finished
                    }
                ],
                pauses: Self.patient
            ) { _ in }
            runner.start(on: try await Self.loop)
            await begun.reached()
            await runner.stop()
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `two runners do each of many jobs once`() async throws {
        try await withTenant { tenant in
            let (shop, done) = (JobShop(tenant), Milestone())
            let subjects = Mutex<[UUID: Int]>([:])
            let runners = (0..<2).map { _ in
                shop.runner { job in
                    subjects.withLock { $0[job.subject, default: 0] += 1 }
                    done.pass()
                    return .finished
                }
            }
            let enqueued = try await shop.enqueue(500)
            for runner in runners { runner.start(on: try await Self.loop) }
            await done.reached(500)
            for runner in runners { await runner.stop() }
            #expect(subjects.withLock { $0 } == Dictionary(uniqueKeysWithValues: enqueued.map { ($0, 1) }))
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `a running job that is cancelled is stopped and not done again`() async throws {
        try await withTenant { tenant in
            let (shop, begun, stopped) = (JobShop(tenant), Milestone(), Milestone())
            let loop = try await Self.loop
            let runner = shop.runner { _ in
                begun.pass()
                do {
                    try await loop.sleep(for: .seconds(3_600))
                } catch {
                    stopped.pass()
                    throw error
                }
                return .finished
            }
            try await shop.enqueue()
            runner.start(on: loop)
            await begun.reached()
            let job = try #require(try await shop.all().first)
            #expect(job.state == .running)
            _ = try await tenant.transaction(as: JobShop.manager) { session in
                try await TenantJobs().cancel(job.id, session: session)
            }
            runner.wake()
            await stopped.reached()
            await runner.stop()
            #expect(try await shop.states() == [.cancelled])
            #expect(begun.count == 1)
            #expect(runner.metrics.all[.mail]?.lost == 1)
        }
    }

    @Test func `a runner that stops waits for what it began, and gives back what takes too long`() async throws {
        try await withTenant { tenant in
            let (shop, begun) = (JobShop(tenant), Milestone())
            let loop = try await Self.loop
            let quick = try await shop.enqueue()[0]
            try await shop.enqueue()
            let runner = shop.runner { job in
                begun.pass()
                try await loop.sleep(for: job.subject == quick ? .milliseconds(300) : .seconds(3_600))
                return .finished
            }
            runner.start(on: loop)
            await begun.reached(2)
            // After it: nothing more is begun.
            await runner.stop(deadline: .seconds(1))
            let left = try await shop.all()
            #expect(left.map(\.subject) != [quick] && left.count == 1)
            #expect(left.first?.state == .scheduled)
            #expect(left.first?.attempts == 0)
            #expect(try await shop.lease().attempts == 1)
        }
    }

    @Test func `only a job that always fails becomes a dead letter, with the reason`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            let bad = try await shop.enqueue()[0]
            try await shop.enqueue(3)
            let runner = shop.runner { job in
                job.subject != bad && job.attempts > 2 ? .finished : .tryLater(reason: "smtp 451")
            }
            for _ in 0..<40 {
                try await runner.runOnce()
                shop.clock.advance(by: 7_200)
            }
            let dead = try await shop.all()
            #expect(dead.map(\.subject) == [bad])
            #expect(dead.first?.state == .dead && dead.first?.failure == "smtp 451" && dead.first?.attempts == 30)
            #expect(runner.metrics.all[.mail]?.dead == 1)
        }
    }

    @Test func `jobs of a service that does not answer wait without an attempt until it does`() async throws {
        try await withTenant { tenant in
            let (shop, calls) = (JobShop(tenant), Milestone())
            let isDown = Mutex(true)
            let runner = shop.runner { job in
                try await job.through("mail.example.org") {
                    calls.pass()
                    return isDown.withLock { $0 } ? .unavailable(reason: "unreachable") : .finished
                }
            }
            for _ in 0..<5 {
                try await shop.enqueue()
                try await runner.runOnce()
            }
            #expect(calls.count == 5)
            let waiting = try await shop.enqueue(20)
            try await runner.runOnce()
            #expect(calls.count == 5)
            let untouched = try await shop.all().filter { waiting.contains($0.subject) }
            #expect(untouched.count == 20 && untouched.allSatisfy { $0.attempts == 0 && $0.state == .scheduled })
            isDown.withLock { $0 = false }
            for _ in 0..<6 {
                shop.clock.advance(by: 31)
                try await runner.runOnce()
            }
            #expect(try await shop.states().isEmpty)
            #expect(calls.count == 30)
        }
    }

    @Test func `a job without a handler here waits for a process that has one`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            try await shop.enqueue()
            try await shop.runner(.mail) { _ in .finished }.runOnce()
            #expect(try await shop.states() == [.scheduled])
            shop.clock.advance(by: 61)
            try await shop.runner { _ in .finished }.runOnce()
            #expect(try await shop.states().isEmpty)
        }
    }

    @Test func `progress is written once a second at most, and its end always`() async throws {
        try await withTenant { tenant in
            let shop = JobShop(tenant)
            try await shop.enqueue()
            let seen = Mutex<[Int]>([])
            let runner = shop.runner { job in
                for percent in [10, 20, 30] { try await job.report(progress: percent, "writing") }
                let between = try await shop.all()[0]
                #expect(between.progress == 10 && between.progressCode == "writing")
                try await job.report(progress: 100, "written")
                let after = try await shop.all()[0].progress
                seen.withLock { $0.append(after) }
                return .giveUp(reason: "to be seen")
            }
            try await runner.runOnce()
            #expect(seen.withLock { $0 } == [100])
        }
    }
}
