-- Which steps the tenants' schemas in this database have, in its schema `cell`: written in the transaction of the step, so
-- that an interrupted build or migration is taken up where it stopped and of two runs at once only one applies a step.
CREATE TABLE schemas (
    tenant_id uuid NOT NULL,
    version integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT schemas_tenant_id_version_key PRIMARY KEY (tenant_id, version)
);
