-- Each file's bytes are sealed under a key of their own, which is sealed under a tenant key; bytes without one are stored as they are.
ALTER TABLE files
    ADD COLUMN tenant_key_id uuid CONSTRAINT files_tenant_key_id_fk REFERENCES tenant_keys (id),
    ADD COLUMN sealed_key bytea,
    ADD CONSTRAINT files_sealed_key_ck CHECK ((tenant_key_id IS NULL) = (sealed_key IS NULL));
