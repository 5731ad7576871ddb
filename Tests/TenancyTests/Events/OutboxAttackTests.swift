// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

/// What a tenant's own role can reach of everybody's events.
@Suite struct OutboxAttackTests {
    private typealias Aggregate = Identifier<TestTenant>

    @Test(
        arguments: [
            "SELECT * FROM cell.outbox", "SELECT * FROM cell.event_deliveries", "SELECT * FROM cell.event_lanes",
            "SELECT * FROM cell.event_consumers", "DELETE FROM cell.outbox", "UPDATE cell.outbox SET payload = '{}'",
            "UPDATE cell.event_deliveries SET done_at = now()", "UPDATE cell.event_lanes SET lease = NULL",
            "UPDATE cell.tenant_events SET type = 'a.b'", "DELETE FROM cell.tenant_events",
            "INSERT INTO cell.event_consumers (name) VALUES ('evil')", "SELECT FROM cell.event_relay FOR UPDATE",
            "TRUNCATE cell.outbox",
            """
            INSERT INTO cell.outbox (id, tenant_role, type, topic, version, aggregate, payload, occurred_at)
            VALUES (gen_random_uuid(), 'lms_t_00000000000000000000000000', 'a.b', 'a', 1, gen_random_uuid(), '{}', now())
            """,
        ] as [SQL]
    )
    func `attack: a tenant's statement reaches no table of events`(statement: SQL) async throws {
        try await withTenant { tenant in
            await #expect(throws: DatabaseError.permissionDenied) {
                try await tenant.transaction { session in try await session.execute(statement) }
            }
        }
    }

    @Test func `attack: a tenant sees no event of another, whatever the condition`() async throws {
        let type = EventType("probe.secret", .courses)
        try await withTwoTenants { victim, attacker in
            let aggregate = Aggregate(UUID())
            try await victim.record(type, of: aggregate, [42])
            #expect(try await victim.recorded(type) == [42])
            let conditions: [SQL] = [
                "true", "type = 'probe.secret'", "aggregate = \(aggregate)",
                // Would fail on another's row if it were asked before the tenant's own condition.
                "1 / (CASE WHEN payload ->> 'number' = '42' THEN 0 ELSE 1 END) > 0",
            ]
            for condition in conditions {
                let rows = try await attacker.reader().read(
                    "SELECT type FROM cell.tenant_events WHERE \(condition) AND payload ? 'number'"
                )
                #expect(rows.isEmpty)
            }
        }
    }

    @Test func `attack: a tenant finishes no delivery of another, even with its lease`() async throws {
        let type = EventType("probe.finished", .courses)
        let taker = EventConsumer("probe-finished", to: [type]) { _, _ in }
        try await withTwoTenants { victim, attacker in
            let outbox = victim.outbox()
            try await outbox.register([taker])
            try await victim.record(type, of: Aggregate(UUID()), [1])
            var found: EventLane?
            try await eventually {
                try await outbox.relay()
                found = try await outbox.lease(1, of: taker.name, for: .seconds(30)).first
                return found != nil
            }
            let lane = try #require(found)
            let delivery = try #require(lane.deliveries.first)
            await #expect(throws: EventLeaseLost.self) {
                try await attacker.transaction { session in
                    try await outbox.finish(delivery, in: lane, session: session)
                }
            }
            // The other way round: the tenant's own role, but a lease that it guessed.
            await #expect(throws: DatabaseError.refused(sqlState: "LMS01")) {
                try await victim.transaction { session in
                    try await session.execute(
                        "SELECT cell.finish_delivery(\(taker.name), \(delivery.event.position), \(UUID()))"
                    )
                }
            }
            try await victim.transaction { session in
                try await outbox.finish(delivery, in: lane, session: session)
            }
        }
    }

    @Test func `attack: an event is never another tenant's than the transaction's`() async throws {
        let installation = try await TestInstallation.shared
        let connection = try await installation.connect(as: .shard(0, installation.prefix))
        let forged = Event.probe(EventType("probe.forged", .courses), of: Aggregate(UUID()), 1)
        await #expect(throws: AdministrationFailure.self) {
            _ = try await connection.execute(.recordEvent(forged, by: .test))
        }
    }

    @Test(
        arguments: [
            EventType("no dots", .courses), EventType("Upper.case", .courses), EventType("a.b'; DROP", .courses),
            EventType("probe.version", .courses, version: 0),
        ]
    )
    func `a type that is none is refused`(type: EventType) async throws {
        try await withTenant { tenant in
            await #expect(throws: DatabaseError.self) {
                try await tenant.record(type, of: Aggregate(UUID()), [1])
            }
        }
    }

    @Test func `attack: what no consumer could read again is not recorded, so that it stops nobody's consumers`()
        async throws
    {
        func record(_ payload: SQL, at instant: SQL) -> SQL {
            """
            SELECT cell.record_event(gen_random_uuid(), 'probe.bounds', 'courses', 1::bigint, gen_random_uuid(), NULL, NULL,
                \(payload), \(instant))
            """
        }
        func nested(_ depth: Int) -> SQL {
            "(repeat('{\"a\":', \(depth)::integer) || '1' || repeat('}', \(depth)::integer))::jsonb"
        }
        let array: SQL = "('{\"a\":' || repeat('[', 100) || repeat(']', 100) || '}')::jsonb"
        try await withTenant { tenant in
            try await tenant.transaction { session in
                try await session.execute(record(nested(8), at: "now()"))
            }
            for payload in [nested(9), nested(500), array] {
                await #expect(throws: DatabaseError.constraint(.check, name: "outbox_payload_ck")) {
                    try await tenant.transaction { session in
                        try await session.execute(record(payload, at: "now()"))
                    }
                }
            }
            for instant in ["'infinity'::timestamptz", "'-infinity'::timestamptz"] as [SQL] {
                await #expect(throws: DatabaseError.constraint(.check, name: "outbox_occurred_at_ck")) {
                    try await tenant.transaction { session in
                        try await session.execute(record("'{}'::jsonb", at: instant))
                    }
                }
            }
        }
    }

    @Test func `a payload has 4 KB at most`() async throws {
        let type = EventType("probe.large", .courses)
        try await withTenant { tenant in
            func event(_ size: Int) -> Event {
                let text = String(repeating: "x", count: size)
                return Event(
                    IdentifierSource().next(),
                    type,
                    of: Aggregate(UUID()),
                    payload: [JSONMember("text", text: text)],
                    at: Date()
                )
            }
            try await tenant.transaction { session in
                try await session.execute(.recordEvent(event(4_000), by: .test))
            }
            await #expect(throws: DatabaseError.constraint(.check, name: "outbox_payload_ck")) {
                try await tenant.transaction { session in
                    try await session.execute(.recordEvent(event(4_100), by: .test))
                }
            }
        }
    }
}
