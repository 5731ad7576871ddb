-- What is known of services outside that fail: those of a tenant (its mail server) or a host (its endpoint). A row goes with the
-- first success.
CREATE TABLE job_breakers (
    tenant_role text COLLATE "C" NOT NULL,
    service text NOT NULL CONSTRAINT job_breakers_service_ck CHECK (char_length(service) BETWEEN 1 AND 255),
    -- One after another.
    failures integer NOT NULL CONSTRAINT job_breakers_failures_ck CHECK (failures > 0),
    -- Until then nobody calls it; then one may try. NULL while it is called all the same.
    open_until timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT job_breakers_key PRIMARY KEY (tenant_role, service)
);
CREATE INDEX job_breakers_updated_at_idx ON job_breakers (updated_at);
