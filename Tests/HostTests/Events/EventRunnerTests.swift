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

/// Each test has types and consumers of its own, since all events are in one table.
@Suite struct EventRunnerTests {
    private typealias Aggregate = Identifier<TestTenant>

    private func runner(
        _ tenant: TestTenant,
        _ clock: TestClock,
        _ consumers: [EventConsumer],
        standing: TenantStanding = .served
    ) -> EventRunner {
        EventRunner(
            outbox: tenant.outbox(clock),
            consumers: consumers,
            tenants: tenant.tenants,
            standing: { _ in standing },
            report: { _ in }
        )
    }

    /// What a consumer was given, in order.
    private final class Seen: Sendable {
        private let numbers = Mutex<[Int]>([])
        var all: [Int] { numbers.withLock { $0 } }
        func add(_ event: RecordedEvent) { numbers.withLock { $0.append(event.number ?? -1) } }
    }

    @Test func `an effect in the database and its receipt are one`() async throws {
        let (cause, effect) = (EventType("probe.cause", .courses), EventType("probe.effect", .courses))
        let failures = Mutex(1)
        let consumer = EventConsumer("probe-effect", to: [cause]) { event, session in
            try await session.execute(
                .recordEvent(.probe(effect, of: Aggregate(event.aggregate), event.number ?? -1), by: session.principal)
            )
            let fails = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            if fails { throw TestFailure("after the effect") }
        }
        try await withTenant { tenant in
            let clock = TestClock()
            let runner = runner(tenant, clock, [consumer])
            try await runner.register()
            try await tenant.record(cause, of: Aggregate(UUID()), [1, 2])
            try await eventually {
                clock.advance(by: 1)
                try await runner.runOnce()
                return try await tenant.recorded(effect).count >= 2
            }
            #expect(try await tenant.recorded(effect) == [1, 2])
            #expect(try await runner.runOnce() == 0)
        }
    }

    @Test func `the order of an aggregate is kept when one fails, and others go on`() async throws {
        let type = EventType("probe.ordered", .courses)
        let seen = Seen()
        let tries = Mutex(0)
        let consumer = EventConsumer(
            "probe-ordered",
            to: [type],
            outside: { event in
                if event.number == 1,
                    tries.withLock({ tries in
                        tries += 1; return tries
                    }) <= 2
                {
                    throw TestFailure("not yet")
                }
                seen.add(event)
            }
        )
        try await withTenant { tenant in
            let clock = TestClock()
            // Two processes share the work.
            let runners = [runner(tenant, clock, [consumer]), runner(tenant, clock, [consumer])]
            try await runners[0].register()
            try await tenant.record(type, of: Aggregate(UUID()), Array(1...5))
            try await tenant.record(type, of: Aggregate(UUID()), [100])
            try await eventually {
                async let first = runners[0].runOnce()
                async let second = runners[1].runOnce()
                _ = try await (first, second)
                return tries.withLock { $0 } == 1 && seen.all == [100]
            }
            clock.advance(by: 2)
            try await runners[1].runOnce()
            #expect(tries.withLock { $0 } == 2 && seen.all == [100])
            clock.advance(by: 3)
            try await runners[0].runOnce()
            #expect(seen.all == [100, 1, 2, 3, 4, 5])
        }
    }

    @Test func `what always fails is given up after four tries, and its aggregate goes on`() async throws {
        let type = EventType("probe.dead", .courses)
        let seen = Seen()
        let tries = Mutex(0)
        let consumer = EventConsumer("probe-dead", to: [type]) { event, _ in
            if event.number == 1 {
                tries.withLock { $0 += 1 }
                throw TestFailure("never")
            }
            seen.add(event)
        }
        try await withTenant { tenant in
            let clock = TestClock()
            let runner = runner(tenant, clock, [consumer])
            try await runner.register()
            try await tenant.record(type, of: Aggregate(UUID()), [1, 2])
            try await eventually {
                try await runner.runOnce()
                return tries.withLock { $0 } == 1
            }
            for count in 2...4 {
                try await runner.runOnce()
                #expect(tries.withLock { $0 } == count - 1)
                clock.advance(by: 6)
                try await runner.runOnce()
                #expect(tries.withLock { $0 } == count)
            }
            #expect(seen.all == [2])
            clock.advance(by: 3600)
            try await runner.runOnce()
            #expect(tries.withLock { $0 } == 4)
            let dead = try await tenant.reader().read(
                "SELECT consumer, failure, attempts::bigint AS attempts FROM cell.tenant_dead_events"
            )
            let row = try #require(dead.only)
            let (name, failure, attempts): (String, String, Int) = (
                try row["consumer"], try row["failure"], try row["attempts"]
            )
            #expect(name == "probe-dead" && failure == "failed: TestFailure" && attempts == 4)
        }
    }

