// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Does the work of all tenants of a cell in this process until it is stopped.
///
/// Several runners, in this process or others, share the work: a job is one runner's until its lease ends. One task leases, extends and
/// ends jobs in batches; each job has a task of its own.
final class JobRunner: Sendable {
    let jobs: Jobs
    let metrics = JobMetrics()
    let handlers: [JobKind: JobHandler]
    let report: @Sendable (String) -> Void
    /// What follows when a tenant's jobs were given up.
    let afterwards: @Sendable (TenantID, [Job]) async throws -> Void
    let signal = JobSignal()
    let pauses: Pauses
    private let lanes: [JobQueue: Int]
    let state = Mutex(State())

    struct State {
        var running: [Job.ID: Running] = [:]
        /// What became of jobs, and is not yet written.
        var ends: [JobEnd] = []
        /// What was given up, and has yet to be followed by what follows.
        var buried: [Job] = []
        var isFollowing = false
        var last: LeasedJobs?
        var isWoken = false
        var isStopping = false
        var drainDeadline = ContinuousClock.now
        var task: Task<Void, Never>?
    }

    struct Running {
        let run: JobRun
        var task: Task<Void, Never>?
        /// Monotonic nanoseconds: until then nobody else can have the job.
        var heldUntil: UInt64
        var isLost = false
    }

    /// How long a worker that died keeps others from its jobs; that of a job that runs is extended.
    static let lease = Duration.seconds(30)
    static let heartbeat = Duration.seconds(10)
    /// How many jobs that were given up may wait for what follows; others are left out, as when the process ends.
    static let buriedLimit = 1_000
    /// The pauses between two looks while nothing wakes the runner: the first, and the longest.
    struct Pauses: Sendable {
        var first = Duration.milliseconds(100)
        var longest = Duration.seconds(1)
    }

    /// How many jobs of each queue one process does at a time.
    static let lanes: [JobQueue: Int] = [
        .default: 50, .mail: 50, .webhooks: 50, .exports: 2, .media: 2, .maintenance: 4,
    ]

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - jobs: The work.
    ///   - handlers: What does which kind of it.
    ///   - lanes: The queues that it serves, and how many jobs of each it does at a time.
    ///   - pauses: How long it waits while nothing wakes it.
    ///   - afterwards: What follows when a tenant's jobs were given up, once that is written; it may be missed when the process ends.
    ///   - report: Tells an operator what goes wrong; gets no personal data.
    init(
        jobs: Jobs,
        handlers: [JobKind: JobHandler],
        lanes: [JobQueue: Int] = JobRunner.lanes,
        pauses: Pauses = Pauses(),
        afterwards: @escaping @Sendable (TenantID, [Job]) async throws -> Void = { _, _ in },
        report: @escaping @Sendable (String) -> Void
    ) {
        self.jobs = jobs
        self.handlers = handlers
        self.lanes = lanes
        self.pauses = pauses
        self.afterwards = afterwards
        self.report = report
    }

    /// Whether it serves any queue.
    var isOffered: Bool { !lanes.isEmpty }

    /// Starts working on a loop.
    func start(on loop: EventLoop) {
        loop.execute { [self] in
            let task = loop.startImmediately { [self] in await run(on: loop) }
            state.withLock { $0.task = task }
        }
    }

    /// Looks for work at once; from any thread.
    func wake() {
        state.withLock { $0.isWoken = true }
        signal.set()
    }

    /// Takes no more work, and returns when what was begun has ended.
    ///
    /// What is not done by the deadline is cancelled and given back, and is another worker's at once.
    ///
    /// - Parameter deadline: How long jobs may take to end by themselves.
    func stop(deadline: Duration = .seconds(20)) async {
        let task = state.withLock { state in
            state.isStopping = true
            state.drainDeadline = ContinuousClock.now + deadline
            return state.task
        }
        signal.set()
        await task?.value
    }

    /// Does what is due now, for callers without a loop.
    ///
    /// - Returns: How many jobs were leased.
    /// - Throws: `DatabaseError` if the work cannot be leased.
    @discardableResult
    func runOnce() async throws -> Int {
        let leased = try await jobs.lease(demands, for: Self.lease)
        state.withLock { $0.last = leased }
        await withTaskGroup(of: Void.self) { group in
            for job in leased.jobs {
                group.addTask { await self.perform(JobRun(job, jobs: self.jobs)) }
            }
        }
        await followUp(tellBuried(try await jobs.end(takeEnds())))
        return leased.jobs.count
    }

    /// What there is room for.
    var demands: [JobDemand] {
        state.withLock { state in
            var busy: [JobQueue: Int] = [:]
            for running in state.running.values { busy[running.run.job.queue, default: 0] += 1 }
            return lanes.compactMap { queue, width in
                let room = width - busy[queue, default: 0]
                return room > 0 ? JobDemand(room, of: queue, after: state.last) : nil
            }
        }
    }

    func takeEnds() -> [JobEnd] {
        state.withLock { state in
            defer { state.ends = [] }
            return state.ends
        }
    }

    /// Says which jobs were given up, and returns them.
    func tellBuried(_ buried: [Job]) -> [Job] {
        for job in buried {
            metrics.count(\.dead, of: job.queue)
            report("a job of kind \(job.kind) was given up for tenant \(job.tenant)")
        }
        return buried
    }
}
