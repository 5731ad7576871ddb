-- Who did it, from where, how it ended, and what it changed: digests only. An address and a user agent are personal: they are
-- in the row's digest as a salted hash, so that they can be erased without breaking the chain.
ALTER TABLE audit_events
    DROP COLUMN detail,
    DROP CONSTRAINT audit_events_actor_kind_ck,
    ADD CONSTRAINT audit_events_actor_kind_ck
        CHECK (actor_kind IN ('anonymous', 'user', 'service', 'operator', 'system')),
    ADD COLUMN impersonator uuid,
    ADD COLUMN outcome text NOT NULL DEFAULT 'succeeded'
        CONSTRAINT audit_events_outcome_ck CHECK (outcome IN ('succeeded', 'refused', 'failed')),
    -- How many times it happened, where repetitions within a minute are one row.
    ADD COLUMN occurrences integer NOT NULL DEFAULT 1 CONSTRAINT audit_events_occurrences_ck CHECK (occurrences > 0),
    ADD COLUMN request_id text CONSTRAINT audit_events_request_id_ck CHECK (length(request_id) <= 128),
    ADD COLUMN address text CONSTRAINT audit_events_address_ck CHECK (length(address) <= 64),
    ADD COLUMN user_agent text CONSTRAINT audit_events_user_agent_ck CHECK (length(user_agent) <= 256),
    ADD COLUMN origin_salt bytea,
    ADD COLUMN origin_digest bytea,
    ADD COLUMN before_digest bytea,
    ADD COLUMN after_digest bytea,
    -- Over all of the above but the address, the user agent and the salt; see AuditRecord.swift. Rows of before have none.
    ADD COLUMN digest bytea,
    ADD CONSTRAINT audit_events_digest_ck CHECK (digest IS NOT NULL AND octet_length(digest) = 32) NOT VALID;

CREATE INDEX audit_events_actor_idx ON audit_events (actor, id);
CREATE INDEX audit_events_impersonator_idx ON audit_events (impersonator, id) WHERE impersonator IS NOT NULL;

-- The rows' places in the chain; written when their transactions commit.
CREATE TABLE audit_chain (
    position bigint CONSTRAINT audit_chain_key PRIMARY KEY,
    event_id uuid NOT NULL CONSTRAINT audit_chain_event_id_uq UNIQUE,
    hash bytea NOT NULL CONSTRAINT audit_chain_hash_ck CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE audit_chain IS 'read-only';

-- One row: where the chain ends, and where it begins after the oldest rows were pruned.
CREATE TABLE audit_heads (
    singleton boolean NOT NULL DEFAULT true CONSTRAINT audit_heads_key PRIMARY KEY
        CONSTRAINT audit_heads_singleton_ck CHECK (singleton),
    position bigint NOT NULL,
    hash bytea NOT NULL,
    pruned_position bigint NOT NULL DEFAULT 0,
    pruned_hash bytea
);
COMMENT ON TABLE audit_heads IS 'read-only';

CREATE CONSTRAINT TRIGGER audit_events_chain AFTER INSERT ON audit_events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cell.chain_audit_event();

-- Erases where acts came from; what they were stays. Nothing younger than a day.
CREATE FUNCTION forget_audit_origins(before timestamptz, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    WITH forgotten AS (
        UPDATE audit_events SET address = NULL, user_agent = NULL, origin_salt = NULL
        WHERE id IN (
            SELECT id FROM audit_events
            WHERE origin_salt IS NOT NULL AND occurred_at < least(before, now() - interval '1 day')
            ORDER BY occurred_at LIMIT most)
        RETURNING 1
    )
    SELECT count(*) FROM forgotten;
END;
CREATE INDEX audit_events_origin_idx ON audit_events (occurred_at) WHERE origin_salt IS NOT NULL;

-- Deletes the oldest rows from the chain's beginning. Nothing younger than 90 days, whatever the settings say.
CREATE FUNCTION prune_audit(before timestamptz, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
    WITH oldest AS (
        SELECT c.position, c.event_id, c.hash, e.occurred_at
        FROM audit_chain c LEFT JOIN audit_events e ON e.id = c.event_id
        ORDER BY c.position LIMIT most
    ), last AS (
        SELECT position, hash FROM oldest
        WHERE position < coalesce(
            (SELECT min(position) FROM oldest
             WHERE occurred_at IS NULL OR occurred_at >= least(before, now() - interval '90 days')),
            (SELECT max(position) + 1 FROM oldest))
        ORDER BY position DESC LIMIT 1
    ), links AS (
        DELETE FROM audit_chain WHERE position <= (SELECT position FROM last) RETURNING event_id
    ), events AS (
        DELETE FROM audit_events WHERE id IN (SELECT event_id FROM links) RETURNING 1
    ), heads AS (
        UPDATE audit_heads h SET pruned_position = last.position, pruned_hash = last.hash FROM last RETURNING 1
    )
    SELECT count(*) FROM events;
END;
