// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

extension SQL {
    static func registerConsumer(_ name: String, types: [String]?) -> SQL {
        // An array that is absent would be sent as the NULL of its elements' type.
        let taken: SQL = types.map { "\($0)" } ?? "NULL"
        return """
            INSERT INTO event_consumers (name, types) VALUES (\(name), \(taken))
            ON CONFLICT ON CONSTRAINT event_consumers_name_key DO UPDATE SET types = excluded.types, seen_at = now()
            """
    }

    /// The head of what was not handed on, up to the first event whose transaction is not older than every running one.
    ///
    /// It stops there, and does not only leave that event out: a later one of the same aggregate may come from an older transaction,
    /// which waited for the row's lock. Whoever waited for the relay's row meanwhile sees the events as they were before; the
    /// lock of their rows shows that they were handed on since.
    static func relayEvents(limit: Int) -> SQL {
        """
        WITH head AS MATERIALIZED (
            SELECT position, transaction_id FROM outbox WHERE relayed_at IS NULL ORDER BY position LIMIT \(limit)
        ), bound AS MATERIALIZED (
            SELECT min(position) AS position FROM head
            WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot())
        ), ready AS MATERIALIZED (
            SELECT position FROM head WHERE position < coalesce((SELECT position FROM bound), 9223372036854775807)
        ), relay AS MATERIALIZED (
            SELECT singleton FROM event_relay WHERE EXISTS (SELECT FROM ready) FOR UPDATE SKIP LOCKED
        ), batch AS MATERIALIZED (
            SELECT position, tenant_role, aggregate, type, occurred_at FROM outbox
            WHERE relayed_at IS NULL AND EXISTS (SELECT FROM relay) AND position IN (SELECT position FROM ready)
            ORDER BY position FOR UPDATE
        ), deliveries AS (
            INSERT INTO event_deliveries (consumer, position, tenant_role, aggregate)
            SELECT c.name, b.position, b.tenant_role, b.aggregate
            FROM batch b JOIN event_consumers c ON c.types IS NULL OR b.type = ANY(c.types)
            ON CONFLICT ON CONSTRAINT event_deliveries_consumer_position_key DO NOTHING
            RETURNING consumer, position, tenant_role, aggregate
        ), lanes AS (
            INSERT INTO event_lanes AS l (consumer, tenant_role, aggregate, run_at)
            SELECT d.consumer, d.tenant_role, d.aggregate, min(least(b.occurred_at, now()))
            FROM deliveries d JOIN batch b ON b.position = d.position
            GROUP BY d.consumer, d.tenant_role, d.aggregate ORDER BY d.consumer, d.tenant_role, d.aggregate
            ON CONFLICT ON CONSTRAINT event_lanes_consumer_tenant_role_aggregate_key
                DO UPDATE SET additions = l.additions + 1
        ), relayed AS (
            UPDATE outbox SET relayed_at = now() WHERE position IN (SELECT position FROM batch) RETURNING 1
        )
        SELECT (SELECT count(*) FROM relayed) AS events, (SELECT position IS NOT NULL FROM bound) AS is_held_back
        """
    }

    /// Waits for no tenant's transaction that has not ended yet.
    static func takeUpRevived(limit: Int) -> SQL {
        """
        WITH revived AS MATERIALIZED (
            SELECT consumer, position, tenant_role, aggregate FROM event_deliveries WHERE is_revived
            ORDER BY position LIMIT \(limit) FOR UPDATE SKIP LOCKED
        ), lanes AS (
            INSERT INTO event_lanes AS l (consumer, tenant_role, aggregate, run_at)
            SELECT DISTINCT consumer, tenant_role, aggregate, '-infinity'::timestamptz FROM revived
            ORDER BY consumer, tenant_role, aggregate
            ON CONFLICT ON CONSTRAINT event_lanes_consumer_tenant_role_aggregate_key
                DO UPDATE SET additions = l.additions + 1
        )
        UPDATE event_deliveries d SET is_revived = false FROM revived r
        WHERE d.consumer = r.consumer AND d.position = r.position
        """
    }

    static func dueConsumers(among names: [String], at now: Date) -> SQL {
        """
        SELECT name FROM unnest(\(names)) AS name
        WHERE EXISTS (SELECT FROM event_lanes l WHERE l.consumer = name AND l.run_at <= \(now))
        """
    }