    /// What a consumer throws whose statement took too long.
    enum Timeout: CaseIterable {
        case ofTheServer
        case ofAnotherDriver
        case toldByAFeature
    }

    @Test(arguments: Timeout.allCases)
    func `what is never done in time is tried more often, and given up`(_ timeout: Timeout) async throws {
        let type =
            switch timeout {
            case .ofTheServer: EventType("probe.slow_server", .courses)
            case .ofAnotherDriver: EventType("probe.slow_driver", .courses)
            case .toldByAFeature: EventType("probe.slow_feature", .courses)
            }
        let seen = Seen()
        let tries = Mutex(0)
        let react: EventConsumer.Reaction = { event, _ in
            guard event.number == 1 else { return seen.add(event) }
            tries.withLock { $0 += 1 }
            // What our driver makes of query_canceled; that it does, its own tests show.
            switch timeout {
            case .ofTheServer: throw DatabaseError.cancelled
            case .ofAnotherDriver: throw DatabaseError.refused(sqlState: "57014")
            case .toldByAFeature: throw NotificationError.database(.cancelled)
            }
        }
        let consumer =
            switch timeout {
            case .ofTheServer: EventConsumer("probe-slow-server", to: [type], react: react)
            case .ofAnotherDriver: EventConsumer("probe-slow-driver", to: [type], react: react)
            case .toldByAFeature: EventConsumer("probe-slow-feature", to: [type], react: react)
            }
        try await withTenant { tenant in
            let clock = TestClock()
            let runner = runner(tenant, clock, [consumer])
            try await runner.register()
            try await tenant.record(type, of: Aggregate(UUID()), [1, 2])
            try await tenant.relay(2, to: consumer, tenant.outbox(clock))
            for count in 1...EventWorker.triesWhenSlow {
                #expect(seen.all.isEmpty)
                try await runner.runOnce()
                #expect(tries.withLock { $0 } == count)
                // Longer than the longest delay.
                clock.advance(by: 76)
            }
            #expect(seen.all == [2])
            clock.advance(by: 3600)
            try await runner.runOnce()
            #expect(tries.withLock { $0 } == EventWorker.triesWhenSlow)
            let dead = try await tenant.reader().read(
                "SELECT attempts::bigint AS attempts FROM cell.tenant_dead_events WHERE consumer = \(consumer.name)"
            )
            let attempts: Int = try #require(dead.only)["attempts"]
            #expect(attempts == EventWorker.triesWhenSlow)
        }
    }

    @Test func `tries are further and further apart, up to a minute`() {
        for tries in [EventWorker.tries, EventWorker.triesWhenSlow] {
            for attempts in 0..<tries - 1 {
                let delay = EventWorker.delay(after: attempts, of: tries) / .seconds(1)
                let least = min(60, Double(1 << attempts))
                #expect(delay >= least && delay <= least * 1.25)
            }
        }
    }

    @Test func `nothing is given up while whoever is told cannot be reached`() async throws {
        let type = EventType("probe.postponed", .courses)
        let seen = Seen()
        let isUp = Mutex(false)
        let consumer = EventConsumer(
            "probe-postponed",
            to: [type],
            outside: { event in
                guard isUp.withLock({ $0 }) else { throw EventPostponed(for: .seconds(5)) }
                seen.add(event)
            }
        )
        try await withTenant { tenant in
            let clock = TestClock()
            let runner = runner(tenant, clock, [consumer])
            try await runner.register()
            try await tenant.record(type, of: Aggregate(UUID()), [1, 2])
            for _ in 0..<10 {
                try await runner.runOnce()
                clock.advance(by: 6)
            }
            isUp.withLock { $0 = true }
            try await eventually {
                clock.advance(by: 6)
                try await runner.runOnce()
                return seen.all.count >= 2
            }
            #expect(seen.all == [1, 2])
        }
    }

