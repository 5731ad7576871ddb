-- The keys that sign a tenant's badges and status lists. They are never dropped: what they signed is looked at for years.
CREATE TABLE credential_keys (
    id uuid CONSTRAINT credential_keys_key PRIMARY KEY,
    generation integer NOT NULL CONSTRAINT credential_keys_generation_uq UNIQUE,
    tenant_key_id uuid NOT NULL CONSTRAINT credential_keys_tenant_key_id_fk REFERENCES tenant_keys (id),
    -- Where the tenant was when it was made; the issuer is named after it.
    address text NOT NULL CONSTRAINT credential_keys_address_ck
        CHECK (address ~ '^https?://[a-z0-9.-]+(:[0-9]{1,5})?$' AND char_length(address) <= 270),
    public_key bytea NOT NULL CONSTRAINT credential_keys_public_key_ck CHECK (octet_length(public_key) = 32),
    sealed_private_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX credential_keys_tenant_key_id_idx ON credential_keys (tenant_key_id);
