// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite(.serialized) struct JobRunnerTests {
    @Test func `jobs that fail come back later and others go on beside them`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let (good, bad) = (UUID(), UUID())
            let done = Mutex<[UUID]>([])
            try await tenant.transaction { session in
                for subject in [bad, good] {
                    try await session.execute(.enqueueJob(.mail, subject, at: clock.wall.now()))
                }
            }
            let jobs = Jobs(
                cell: tenant.installation.control,
                installation: tenant.installation.prefix,
                clock: clock.wall
            )
            let runner = JobRunner(
                jobs: jobs,
                handlers: [
                    .mail: { job in
                        guard job.tenant == tenant.id else { return .finished }
                        done.withLock { $0.append(job.subject) }
                        if job.subject == bad, job.attempts < 2 { throw TestFailure("not now") }
                        return .finished
                    }
                ],
                report: { _ in }
            )
            try await runner.runOnce()
            #expect(done.withLock { Set($0) } == [good, bad])
            try await runner.runOnce()
            #expect(done.withLock { $0.count } == 2)
            clock.advance(by: 10)
            try await runner.runOnce()
            #expect(done.withLock { $0.filter { $0 == bad }.count } == 2)
        }
    }

    @Test func `the wait doubles up to an hour and a half`() {
        for attempts in 1...40 {
            let delay = JobRunner.delay(after: attempts)
            #expect(delay >= .seconds(5) && delay <= .seconds(5400))
        }
        #expect(JobRunner.delay(after: 4) >= .seconds(40))
    }
}
