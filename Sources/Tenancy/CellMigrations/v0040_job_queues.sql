-- Queues, kinds and states of jobs. The workers of the version before must be stopped: what a state is has changed.
CREATE TABLE job_queues (
    queue text NOT NULL CONSTRAINT job_queues_queue_key PRIMARY KEY,
    -- How many of its jobs run at a time in this database, and how many of them may be one tenant's.
    running_limit integer NOT NULL CONSTRAINT job_queues_running_limit_ck CHECK (running_limit BETWEEN 1 AND 10000),
    tenant_running_limit integer NOT NULL
        CONSTRAINT job_queues_tenant_running_limit_ck CHECK (tenant_running_limit BETWEEN 1 AND running_limit)
);
INSERT INTO job_queues (queue, running_limit, tenant_running_limit) VALUES
    ('default', 1000, 200), ('mail', 1000, 100), ('exports', 50, 2), ('media', 50, 4), ('webhooks', 1000, 100), ('maintenance', 100, 4);

-- What may be enqueued at all.
CREATE TABLE job_kinds (
    kind text NOT NULL CONSTRAINT job_kinds_kind_key PRIMARY KEY,
    queue text NOT NULL CONSTRAINT job_kinds_queue_fk REFERENCES job_queues (queue),
    -- A tenant's jobs of a lower number go first.
    priority smallint NOT NULL CONSTRAINT job_kinds_priority_ck CHECK (priority BETWEEN 0 AND 9),
    -- After so many a job that fails is given up.
    max_attempts integer NOT NULL DEFAULT 30 CONSTRAINT job_kinds_max_attempts_ck CHECK (max_attempts BETWEEN 1 AND 1000),
    -- For how long it is kept once it was done: not at all, unless somebody looks for it.
    done_kept interval,
    -- For how long it is kept once it was given up or cancelled.
    dead_kept interval NOT NULL DEFAULT '30 days'
);
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES
    ('mail', 'mail', 3, 30, NULL),
    ('sms', 'mail', 1, 30, NULL),
    ('push', 'mail', 4, 30, NULL),
    ('notification_fan_out', 'default', 4, 30, NULL),
    ('reminders', 'default', 6, 30, NULL),
    ('digest', 'default', 7, 30, NULL),
    ('webhook', 'webhooks', 5, 100, NULL),
    ('retention', 'maintenance', 8, 30, NULL),
    ('export', 'exports', 5, 10, '7 days'),
    ('media', 'media', 5, 10, '7 days'),
    ('probe', 'default', 5, 30, NULL);

