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

/// A test tenant's jobs, and runners that do no others.
final class JobShop: Sendable {
    let tenant: TestTenant
    let clock = TestClock()
    let reports = Mutex<[String]>([])

    init(_ tenant: TestTenant) {
        self.tenant = tenant
    }

    var jobs: Jobs {
        let installation = tenant.installation
        return Jobs(
            cell: installation.control,
            installation: installation.prefix,
            clock: clock.wall,
            only: [tenant.id]
        )
    }

    func runner(
        _ kind: JobKind = .sms,
        pauses: JobRunner.Pauses = JobRunner.Pauses(),
        _ handler: @escaping JobHandler
    ) -> JobRunner {
        JobRunner(jobs: jobs, handlers: [kind: handler], pauses: pauses) { report in
            self.reports.withLock { $0.append(report) }
        }
    }

    /// Enqueues work that is due by every clock.
    @discardableResult
    func enqueue(_ count: Int = 1, _ kind: JobKind = .sms) async throws -> [UUID] {
        let subjects = (0..<count).map { _ in UUID() }
        try await tenant.transaction { session in
            try await session.execute(.enqueueJobs(kind, subjects, at: Date(timeIntervalSince1970: 1_000_000_000)))
        }
        return subjects
    }

    func states(of kind: JobKind = .sms) async throws -> [QueuedJob.State] {
        try await all(of: kind).map(\.state)
    }

    func all(of kind: JobKind = .sms) async throws -> [QueuedJob] {
        var filter = JobFilter()
        filter.kind = kind
        let reader = tenant.reader(as: Self.manager)
        return try await TenantJobs().list(filter, limit: PageLimit(100), reader: reader).items
    }

    func lease() async throws -> Job {
        try #require(try await jobs.lease([JobDemand(1, of: .mail)], for: JobRunner.lease).jobs.first)
    }

    static let manager = Principal(.system("test"), grants: Grants([.jobRead: .any, .jobManage: .any]))
}

/// Something that a test waits for.
final class Milestone: Sendable {
    private let state = Mutex(State())

    private struct State {
        var count = 0
        var waiters: [(Int, CheckedContinuation<Void, Never>)] = []
    }

    func pass() {
        let ready = state.withLock { state in
            state.count += 1
            let ready = state.waiters.filter { $0.0 <= state.count }
            state.waiters.removeAll { $0.0 <= state.count }
            return ready
        }
        for (_, waiter) in ready { waiter.resume() }
    }

    /// Returns when it was passed so often.
    func reached(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.count < count { state.waiters.append((count, continuation)) }
                return state.count >= count
            }
            if isReached { continuation.resume() }
        }
    }

    var count: Int { state.withLock { $0.count } }
}
