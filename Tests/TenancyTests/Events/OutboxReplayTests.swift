// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

/// What is shown again, and what is no longer kept.
@Suite struct OutboxReplayTests {
    private typealias Aggregate = Identifier<TestTenant>

    private func replay(_ tenant: TestTenant, into consumer: EventConsumer, types: [EventType]) throws -> EventReplay {
        let now = Date()
        return try #require(
            EventReplay(
                into: consumer.name,
                of: tenant.id,
                from: now.addingTimeInterval(-3_600),
                until: now.addingTimeInterval(3_600),
                types: types.map(\.name)
            )
        )
    }

    private func lease(_ outbox: Outbox, _ consumer: EventConsumer) async throws -> [EventLane] {
        try await outbox.lease(10, of: consumer.name, for: .seconds(30))
    }

    @Test func `a new consumer is shown a time again, each event once and in order, however often it is asked for`()
        async throws
    {
        let type = EventType("probe.replayed", .courses)
        let late = EventConsumer("probe-replayed", to: [type], replays: .taken) { _, _ in }
        let witness = EventConsumer("probe-replayed-witness", to: [type]) { _, _ in }
        try await withTwoTenants { tenant, other in
            let outbox = tenant.outbox()
            try await outbox.register([witness])
            let aggregate = Aggregate(UUID())
            try await tenant.record(type, of: aggregate, [1, 2, 3])
            try await other.record(type, of: Aggregate(UUID()), [9])
            try await tenant.relay(4, to: witness, outbox)
            let wanted = try replay(tenant, into: late, types: [type])
            let first = try await outbox.replay(wanted)
            let second = try await outbox.replay(wanted)
            #expect(first.count == 3 && second.count == 0 && first.isComplete)
            let lanes = try await lease(outbox, late)
            let lane = try #require(lanes.first)
            #expect(lanes.count == 1 && lane.tenant == tenant.id)
            #expect(lane.deliveries.map(\.event.number) == [1, 2, 3])
            let areReplays = lane.deliveries.allSatisfy(\.event.isReplay)
            #expect(areReplays)
            for delivery in lane.deliveries { try await outbox.finish(delivery, in: lane) }
            try await outbox.release(lane, .nothing)
            let third = try await outbox.replay(wanted)
            #expect(third.count == 0)
            let rest = try await lease(outbox, late)
            #expect(rest.isEmpty)
        }
    }

    @Test func `a long time is shown in parts, each after the one before`() async throws {
        let type = EventType("probe.parts", .courses)
        let late = EventConsumer("probe-parts", to: [type], replays: .taken) { _, _ in }
        let witness = EventConsumer("probe-parts-witness", to: [type]) { _, _ in }
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([witness])
            // One batch and a bit, in one transaction.
            let total = Outbox.relayBatch + 5
            let statement: SQL = .recordingEvent(
                type,
                of: "gen_random_uuid()",
                payload: "jsonb_build_object('number', n)",
                by: .test,
                at: Date()
            )
            try await tenant.transaction { session in
                try await session.execute("SELECT \(statement) FROM generate_series(1, \(total)) AS n")
            }
            try await tenant.relay(total, to: witness, outbox)
            let wanted = try replay(tenant, into: late, types: [type])
            let first = try await outbox.replay(wanted, limit: Outbox.relayBatch)
            #expect(first.count == Outbox.relayBatch && !first.isComplete)
            // What was seen is passed over in parts, too.
            let second = try await outbox.replay(wanted, limit: Outbox.relayBatch)
            #expect(second.count == 5 && second.isComplete)
            #expect(try await outbox.consumers().contains(late.name))
        }
    }

    /// As a replay it would be passed over by who tells people, and nobody would ever be told.
    @Test func `what was not handed on yet is not shown as something of the past`() async throws {
        let type = EventType("probe.unrelayed", .courses)
        let teller = EventConsumer("probe-teller", to: [type]) { _, _ in }
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([teller])
            let scope = DatabaseScope.tenant(tenant.tenant.placement)
            // A transaction that is older keeps what comes after it from being handed on, whoever tries.
            let oldest = try await tenant.installation.cell.begin(scope)
            _ = try await oldest.execute([.recordEvent(.probe(type, of: Aggregate(UUID()), 0), by: .test)])
            try await tenant.record(type, of: Aggregate(UUID()), [1])
            let early = try await outbox.replay(try replay(tenant, into: teller, types: [type]))
            #expect(early.count == 0)
            try await oldest.commit()
            try await tenant.relay(2, to: teller, outbox)
            let late = try await outbox.replay(try replay(tenant, into: teller, types: [type]))
            #expect(late.count == 0)
            let deliveries = try await lease(outbox, teller).flatMap(\.deliveries)
            #expect(deliveries.count == 2)
            let areReplays = deliveries.contains(where: \.event.isReplay)
            #expect(!areReplays)
        }
    }

    @Test func `a consumer that was only shown the past takes nothing new before somebody has it`() async throws {
        let type = EventType("probe.prepared", .courses)
        let late = EventConsumer("probe-prepared", to: [type], replays: .taken) { _, _ in }
        let witness = EventConsumer("probe-prepared-witness", to: [type]) { _, _ in }
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([witness])
            let past = try await outbox.replay(try replay(tenant, into: late, types: [type]))
            #expect(past.count == 0)
            try await tenant.record(type, of: Aggregate(UUID()), [1])
            try await tenant.relay(1, to: witness, outbox)
            let before = try await lease(outbox, late)
            #expect(before.isEmpty)
            try await outbox.register([late])
            try await tenant.record(type, of: Aggregate(UUID()), [2])
            try await tenant.relay(1, to: late, outbox)
            let after = try await lease(outbox, late)
            #expect(after.flatMap(\.deliveries).map(\.event.number) == [2])
        }
    }

    @Test func `events are kept for the time of their topic, longer if somebody has to react yet`() async throws {
        let (course, payment) = (EventType("probe.kept", .courses), EventType("probe.paid", .payments))
        let slow = EventConsumer("probe-slow", to: [course]) { _, _ in }
        try await withTenant { tenant in
            let outbox = tenant.outbox()
            try await outbox.register([slow])
            /// Recorded now, of what happened eight days ago.
            func record(_ type: EventType, _ numbers: [Int]) async throws {
                try await tenant.transaction { session in
                    for number in numbers {
                        let event = Event(
                            IdentifierSource().next(),
                            type,
                            of: Aggregate(UUID()),
                            payload: [JSONMember("number", number)],
                            at: Date().addingTimeInterval(-8 * 86_400)
                        )
                        try await session.execute(.recordEvent(event, by: .test))
                    }
                }
            }
            try await record(course, [1, 2])
            try await record(payment, [3])
            try await tenant.relay(2, to: slow, outbox)
            try await tenant.finishForOthers(but: slow)
            _ = try await outbox.retain()
            #expect(try await tenant.recorded(course) == [1, 2])
            let lanes = try await lease(outbox, slow)
            for lane in lanes {
                for delivery in lane.deliveries where delivery.event.number == 1 {
                    try await outbox.finish(delivery, in: lane)
                }
            }
            _ = try await outbox.retain()
            #expect(try await tenant.recorded(course) == [2])
            #expect(try await tenant.recorded(payment) == [3])
        }
    }
}
