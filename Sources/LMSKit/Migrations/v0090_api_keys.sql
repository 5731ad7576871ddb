-- Keys that let a program act for a user, within scopes.
CREATE TABLE api_keys (
    id uuid CONSTRAINT api_keys_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT api_keys_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT api_keys_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    -- resource:action:reach, such as course:read:own.
    scopes text[] NOT NULL CONSTRAINT api_keys_scopes_ck CHECK (cardinality(scopes) BETWEEN 1 AND 100),
    -- How the newest secret begins, so that somebody can tell which one a program has.
    hint text NOT NULL CONSTRAINT api_keys_hint_ck CHECK (char_length(hint) = 8),
    created_at timestamptz NOT NULL,
    rotated_at timestamptz,
    expires_at timestamptz NOT NULL CONSTRAINT api_keys_expires_at_ck CHECK (expires_at > created_at),
    -- Written once a minute at most.
    last_used_at timestamptz,
    revoked_at timestamptz
) WITH (fillfactor = 90);
CREATE INDEX api_keys_user_id_idx ON api_keys (user_id, id);

-- A key's secrets by their SHA-256; the secret itself is nowhere. After a rotation the one before is good for a while.
CREATE TABLE api_key_secrets (
    secret_hash bytea CONSTRAINT api_key_secrets_secret_hash_key PRIMARY KEY
        CONSTRAINT api_key_secrets_secret_hash_ck CHECK (octet_length(secret_hash) = 32),
    key_id uuid NOT NULL CONSTRAINT api_key_secrets_key_id_fk REFERENCES api_keys (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX api_key_secrets_key_id_idx ON api_key_secrets (key_id);