    /// Steps from tenant to tenant along the index, so that a long queue costs no more than a short one.
    static func leaseLanes(_ limit: Int, of consumer: String, lease: UUID, at now: Date, until end: Date) -> SQL {
        """
        WITH RECURSIVE tenants AS (
            (SELECT tenant_role FROM event_lanes WHERE consumer = \(consumer) ORDER BY tenant_role LIMIT 1)
            UNION ALL
            SELECT (SELECT l.tenant_role FROM event_lanes l
                    WHERE l.consumer = \(consumer) AND l.tenant_role > t.tenant_role ORDER BY l.tenant_role LIMIT 1)
            FROM tenants t WHERE t.tenant_role IS NOT NULL
        ), due AS (
            SELECT t.tenant_role, l.aggregate
            FROM tenants t CROSS JOIN LATERAL (
                SELECT aggregate, run_at, row_number() OVER (ORDER BY run_at, aggregate) AS turn
                FROM event_lanes
                WHERE consumer = \(consumer) AND tenant_role = t.tenant_role AND run_at <= \(now)
                ORDER BY run_at, aggregate LIMIT \(limit)
            ) l
            WHERE t.tenant_role IS NOT NULL
            ORDER BY l.turn, l.run_at LIMIT \(limit)
        ), mine AS (
            SELECT consumer, tenant_role, aggregate FROM event_lanes
            WHERE consumer = \(consumer) AND (tenant_role, aggregate) IN (SELECT tenant_role, aggregate FROM due)
                AND run_at <= \(now)
            FOR UPDATE SKIP LOCKED
        )
        UPDATE event_lanes l
        SET lease = \(lease), run_at = \(end), losses = CASE WHEN l.lease IS NULL THEN 0 ELSE l.losses + 1 END
        FROM mine m
        WHERE l.consumer = m.consumer AND l.tenant_role = m.tenant_role AND l.aggregate = m.aggregate
        """
    }

    /// What is to be done in the leased lanes, read after the lease was taken: so everything that was counted before is there.
    static func leasedDeliveries(lease: UUID, limit: Int) -> SQL {
        """
        SELECT l.tenant_role, l.aggregate, l.losses::bigint AS losses, l.additions,
            o.position, o.id, o.type, o.topic, o.version::bigint AS version, o.actor, o.trace_id, o.payload, o.occurred_at,
            d.is_replay, d.attempts::bigint AS attempts
        FROM event_lanes l LEFT JOIN LATERAL (
            SELECT position, is_replay, attempts FROM event_deliveries
            WHERE consumer = l.consumer AND tenant_role = l.tenant_role AND aggregate = l.aggregate
                AND done_at IS NULL AND dead_at IS NULL
            ORDER BY position LIMIT \(limit)
        ) d ON true LEFT JOIN outbox o ON o.position = d.position
        WHERE l.lease = \(lease)
        ORDER BY l.tenant_role, l.aggregate, d.position
        """
    }

    /// The tenant's own transaction notes it; raises `LMS01` if the lease was lost.
    static func finishDelivery(_ position: Int, to consumer: String, lease: UUID) -> SQL {
        "SELECT cell.finish_delivery(\(consumer), \(position), \(lease))"
    }

    static func finishDeliveryOutside(_ position: Int, of lane: EventLane, failure: String?) -> SQL {
        """
        UPDATE event_deliveries d SET done_at = now(), failure = \(failure)
        WHERE \(.openDelivery(position, of: lane))
        """
    }

    static func countFailure(_ position: Int, of lane: EventLane, failure: String) -> SQL {
        """
        UPDATE event_deliveries d SET attempts = attempts + 1, failure = \(failure)
        WHERE \(.openDelivery(position, of: lane))
        """
    }

    static func buryDelivery(_ position: Int, of lane: EventLane, failure: String, at now: Date) -> SQL {
        """
        UPDATE event_deliveries d SET attempts = attempts + 1, failure = \(failure), dead_at = \(now)
        WHERE \(.openDelivery(position, of: lane))
        """
    }

    private static func openDelivery(_ position: Int, of lane: EventLane) -> SQL {
        """
        d.consumer = \(lane.consumer) AND d.position = \(position) AND d.done_at IS NULL AND d.dead_at IS NULL
            AND EXISTS (
                SELECT FROM event_lanes l
                WHERE l.consumer = d.consumer AND l.tenant_role = d.tenant_role AND l.aggregate = d.aggregate
                    AND l.lease = \(lane.lease))
        """
    }

    /// The end of a lane whose deliveries are all done, unless something was added since they were read.
    static func removeLane(_ lane: EventLane) -> SQL {
        "DELETE FROM event_lanes WHERE \(.row(of: lane)) AND additions = \(lane.additions)"
    }

    static func releaseLane(_ lane: EventLane, until instant: Date) -> SQL {
        "UPDATE event_lanes SET lease = NULL, losses = 0, run_at = \(instant) WHERE \(.row(of: lane))"
    }

    private static func row(of lane: EventLane) -> SQL {
        """
        consumer = \(lane.consumer) AND tenant_role = \(lane.role) AND aggregate = \(lane.aggregate)
            AND lease = \(lane.lease)
        """
    }
}
