-- Where a tenant has its events sent.
CREATE TABLE webhook_endpoints (
    id uuid CONSTRAINT webhook_endpoints_id_key PRIMARY KEY,
    url text NOT NULL CONSTRAINT webhook_endpoints_url_ck CHECK (url LIKE 'https://%' AND char_length(url) <= 2000),
    description text NOT NULL DEFAULT ''
        CONSTRAINT webhook_endpoints_description_ck CHECK (char_length(description) <= 500),
    -- Names of types, or * for all.
    event_types text[] NOT NULL
        CONSTRAINT webhook_endpoints_event_types_ck CHECK (cardinality(event_types) BETWEEN 1 AND 100),
    -- Whether events of one aggregate wait for those before them.
    is_ordered boolean NOT NULL DEFAULT false,
    disabled text CONSTRAINT webhook_endpoints_disabled_ck CHECK (disabled IN ('by_hand', 'gone', 'failing')),
    -- Since the last success.
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    -- The target asked for a pause.
    paused_until timestamptz,
    last_success_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT webhook_endpoints_failing_ck CHECK ((failures = 0) = (failing_since IS NULL))
) WITH (fillfactor = 80);

-- What signs: the newest, and for a while the one before.
CREATE TABLE webhook_secrets (
    id uuid CONSTRAINT webhook_secrets_id_key PRIMARY KEY,
    endpoint_id uuid NOT NULL CONSTRAINT webhook_secrets_endpoint_id_fk
        REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    tenant_key_id uuid NOT NULL CONSTRAINT webhook_secrets_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- NULL for the newest.
    expires_at timestamptz
);
CREATE UNIQUE INDEX webhook_secrets_newest_uq ON webhook_secrets (endpoint_id) WHERE expires_at IS NULL;
CREATE UNIQUE INDEX webhook_secrets_previous_uq ON webhook_secrets (endpoint_id) WHERE expires_at IS NOT NULL;
CREATE INDEX webhook_secrets_tenant_key_id_idx ON webhook_secrets (tenant_key_id);
