-- Whom the tenant asked to come, as what; the token of the mailed link by its SHA-256.
CREATE TABLE invitations (
    id uuid CONSTRAINT invitations_id_key PRIMARY KEY,
    email text NOT NULL CONSTRAINT invitations_email_ck CHECK (char_length(email) BETWEEN 3 AND 254),
    email_key text NOT NULL CONSTRAINT invitations_email_key_ck CHECK (email_key = lower(email)),
    display_name text CONSTRAINT invitations_display_name_ck CHECK (char_length(display_name) BETWEEN 1 AND 255),
    roles text[] NOT NULL CONSTRAINT invitations_roles_ck CHECK (cardinality(roles) BETWEEN 1 AND 20),
    token_hash bytea NOT NULL CONSTRAINT invitations_token_hash_uq UNIQUE
        CONSTRAINT invitations_token_hash_ck CHECK (octet_length(token_hash) = 32),
    -- NULL for the platform itself. Cascades: without who answers for it an invitation must not become the platform's.
    invited_by uuid CONSTRAINT invitations_invited_by_fk REFERENCES users (id) ON DELETE CASCADE,
    times_sent integer NOT NULL DEFAULT 1 CONSTRAINT invitations_times_sent_ck CHECK (times_sent BETWEEN 1 AND 10),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT invitations_ended_ck CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
CREATE UNIQUE INDEX invitations_email_key_uq ON invitations (email_key) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
