// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy

/// The work of one process on its loop, woken by commits.
final class PlatformWork: Sendable {
    let runner: JobRunner
    let events: EventRunner
    let eventUpkeep: EventUpkeep
    private let upkeep: JobUpkeep
    private let signals: CommitSignals

    /// Puts it together.
    ///
    /// - Parameters:
    ///   - platform: What does the work.
    ///   - lanes: The queues that are served, and how many jobs of each run at a time; none for no work.
    ///   - report: Tells an operator what goes wrong.
    init(_ platform: Platform, lanes: [JobQueue: Int], report: @escaping @Sendable (String) -> Void) {
        signals = platform.installation.signals
        runner = platform.jobRunner(lanes: lanes, report: report)
        events = platform.eventRunner(report: report)
        eventUpkeep = EventUpkeep(outbox: platform.outbox, report: report)
        upkeep = JobUpkeep(
            runner: runner,
            declared: platform.jobSchedules,
            administration: platform.installation.administration,
            report: report
        )
    }

    /// Starts working: on jobs and events, or on neither.
    func start(on group: EventLoopGroup) {
        let (eventLoop, eventUpkeep) = (group.next(), eventUpkeep)
        eventLoop.spawn { await eventUpkeep.watch(on: eventLoop) }
        guard runner.isOffered else { return }
        signals.onCommit(of: .events, events.wake)
        events.start(on: eventLoop)
        let (loop, upkeep) = (group.next(), upkeep)
        runner.start(on: loop)
        signals.onCommit(of: .jobs, runner.wake)
        loop.spawn { await upkeep.watch(on: loop) }
    }

    /// Takes no more work, and returns when what was begun has ended or was given back.
    func stop() async {
        await runner.stop()
        await events.stop()
    }
}
