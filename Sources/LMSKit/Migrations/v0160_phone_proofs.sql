-- A number that somebody says is theirs, and the code that was sent to it. The code is sealed until it is sent, and erased then.
CREATE TABLE phone_proofs (
    id uuid CONSTRAINT phone_proofs_id_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT phone_proofs_user_id_uq UNIQUE
        CONSTRAINT phone_proofs_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    phone text NOT NULL,
    code_hash bytea NOT NULL CONSTRAINT phone_proofs_code_hash_ck CHECK (octet_length(code_hash) = 32),
    failures integer NOT NULL DEFAULT 0,
    -- How many were asked for since the first of a day.
    requests integer NOT NULL DEFAULT 1,
    first_requested_at timestamptz NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    tenant_key_id uuid CONSTRAINT phone_proofs_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_code bytea,
    CONSTRAINT phone_proofs_sealed_code_ck CHECK ((sealed_code IS NULL) = (tenant_key_id IS NULL))
);
