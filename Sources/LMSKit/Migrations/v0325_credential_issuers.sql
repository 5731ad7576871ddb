-- An issuer is named after the platform and the tenant's identifier, and no longer after an address that another tenant may get.
-- Who has a key already stays who they are: what was signed is looked at for years.
ALTER TABLE credential_keys
    DROP CONSTRAINT credential_keys_address_ck,
    ADD CONSTRAINT credential_keys_address_ck CHECK (
        address ~ '^https?://[a-z0-9.-]+(:[0-9]{1,5})?(/issuers/[0-9a-f-]{36})?$' AND char_length(address) <= 330);
