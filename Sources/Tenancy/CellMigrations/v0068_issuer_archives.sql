-- What stays of a tenant's badges when the tenant is purged: who issued them, with which public keys, and which are revoked, as it was
-- signed last. There is nothing in it about anybody. It is outside the tenant's schema, and no tenant's role reaches it.
CREATE TABLE issuer_archives (
    tenant_id uuid NOT NULL CONSTRAINT issuer_archives_key PRIMARY KEY,
    issuer text NOT NULL CONSTRAINT issuer_archives_issuer_ck CHECK (issuer LIKE 'did:web:%' AND char_length(issuer) <= 400),
    -- The newest key first, and its 32 bytes as base64url.
    key_names text[] NOT NULL CONSTRAINT issuer_archives_key_names_ck CHECK (cardinality(key_names) BETWEEN 1 AND 1000),
    public_keys text[] NOT NULL CONSTRAINT issuer_archives_public_keys_ck CHECK (cardinality(public_keys) = cardinality(key_names)),
    -- Signed, the first list first.
    status_lists text[] NOT NULL CONSTRAINT issuer_archives_status_lists_ck CHECK (cardinality(status_lists) BETWEEN 1 AND 64),
    archived_at timestamptz NOT NULL
);
