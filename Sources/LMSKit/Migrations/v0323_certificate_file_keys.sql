-- Each certificate's file is sealed under a key of its own, which is sealed under a tenant key. What was drawn before lies open in the
-- store: it counts as not drawn, and is drawn again, sealed, in its place.
ALTER TABLE certificates
    ADD COLUMN tenant_key_id uuid CONSTRAINT certificates_tenant_key_id_fk REFERENCES tenant_keys (id),
    ADD COLUMN sealed_key bytea,
    ADD CONSTRAINT certificates_sealed_key_ck CHECK ((tenant_key_id IS NULL) = (sealed_key IS NULL));
CREATE INDEX certificates_tenant_key_id_idx ON certificates (tenant_key_id);
UPDATE certificates SET prepared_at = NULL, byte_count = NULL WHERE prepared_at IS NOT NULL;
