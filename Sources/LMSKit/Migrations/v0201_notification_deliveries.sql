-- How each notification goes out: one row for each channel, one more for each try.
CREATE TABLE notification_deliveries (
    id uuid CONSTRAINT notification_deliveries_id_key PRIMARY KEY,
    notification_id uuid NOT NULL CONSTRAINT notification_deliveries_notification_id_fk
        REFERENCES notifications (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT notification_deliveries_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    channel text NOT NULL CONSTRAINT notification_deliveries_channel_ck
        CHECK (channel IN ('in_app', 'email', 'push', 'sms')),
    status text NOT NULL CONSTRAINT notification_deliveries_status_ck
        CHECK (status IN ('pending', 'sent', 'failed', 'suppressed')),
    -- Why it failed or was left out, or what it waits for: a code.
    reason text CONSTRAINT notification_deliveries_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 60),
    -- The message that carries it: its own, or a digest.
    mail_id uuid,
    -- What unsubscribes by one click, by its SHA-256.
    token_hash bytea CONSTRAINT notification_deliveries_token_hash_uq UNIQUE
        CONSTRAINT notification_deliveries_token_hash_ck CHECK (octet_length(token_hash) = 32),
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    -- Not before this.
    due_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT notification_deliveries_notification_id_channel_uq UNIQUE (notification_id, channel),
    CONSTRAINT notification_deliveries_finished_ck CHECK ((finished_at IS NULL) = (status = 'pending'))
) WITH (fillfactor = 80);
CREATE INDEX notification_deliveries_user_id_idx ON notification_deliveries (user_id, id);
CREATE INDEX notification_deliveries_mail_id_idx ON notification_deliveries (mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX notification_deliveries_waiting_idx ON notification_deliveries (user_id)
    WHERE status = 'pending' AND reason = 'digest';

CREATE TABLE notification_attempts (
    delivery_id uuid NOT NULL CONSTRAINT notification_attempts_delivery_id_fk
        REFERENCES notification_deliveries (id) ON DELETE CASCADE,
    number integer NOT NULL,
    attempted_at timestamptz NOT NULL,
    outcome text NOT NULL CONSTRAINT notification_attempts_outcome_ck CHECK (outcome IN ('sent', 'failed', 'retry')),
    reason text CONSTRAINT notification_attempts_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 60),
    -- Where it went, of several places that the channel has, such as a push subscription.
    target uuid,
    CONSTRAINT notification_attempts_delivery_id_number_key PRIMARY KEY (delivery_id, number)
);