    @Test func `a worker that died takes nothing along`() async throws {
        let (cause, effect) = (EventType("probe.killed", .courses), EventType("probe.survived", .courses))
        let consumer = EventConsumer("probe-killed", to: [cause]) { event, session in
            try await session.execute(
                .recordEvent(.probe(effect, of: Aggregate(event.aggregate), event.number ?? -1), by: session.principal)
            )
        }
        try await withTenant { tenant in
            let clock = TestClock()
            let outbox = tenant.outbox(clock)
            let runner = runner(tenant, clock, [consumer])
            try await runner.register()
            try await tenant.record(cause, of: Aggregate(UUID()), [1, 2, 3])
            try await tenant.relay(3, to: consumer, outbox)
            // The first worker does one, and dies between the effect and the receipt of the second.
            let lane = try #require(try await outbox.lease(1, of: consumer.name, for: .seconds(30)).first)
            for (index, delivery) in lane.deliveries.prefix(2).enumerated() {
                let again = Event.probe(effect, of: Aggregate(lane.aggregate), delivery.event.number ?? -1)
                // A broken connection is rolled back by the server.
                try? await tenant.transaction { session in
                    try await session.execute(.recordEvent(again, by: .test))
                    if index == 1 { throw TestFailure("killed") }
                    try await outbox.finish(delivery, in: lane, session: session)
                }
            }
            clock.advance(by: 31)
            try await eventually {
                try await runner.runOnce()
                return try await tenant.recorded(effect).count >= 3
            }
            #expect(try await tenant.recorded(effect).sorted() == [1, 2, 3])
        }
    }

    @Test func `events of a suspended tenant wait, those of a deleted one are done with`() async throws {
        let type = EventType("probe.suspended", .courses)
        let seen = Seen()
        let consumer = EventConsumer("probe-suspended", to: [type], outside: { seen.add($0) })
        try await withTenant { tenant in
            let clock = TestClock()
            let suspended = runner(tenant, clock, [consumer], standing: .suspended)
            try await suspended.register()
            try await tenant.record(type, of: Aggregate(UUID()), [1])
            try await eventually { try await suspended.runOnce() == 1 }
            #expect(seen.all.isEmpty)
            clock.advance(by: 61)
            try await runner(tenant, clock, [consumer]).runOnce()
            #expect(seen.all == [1])
            try await tenant.record(type, of: Aggregate(UUID()), [2])
            let gone = runner(tenant, clock, [consumer], standing: .gone)
            try await eventually { try await gone.runOnce() == 1 }
            #expect(try await runner(tenant, clock, [consumer]).runOnce() == 0)
            #expect(seen.all == [1])
        }
    }

    @Test func `a runner is woken by a commit and ends when it is stopped`() async throws {
        let type = EventType("probe.woken", .courses)
        let seen = Seen()
        let consumer = EventConsumer("probe-woken", to: [type], outside: { seen.add($0) })
        try await withTenant { tenant in
            let runner = EventRunner(
                outbox: Outbox(cell: tenant.installation.control, installation: tenant.installation.prefix),
                consumers: [consumer],
                tenants: tenant.tenants,
                standing: { _ in .served },
                report: { _ in }
            )
            try await runner.register()
            runner.start(on: tenant.installation.loops.next())
            try await tenant.record(type, of: Aggregate(UUID()), [1, 2, 3])
            runner.wake()
            try await eventually { seen.all == [1, 2, 3] }
            await runner.stop()
            try await tenant.record(type, of: Aggregate(UUID()), [4])
            runner.wake()
            #expect(seen.all == [1, 2, 3])
        }
    }
}
