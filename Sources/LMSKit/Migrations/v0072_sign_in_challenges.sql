-- Sign-ins that wait for a second factor, by the SHA-256 of what the client shows to go on.
CREATE TABLE sign_in_challenges (
    token_hash bytea CONSTRAINT sign_in_challenges_token_hash_key PRIMARY KEY
        CONSTRAINT sign_in_challenges_token_hash_ck CHECK (octet_length(token_hash) = 32),
    user_id uuid NOT NULL CONSTRAINT sign_in_challenges_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- A user's epoch when they showed the first factor; over when it changes.
    token_epoch integer NOT NULL,
    methods text[] NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CONSTRAINT sign_in_challenges_attempts_ck CHECK (attempts BETWEEN 0 AND 5),
    -- A code that was mailed for it.
    code_hash bytea CONSTRAINT sign_in_challenges_code_hash_ck CHECK (octet_length(code_hash) = 32),
    codes_sent integer NOT NULL DEFAULT 0 CONSTRAINT sign_in_challenges_codes_sent_ck CHECK (codes_sent BETWEEN 0 AND 3),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX sign_in_challenges_user_id_idx ON sign_in_challenges (user_id);
CREATE INDEX sign_in_challenges_expires_at_idx ON sign_in_challenges (expires_at);
