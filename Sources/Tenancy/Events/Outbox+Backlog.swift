// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// What a consumer has to do yet.
public struct EventBacklog: Sendable, Hashable {
    /// The consumer's name.
    public let consumer: String
    /// How many events wait for it.
    public let waiting: Int
    /// When the oldest of them happened; `nil` if there is none.
    public let oldest: Date?
    /// How many were given up and are kept.
    public let dead: Int
    /// When a process last said that it has the consumer.
    public let seenAt: Date
}

extension Outbox {
    /// Counts what consumers have to do yet.
    ///
    /// - Returns: Every consumer, by name.
    /// - Throws: `DatabaseError`.
    public func backlog() async throws(DatabaseError) -> [EventBacklog] {
        let rows = try await cell.write([.selectBacklog], scope: .cell).first ?? Rows.empty
        return try rows.map { row throws(DatabaseError) in
            EventBacklog(
                consumer: try row["name"],
                waiting: try row["waiting"],
                oldest: try row["oldest"],
                dead: try row["dead"],
                seenAt: try row["seen_at"]
            )
        }
    }

    /// How many events wait to be handed on, and since when.
    ///
    /// - Returns: Their number, and when the oldest of them happened.
    /// - Throws: `DatabaseError`.
    public func unrelayed() async throws(DatabaseError) -> (count: Int, oldest: Date?) {
        guard let row = try await cell.write([.selectUnrelayed], scope: .cell).first?.only else { return (0, nil) }
        return (try row["count"], try row["oldest"])
    }
}

extension SQL {
    /// The indexes of what is open and of what is dead answer it, whatever was done before.
    fileprivate static let selectBacklog: SQL = """
        SELECT c.name, c.seen_at, w.waiting, w.oldest, d.dead FROM event_consumers c
        CROSS JOIN LATERAL (
            SELECT count(*) AS waiting,
                (SELECT occurred_at FROM outbox WHERE position = min(e.position)) AS oldest
            FROM event_deliveries e WHERE e.consumer = c.name AND e.done_at IS NULL AND e.dead_at IS NULL
        ) w CROSS JOIN LATERAL (
            SELECT count(*) AS dead FROM event_deliveries e WHERE e.consumer = c.name AND e.dead_at IS NOT NULL
        ) d ORDER BY c.name
        """

    fileprivate static let selectUnrelayed: SQL =
        "SELECT count(*) AS count, min(occurred_at) AS oldest FROM outbox WHERE relayed_at IS NULL"
}
