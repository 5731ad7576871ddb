-- Those who run the platform. They have no account in any tenant; a second factor is not optional.
CREATE TABLE operators (
    id uuid CONSTRAINT operators_id_key PRIMARY KEY,
    email text NOT NULL,
    email_key text NOT NULL CONSTRAINT operators_email_key_uq UNIQUE,
    name text NOT NULL CONSTRAINT operators_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    role text NOT NULL CONSTRAINT operators_role_ck CHECK (role IN ('operator', 'support', 'auditor')),
    status text NOT NULL DEFAULT 'active' CONSTRAINT operators_status_ck CHECK (status IN ('active', 'disabled')),
    password_hash text NOT NULL,
    -- The secret of the one-time codes, sealed under a key that is derived from this master key.
    factor_master_key text NOT NULL,
    factor_sealed bytea NOT NULL,
    -- The last code that was used; neither it nor an earlier one is good again.
    factor_counter bigint NOT NULL DEFAULT 0,
    -- Wrong codes in a row after a right password.
    wrong_codes integer NOT NULL DEFAULT 0,
    enrolled_at timestamptz,
    last_sign_in_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE operator_sessions (
    id uuid CONSTRAINT operator_sessions_id_key PRIMARY KEY,
    operator_id uuid NOT NULL CONSTRAINT operator_sessions_operator_id_fk REFERENCES operators (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT operator_sessions_token_hash_uq UNIQUE,
    started_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX operator_sessions_operator_id_idx ON operator_sessions (operator_id);

-- In which tenant an operator acts as somebody; what it is about is in the tenant.
CREATE TABLE operator_impersonations (
    id uuid CONSTRAINT operator_impersonations_id_key PRIMARY KEY,
    operator_id uuid NOT NULL
        CONSTRAINT operator_impersonations_operator_id_fk REFERENCES operators (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL CONSTRAINT operator_impersonations_tenant_id_fk REFERENCES tenants (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX operator_impersonations_operator_id_idx ON operator_impersonations (operator_id, expires_at);

-- What was done on the platform, by identifiers alone. The serving login may add and read, not change.
CREATE TABLE platform_audit_events (
    id uuid CONSTRAINT platform_audit_events_id_key PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    -- Nobody for what the command line or an unknown address did.
    operator_id uuid,
    action text NOT NULL CONSTRAINT platform_audit_events_action_ck CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    object_id uuid,
    tenant_id uuid,
    outcome text NOT NULL CONSTRAINT platform_audit_events_outcome_ck CHECK (outcome IN ('succeeded', 'refused')),
    address text,
    user_agent text
);
