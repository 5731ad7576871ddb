-- The first reply to each request that a client may repeat, written in the transaction of what the request did.
CREATE TABLE idempotency_keys (
    actor uuid NOT NULL,
    key text NOT NULL CONSTRAINT idempotency_keys_key_ck CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    status bigint,
    media_type text,
    location text,
    etag text,
    body bytea,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_actor_key_key PRIMARY KEY (actor, key)
);
