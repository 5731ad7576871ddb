-- Five hundred jobs for a local queue, and their end, each a transaction. Graphile Worker deletes what is done.
WITH available AS (
    SELECT j.id, j.job_queue_id FROM graphile_jobs j
    WHERE j.is_available AND j.run_at <= now() AND j.task_id = ANY ('{1}')
        AND (j.job_queue_id IS NULL OR j.job_queue_id IN (
            SELECT q.id FROM graphile_queues q WHERE q.is_available FOR UPDATE SKIP LOCKED))
    ORDER BY j.priority, j.run_at LIMIT 500 FOR UPDATE SKIP LOCKED
), queues AS (
    UPDATE graphile_queues q SET locked_by = 'pgbench', locked_at = now() FROM available a WHERE q.id = a.job_queue_id
), leased AS (
    UPDATE graphile_jobs j SET attempts = j.attempts + 1, locked_by = 'pgbench', locked_at = now()
    FROM available a WHERE j.id = a.id
    RETURNING j.*
)
SELECT coalesce(array_agg(id), '{}')::text AS ids, count(payload) AS payloads FROM leased \gset
DELETE FROM graphile_jobs USING unnest((:ids)::bigint[]) AS done (job) WHERE id = done.job;
