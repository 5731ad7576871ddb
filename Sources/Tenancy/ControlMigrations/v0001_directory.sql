-- The directory of all tenants, in the schema `control` of the control database.
CREATE TABLE tenants (
    id uuid CONSTRAINT tenants_id_key PRIMARY KEY,
    status text NOT NULL CONSTRAINT tenants_status_ck
        CHECK (status IN ('building', 'spare', 'active', 'suspended', 'deleted', 'purging', 'purged')),
    slug text CONSTRAINT tenants_slug_uq UNIQUE,
    name text,
    cell text NOT NULL,
    shard integer NOT NULL CONSTRAINT tenants_shard_ck CHECK (shard >= 0),
    schema_version integer NOT NULL DEFAULT 0,
    settings jsonb NOT NULL DEFAULT '{}',
    request_key text CONSTRAINT tenants_request_key_uq UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    claimed_at timestamptz,
    deleted_at timestamptz,
    migration_lease_until timestamptz,
    migration_failure text,
    CONSTRAINT tenants_claimed_ck
        CHECK (status IN ('building', 'spare', 'purging', 'purged') OR (slug IS NOT NULL AND name IS NOT NULL))
);

CREATE INDEX tenants_spare_idx ON tenants (id) WHERE status = 'spare';
CREATE INDEX tenants_building_idx ON tenants (id) WHERE status = 'building';
CREATE INDEX tenants_schema_version_idx ON tenants (schema_version) WHERE status <> 'purged';
CREATE INDEX tenants_shard_idx ON tenants (cell, shard) WHERE status <> 'purged';

CREATE TABLE domains (
    domain text CONSTRAINT domains_domain_key PRIMARY KEY,
    tenant_id uuid NOT NULL CONSTRAINT domains_tenant_id_fk REFERENCES tenants (id) ON DELETE CASCADE,
    verified_at timestamptz
);

CREATE INDEX domains_tenant_id_idx ON domains (tenant_id);
