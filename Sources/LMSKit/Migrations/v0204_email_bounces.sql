-- Addresses that mail came back from. It counts for as long as the user has the address and has not proved it since.
CREATE TABLE email_bounces (
    user_id uuid CONSTRAINT email_bounces_user_id_key PRIMARY KEY
        CONSTRAINT email_bounces_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    email_key text NOT NULL CONSTRAINT email_bounces_email_key_ck CHECK (char_length(email_key) BETWEEN 3 AND 254),
    kind text NOT NULL CONSTRAINT email_bounces_kind_ck CHECK (kind IN ('bounce', 'complaint')),
    -- The code of RFC 3463, or the server's reply.
    status text CONSTRAINT email_bounces_status_ck CHECK (char_length(status) BETWEEN 1 AND 20),
    bounced_at timestamptz NOT NULL
);
