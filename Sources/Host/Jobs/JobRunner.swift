// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Does the work of all tenants of a cell in this process until it is stopped.
///
/// Several runners, in this process or others, share the work: a job is one runner's until its lease ends.
final class JobRunner: Sendable {
    /// What became of a job.
    enum Outcome: Sendable {
        case finished
        case tryLater(reason: String)
    }

    typealias Handler = @Sendable (Job) async throws -> Outcome

    private let jobs: Jobs
    private let handlers: [JobKind: Handler]
    private let report: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        var task: Task<Void, Never>?
    }

    /// How many jobs are leased at a time; they run beside each other.
    static let batch = 16
    /// Longer than a job may take, with every time-out on its way.
    static let lease = Duration.seconds(120)
    /// After so many attempts, about a day, a job is given up.
    static let attempts = 30

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - jobs: The work.
    ///   - handlers: What does which kind of it.
    ///   - report: Tells an operator what goes wrong; gets no personal data.
    init(jobs: Jobs, handlers: [JobKind: Handler], report: @escaping @Sendable (String) -> Void) {
        self.jobs = jobs
        self.handlers = handlers
        self.report = report
    }

    /// Starts working on a loop.
    func start(on loop: EventLoop) {
        loop.execute { [self] in
            let task = loop.startImmediately { [self] in await run(on: loop) }
            state.withLock { $0.task = task }
        }
    }

    /// Takes no more work, and returns when what was begun has ended.
    func stop() async {
        let task = state.withLock { state in
            state.isStopping = true
            return state.task
        }
        await task?.value
    }

    /// Does what is due now.
    ///
    /// - Returns: How many jobs were leased.
    /// - Throws: `DatabaseError` if the work cannot be leased.
    @discardableResult
    func runOnce() async throws -> Int {
        let leased = try await jobs.lease(Self.batch, of: Array(handlers.keys), for: Self.lease)
        await withTaskGroup(of: Void.self) { group in
            for job in leased { group.addTask { await self.run(job) } }
        }
        return leased.count
    }

    private func run(on loop: EventLoop) async {
        while !state.withLock({ $0.isStopping }) {
            var isIdle = true
            do {
                isIdle = try await runOnce() < Self.batch
            } catch {
                report("jobs cannot be leased: \(error)")
            }
            guard isIdle else { continue }
            do {
                try await loop.sleep(for: .seconds(1))
            } catch {
                return
            }
        }
    }

    private func run(_ job: Job) async {
        let outcome: Outcome
        do {
            guard let handler = handlers[job.kind] else { return }
            outcome = try await handler(job)
        } catch {
            outcome = .tryLater(reason: "failed")
            report("a job of kind \(job.kind) failed for tenant \(job.tenant): \(error)")
        }
        do {
            switch outcome {
            case .finished: try await jobs.complete(job)
            case .tryLater(let reason) where job.attempts >= Self.attempts:
                try await jobs.bury(job, because: reason)
                report("a job of kind \(job.kind) was given up for tenant \(job.tenant): \(reason)")
            case .tryLater(let reason):
                try await jobs.retry(job, after: Self.delay(after: job.attempts), because: reason)
            }
        } catch {
            // The lease ends by itself and the job is done again.
            report("a job of kind \(job.kind) keeps its lease for tenant \(job.tenant): \(error)")
        }
    }

    /// Twice as long each time, from 5 s to an hour, and up to a half more, so that what failed together does not come back together.
    static func delay(after attempts: Int) -> Duration {
        let seconds = min(3600, 5 * Double(1 << min(attempts - 1, 10)))
        return .seconds(seconds * Double.random(in: 1...1.5))
    }
}
