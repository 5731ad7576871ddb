-- Which provider vouched for a sign-in, and in which session of its own (`sid`, known by its SHA-256), so that signing out
-- there ends it here.
ALTER TABLE sessions
    ADD COLUMN provider_id uuid
        CONSTRAINT sessions_provider_id_fk REFERENCES identity_providers (id) ON DELETE SET NULL,
    ADD COLUMN provider_session_hash bytea
        CONSTRAINT sessions_provider_session_hash_ck CHECK (octet_length(provider_session_hash) = 32);
CREATE INDEX sessions_provider_id_idx ON sessions (provider_id, provider_session_hash) WHERE provider_id IS NOT NULL;

ALTER TABLE federated_codes
    ADD COLUMN provider_session_hash bytea
        CONSTRAINT federated_codes_provider_session_hash_ck CHECK (octet_length(provider_session_hash) = 32);

ALTER TABLE sign_in_challenges
    ADD COLUMN provider_id uuid
        CONSTRAINT sign_in_challenges_provider_id_fk REFERENCES identity_providers (id) ON DELETE CASCADE,
    ADD COLUMN provider_session_hash bytea
        CONSTRAINT sign_in_challenges_provider_session_hash_ck CHECK (octet_length(provider_session_hash) = 32);
CREATE INDEX sign_in_challenges_provider_id_idx ON sign_in_challenges (provider_id) WHERE provider_id IS NOT NULL;

-- Logout tokens that were taken, by the SHA-256 of their `jti`, for as long as they could be shown again.
CREATE TABLE federated_logouts (
    provider_id uuid NOT NULL
        CONSTRAINT federated_logouts_provider_id_fk REFERENCES identity_providers (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT federated_logouts_token_hash_ck CHECK (octet_length(token_hash) = 32),
    expires_at timestamptz NOT NULL,
    CONSTRAINT federated_logouts_provider_id_token_hash_key PRIMARY KEY (provider_id, token_hash)
);
CREATE INDEX federated_logouts_expires_at_idx ON federated_logouts (expires_at);
