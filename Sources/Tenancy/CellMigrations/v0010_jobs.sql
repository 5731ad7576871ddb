-- What is to be done after a commit, for all tenants of this database. A job only refers to its subject, a row of the tenant's:
-- nothing personal is here.
CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT jobs_id_key PRIMARY KEY,
    -- The role that enqueued it, which names the tenant.
    tenant_role text NOT NULL CONSTRAINT jobs_tenant_role_ck CHECK (tenant_role ~ '^[a-z][a-z0-9]*_t_[0-9a-z]{26}$'),
    kind text NOT NULL CONSTRAINT jobs_kind_ck CHECK (kind IN ('mail', 'sms')),
    subject uuid NOT NULL,
    -- From when on it may be leased; a lease moves it to its own end.
    run_at timestamptz NOT NULL,
    lease uuid,
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- When it was given up, and why: a code, never a text from outside.
    dead_at timestamptz,
    failure text CONSTRAINT jobs_failure_ck CHECK (char_length(failure) <= 100),
    CONSTRAINT jobs_tenant_role_kind_subject_uq UNIQUE (tenant_role, kind, subject)
);
CREATE INDEX jobs_tenant_role_run_at_idx ON jobs (tenant_role, run_at) WHERE dead_at IS NULL;
CREATE INDEX jobs_dead_at_idx ON jobs (dead_at) WHERE dead_at IS NOT NULL;

-- A tenant's only way to the table. The role is the transaction's own, which a tenant's statement cannot choose: whoever has none
-- gets NULL and is refused by the column.
CREATE FUNCTION enqueue_job(kind text, subject uuid, run_at timestamptz) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        INSERT INTO cell.jobs (tenant_role, kind, subject, run_at)
        VALUES (nullif(current_setting('role'), 'none'), kind, subject, run_at)
        ON CONFLICT ON CONSTRAINT jobs_tenant_role_kind_subject_uq DO NOTHING
    $function$;
