-- The directory's claim of a spare tenant, as Sources/Tenancy/Directory/Directory+SQL.swift has it.
\set number random(1, 1000000000)
UPDATE control.tenants AS t
SET status = 'active', slug = 'signup-' || :number, name = 'Sign-up', settings = '{}', request_key = NULL,
    claimed_at = now()
WHERE t.id = (
    SELECT id FROM control.tenants WHERE status = 'spare'
    ORDER BY id
    FOR UPDATE SKIP LOCKED
    LIMIT 1
)
RETURNING t.id, t.slug, t.name, t.status, t.settings, t.cell, t.shard, t.claimed_at, '{}'::text[] AS domains;
