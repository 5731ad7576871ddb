-- What happened, for all tenants of this database, recorded in the transaction that made it so and handed from here to whoever
-- reacts. A payload refers; nothing personal is here.
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_position_key PRIMARY KEY,
    -- Positions are given out before transactions end: what is handed on is older than every transaction that still runs.
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id uuid NOT NULL,
    -- The role that recorded it, which names the tenant.
    tenant_role text NOT NULL CONSTRAINT outbox_tenant_role_ck CHECK (tenant_role ~ '^[a-z][a-z0-9]*_t_[0-9a-z]{26}$'),
    type text NOT NULL CONSTRAINT outbox_type_ck CHECK (type ~ '^[a-z_]{1,32}\.[a-z_]{1,32}$'),
    topic text NOT NULL CONSTRAINT outbox_topic_ck CHECK (topic ~ '^[a-z]{1,32}$'),
    version integer NOT NULL CONSTRAINT outbox_version_ck CHECK (version > 0),
    aggregate uuid NOT NULL,
    -- As the audit log names them; NULL for the platform itself.
    actor text CONSTRAINT outbox_actor_ck CHECK (char_length(actor) <= 64),
    trace_id text CONSTRAINT outbox_trace_id_ck CHECK (trace_id ~ '^[0-9a-f]{32}$'),
    payload jsonb NOT NULL CONSTRAINT outbox_payload_ck
        CHECK (jsonb_typeof(payload) = 'object' AND octet_length(payload::text) <= 4096),
    occurred_at timestamptz NOT NULL,
    relayed_at timestamptz,
    CONSTRAINT outbox_tenant_role_id_uq UNIQUE (tenant_role, id)
);
CREATE INDEX outbox_position_idx ON outbox (position) WHERE relayed_at IS NULL;
CREATE INDEX outbox_occurred_at_idx ON outbox (occurred_at);
CREATE INDEX outbox_tenant_role_aggregate_idx ON outbox (tenant_role, aggregate);

-- Held by the one process that hands on at a time, so that an event of an aggregate is never handed on before an earlier one.
CREATE TABLE event_relay (
    singleton boolean CONSTRAINT event_relay_singleton_key PRIMARY KEY DEFAULT true,
    CONSTRAINT event_relay_singleton_ck CHECK (singleton)
);
INSERT INTO event_relay DEFAULT VALUES;

-- Who reacts: what is recorded from then on is theirs, whichever process knows them.
CREATE TABLE event_consumers (
    name text CONSTRAINT event_consumers_name_key PRIMARY KEY,
    -- NULL for all.
    types text[],
    registered_at timestamptz NOT NULL DEFAULT now(),
    -- When a process last said that it has them; nobody's deliveries are kept for ever.
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_consumers_name_ck CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$')
);

-- What a consumer was given of an event and what became of it: also the receipt by which they see each event once.
CREATE TABLE event_deliveries (
    consumer text NOT NULL CONSTRAINT event_deliveries_consumer_fk REFERENCES event_consumers ON DELETE CASCADE,
    position bigint NOT NULL CONSTRAINT event_deliveries_position_fk REFERENCES outbox ON DELETE CASCADE,
    tenant_role text NOT NULL,
    aggregate uuid NOT NULL,
    -- Given again, or for the first time to somebody who was not there then.
    is_replay boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    done_at timestamptz,
    -- When it was given up, and why: a code, never a text from outside.
    dead_at timestamptz,
    failure text CONSTRAINT event_deliveries_failure_ck CHECK (char_length(failure) <= 100),
    -- Until whoever hands on has taken it up again.
    is_revived boolean NOT NULL DEFAULT false,
    CONSTRAINT event_deliveries_consumer_position_key PRIMARY KEY (consumer, position),
    CONSTRAINT event_deliveries_done_at_ck CHECK (done_at IS NULL OR dead_at IS NULL)
);
CREATE INDEX event_deliveries_position_idx ON event_deliveries (position);
CREATE INDEX event_deliveries_consumer_aggregate_idx ON event_deliveries (consumer, tenant_role, aggregate, position)
    WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX event_deliveries_is_revived_idx ON event_deliveries (position) WHERE is_revived;
CREATE INDEX event_deliveries_dead_at_idx ON event_deliveries (tenant_role, dead_at) WHERE dead_at IS NOT NULL;

