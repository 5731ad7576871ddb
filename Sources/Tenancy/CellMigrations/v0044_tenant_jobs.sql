-- What a tenant sees of the queue and may do to it: its own jobs. The role says whose they are, and is the transaction's own.
CREATE VIEW tenant_jobs WITH (security_barrier) AS
    SELECT id, kind, queue, priority, subject, state, run_at, attempts, progress, progress_code, failure, created_at, started_at,
        ended_at
    FROM jobs WHERE tenant_role = nullif(current_setting('role'), 'none');
GRANT SELECT ON tenant_jobs TO PUBLIC;
CREATE INDEX jobs_tenant_role_state_idx ON jobs (tenant_role, state, id) WHERE ended_at IS NOT NULL;

-- Each returns the job's state afterwards, which is not the wanted one if that could not be; NULL if there is no such job.
CREATE FUNCTION retry_job(id uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
DECLARE
    own_role text := nullif(current_setting('role'), 'none');
    found text;
BEGIN
    SELECT j.state INTO found FROM cell.jobs j WHERE j.tenant_role = own_role AND j.id = retry_job.id FOR UPDATE;
    IF found IS NULL OR found NOT IN ('scheduled', 'dead', 'cancelled') THEN RETURN found; END IF;
    -- What was enqueued again meanwhile is another job, so this one is not fresh any more.
    UPDATE cell.jobs j SET state = 'ready', is_fresh = false, attempts = 0, progress = 0, progress_code = NULL, ended_at = NULL,
        run_at = clock_timestamp()
    WHERE j.tenant_role = own_role AND j.id = retry_job.id;
    RETURN 'ready';
END
$function$;

-- Of a running job nothing that its transaction has not committed will be: it is no longer its worker's.
CREATE FUNCTION cancel_job(id uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
DECLARE
    own_role text := nullif(current_setting('role'), 'none');
    found text;
BEGIN
    SELECT j.state INTO found FROM cell.jobs j WHERE j.tenant_role = own_role AND j.id = cancel_job.id FOR UPDATE;
    IF found IS NULL OR found NOT IN ('scheduled', 'ready', 'running') THEN RETURN found; END IF;
    UPDATE cell.jobs j SET state = 'cancelled', lease = NULL, ended_at = clock_timestamp()
    WHERE j.tenant_role = own_role AND j.id = cancel_job.id;
    RETURN 'cancelled';
END
$function$;

CREATE FUNCTION discard_job(id uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
DECLARE
    own_role text := nullif(current_setting('role'), 'none');
    found text;
BEGIN
    SELECT j.state INTO found FROM cell.jobs j WHERE j.tenant_role = own_role AND j.id = discard_job.id FOR UPDATE;
    IF found IS NULL OR found = 'running' THEN RETURN found; END IF;
    DELETE FROM cell.jobs j WHERE j.tenant_role = own_role AND j.id = discard_job.id;
    RETURN 'discarded';
END
$function$;

REVOKE ALL ON FUNCTION retry_job(uuid), cancel_job(uuid), discard_job(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retry_job(uuid), cancel_job(uuid), discard_job(uuid) TO PUBLIC;
