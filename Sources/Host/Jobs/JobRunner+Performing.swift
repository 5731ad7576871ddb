// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

extension JobRunner {
    /// Starts a job, which may be done before this returns; on the loop only.
    func begin(_ job: Job, heldUntil: UInt64, on loop: EventLoop) {
        let run = JobRun(job, jobs: jobs)
        state.withLock { $0.running[job.id] = Running(run: run, heldUntil: heldUntil) }
        let task = loop.startImmediately { [self] in
            await perform(run)
            state.withLock { $0.running[job.id] = nil }
            signal.set()
        }
        state.withLock { $0.running[job.id]?.task = task }
    }

    /// Does a job, and leaves what became of it to be written by the task that leases: this one may be cancelled.
    func perform(_ run: JobRun) async {
        let job = run.job
        metrics.start(job, of: job.queue)
        guard let handler = handlers[job.kind] else {
            // A process of another version may have the handler.
            report("no handler for jobs of kind \(job.kind)")
            return end(.waiting(job, until: jobs.clock.now().addingTimeInterval(60), reason: "no handler"))
        }
        do {
            let outcome = try await handler(run)
            settle(run, outcome)
        } catch {
            settle(run, throwing: error)
        }
    }

    private func settle(_ run: JobRun, _ outcome: JobOutcome) {
        let job = run.job
        if run.isFinished { return metrics.count(\.done, of: job.queue) }
        switch outcome {
        case .finished:
            metrics.count(\.done, of: job.queue)
            end(.done(job))
        case .tryLater(let reason, let delay):
            metrics.count(\.failed, of: job.queue)
            end(.failed(job, retryAfter: delay ?? Self.delay(after: job.attempts), reason: reason))
        case .unavailable(let reason):
            metrics.count(\.failed, of: job.queue)
            end(.failed(job, retryAfter: Self.delay(after: job.attempts), reason: reason))
        case .wait(let instant, let reason):
            end(.waiting(job, until: instant, reason: reason))
        case .giveUp(let reason):
            metrics.count(\.failed, of: job.queue)
            end(.dead(job, reason: reason))
        }
    }

    private func settle(_ run: JobRun, throwing error: any Error) {
        let job = run.job
        // It did its work, and what came after that has no job any more.
        if run.isFinished { return metrics.count(\.done, of: job.queue) }
        let (isLost, isStopping) = state.withLock { ($0.running[job.id]?.isLost ?? false, $0.isStopping) }
        if isLost || error is JobLeaseError {
            report("a job of kind \(job.kind) was taken away for tenant \(job.tenant)")
            return metrics.count(\.lost, of: job.queue)
        }
        if isStopping, Task.isCancelled { return end(.waiting(job, until: jobs.clock.now(), reason: "stopped")) }
        metrics.count(\.failed, of: job.queue)
        report("a job of kind \(job.kind) failed for tenant \(job.tenant): \(error)")
        end(.failed(job, retryAfter: Self.delay(after: job.attempts), reason: "failed"))
    }

    private func end(_ end: JobEnd) {
        state.withLock { $0.ends.append(end) }
    }

    /// Twice as long each time, from 5 s to an hour, and up to a half more, so that what failed together does not come back together.
    static func delay(after attempts: Int) -> Duration {
        let seconds = min(3600, 5 * Double(1 << min(max(attempts, 1) - 1, 10)))
        return .seconds(seconds * Double.random(in: 1...1.5))
    }
}