-- The aggregates of which a consumer has something to do yet: one worker has one at a time and takes its events in order.
CREATE TABLE event_lanes (
    consumer text NOT NULL CONSTRAINT event_lanes_consumer_fk REFERENCES event_consumers ON DELETE CASCADE,
    tenant_role text NOT NULL,
    aggregate uuid NOT NULL,
    -- From when on it may be leased; a lease moves it to its own end.
    run_at timestamptz NOT NULL,
    lease uuid,
    -- How many leases in a row ended by themselves: their workers died.
    losses integer NOT NULL DEFAULT 0,
    -- Counts what was added, so that a worker who saw the end knows whether it still is.
    additions bigint NOT NULL DEFAULT 1,
    CONSTRAINT event_lanes_consumer_tenant_role_aggregate_key PRIMARY KEY (consumer, tenant_role, aggregate)
);
CREATE INDEX event_lanes_consumer_tenant_role_run_at_idx ON event_lanes (consumer, tenant_role, run_at);
CREATE INDEX event_lanes_consumer_run_at_idx ON event_lanes (consumer, run_at);
CREATE INDEX event_lanes_lease_idx ON event_lanes (lease) WHERE lease IS NOT NULL;

-- A tenant's only way to record. The role is the transaction's own, which a tenant's statement cannot choose: whoever has none gets
-- NULL and is refused by the column.
CREATE FUNCTION record_event(
    id uuid, type text, topic text, version bigint, aggregate uuid, actor text, trace_id text, payload jsonb,
    occurred_at timestamptz
) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        INSERT INTO cell.outbox (id, tenant_role, type, topic, version, aggregate, actor, trace_id, payload, occurred_at)
        VALUES ($1, nullif(current_setting('role'), 'none'), $2, $3, $4, $5, $6, $7, $8, $9)
    $function$;

-- The same from within a statement that only finds out there what happened, and to what: returns the position. The identifier is a
-- UUIDv7 (RFC 9562 section 5.7): the milliseconds before what is random, then the version.
CREATE FUNCTION record_event(description jsonb, aggregate uuid, payload jsonb, occurred_at timestamptz) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        INSERT INTO cell.outbox (id, tenant_role, type, topic, version, aggregate, actor, trace_id, payload, occurred_at)
        VALUES (
            encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send((extract(epoch FROM $4) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
                'hex')::uuid,
            nullif(current_setting('role'), 'none'), $1 ->> 'type', $1 ->> 'topic', ($1 ->> 'version')::integer, $2,
            $1 ->> 'actor', $1 ->> 'trace', $3, $4)
        RETURNING position
    $function$;

-- Notes in the transaction of the effect that a consumer is done with an event, of the transaction's own tenant only and for
-- whoever has the lease. A second transaction waits for the first one's row and then finds nothing: both cannot commit.
CREATE FUNCTION finish_delivery(consumer text, event bigint, lease uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
BEGIN
    UPDATE cell.event_deliveries d SET done_at = clock_timestamp()
    WHERE d.consumer = $1 AND d.position = $2 AND d.tenant_role = current_setting('role')
        AND d.done_at IS NULL AND d.dead_at IS NULL
        AND EXISTS (
            SELECT FROM cell.event_lanes l
            WHERE l.consumer = d.consumer AND l.tenant_role = d.tenant_role AND l.aggregate = d.aggregate AND l.lease = $3);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lease of this delivery was lost' USING ERRCODE = 'LMS01';
    END IF;
END
$function$;

-- What a tenant may do about what was given up, of their own: have it tried again, or take it off the list; for one consumer, or all
-- if none is named. Returns how many there were. It locks no lane, so that a tenant keeps nobody waiting who hands on.
CREATE FUNCTION revive_dead_event(event uuid, consumer text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        WITH again AS (
            UPDATE cell.event_deliveries d SET dead_at = NULL, attempts = 0, failure = NULL, is_revived = true
            FROM cell.outbox o
            WHERE o.tenant_role = current_setting('role') AND o.id = $1 AND d.position = o.position
                AND d.dead_at IS NOT NULL AND ($2 IS NULL OR d.consumer = $2)
            RETURNING 1
        ) SELECT count(*) FROM again
    $function$;
CREATE FUNCTION discard_dead_event(event uuid, consumer text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $function$
        WITH gone AS (
            UPDATE cell.event_deliveries d SET dead_at = NULL, done_at = now(), failure = 'discarded'
            FROM cell.outbox o
            WHERE o.tenant_role = current_setting('role') AND o.id = $1 AND d.position = o.position
                AND d.dead_at IS NOT NULL AND ($2 IS NULL OR d.consumer = $2)
            RETURNING 1
        ) SELECT count(*) FROM gone
    $function$;

-- What a tenant may read of it: its own. The planner looks at no other row for a condition of theirs.
CREATE VIEW tenant_events WITH (security_barrier) AS
    SELECT id, type, topic, version, aggregate, actor, trace_id, payload, occurred_at
    FROM outbox WHERE tenant_role = current_setting('role');
CREATE VIEW tenant_dead_events WITH (security_barrier) AS
    SELECT d.consumer, o.id, o.type, o.topic, o.version, o.aggregate, o.actor, o.trace_id, o.payload, o.occurred_at,
        d.attempts, d.failure, d.dead_at, d.is_replay
    FROM event_deliveries d JOIN outbox o ON o.position = d.position
    WHERE d.tenant_role = current_setting('role') AND d.dead_at IS NOT NULL;
