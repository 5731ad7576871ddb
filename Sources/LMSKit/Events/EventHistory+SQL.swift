// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static let eventColumns: SQL = """
        id, type, topic, version::bigint AS version, aggregate, actor, trace_id, payload, occurred_at
        """

    /// Identifiers are in the order of time, to the millisecond.
    static func selectEvents(_ query: EventQuery, before: Event.ID?, limit: Int) -> SQL {
        let from: SQL = query.from.map { " AND occurred_at >= \($0)" } ?? ""
        let until: SQL = query.until.map { " AND occurred_at < \($0)" } ?? ""
        let type: SQL = query.type.map { " AND type = \($0)" } ?? ""
        let actor: SQL = query.actor.map { " AND actor = \($0)" } ?? ""
        let aggregate: SQL = query.aggregate.map { " AND aggregate = \($0)" } ?? ""
        let after: SQL = before.map { " AND id < \($0)" } ?? ""
        return """
            SELECT \(.eventColumns) FROM cell.tenant_events
            WHERE true\(from)\(until)\(type)\(actor)\(aggregate)\(after) ORDER BY id DESC LIMIT \(limit)
            """
    }

    static func selectEvent(_ event: Event.ID) -> SQL {
        "SELECT \(.eventColumns) FROM cell.tenant_events WHERE id = \(event)"
    }

    static func selectDeadEvents(of event: Event.ID) -> SQL {
        """
        SELECT \(.eventColumns), consumer, attempts::bigint AS attempts, failure, dead_at FROM cell.tenant_dead_events
        WHERE id = \(event) ORDER BY consumer
        """
    }

    static func selectDeadEvents(of consumer: String?, after position: PagePosition?, limit: Int) -> SQL {
        let whose: SQL = consumer.map { " AND consumer = \($0)" } ?? ""
        let after: SQL = position.map { " AND (id, consumer) < (\($0.id), \($0.key))" } ?? ""
        return """
            SELECT \(.eventColumns), consumer, attempts::bigint AS attempts, failure, dead_at FROM cell.tenant_dead_events
            WHERE true\(whose)\(after) ORDER BY id DESC, consumer DESC LIMIT \(limit)
            """
    }

    static func reviveDeadEvent(_ event: Event.ID, for consumer: String?) -> SQL {
        "SELECT cell.revive_dead_event(\(event), \(consumer)) AS count"
    }

    static func discardDeadEvent(_ event: Event.ID, for consumer: String?) -> SQL {
        "SELECT cell.discard_dead_event(\(event), \(consumer)) AS count"
    }
}

extension EventRecord {
    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        type = try row["type"]
        topic = try row["topic"]
        version = try row["version"]
        aggregate = try row["aggregate"]
        actor = try row["actor"]
        traceID = try row["trace_id"]
        payload = try row["payload"]
        occurredAt = try row["occurred_at"]
    }
}

extension DeadEvent {
    init(row: Row) throws(DatabaseError) {
        event = try EventRecord(row: row)
        consumer = try row["consumer"]
        attempts = try row["attempts"]
        reason = try row["failure"]
        diedAt = try row["dead_at"]
    }
}
