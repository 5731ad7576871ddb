// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import Synchronization

/// What became of an attempt at a job.
enum JobOutcome: Sendable, Equatable {
    /// Nothing is left to do.
    case finished
    /// It is to be tried again: after a time that doubles with each attempt, or the one given here. After the last attempt that its kind
    /// allows it is a dead letter.
    case tryLater(reason: String, after: Duration? = nil)
    /// A service outside does not answer; it is tried again. In `JobRun.through` this counts against the service.
    case unavailable(reason: String)
    /// It waits, and the attempt does not count.
    case wait(until: Date, reason: String)
    /// It can never succeed: it is a dead letter at once.
    case giveUp(reason: String)
}

/// Does jobs of one kind.
///
/// What it changes in the tenant's schema it does in `JobRun.transaction`, then that happens once. What it does elsewhere happens at
/// least once. Its task is cancelled when the lease is lost, when somebody cancels the job, and when the process ends.
typealias JobHandler = @Sendable (JobRun) async throws -> JobOutcome

/// A job in the hands of its handler.
final class JobRun: Sendable {
    let job: Job
    private let jobs: Jobs
    private let breakers: JobBreakers
    private let state = Mutex(State())

    private struct State {
        var isFinished = false
        /// Its end is written in a transaction that may have been committed.
        var isFinishing = false
        var reported: ContinuousClock.Instant?
    }

    init(_ job: Job, jobs: Jobs) {
        self.job = job
        self.jobs = jobs
        breakers = JobBreakers(jobs)
    }

    /// Whose it is.
    var tenant: TenantID { job.tenant }
    /// What is to be done.
    var kind: JobKind { job.kind }
    /// What it is to be done with.
    var subject: UUID { job.subject }
    /// References that the subject does not give.
    var payload: JSONText { job.payload }
    /// The time by the clock of the queue.
    var now: Date { jobs.clock.now() }
    /// How often it was tried, this time included.
    var attempts: Int { job.attempts }

    /// Changes the tenant's data and finishes the job in one transaction: both happen or neither, whatever is killed.
    ///
    /// - Parameters:
    ///   - tenants: Opens the transaction.
    ///   - principal: Who acts.
    ///   - body: The changes.
    /// - Returns: What `body` returned.
    /// - Throws: `JobLeaseError.lost` if another worker has the job by now or it was cancelled; what `body` threw. Nothing was changed.
    @discardableResult
    func transaction<Result: Sendable>(
        on tenants: Tenants,
        as principal: Principal,
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        let result = try await tenants.transaction(for: tenant, as: principal) { session in
            let result = try await body(session)
            state.withLock { $0.isFinishing = true }
            do throws(DatabaseError) {
                try await session.execute(.finishJob(job))
            } catch {
                if case .refused("LMJ01") = error { throw JobLeaseError.lost }
                throw error
            }
            return result
        }
        state.withLock { $0.isFinished = true }
        return result
    }

    /// Whether a transaction has finished it.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Whether a transaction finishes it now, so that it is gone from the queue before that is known here.
    var isFinishing: Bool { state.withLock { $0.isFinishing } }

    /// Calls a service outside, unless it has failed so often that nobody calls it for now.
    ///
    /// - Parameters:
    ///   - service: What is called, for the tenant: a host, or the kind of work if `nil`.
    ///   - body: Calls it. `.unavailable` counts against the service, `.finished` and `.giveUp` for it; nothing else says anything of it.
    /// - Returns: What became of the attempt: `.wait` if it was not called.
    /// - Throws: What `body` threw; `DatabaseError`.
    func through(_ service: String? = nil, _ body: () async throws -> JobOutcome) async throws -> JobOutcome {
        let service = service ?? kind.description
        switch try await breakers.admit(to: service, for: tenant) {
        case .wait(let instant): return .wait(until: instant, reason: "service unavailable")
        case .call(let isSound):
            let outcome = try await body()
            switch outcome {
            case .unavailable: try await breakers.failed(service, for: tenant)
            case .finished, .giveUp: if !isSound { try await breakers.succeeded(service, for: tenant) }
            case .tryLater, .wait: break
            }
            return outcome
        }
    }

    /// Says how far the job is; more often than once a second nothing is written but the end.
    ///
    /// - Parameters:
    ///   - progress: 0 through 100.
    ///   - code: What is being done, as a code of at most 100 characters.
    /// - Throws: `DatabaseError`.
    func report(progress: Int, _ code: String? = nil) async throws {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            if let last = state.reported, progress < 100, now - last < .seconds(1) { return false }
            state.reported = now
            return true
        }
        if isDue { try await jobs.report(job, progress: progress, code: code) }
    }
}
