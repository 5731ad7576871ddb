-- What was mailed to prove who reads it, by its SHA-256: one of each purpose for a user, so a new one ends the one before.
CREATE TABLE one_time_tokens (
    user_id uuid NOT NULL CONSTRAINT one_time_tokens_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    purpose text NOT NULL CONSTRAINT one_time_tokens_purpose_ck
        CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
    token_hash bytea NOT NULL CONSTRAINT one_time_tokens_token_hash_uq UNIQUE
        CONSTRAINT one_time_tokens_token_hash_ck CHECK (octet_length(token_hash) = 32),
    -- The address that it was sent to.
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CONSTRAINT one_time_tokens_user_id_purpose_key PRIMARY KEY (user_id, purpose)
);
