-- Where the audit logs of tenants ended at times. The serving process adds rows and can neither change nor delete one.
CREATE TABLE audit_anchors (
    tenant_id uuid NOT NULL CONSTRAINT audit_anchors_tenant_id_fk REFERENCES tenants (id) ON DELETE CASCADE,
    position bigint NOT NULL,
    hash bytea NOT NULL CONSTRAINT audit_anchors_hash_ck CHECK (octet_length(hash) = 32),
    key_id uuid NOT NULL,
    authentication bytea NOT NULL CONSTRAINT audit_anchors_authentication_ck CHECK (octet_length(authentication) = 32),
    anchored_at timestamptz NOT NULL,
    CONSTRAINT audit_anchors_key PRIMARY KEY (tenant_id, position)
);
