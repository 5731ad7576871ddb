-- A lease looks at what runs once, and not once for each job that it may take: with two hundred jobs that run that was most of its time.
-- And no statistics lead the planner away from the indexes of what is ready: a queue is empty one moment and long the next.
ALTER TABLE jobs ALTER COLUMN state SET STATISTICS 0, ALTER COLUMN queue SET STATISTICS 0;

CREATE OR REPLACE FUNCTION lease_jobs(
    queue text, wanted integer, after text, lease uuid, now timestamptz, until timestamptz, tenants text[]
) RETURNS TABLE (
    id uuid, tenant_role text, kind text, subject uuid, payload jsonb, attempts integer, max_attempts integer, waited interval,
    place integer
)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
    AS $function$
#variable_conflict use_column
DECLARE
    room integer;
    share integer;
BEGIN
    IF NOT EXISTS (SELECT FROM cell.jobs j WHERE j.state = 'ready' AND j.queue = lease_jobs.queue) THEN RETURN; END IF;
    SELECT q.running_limit, q.tenant_running_limit INTO room, share
    FROM cell.job_queues q WHERE q.queue = lease_jobs.queue FOR UPDATE;
    room := least(wanted, room - (SELECT count(*) FROM cell.jobs j WHERE j.state = 'running' AND j.queue = lease_jobs.queue));
    IF room <= 0 THEN RETURN; END IF;
    RETURN QUERY
    WITH RECURSIVE line (tenant_role, place, is_round) AS (
        SELECT lease_jobs.after COLLATE "C", 0, false
        UNION ALL
        SELECT n.tenant_role, l.place + 1, n.is_round
        FROM line l CROSS JOIN LATERAL (
            SELECT * FROM (
                (SELECT j.tenant_role, l.is_round FROM cell.jobs j
                WHERE j.state = 'ready' AND j.queue = lease_jobs.queue AND j.tenant_role > l.tenant_role
                    AND j.tenant_role <= CASE WHEN l.is_round THEN lease_jobs.after ELSE '~' END COLLATE "C"
                ORDER BY j.tenant_role LIMIT 1)
                UNION ALL
                (SELECT j.tenant_role, true FROM cell.jobs j
                WHERE j.state = 'ready' AND j.queue = lease_jobs.queue AND NOT l.is_round
                    AND j.tenant_role <= lease_jobs.after COLLATE "C"
                ORDER BY j.tenant_role LIMIT 1)
            ) either LIMIT 1
        ) n
        WHERE l.place < room
    ), running AS MATERIALIZED (
        SELECT r.tenant_role, r.kind, r.subject, r.payload FROM cell.jobs r
        WHERE r.state = 'running' AND r.queue = lease_jobs.queue
    ), chosen AS MATERIALIZED (
        SELECT l.tenant_role, l.place FROM line l WHERE l.place > 0 AND lease_jobs.tenants = '{}'
        UNION ALL
        SELECT u, n::integer FROM unnest(lease_jobs.tenants) WITH ORDINALITY t (u, n)
    ), due AS (
        SELECT c.tenant_role, c.place, w.id,
            row_number() OVER (PARTITION BY c.tenant_role ORDER BY w.priority, w.id) AS turn,
            row_number() OVER (PARTITION BY c.tenant_role, w.kind, w.subject, w.payload ORDER BY w.priority, w.id) AS twin
        FROM chosen c
            LEFT JOIN (SELECT r.tenant_role, count(*) AS count FROM running r GROUP BY r.tenant_role) busy USING (tenant_role)
            CROSS JOIN LATERAL (
            SELECT j.id, j.priority, j.kind, j.subject, j.payload FROM cell.jobs j
            WHERE j.state = 'ready' AND j.queue = lease_jobs.queue AND j.tenant_role = c.tenant_role AND j.run_at <= lease_jobs.now
                AND (j.tenant_role, j.kind, j.subject, j.payload) NOT IN (
                    SELECT r.tenant_role, r.kind, r.subject, r.payload FROM running r
                )
            ORDER BY j.priority, j.id
            LIMIT greatest(0, least(1 + 2 * room / (SELECT count(*) FROM chosen), share - coalesce(busy.count, 0)))
            FOR UPDATE OF j SKIP LOCKED
        ) w
    ), mine AS (
        SELECT d.tenant_role, d.id, d.place FROM due d WHERE d.twin = 1 ORDER BY d.turn, d.place LIMIT room
    )
    UPDATE cell.jobs j SET
        state = 'running', lease = lease_jobs.lease, run_at = lease_jobs.until, attempts = j.attempts + 1, is_fresh = false,
        started_at = lease_jobs.now
    FROM mine m, cell.job_kinds k
    WHERE j.tenant_role = m.tenant_role AND j.id = m.id AND k.kind = j.kind
    RETURNING j.id, j.tenant_role, j.kind, j.subject, j.payload, j.attempts, k.max_attempts,
        lease_jobs.now - greatest(j.created_at, j.due), m.place;
END
$function$;
