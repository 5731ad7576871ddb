// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

extension JobRunner {
    /// How long ends of jobs are gathered before the next are leased, where others still run.
    private static let gathering = Duration.milliseconds(2)
    /// How often a runner looks whether a running job was cancelled or is another's.
    private static let look = Duration.seconds(1)
    /// How often at most, when something wakes it.
    private static let glance = Duration.milliseconds(100)

    /// Leases, extends and ends jobs until `stop()`.
    func run(on loop: EventLoop) async {
        var pause = pauses.first
        var leases = LeaseWatch(now: EventLoop.now)
        while true {
            let (isStopping, isWoken) = state.withLock { state in
                defer { state.isWoken = false }
                return (state.isStopping, state.isWoken)
            }
            if isStopping, await drain() { return }
            let step = await step(leasing: isStopping ? [] : demands, on: loop)
            await watch(&leases, isWoken: isWoken)
            pause = step.isIdle ? min(pause * 2, pauses.longest) : pauses.first
            if step.isComplete, goesOnAtOnce { continue }
            let isBusy = state.withLock { !$0.running.isEmpty }
            let limit = min(isBusy ? min(pause, Self.look) : pause, step.untilNext ?? pause)
            await signal.wait(atMost: limit, on: loop)
            if state.withLock({ !$0.isWoken && !$0.running.isEmpty && !$0.isStopping }) {
                // Nothing cancels this task; the loop may end first, and then nothing waits for it.
                try? await loop.sleep(for: Self.gathering)
            }
        }
    }

    private struct Step {
        var isIdle = true
        /// The database answered.
        var isComplete = false
        var untilNext: Duration?
    }

    /// Writes what ended, and begins what could be leased.
    private func step(leasing demands: [JobDemand], on loop: EventLoop) async -> Step {
        var step = Step()
        let ends = takeEnds()
        guard !demands.isEmpty || !ends.isEmpty else { return step }
        do {
            let heldUntil = EventLoop.now &+ Self.lease.nanosecondsOfLease
            let leased = try await jobs.lease(demands, ending: ends, for: Self.lease)
            step.isIdle = leased.jobs.isEmpty && ends.isEmpty
            step.isComplete = true
            step.untilNext = leased.nextAt.map { .seconds(max(0.001, $0.timeIntervalSince(jobs.clock.now()))) }
            followUp(tellBuried(leased.buried), on: loop)
            if !demands.isEmpty { state.withLock { $0.last = leased } }
            for job in leased.jobs { begin(job, heldUntil: heldUntil, on: loop) }
        } catch {
            // Written again with the next step; what ended meanwhile by its lease is not touched.
            state.withLock { $0.ends = ends + $0.ends }
            report("jobs cannot be leased: \(error)")
        }
        return step
    }

    /// Whether there is something to write or to look for, and nothing that it could be gathered with.
    private var goesOnAtOnce: Bool {
        state.withLock { $0.isWoken || (!$0.ends.isEmpty && $0.running.isEmpty) }
    }

    /// Whether all has ended that had begun; after the deadline it is cancelled.
    private func drain() async -> Bool {
        let (isLate, tasks, hasEnds, isFollowing) = state.withLock { state in
            (
                ContinuousClock.now >= state.drainDeadline, state.running.values.compactMap(\.task),
                !state.ends.isEmpty,
                state.isFollowing
            )
        }
        guard !tasks.isEmpty else {
            guard hasEnds else { return isLate || !isFollowing }
            let ends = takeEnds()
            do {
                await followUp(tellBuried(try await jobs.end(ends)))
            } catch {
                // Their leases end by themselves, and they are done again.
                report("\(ends.count) jobs keep their leases: \(error)")
            }
            return true
        }
        if isLate { for task in tasks { task.cancel() } }
        return false
    }
}

/// When leases were last looked at, in monotonic nanoseconds.
struct LeaseWatch {
    var lookedAt: UInt64
    var extendedAt: UInt64

    init(now: UInt64) {
        lookedAt = now
        extendedAt = now
    }
}

extension JobRunner {
    /// Extends the leases of what runs, and cancels what is no longer this runner's.
    private func watch(_ leases: inout LeaseWatch, isWoken: Bool) async {
        let running = state.withLock { $0.running.values.filter { !$0.isLost } }
        let now = EventLoop.now
        guard !running.isEmpty else {
            leases = LeaseWatch(now: now)
            return
        }
        let isDue = now &- leases.extendedAt >= Self.heartbeat.nanosecondsOfLease
        let pause = isWoken ? Self.glance : Self.look
        guard isDue || now &- leases.lookedAt >= pause.nanosecondsOfLease else { return }
        let all = running.map(\.run.job)
        do {
            let held = isDue ? try await jobs.extend(all, for: Self.lease) : try await jobs.held(all)
            leases.lookedAt = now
            if isDue { leases.extendedAt = now }
            let end = isDue ? now &+ Self.lease.nanosecondsOfLease : nil
            for job in all { held.contains(job.id) ? keep(job.id, until: end) : lose(job.id) }
        } catch {
            report("leases of \(all.count) jobs were not extended: \(error)")
            for running in running where running.heldUntil <= now { lose(running.run.job.id) }
        }
    }

    private func keep(_ id: Job.ID, until end: UInt64?) {
        if let end { state.withLock { $0.running[id]?.heldUntil = end } }
    }

    private func lose(_ id: Job.ID) {
        let task = state.withLock { state -> Task<Void, Never>? in
            guard let running = state.running[id], !running.run.isFinishing else { return nil }
            state.running[id]?.isLost = true
            return running.task
        }
        task?.cancel()
    }
}

extension Duration {
    fileprivate var nanosecondsOfLease: UInt64 { UInt64(seconds * 1e9) }
}
