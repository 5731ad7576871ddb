-- How workers get jobs. Plans are held to the indexes, because a queue is empty one moment and long the next.

-- Makes ready what is due, by its time or by a schedule, and what a worker lost; returns when the next is due. `tenants` keeps it to some
-- of them, if it is not empty.
CREATE FUNCTION wake_jobs(now timestamptz, tenants text[]) RETURNS timestamptz
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
    AS $function$
BEGIN
    UPDATE cell.jobs j SET
        state = CASE WHEN j.state = 'running' AND j.attempts >= k.max_attempts THEN 'dead' ELSE 'ready' END,
        ended_at = CASE WHEN j.state = 'running' AND j.attempts >= k.max_attempts THEN wake_jobs.now END,
        failure = CASE WHEN j.state = 'running' THEN 'lease expired' ELSE j.failure END,
        lease = NULL
    FROM cell.job_kinds k
    WHERE k.kind = j.kind AND (j.tenant_role, j.id) IN (
        SELECT w.tenant_role, w.id FROM cell.jobs w
        WHERE w.state IN ('scheduled', 'running') AND w.run_at <= wake_jobs.now
            AND (wake_jobs.tenants = '{}' OR w.tenant_role = ANY (wake_jobs.tenants))
        ORDER BY w.run_at LIMIT 1000
        FOR UPDATE SKIP LOCKED
    );
    RETURN least(
        cell.fire_schedules(wake_jobs.now, wake_jobs.tenants),
        (
            SELECT min(w.run_at) FROM cell.jobs w
            WHERE w.state IN ('scheduled', 'running') AND w.run_at > wake_jobs.now
                AND (wake_jobs.tenants = '{}' OR w.tenant_role = ANY (wake_jobs.tenants))
        )
    );
END
$function$;

-- Leases jobs of one queue: one of each tenant, beginning after the one that was served last, then a second one of each, until
-- there are `wanted`. Steps from tenant to tenant along the index, so that a long queue costs no more than a short one. One lease at
-- a time is given per queue, so that the limits hold.
CREATE FUNCTION lease_jobs(
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
    ), chosen AS (
        SELECT l.tenant_role, l.place FROM line l WHERE l.place > 0 AND lease_jobs.tenants = '{}'
        UNION ALL
        SELECT u, n::integer FROM unnest(lease_jobs.tenants) WITH ORDINALITY t (u, n)
    ), due AS (
        SELECT c.tenant_role, c.place, w.id,
            row_number() OVER (PARTITION BY c.tenant_role ORDER BY w.priority, w.id) AS turn,
            row_number() OVER (PARTITION BY c.tenant_role, w.kind, w.subject, w.payload ORDER BY w.priority, w.id) AS twin
        FROM chosen c CROSS JOIN LATERAL (
            SELECT j.id, j.priority, j.kind, j.subject, j.payload FROM cell.jobs j
            WHERE j.state = 'ready' AND j.queue = lease_jobs.queue AND j.tenant_role = c.tenant_role AND j.run_at <= lease_jobs.now
                AND NOT EXISTS (
                    SELECT FROM cell.jobs r
                    WHERE r.state = 'running' AND r.queue = lease_jobs.queue AND r.tenant_role = c.tenant_role
                        AND r.kind = j.kind AND r.subject = j.subject AND r.payload = j.payload
                )
            ORDER BY j.priority, j.id
            LIMIT greatest(0, least(
                1 + 2 * room / (SELECT count(*) FROM chosen),
                share - (
                    SELECT count(*) FROM cell.jobs r
                    WHERE r.state = 'running' AND r.queue = lease_jobs.queue AND r.tenant_role = c.tenant_role
                )
            ))
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

REVOKE ALL ON FUNCTION wake_jobs(timestamptz, text[]),
    lease_jobs(text, integer, text, uuid, timestamptz, timestamptz, text[]) FROM PUBLIC;
