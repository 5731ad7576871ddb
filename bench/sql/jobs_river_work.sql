-- Five hundred jobs, and their end, each a transaction. River keeps what is completed for a day, and reads what it
-- has ended.
WITH available AS (
    SELECT id FROM river_jobs WHERE state = 'available' AND queue = 'default' AND scheduled_at <= now()
    ORDER BY priority, scheduled_at, id LIMIT 500 FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE river_jobs j SET state = 'running', attempt = j.attempt + 1, attempted_at = now(),
        attempted_by = array_append(j.attempted_by, 'pgbench')
    FROM available a WHERE j.id = a.id
    RETURNING j.*
)
SELECT coalesce(array_agg(id), '{}')::text AS ids, count(args) AS args, count(metadata) AS metadata FROM leased \gset
WITH ended AS (
    SELECT * FROM unnest((:ids)::bigint[]) AS job (id) CROSS JOIN (
        VALUES (false, 0, false, NULL::jsonb, true, now(), false, '{}'::jsonb, false, now(), 'completed'::river_state)
    ) AS how (has_attempt, attempt, has_error, error, has_end, finalized_at, has_metadata, metadata, has_time, scheduled_at, state)
), updated AS (
    UPDATE river_jobs j SET
        attempt = CASE WHEN j.state = 'running' AND e.has_attempt THEN e.attempt ELSE j.attempt END,
        errors = CASE WHEN j.state = 'running' AND e.has_error THEN array_append(j.errors, e.error) ELSE j.errors END,
        finalized_at = CASE WHEN j.state = 'running' AND e.has_end THEN e.finalized_at ELSE j.finalized_at END,
        metadata = CASE WHEN e.has_metadata THEN j.metadata || e.metadata ELSE j.metadata END,
        scheduled_at = CASE WHEN j.state = 'running' AND e.has_time THEN e.scheduled_at ELSE j.scheduled_at END,
        state = CASE WHEN j.state = 'running' THEN e.state ELSE j.state END
    FROM ended e WHERE j.id = e.id AND (j.state = 'running' OR e.has_metadata)
    RETURNING j.*
)
SELECT count(args) FROM (
    SELECT j.* FROM river_jobs j JOIN ended e USING (id) WHERE NOT EXISTS (SELECT FROM updated u WHERE u.id = j.id)
    UNION ALL SELECT * FROM updated ORDER BY id
) told;
