-- Each time an operator of the platform acts as a user: who, as whom, why and until when.
CREATE TABLE impersonations (
    id uuid CONSTRAINT impersonations_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT impersonations_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    operator_id uuid NOT NULL,
    operator_name text NOT NULL CONSTRAINT impersonations_operator_name_ck
        CHECK (char_length(operator_name) BETWEEN 1 AND 100),
    reason text NOT NULL CONSTRAINT impersonations_reason_ck CHECK (char_length(reason) BETWEEN 10 AND 500),
    access text NOT NULL CONSTRAINT impersonations_access_ck CHECK (access IN ('read', 'write')),
    began_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ending text CONSTRAINT impersonations_ending_ck CHECK (ending IN ('operator', 'tenant')),
    CONSTRAINT impersonations_expires_at_ck CHECK (expires_at > began_at AND expires_at <= began_at + interval '1 hour'),
    CONSTRAINT impersonations_ended_ck CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE INDEX impersonations_user_id_idx ON impersonations (user_id);
