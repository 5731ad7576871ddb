// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

/// Events of all tenants are in one table; each test has types and consumers of its own.
@Suite struct OutboxTests {
    private typealias Aggregate = Identifier<TestTenant>

    private func consumer(_ name: StaticString, _ types: EventType...) -> EventConsumer {
        EventConsumer(name, to: Set(types), replays: .taken) { _, _ in }
    }

    /// Hands on until a consumer was given so many events in all, and leases what it has to do.
    private func lanes(
        of consumer: EventConsumer,
        given count: Int,
        at tenant: TestTenant,
        _ outbox: Outbox
    ) async throws -> [EventLane] {
        try await tenant.relay(count, to: consumer, outbox)
        return try await outbox.lease(10, of: consumer.name, for: .seconds(30))
    }

    private func lease(_ outbox: Outbox, _ consumer: EventConsumer, _ limit: Int = 10) async throws -> [EventLane] {
        try await outbox.lease(limit, of: consumer.name, for: .seconds(30))
    }

    @Test func `what is rolled back was never recorded`() async throws {
        let type = EventType("probe.rolled_back", .courses)
        try await withTenant { tenant in
            await #expect(throws: TestFailure.self) {
                try await tenant.transaction { session in
                    try await session.execute(.recordEvent(.probe(type, of: Aggregate(UUID()), 1), by: .test))
                    throw TestFailure("rolled back")
                }
            }
            let recorded = try await tenant.recorded(type)
            #expect(recorded.isEmpty)
        }
    }

    @Test func `an event says who did it, in which trace, to what`() async throws {
        let type = EventType("probe.described", .payments, version: 3)
        let taker = consumer("probe-described", type)
        let user = Principal.ID(UUID())
        let trace = "0af7651916cd43dd8448eb211c80319c"
        let origin = RequestOrigin(address: "192.0.2.1", userAgent: nil, traceID: trace)
        let principal = Principal(.user(user), grants: Grants(), origin: origin)
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([taker])
            let aggregate = Aggregate(UUID())
            try await tenant.record(type, of: aggregate, [7], as: principal)
            let lane = try #require(try await lanes(of: taker, given: 1, at: tenant, outbox).first)
            let event = try #require(lane.deliveries.first?.event)
            #expect(event.tenant == tenant.id && event.type == "probe.described" && event.version == 3)
            #expect(event.aggregate == aggregate.uuid && lane.aggregate == aggregate.uuid)
            #expect(event.actor == user.description && event.traceID == trace)
            #expect(event.number == 7 && !event.isReplay)
        }
    }

    /// The second event of the aggregate comes from a transaction that began first, and one begun between them is open yet.
    ///
    /// Whoever only leaves out what is not older than every running transaction hands on the second event alone.
    @Test func `an event is never handed on before an earlier one of its aggregate`() async throws {
        let type = EventType("probe.overtaken", .courses)
        let taker = consumer("probe-overtaken", type)
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([taker])
            let (aggregate, other) = (Aggregate(UUID()), Aggregate(UUID()))
            let cell = tenant.installation.cell
            let scope = DatabaseScope.tenant(tenant.tenant.placement)
            let oldest = try await cell.begin(scope)
            _ = try await oldest.execute([.recordEvent(.probe(type, of: other, 0), by: .test)])
            let between = try await cell.begin(scope)
            _ = try await between.execute([.recordEvent(.probe(type, of: other, 9), by: .test)])
            let newest = try await cell.begin(scope)
            _ = try await newest.execute([.recordEvent(.probe(type, of: aggregate, 1), by: .test)])
            try await newest.commit()
            let held = try await outbox.relay()
            #expect(held.isHeldBack)
            _ = try await oldest.execute([.recordEvent(.probe(type, of: aggregate, 2), by: .test)])
            try await oldest.commit()
            // The oldest one's first event is handed on now, and nothing of the aggregate.
            let early = try await lanes(of: taker, given: 1, at: tenant, outbox)
            #expect(early.map(\.aggregate) == [other.uuid])
            try await outbox.relay()
            #expect(try await lease(outbox, taker).isEmpty)
            try await between.commit()
            for lane in early { try await outbox.release(lane, .later(.seconds(60))) }
            let late = try await lanes(of: taker, given: 4, at: tenant, outbox)
            #expect(late.first?.aggregate == aggregate.uuid)
            #expect(late.first?.deliveries.map(\.event.number) == [1, 2])
        }
    }

    @Test func `an aggregate is one worker's at a time, and a lost lease finishes nothing`() async throws {
        let type = EventType("probe.leased", .courses)
        let taker = consumer("probe-leased", type)
        try await withTenant { tenant in
            let clock = TestClock()
            let outbox = tenant.outbox(clock)
            try await outbox.register([taker])
            let aggregate = Aggregate(UUID())
            try await tenant.record(type, of: aggregate, [1, 2, 3])
            let lost = try #require(try await lanes(of: taker, given: 3, at: tenant, outbox).first)
            #expect(try await lease(outbox, taker).isEmpty)
            clock.advance(by: 31)
            let lane = try #require(try await outbox.lease(10, of: taker.name, for: .seconds(30)).first)
            #expect(lane.losses == 1 && lane.deliveries.count == 3)
            let delivery = try #require(lost.deliveries.first)
            await #expect(throws: EventLeaseLost.self) {
                try await tenant.transaction { session in
                    try await outbox.finish(delivery, in: lost, session: session)
                }
            }
            await #expect(throws: EventLeaseLost.self) { try await outbox.finish(delivery, in: lost) }
            for delivery in lane.deliveries {
                try await tenant.transaction { session in
                    try await outbox.finish(delivery, in: lane, session: session)
                }
                await #expect(throws: EventLeaseLost.self) { try await outbox.finish(delivery, in: lane) }
            }
            try await outbox.release(lost, .nothing)
            try await outbox.release(lane, .nothing)
            clock.advance(by: 3600)
            #expect(try await lease(outbox, taker).isEmpty)
        }
    }

    @Test func `what is added while a worker ends is not forgotten`() async throws {
        let type = EventType("probe.added", .courses)
        let taker = consumer("probe-added", type)
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([taker])
            let aggregate = Aggregate(UUID())
            try await tenant.record(type, of: aggregate, [1])
            let lane = try #require(try await lanes(of: taker, given: 1, at: tenant, outbox).first)
            let first = try #require(lane.deliveries.first)
            try await outbox.finish(first, in: lane)
            try await tenant.record(type, of: aggregate, [2])
            try await tenant.relay(2, to: taker, outbox)
            try await outbox.release(lane, .nothing)
            let next = try await lease(outbox, taker)
            #expect(next.first?.deliveries.map(\.event.number) == [2])
        }
    }

    @Test func `a tenant with many events does not keep others waiting`() async throws {
        let type = EventType("probe.crowded", .courses)
        let taker = consumer("probe-crowded", type)
        try await withTwoTenants { busy, quiet in
            let outbox = busy.outbox()
            try await outbox.register([taker])
            try await busy.transaction { session in
                for number in 0..<200 {
                    try await session.execute(.recordEvent(.probe(type, of: Aggregate(UUID()), number), by: .test))
                }
            }
            try await quiet.record(type, of: Aggregate(UUID()), [1])
            try await busy.relay(201, to: taker, outbox)
            let lanes = try await lease(outbox, taker, 4)
            #expect(lanes.count == 4 && lanes.contains { $0.tenant == quiet.id })
        }
    }

    @Test func `who takes everything takes types that nobody here knows, and is shown everything again`() async throws {
        let type = EventType("probe.unheard", .courses)
        let taker = EventConsumer("probe-everything", to: nil, replays: .taken) { _, _ in }
        let later = EventConsumer("probe-everything-later", to: nil, replays: .taken) { _, _ in }
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([taker])
            try await tenant.record(type, of: Aggregate(UUID()), [1])
            var numbers: [Int?] = []
            try await eventually {
                try await outbox.relay()
                let lanes = try await outbox.lease(100, of: taker.name, for: .seconds(30))
                numbers = lanes.filter { $0.tenant == tenant.id }.flatMap(\.deliveries).map(\.event.number)
                return !numbers.isEmpty
            }
            #expect(numbers == [1])
            let everything = EventReplay(into: later.name, of: tenant.id, from: .distantPast, until: .distantFuture)
            let shown = try await outbox.replay(try #require(everything))
            #expect(shown.count == 1)
        }
    }

    @Test func `a new consumer starts with what happens from then on`() async throws {
        let type = EventType("probe.late", .courses)
        let (early, late) = (consumer("probe-early", type), consumer("probe-late", type))
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([early])
            let aggregate = Aggregate(UUID())
            try await tenant.record(type, of: aggregate, [1])
            try await tenant.relay(1, to: early, outbox)
            try await outbox.register([late])
            try await tenant.record(type, of: aggregate, [2])
            let seen = try await lanes(of: late, given: 1, at: tenant, outbox)
            #expect(seen.first?.deliveries.map(\.event.number) == [2])
        }
    }
}
