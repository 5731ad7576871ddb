-- Messages to people. Who gets one and what it says is sealed, and erased when it was delivered or given up.
CREATE TABLE mail_messages (
    id uuid CONSTRAINT mail_messages_id_key PRIMARY KEY,
    -- Whose it is; NULL for somebody who is no member yet.
    user_id uuid CONSTRAINT mail_messages_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    template text NOT NULL CONSTRAINT mail_messages_template_ck CHECK (char_length(template) BETWEEN 1 AND 60),
    status text NOT NULL DEFAULT 'queued' CONSTRAINT mail_messages_status_ck
        CHECK (status IN ('queued', 'sent', 'refused', 'expired')),
    -- The same occasion gives one message.
    occasion text CONSTRAINT mail_messages_occasion_uq UNIQUE,
    tenant_key_id uuid CONSTRAINT mail_messages_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed bytea,
    queued_at timestamptz NOT NULL,
    -- After this it is of no use to anybody.
    expires_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT mail_messages_sealed_ck CHECK ((status = 'queued') = (sealed IS NOT NULL)),
    CONSTRAINT mail_messages_finished_ck CHECK ((status = 'queued') = (finished_at IS NULL))
);
CREATE INDEX mail_messages_user_id_idx ON mail_messages (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX mail_messages_finished_at_idx ON mail_messages (finished_at) WHERE finished_at IS NOT NULL;
