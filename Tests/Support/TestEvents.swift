// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
public import LMSTenancy

extension TestTenant {
    /// The events of all tenants.
    ///
    /// - Parameter clock: Dates leases.
    /// - Returns: The service.
    public func outbox(_ clock: TestClock = TestClock()) -> Outbox {
        Outbox(cell: installation.control, installation: installation.prefix, clock: clock.wall)
    }

    /// Records events of one aggregate, each in a transaction of its own.
    ///
    /// - Parameters:
    ///   - type: What happened.
    ///   - aggregate: What it happened to.
    ///   - numbers: What tells them apart.
    ///   - principal: Who made it happen.
    /// - Throws: If the database refused it.
    public func record(
        _ type: EventType,
        of aggregate: Identifier<TestTenant>,
        _ numbers: [Int],
        as principal: Principal = .test
    ) async throws {
        for number in numbers {
            try await transaction(as: principal) { session in
                try await session.execute(.recordEvent(.probe(type, of: aggregate, number), by: principal))
            }
        }
    }

    /// Hands on until a consumer was given so many events in all; transactions of other tests may hold them back.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - consumer: The consumer.
    ///   - outbox: The events.
    /// - Throws: If the database refused it.
    public func relay(_ count: Int, to consumer: EventConsumer, _ outbox: Outbox) async throws {
        try await eventually {
            try await outbox.relay()
            let rows = try await installation.control.read(
                ["SELECT count(*) AS count FROM event_deliveries WHERE consumer = \(consumer.name)"],
                scope: .cell
            )
            let given: Int = try rows.first?.only?["count"] ?? 0
            return given >= count
        }
    }

    /// Takes the part of the consumers that other tests registered meanwhile: they have reacted to all of the tenant's events.
    ///
    /// - Parameter consumer: The test's own, which has not.
    /// - Throws: If the database refused it.
    public func finishForOthers(but consumer: EventConsumer) async throws {
        let role = tenant.placement.role.description
        _ = try await installation.control.write(
            [
                """
                UPDATE event_deliveries SET done_at = now()
                WHERE tenant_role = \(role) AND consumer <> \(consumer.name) AND done_at IS NULL AND dead_at IS NULL
                """
            ],
            scope: .cell
        )
    }

    /// Records an event that a consumer has given up.
    ///
    /// - Parameter consumer: The consumer's name; nobody's in the product, and no other test's.
    /// - Returns: The event.
    /// - Throws: If the database refused it.
    public func plantDeadEvent(of consumer: String) async throws -> Event.ID {
        let event = Event.probe(EventType("probe.planted", .courses), of: Identifier(UUID()), 1)
        try await transaction { session in try await session.execute(.recordEvent(event, by: .test)) }
        let role = tenant.placement.role.description
        _ = try await installation.control.write(
            [
                """
                INSERT INTO event_consumers (name, types) VALUES (\(consumer), '{}')
                ON CONFLICT ON CONSTRAINT event_consumers_name_key DO NOTHING
                """,
                """
                INSERT INTO event_deliveries
                    (consumer, position, tenant_role, aggregate, is_replay, attempts, dead_at, failure)
                SELECT \(consumer), position, tenant_role, aggregate, true, 1, now(), 'planted' FROM outbox
                WHERE tenant_role = \(role) AND id = \(event.id)
                """,
            ],
            scope: .cell
        )
        return event.id
    }

    /// What was recorded of a type.
    ///
    /// - Parameter type: What happened.
    /// - Returns: The numbers of the events, in the order of recording.
    /// - Throws: If the database refused it.
    public func recorded(_ type: EventType) async throws -> [Int] {
        let rows = try await events().filter { try $0["type"] == type.name }
        return try rows.map { row in
            let payload: JSONText = try row["payload"]
            return try JSONValue.parse(payload.bytes)["number"]?.integer ?? -1
        }
    }

    /// What was recorded of the tenant: `type`, `aggregate`, `actor`, `payload`.
    ///
    /// - Returns: The rows, in the order of recording.
    /// - Throws: If the database refused it.
    public func events() async throws -> Rows {
        let role = tenant.placement.role.description
        let rows = try await installation.control.read(
            ["SELECT type, aggregate, actor, payload FROM outbox WHERE tenant_role = \(role) ORDER BY position"],
            scope: .cell
        )
        return rows.first ?? Rows.empty
    }
}

extension Event {
    /// An event that only tests know.
    ///
    /// - Parameters:
    ///   - type: What happened.
    ///   - aggregate: What it happened to.
    ///   - number: What tells it apart.
    /// - Returns: The event.
    public static func probe(_ type: EventType, of aggregate: Identifier<TestTenant>, _ number: Int) -> Event {
        Event(
            IdentifierSource().next(),
            type,
            of: aggregate,
            payload: [JSONMember("number", number)],
            at: Date().addingTimeInterval(-600)
        )
    }
}

extension RecordedEvent {
    /// What tells events of tests apart.
    public var number: Int? { payload["number"]?.integer }
}

/// Tries again until something is so: transactions of other tests may hold events back.
///
/// - Parameter condition: What is to be.
/// - Throws: What `condition` threw; `TestFailure` if it is not so after 60 s.
public func eventually(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TestFailure("it did not become so within a minute") }
        await Task.yield()
    }
}
