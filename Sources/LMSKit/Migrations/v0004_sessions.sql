-- A sign-in and what came of it: all refresh tokens of one session are one family.
CREATE TABLE sessions (
    id uuid CONSTRAINT sessions_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT sessions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    -- No refresh reaches past this.
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_because text CONSTRAINT sessions_revoked_because_ck
        CHECK (revoked_because IN ('signed_out', 'token_reused', 'user_inactive', 'password_changed')),
    CONSTRAINT sessions_revoked_ck CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id, id);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

-- Refresh tokens by their SHA-256; the token itself is nowhere.
CREATE TABLE refresh_tokens (
    token_hash bytea CONSTRAINT refresh_tokens_token_hash_key PRIMARY KEY
        CONSTRAINT refresh_tokens_token_hash_ck CHECK (octet_length(token_hash) = 32),
    session_id uuid NOT NULL CONSTRAINT refresh_tokens_session_id_fk REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    -- The SHA-256 of the key under which this use may be repeated.
    retry_key_hash bytea
);
CREATE INDEX refresh_tokens_session_id_idx ON refresh_tokens (session_id);
