-- Who did what to which object.
CREATE TABLE audit_events (
    id uuid CONSTRAINT audit_events_id_key PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    actor_kind text NOT NULL CONSTRAINT audit_events_actor_kind_ck CHECK (actor_kind IN ('anonymous', 'user', 'system')),
    actor text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid,
    detail jsonb
);

CREATE INDEX audit_events_occurred_at_idx ON audit_events (occurred_at, id);
CREATE INDEX audit_events_object_idx ON audit_events (object_id, occurred_at) WHERE object_id IS NOT NULL;

-- The grants read this: the tenant's role gets no UPDATE or DELETE here.
COMMENT ON TABLE audit_events IS 'append-only';
