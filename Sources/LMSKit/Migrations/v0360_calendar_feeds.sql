-- The secret address of somebody's calendar, by the SHA-256 of its token: one each, so a new one ends the one before.
CREATE TABLE calendar_feeds (
    user_id uuid NOT NULL CONSTRAINT calendar_feeds_key PRIMARY KEY
        CONSTRAINT calendar_feeds_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT calendar_feeds_token_hash_uq UNIQUE
        CONSTRAINT calendar_feeds_token_hash_ck CHECK (octet_length(token_hash) = 32),
    created_at timestamptz NOT NULL
);
