-- Which tenants' schemas this database holds, in its schema `cell`: written in the transaction that changes the schema,
-- so that an interrupted build or migration is taken up where it stopped.
CREATE TABLE schemas (
    tenant_id uuid CONSTRAINT schemas_tenant_id_key PRIMARY KEY,
    version integer NOT NULL
);
