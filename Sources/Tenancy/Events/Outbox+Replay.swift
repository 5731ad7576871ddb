// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Which events are shown again, and to whom.
public struct EventReplay: Sendable {
    /// Who gets them; one that nobody registered yet gets them when somebody does.
    public let consumer: String
    /// Whose events.
    public let tenant: TenantID
    /// The first moment, in UTC.
    public let from: Date
    /// The moment after the last, in UTC.
    public let until: Date
    /// The names of their types; `nil` for all.
    public let types: [String]?

    /// Describes a replay.
    ///
    /// - Parameters:
    ///   - consumer: Who gets them: 1–63 lower-case letters, digits, dashes and underscores, the first a letter.
    ///   - tenant: Whose events.
    ///   - from: The first moment, in UTC.
    ///   - until: The moment after the last, in UTC.
    ///   - types: The names of their types; `nil` for all.
    public init?(into consumer: String, of tenant: TenantID, from: Date, until: Date, types: [String]? = nil) {
        let bytes = consumer.utf8
        guard from < until, (1...63).contains(bytes.count), let first = bytes.first, first.isLowerLetter,
            bytes.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "_") })
        else { return nil }
        self.consumer = consumer
        self.tenant = tenant
        self.from = from
        self.until = until
        self.types = types
    }
}

/// What a replay gave a consumer.
public struct ReplayedEvents: Sendable, Hashable {
    /// How many events it had not seen.
    public let count: Int
    /// Whether that was all of them; if not, the same replay goes on with the rest.
    public let isComplete: Bool
}

extension Outbox {
    /// The consumers that are known: those of every process, and those that were shown something before somebody has them.
    ///
    /// - Returns: Their names, sorted.
    /// - Throws: `DatabaseError`.
    public func consumers() async throws(DatabaseError) -> [String] {
        let rows = try await cell.read([.selectConsumers], scope: .cell).first ?? Rows.empty
        return try rows.map { row throws(DatabaseError) in try row["name"] }
    }

    /// Gives a consumer events of the past that it has not seen, in the order of their recording, marked as replays.
    ///
    /// What it has seen it does not see again, so that a replay may be repeated; for that a new name is taken. One who tells people
    /// passes replays over (`EventConsumer.Replays`); so what was not handed on yet is left out, because it is no replay for those who take
    /// it anyway. Who may is the caller's to check, and to record. Each thousand are committed by themselves.
    ///
    /// - Parameters:
    ///   - replay: Which events, and to whom.
    ///   - limit: The most events to give, 1,000 or more.
    /// - Returns: How many it had not seen, and whether that was all.
    /// - Throws: `DatabaseError`.
    public func replay(_ replay: EventReplay, limit: Int = .max) async throws(DatabaseError) -> ReplayedEvents {
        let role = RoleName(replay.tenant, installation: installation).description
        _ = try await cell.write([.prepareConsumer(replay.consumer)], scope: .cell)
        var (count, last): (Int, Int?) = (0, 0)
        while let position = last {
            // Another batch may give that many.
            guard count <= limit - Self.relayBatch else { return ReplayedEvents(count: count, isComplete: false) }
            let statement = SQL.replayEvents(replay, role: role, after: position, limit: Self.relayBatch)
            let row = try await cell.write([statement], scope: .cell).first?.only
            count += try row?["events"] ?? 0
            last = try row.flatMap { row throws(DatabaseError) -> Int? in try row["last"] }
        }
        return ReplayedEvents(count: count, isComplete: true)
    }
}

extension SQL {
    fileprivate static let selectConsumers: SQL = "SELECT name FROM event_consumers ORDER BY name"

    /// Takes nothing that happens from now on until somebody registers it.
    fileprivate static func prepareConsumer(_ name: String) -> SQL {
        """
        INSERT INTO event_consumers (name, types) VALUES (\(name), '{}')
        ON CONFLICT ON CONSTRAINT event_consumers_name_key DO NOTHING
        """
    }

    /// `last` is where the next batch begins after, if this one is full.
    fileprivate static func replayEvents(_ replay: EventReplay, role: String, after position: Int, limit: Int) -> SQL {
        let ofTypes: SQL = replay.types.map { " AND type = ANY(\($0))" } ?? ""
        return """
            WITH batch AS MATERIALIZED (
                SELECT position, aggregate, occurred_at FROM outbox
                WHERE tenant_role = \(role) AND occurred_at >= \(replay.from) AND occurred_at < \(replay.until)
                    AND relayed_at IS NOT NULL AND position > \(position)\(ofTypes)
                ORDER BY position LIMIT \(limit)
            ), deliveries AS (
                INSERT INTO event_deliveries (consumer, position, tenant_role, aggregate, is_replay)
                SELECT \(replay.consumer), position, \(role), aggregate, true FROM batch
                ON CONFLICT ON CONSTRAINT event_deliveries_consumer_position_key DO NOTHING
                RETURNING position, aggregate
            ), lanes AS (
                INSERT INTO event_lanes AS l (consumer, tenant_role, aggregate, run_at)
                SELECT \(replay.consumer), \(role), d.aggregate, min(least(b.occurred_at, now()))
                FROM deliveries d JOIN batch b ON b.position = d.position
                GROUP BY d.aggregate ORDER BY d.aggregate
                ON CONFLICT ON CONSTRAINT event_lanes_consumer_tenant_role_aggregate_key
                    DO UPDATE SET additions = l.additions + 1
            )
            SELECT (SELECT count(*) FROM deliveries) AS events,
                (SELECT CASE WHEN count(*) = \(limit) THEN max(position) END FROM batch) AS last
            """
    }
}