-- A name that leads with the time and is nobody else's: a UUIDv7. Without a SET it is inlined, which makes an enqueuing a third cheaper.
CREATE FUNCTION next_job_id() RETURNS uuid
    LANGUAGE sql VOLATILE
    AS $function$
        SELECT pg_catalog.encode(
            pg_catalog.set_bit(pg_catalog.set_bit(
                pg_catalog.overlay(
                    pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
                    pg_catalog.substring(
                        pg_catalog.int8send((extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint), 3),
                    1, 6),
                52, 1), 53, 1),
            'hex')::uuid
    $function$;

ALTER TABLE jobs
    DROP CONSTRAINT jobs_kind_ck,
    DROP CONSTRAINT jobs_tenant_role_kind_subject_uq,
    DROP CONSTRAINT jobs_id_key;
DROP INDEX jobs_tenant_role_run_at_idx, jobs_dead_at_idx;
ALTER TABLE jobs RENAME COLUMN dead_at TO ended_at;
ALTER TABLE jobs
    DROP COLUMN id,
    -- Compared byte by byte, so that ranges of names are ranges of the index.
    ALTER COLUMN tenant_role TYPE text COLLATE "C",
    ADD COLUMN id uuid NOT NULL DEFAULT next_job_id(),
    ADD COLUMN queue text,
    ADD COLUMN priority smallint,
    -- References that the subject does not give; never anything personal.
    ADD COLUMN payload jsonb NOT NULL DEFAULT '{}',
    -- scheduled: waits for run_at · ready: waits for a worker · running: leased until run_at · the others have ended.
    ADD COLUMN state text NOT NULL DEFAULT 'scheduled',
    -- It was never leased, so that what happens now is seen by it.
    ADD COLUMN is_fresh boolean NOT NULL DEFAULT true,
    -- When it was asked for, of several jobs that are for different times; all that were due at once are for the same.
    ADD COLUMN due timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN progress smallint NOT NULL DEFAULT 0,
    ADD COLUMN progress_code text,
    ADD COLUMN started_at timestamptz;
UPDATE jobs j SET
    queue = k.queue, priority = k.priority, is_fresh = (j.attempts = 0),
    state = CASE WHEN j.ended_at IS NOT NULL THEN 'dead' WHEN j.lease IS NOT NULL THEN 'running' ELSE 'scheduled' END
FROM job_kinds k WHERE k.kind = j.kind;
ALTER TABLE jobs
    ALTER COLUMN queue SET NOT NULL,
    ALTER COLUMN priority SET NOT NULL,
    ADD CONSTRAINT jobs_key PRIMARY KEY (tenant_role, id),
    ADD CONSTRAINT jobs_payload_ck CHECK (jsonb_typeof(payload) = 'object' AND octet_length(payload::text) <= 1024),
    ADD CONSTRAINT jobs_state_ck CHECK (state IN ('scheduled', 'ready', 'running', 'done', 'dead', 'cancelled')),
    ADD CONSTRAINT jobs_lease_ck CHECK ((state = 'running') = (lease IS NOT NULL)),
    ADD CONSTRAINT jobs_ended_at_ck CHECK ((state IN ('done', 'dead', 'cancelled')) = (ended_at IS NOT NULL)),
    ADD CONSTRAINT jobs_progress_ck CHECK (progress BETWEEN 0 AND 100),
    ADD CONSTRAINT jobs_progress_code_ck CHECK (char_length(progress_code) <= 100);

-- Of several enqueuings before the first lease one counts. An enqueuing that meets a job that runs, or failed, makes another job.
CREATE UNIQUE INDEX jobs_fresh_uq ON jobs (tenant_role, kind, subject, due, payload)
    WHERE is_fresh AND state IN ('scheduled', 'ready');
CREATE INDEX jobs_ready_idx ON jobs (queue, tenant_role, priority, id) WHERE state = 'ready';
CREATE INDEX jobs_run_at_idx ON jobs (run_at) WHERE state IN ('scheduled', 'running');
CREATE INDEX jobs_running_idx ON jobs (queue, tenant_role, kind, subject) WHERE state = 'running';
CREATE INDEX jobs_tried_idx ON jobs (tenant_role, kind, subject) WHERE NOT is_fresh AND state IN ('scheduled', 'ready');
CREATE INDEX jobs_ended_at_idx ON jobs (ended_at) WHERE ended_at IS NOT NULL;
-- Rows come and go; what they leave behind is cleared before it makes a lease dear.
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- A tenant's only ways to enqueue. The role is the transaction's own, which a tenant's statement cannot choose: whoever has none
-- gets NULL and is refused by the column, and so is a kind that is not known. A job that waits already is locked until the
-- transaction ends, so that it does not begin before what was done here can be seen.
CREATE FUNCTION enqueue_jobs(kind text, subjects uuid[], run_at timestamptz, payload jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        INSERT INTO cell.jobs AS j (tenant_role, kind, queue, priority, subject, payload, state, due, run_at)
        SELECT nullif(current_setting('role'), 'none'), enqueue_jobs.kind, k.queue, k.priority, s.subject, enqueue_jobs.payload,
            CASE WHEN enqueue_jobs.run_at <= t.soon THEN 'ready' ELSE 'scheduled' END,
            CASE WHEN enqueue_jobs.run_at <= t.soon THEN '-infinity' ELSE enqueue_jobs.run_at END,
            enqueue_jobs.run_at
        FROM (SELECT DISTINCT u AS subject FROM unnest(subjects) u ORDER BY u) s
            CROSS JOIN (SELECT clock_timestamp() + interval '1 second' AS soon) t
            LEFT JOIN cell.job_kinds k ON k.kind = enqueue_jobs.kind
        ON CONFLICT (tenant_role, kind, subject, due, payload) WHERE is_fresh AND state IN ('scheduled', 'ready')
            DO UPDATE SET run_at = j.run_at WHERE false
    $function$;
CREATE OR REPLACE FUNCTION enqueue_job(kind text, subject uuid, run_at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        SELECT cell.enqueue_jobs(kind, ARRAY[subject], run_at, '{}')
    $function$;

-- Ends a job in the transaction of its effect: either both happen or neither. Only the tenant whose job it is can, and only the
-- worker that still has it.
CREATE FUNCTION finish_job(id uuid, lease uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
DECLARE
    own_role text := nullif(current_setting('role'), 'none');
BEGIN
    UPDATE cell.jobs j SET state = 'done', lease = NULL, progress = 100, failure = NULL, ended_at = clock_timestamp()
    FROM cell.job_kinds k
    WHERE j.tenant_role = own_role AND j.id = finish_job.id AND j.lease = finish_job.lease AND j.state = 'running'
        AND k.kind = j.kind AND k.done_kept IS NOT NULL;
    IF FOUND THEN RETURN; END IF;
    DELETE FROM cell.jobs j
    WHERE j.tenant_role = own_role AND j.id = finish_job.id AND j.lease = finish_job.lease AND j.state = 'running';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the job is not this worker''s any more' USING ERRCODE = 'LMJ01';
    END IF;
END
$function$;

REVOKE ALL ON FUNCTION next_job_id(), enqueue_jobs(text, uuid[], timestamptz, jsonb), finish_job(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enqueue_jobs(text, uuid[], timestamptz, jsonb), finish_job(uuid, uuid) TO PUBLIC;
