-- What people show besides a password. A kind to come, such as passkeys, is a further value of kind.
CREATE TABLE factors (
    id uuid CONSTRAINT factors_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT factors_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    kind text NOT NULL CONSTRAINT factors_kind_ck CHECK (kind IN ('totp', 'email')),
    -- The secret of RFC 6238, sealed under this key.
    tenant_key_id uuid CONSTRAINT factors_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_secret bytea,
    -- The latest step of which a code was taken: none is good twice.
    last_step bigint,
    -- A code that was mailed, as HMAC-SHA-256 under a key that is not in the database.
    code_hash bytea CONSTRAINT factors_code_hash_ck CHECK (octet_length(code_hash) = 32),
    code_expires_at timestamptz,
    -- Wrong codes since the last good one, and until when no further one is looked at.
    failures integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    created_at timestamptz NOT NULL,
    -- NULL until its user showed that they have it.
    confirmed_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT factors_secret_ck CHECK (kind <> 'totp' OR (sealed_secret IS NOT NULL AND tenant_key_id IS NOT NULL))
);
-- One of each, and beside it one that is to take its place.
CREATE UNIQUE INDEX factors_user_id_kind_uq ON factors (user_id, kind, (confirmed_at IS NULL)) WHERE kind IN ('totp', 'email');

-- Codes for whoever lost their factor, by their SHA-256; each holds 80 random bits.
CREATE TABLE recovery_codes (
    user_id uuid NOT NULL CONSTRAINT recovery_codes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL CONSTRAINT recovery_codes_code_hash_ck CHECK (octet_length(code_hash) = 32),
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT recovery_codes_user_id_code_hash_key PRIMARY KEY (user_id, code_hash)
);
