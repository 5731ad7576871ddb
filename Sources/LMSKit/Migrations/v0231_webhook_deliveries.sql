-- One event on its way to one endpoint.
CREATE TABLE webhook_deliveries (
    id uuid CONSTRAINT webhook_deliveries_id_key PRIMARY KEY,
    endpoint_id uuid NOT NULL CONSTRAINT webhook_deliveries_endpoint_id_fk
        REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    aggregate_id uuid NOT NULL,
    -- The event's place among the events of the cell.
    position bigint NOT NULL,
    -- What is signed, byte by byte.
    payload text NOT NULL CONSTRAINT webhook_deliveries_payload_ck CHECK (octet_length(payload) <= 20000),
    is_test boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT webhook_deliveries_status_ck CHECK (status IN ('pending', 'delivered', 'failed', 'canceled')),
    -- All attempts, and those since it was sent or sent again.
    attempts integer NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 0,
    -- The subject of the job that sends it next; a job of another subject is over. NULL while an earlier one of the aggregate is pending.
    job_id uuid CONSTRAINT webhook_deliveries_job_id_uq UNIQUE,
    next_attempt_at timestamptz,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT webhook_deliveries_endpoint_id_event_id_uq UNIQUE (endpoint_id, event_id),
    CONSTRAINT webhook_deliveries_finished_ck CHECK ((status = 'pending') = (finished_at IS NULL)),
    CONSTRAINT webhook_deliveries_job_ck CHECK (status = 'pending' OR (job_id IS NULL AND next_attempt_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX webhook_deliveries_pending_idx ON webhook_deliveries (endpoint_id, aggregate_id, position)
    WHERE status = 'pending';
CREATE INDEX webhook_deliveries_endpoint_id_id_idx ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_finished_at_idx ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

-- What became of each attempt.
CREATE TABLE webhook_attempts (
    delivery_id uuid NOT NULL CONSTRAINT webhook_attempts_delivery_id_fk
        REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    number integer NOT NULL,
    started_at timestamptz NOT NULL,
    duration_ms integer NOT NULL CONSTRAINT webhook_attempts_duration_ms_ck CHECK (duration_ms >= 0),
    -- The reply's, or why there is none.
    status integer,
    error text CONSTRAINT webhook_attempts_error_ck CHECK (char_length(error) BETWEEN 1 AND 40),
    reply text CONSTRAINT webhook_attempts_reply_ck CHECK (char_length(reply) <= 2000),
    CONSTRAINT webhook_attempts_key PRIMARY KEY (delivery_id, number),
    CONSTRAINT webhook_attempts_outcome_ck CHECK ((status IS NULL) <> (error IS NULL))
);
