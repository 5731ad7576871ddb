-- The tenant's data keys, each sealed under a master key of the configuration.
CREATE TABLE tenant_keys (
    id uuid CONSTRAINT tenant_keys_id_key PRIMARY KEY,
    generation integer NOT NULL CONSTRAINT tenant_keys_generation_uq UNIQUE,
    master_key text NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- The Ed25519 keys that sign access tokens, their private halves sealed under a data key.
CREATE TABLE signing_keys (
    id uuid CONSTRAINT signing_keys_id_key PRIMARY KEY,
    generation integer NOT NULL CONSTRAINT signing_keys_generation_uq UNIQUE,
    tenant_key_id uuid NOT NULL CONSTRAINT signing_keys_tenant_key_id_fk REFERENCES tenant_keys (id),
    public_key bytea NOT NULL CONSTRAINT signing_keys_public_key_ck CHECK (octet_length(public_key) = 32),
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- When a newer key took over; tokens of this one are valid for their own few minutes longer.
    retired_at timestamptz
);
