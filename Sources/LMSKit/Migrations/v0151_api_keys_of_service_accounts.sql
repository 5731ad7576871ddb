-- A key is a user's or a service account's.
ALTER TABLE api_keys
    ALTER COLUMN user_id DROP NOT NULL,
    ADD COLUMN service_account_id uuid CONSTRAINT api_keys_service_account_id_fk
        REFERENCES service_accounts (id) ON DELETE CASCADE,
    ADD CONSTRAINT api_keys_owner_ck CHECK ((user_id IS NULL) <> (service_account_id IS NULL));
CREATE INDEX api_keys_service_account_id_idx ON api_keys (service_account_id, id) WHERE service_account_id IS NOT NULL;
