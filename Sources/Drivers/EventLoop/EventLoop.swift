// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSLinux
internal import Glibc
internal import Synchronization

/// One thread's epoll loop, which is also the executor of the tasks that were spawned on it.
///
/// A turn is: events of descriptors, timers, at most `jobLimit` jobs of tasks, then what asked for the end of the turn.
/// Everything but `enqueue`, `execute`, `spawn` and `stop` is used on the loop's own thread only.
///
/// SAFETY: the stored properties without a lock are confined to the thread in `run()`; `isCurrent` asks a thread-local for
/// it, and each method that touches them is documented to be called there and asserts it in debug builds. `remote`,
/// `wakePending` and `isStopping` are synchronized.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// How many jobs run between two looks at the descriptors.
    static let jobLimit = 512

    /// The loop's name, which is its thread's.
    public let name: String
    let epoll: Int32
    private let wakeUp: Int32
    private let remote = Mutex(Remote())
    private let wakePending = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)

    private var jobs: [UnownedJob] = []
    private var nextJob = 0
    private var bodies: [() -> Void] = []
    private var turnEnds: [any TurnEndHandler] = []
    var slots: [Slot] = []
    var timers = TimerHeap()

    /// What other threads have posted.
    private struct Remote {
        var work: [Work] = []
        /// The thread has left `run()`; closures would never run and keep the loop alive.
        var isFinished = false
    }

    private enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    /// Who handles a descriptor; the generation tells a late event from one for the descriptor's next owner.
    struct Slot {
        var generation: UInt32 = 0
        var handler: (any EventHandler)?
    }

    /// Makes a loop; `run()` starts it.
    ///
    /// - Parameter name: The name of its thread, at most 15 bytes of it shown by the system.
    /// - Throws: `SystemError` if the process has no descriptors left.
    public init(name: String) throws(SystemError) {
        self.name = name
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SystemError(call: "epoll_create1") }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            let error = SystemError(call: "eventfd")
            close(epoll)
            throw error
        }
        let failed = clms_epoll_control(
            epoll,
            EPOLL_CTL_ADD,
            wakeUp,
            EPOLLIN.rawValue,
            UInt64(UInt32(bitPattern: wakeUp))
        )
        guard failed == 0 else {
            close(wakeUp)
            close(epoll)
            throw SystemError(code: failed, call: "epoll_ctl")
        }
    }

    deinit {
        close(wakeUp)
        close(epoll)
    }

    /// The loop that runs on the calling thread.
    public static var current: EventLoop? {
        guard let pointer = unsafe clms_current_loop() else { return nil }
        // SAFETY: the thread-local is set by `run()`, which keeps the loop alive, and cleared before it returns.
        return unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the calling thread is this loop's.
    public var isCurrent: Bool {
        unsafe clms_current_loop() == Unmanaged.passUnretained(self).toOpaque()
    }

    // MARK: From any thread

    /// Queues a job of a task; called by the runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else {
            remote.withLock { $0.work.append(.job(job)) }
            wake()
        }
    }

    /// Runs a closure on the loop, in a later turn or later in this one; never after the loop has ended.
    ///
    /// - Parameter body: The closure. It must not block.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        if isCurrent {
            bodies.append(body)
        } else {
            remote.withLock { remote in
                if !remote.isFinished { remote.work.append(.body(body)) }
            }
            wake()
        }
    }

    /// Suspends the calling task until its loop has looked at its descriptors once more; elsewhere it returns at once.
    ///
    /// For work of milliseconds, between two steps of it: replies are read and others get their turn meanwhile.
    public static func turn() async {
        guard let loop = current else { return }
        unsafe await withUnsafeContinuation { continuation in
            loop.execute { unsafe continuation.resume() }
        }
    }

    /// Starts a task that stays on this loop.
    ///
    /// - Parameter body: What the task does.
    public func spawn(_ body: @escaping @Sendable () async -> Void) {
        _ = Task(executorPreference: self) { await body() }
    }

    /// Starts a task that runs at once, inside this call, until it suspends, and stays on this loop; on the loop only.
    ///
    /// - Parameter body: What the task does.
    public func spawnImmediately(_ body: sending @escaping () async -> Void) {
        assert(isCurrent)
        _ = Task.immediate(executorPreference: self, operation: { await body() })
    }

    /// Like `spawnImmediately`, for a caller that may have to cancel the task; on the loop only.
    ///
    /// - Parameter body: What the task does.
    /// - Returns: The task.
    public func startImmediately(_ body: sending @escaping @isolated(any) () async -> Void) -> Task<Void, Never> {
        assert(isCurrent)
        return Task.immediate(executorPreference: self, operation: body)
    }

    /// Makes `run()` return after what is queued has run; from any thread.
    public func stop() {
        isStopping.store(true, ordering: .releasing)
        signalWakeUp()
    }

    private func wake() {
        guard !wakePending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        signalWakeUp()
    }

    private func signalWakeUp() {
        var one: UInt64 = 1
        // A full counter means that a wake-up is already under way.
        _ = unsafe write(wakeUp, &one, 8)
    }

    // MARK: On the loop

    /// Runs the loop on the calling thread until `stop()`.
    public func run() {
        unsafe clms_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: 256)
        while !isStopping.load(ordering: .acquiring) {
            let count = unsafe epoll_wait(epoll, events, 256, waitMilliseconds())
            if count > 0 {
                for index in 0..<Int(count) { unsafe dispatch(events[index]) }
            }
            finishTurn()
        }
        unsafe events.deallocate()
        // What is queued may hold continuations; it gets a chance to end before the thread does.
        for _ in 0..<1_000 {
            drainRemote()
            finishTurn()
            if isIdle { break }
        }
        remote.withLock { $0.isFinished = true }
        clms_set_current_loop(nil)
    }

    /// Has a handler called when this turn ends, before the loop waits again.
    ///
    /// - Parameter handler: The handler; it is kept until then.
    public func atTurnEnd(_ handler: any TurnEndHandler) {
        assert(isCurrent)
        turnEnds.append(handler)
    }

    private var isIdle: Bool {
        jobs.isEmpty && bodies.isEmpty && turnEnds.isEmpty && remote.withLock { $0.work.isEmpty }
    }

    private func finishTurn() {
        fireTimers()
        runBodies()
        runJobs()
        while !turnEnds.isEmpty {
            let ending = turnEnds
            turnEnds.removeAll(keepingCapacity: true)
            for handler in ending { handler.turnDidEnd() }
        }
    }

    private func waitMilliseconds() -> Int32 {
        guard jobs.isEmpty, bodies.isEmpty else { return 0 }
        guard let deadline = timers.nextDeadline else { return -1 }
        let now = clms_monotonic()
        guard deadline > now else { return 0 }
        return Int32(clamping: (deadline - now + 999_999) / 1_000_000)
    }

    private func dispatch(_ event: epoll_event) {
        let tag = unsafe event.data.u64
        let descriptor = Int(truncatingIfNeeded: tag & 0xFFFF_FFFF)
        if descriptor == Int(wakeUp) { return acceptWakeUp() }
        guard descriptor < slots.count, slots[descriptor].generation == UInt32(truncatingIfNeeded: tag >> 32) else {
            return
        }
        unsafe slots[descriptor].handler?.handle(Events(rawValue: event.events))
    }

    private func acceptWakeUp() {
        var count: UInt64 = 0
        // A failed read means that somebody stopped the loop twice; there is nothing to count.
        _ = unsafe read(wakeUp, &count, 8)
        drainRemote()
    }

    private func drainRemote() {
        wakePending.store(false, ordering: .sequentiallyConsistent)
        let arrived = remote.withLock { remote in
            let arrived = remote.work
            remote.work = []
            return arrived
        }
        for work in arrived {
            switch work {
            case .job(let job): jobs.append(job)
            case .body(let body): bodies.append(body)
            }
        }
    }

    private func runBodies() {
        guard !bodies.isEmpty else { return }
        let ready = bodies
        bodies = []
        for body in ready { body() }
    }

    private func runJobs() {
        let executor = unsafe asUnownedTaskExecutor()
        var left = Self.jobLimit
        while left > 0, nextJob < jobs.count {
            let job = jobs[nextJob]
            nextJob += 1
            left -= 1
            unsafe job.runSynchronously(on: executor)
        }
        if nextJob == jobs.count {
            jobs.removeAll(keepingCapacity: true)
        } else {
            jobs.removeFirst(nextJob)
        }
        nextJob = 0
    }
}
