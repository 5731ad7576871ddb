// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization

/// Hands events on and has this process's consumers react to them until it is stopped.
///
/// Several runners, in this process or others, share the work. Consumers that only other processes know are left to those.
final class EventRunner: Sendable {
    private let outbox: Outbox
    private let workers: [EventWorker]
    private let report: @Sendable (String) -> Void
    private let relayWakeup = Wakeup()
    private let wakeups: [String: Wakeup]
    private let state: State

    private final class State: Sendable {
        let isStopping = Atomic(false)
        let tasks = Mutex<[Task<Void, Never>]>([])
    }

    /// How many aggregates a consumer leases at a time, and how many of them it does beside each other.
    static let (batch, width) = (16, 4)
    /// How long the relay rests, from when there was something to when there is nothing.
    static let rests = (shortest: Duration.milliseconds(10), longest: Duration.seconds(1))
    /// How often the consumers are said to exist still.
    static let registrationInterval = Duration.seconds(600)

    /// Makes a runner.
    ///
    /// - Parameters:
    ///   - outbox: The events.
    ///   - consumers: Those of this process; each name once.
    ///   - tenants: Opens transactions.
    ///   - standing: Says whether a tenant is served.
    ///   - report: Tells an operator what goes wrong; gets no personal data.
    init(
        outbox: Outbox,
        consumers: [EventConsumer],
        tenants: Tenants,
        standing: @escaping @Sendable (TenantID) async throws -> TenantStanding,
        report: @escaping @Sendable (String) -> Void
    ) {
        let state = State()
        self.state = state
        self.outbox = outbox
        self.report = report
        workers = consumers.map { consumer in
            EventWorker(
                outbox: outbox,
                consumer: consumer,
                tenants: tenants,
                standing: standing,
                isStopping: { state.isStopping.load(ordering: .relaxed) },
                report: report
            )
        }
        wakeups = Dictionary(consumers.map { ($0.name, Wakeup()) }) { first, _ in first }
    }

    /// Starts working on a loop.
    func start(on loop: EventLoop) {
        loop.execute { [self] in
            var tasks = [loop.startImmediately { [self] in await relay(on: loop) }]
            for worker in workers { tasks.append(loop.startImmediately { [self] in await work(worker, on: loop) }) }
            state.tasks.withLock { $0 = tasks }
        }
    }

    /// Says that something was recorded; returns at once.
    func wake() { relayWakeup.set() }

    /// Takes on nothing more, and returns when what was begun has ended.
    func stop() async {
        state.isStopping.store(true, ordering: .relaxed)
        relayWakeup.set()
        for wakeup in wakeups.values { wakeup.set() }
        for task in state.tasks.withLock({ $0 }) { await task.value }
    }

    /// Makes this process's consumers known.
    ///
    /// - Throws: `DatabaseError`.
    func register() async throws(DatabaseError) {
        try await outbox.register(workers.map(\.consumer))
    }

    /// Hands on what can be and has each consumer do what is due now.
    ///
    /// - Returns: How many aggregates were taken up.
    /// - Throws: `DatabaseError`.
    @discardableResult
    func runOnce() async throws -> Int {
        try await outbox.relay()
        var count = 0
        for worker in workers { count += try await runOnce(worker).count }
        return count
    }

    private func runOnce(_ worker: EventWorker) async throws -> [EventWorker.Outcome] {
        let lanes = try await outbox.lease(Self.batch, of: worker.consumer.name, for: EventWorker.lease)
        return await withTaskGroup(of: EventWorker.Outcome.self) { group in
            var outcomes: [EventWorker.Outcome] = []
            for (index, lane) in lanes.enumerated() {
                if index >= Self.width, let outcome = await group.next() { outcomes.append(outcome) }
                group.addTask { await worker.run(lane) }
            }
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
    }

    private var isStopping: Bool { state.isStopping.load(ordering: .relaxed) }

    private func relay(on loop: EventLoop) async {
        let names = workers.map(\.consumer.name)
        var rest = Self.rests.shortest
        var registered: UInt64?
        while !isStopping {
            do {
                let isStale =
                    registered.map { EventLoop.now &- $0 > Self.registrationInterval.wholeNanoseconds } ?? true
                if isStale {
                    try await register()
                    registered = EventLoop.now
                }
                let relayed = try await outbox.relay()
                let due = try await outbox.due(among: names)
                for name in due { wakeups[name]?.set() }
                if relayed.events == Outbox.relayBatch { continue }
                rest = relayed.events > 0 ? Self.rests.shortest : min(rest * 2, Self.rests.longest)
            } catch {
                report("events cannot be handed on: \(error)")
                rest = Self.rests.longest
            }
            let before = EventLoop.now
            await relayWakeup.wait(upTo: rest, on: loop)
            if EventLoop.now &- before < rest.wholeNanoseconds { rest = Self.rests.shortest }
        }
    }

    private func work(_ worker: EventWorker, on loop: EventLoop) async {
        guard let wakeup = wakeups[worker.consumer.name] else { return }
        while !isStopping {
            var pause = Duration.seconds(5)
            do {
                let outcomes = try await runOnce(worker)
                for case .postponed(let delay) in outcomes { pause = max(pause, delay) }
                let isPostponed = outcomes.contains { if case .postponed = $0 { true } else { false } }
                if isPostponed {
                    await rest(pause, on: loop)
                    continue
                }
                if outcomes.count == Self.batch || outcomes.contains(.unfinished) { continue }
            } catch {
                report("events of consumer \(worker.consumer.name) cannot be leased: \(error)")
                await rest(.seconds(1), on: loop)
                continue
            }
            await wakeup.wait(upTo: pause, on: loop)
        }
    }

    /// Waits, whatever there is to do; ends early when the runner is stopped.
    private func rest(_ duration: Duration, on loop: EventLoop) async {
        let end = EventLoop.now &+ duration.wholeNanoseconds
        while !isStopping, EventLoop.now < end {
            do {
                try await loop.sleep(for: .milliseconds(250))
            } catch {
                return
            }
        }
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: UInt64 {
        UInt64(components.seconds) * 1_000_000_000 + UInt64(components.attoseconds / 1_000_000_000)
    }
}
