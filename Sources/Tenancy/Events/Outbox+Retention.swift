// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

extension Outbox {
    /// How long what was given up is kept, in days, so that somebody may look at it.
    public static let deadRetentionDays = 14
    /// After how many days without a word of it a consumer is forgotten, with what it has to do yet.
    public static let consumerRetentionDays = 30

    /// Deletes events whose time is over (`EventTopic.retentionDays`), at most 10,000 of each topic, and forgets consumers that no
    /// process has had for 30 days.
    ///
    /// What somebody has to react to yet stays, and what was given up for two weeks.
    ///
    /// - Returns: How many events were deleted; call again while there are many.
    /// - Throws: `DatabaseError`.
    public func retain() async throws(DatabaseError) -> Int {
        let now = clock.now()
        func before(_ days: Int) -> Date { now.addingTimeInterval(-86_400 * Double(days)) }
        let dead = before(Self.deadRetentionDays)
        var statements: [SQL] = [.forgetConsumers(unseenSince: before(Self.consumerRetentionDays))]
        for topic in EventTopic.allCases {
            statements.append(.deleteEvents(of: topic, before: before(topic.retentionDays), deadBefore: dead))
        }
        var count = 0
        for statement in statements {
            count += try await cell.write([statement], scope: .cell).first?.only?["count"] ?? 0
        }
        return count
    }
}

extension SQL {
    fileprivate static func forgetConsumers(unseenSince instant: Date) -> SQL {
        """
        WITH gone AS (DELETE FROM event_consumers WHERE seen_at < \(instant) RETURNING 1)
        SELECT 0::bigint AS count FROM gone LIMIT 1
        """
    }

    fileprivate static func deleteEvents(of topic: EventTopic, before instant: Date, deadBefore dead: Date) -> SQL {
        """
        WITH gone AS (
            DELETE FROM outbox WHERE position = ANY(ARRAY(
                SELECT o.position FROM outbox o
                WHERE o.topic = \(topic.rawValue) AND o.occurred_at < \(instant) AND o.relayed_at IS NOT NULL
                    AND NOT EXISTS (
                        SELECT FROM event_deliveries d WHERE d.position = o.position
                            AND (d.done_at IS NULL AND d.dead_at IS NULL OR d.dead_at >= \(dead)))
                ORDER BY o.occurred_at LIMIT 10000))
            RETURNING 1
        )
        SELECT count(*) AS count FROM gone
        """
    }
}
