-- The tables of River and Graphile Worker as their migrations leave them: the same columns, constraints and indexes under names of ours.
CREATE TYPE river_state AS ENUM ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');
CREATE TABLE river_jobs (
    id bigserial PRIMARY KEY,
    state river_state NOT NULL DEFAULT 'available',
    attempt smallint NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL DEFAULT 25 CHECK (max_attempts > 0),
    attempted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    finalized_at timestamptz,
    scheduled_at timestamptz NOT NULL DEFAULT now(),
    priority smallint NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 4),
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 127),
    metadata jsonb NOT NULL DEFAULT '{}',
    queue text NOT NULL DEFAULT 'default' CHECK (char_length(queue) BETWEEN 1 AND 127),
    tags varchar(255)[] NOT NULL DEFAULT '{}',
    unique_key bytea,
    unique_states bit(8),
    CHECK ((finalized_at IS NOT NULL) = (state IN ('cancelled', 'completed', 'discarded')))
);
CREATE INDEX ON river_jobs (kind);
CREATE INDEX ON river_jobs (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX ON river_jobs (state, queue, priority, scheduled_at, id);
CREATE INDEX ON river_jobs USING gin (args);
CREATE INDEX ON river_jobs USING gin (metadata);
CREATE UNIQUE INDEX ON river_jobs (unique_key) WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL;
CREATE TABLE graphile_jobs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    job_queue_id integer,
    task_id integer NOT NULL,
    payload json NOT NULL DEFAULT '{}',
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT now(),
    attempts smallint NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL DEFAULT 25 CHECK (max_attempts >= 1),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    key text UNIQUE CHECK (length(key) BETWEEN 1 AND 512),
    locked_at timestamptz,
    locked_by text,
    revision integer NOT NULL DEFAULT 0,
    flags jsonb,
    is_available boolean NOT NULL GENERATED ALWAYS AS (locked_at IS NULL AND attempts < max_attempts) STORED
);
CREATE INDEX ON graphile_jobs (priority, run_at) INCLUDE (id, task_id, job_queue_id) WHERE is_available;
CREATE INDEX ON graphile_jobs (priority, run_at) INCLUDE (id, task_id) WHERE is_available AND job_queue_id IS NULL;
ALTER TABLE graphile_jobs ENABLE ROW LEVEL SECURITY;
CREATE TABLE graphile_queues (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    queue_name text NOT NULL UNIQUE CHECK (length(queue_name) <= 128),
    locked_at timestamptz,
    locked_by text,
    is_available boolean NOT NULL GENERATED ALWAYS AS (locked_at IS NULL) STORED
);
CREATE TABLE graphile_tasks (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    identifier text NOT NULL UNIQUE CHECK (length(identifier) <= 128)
);
CREATE TYPE graphile_spec AS (
    identifier text, payload json, queue_name text, run_at timestamptz, max_attempts smallint, job_key text, priority smallint, flags text[]
);
-- What Graphile Worker does to add many: their tasks and queues are made, keys of jobs that are under way are freed, the jobs are added or
-- replaced by their keys, and whoever listens is told.
CREATE FUNCTION graphile_add(specs graphile_spec[]) RETURNS SETOF graphile_jobs
    LANGUAGE plpgsql
    AS $function$
BEGIN
    INSERT INTO graphile_tasks (identifier) SELECT DISTINCT s.identifier FROM unnest(specs) s ON CONFLICT DO NOTHING;
    INSERT INTO graphile_queues (queue_name)
        SELECT DISTINCT s.queue_name FROM unnest(specs) s WHERE s.queue_name IS NOT NULL ON CONFLICT DO NOTHING;
    UPDATE graphile_jobs j SET key = NULL, attempts = j.max_attempts, updated_at = now()
        FROM unnest(specs) s WHERE s.job_key IS NOT NULL AND j.key = s.job_key AND NOT j.is_available;
    RETURN QUERY INSERT INTO graphile_jobs AS j (job_queue_id, task_id, payload, run_at, max_attempts, key, priority, flags)
        SELECT q.id, t.id, coalesce(s.payload, '{}'), coalesce(s.run_at, now()), coalesce(s.max_attempts, 25::smallint), s.job_key,
            coalesce(s.priority, 0::smallint), (SELECT jsonb_object_agg(f, true) FROM unnest(s.flags) f)
        FROM unnest(specs) s JOIN graphile_tasks t ON t.identifier = s.identifier
            LEFT JOIN graphile_queues q ON q.queue_name = s.queue_name
        ON CONFLICT (key) DO UPDATE SET
            job_queue_id = excluded.job_queue_id, task_id = excluded.task_id, payload = excluded.payload, run_at = excluded.run_at,
            max_attempts = excluded.max_attempts, priority = excluded.priority, flags = excluded.flags, revision = j.revision + 1,
            attempts = 0, last_error = NULL, updated_at = now()
        WHERE j.locked_at IS NULL
        RETURNING *;
    PERFORM pg_notify('graphile', format('{"count":%s,"random":%s}', array_length(specs, 1), random()));
END
$function$;
