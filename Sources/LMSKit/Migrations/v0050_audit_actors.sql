-- Service accounts act too.
ALTER TABLE audit_events
    DROP CONSTRAINT audit_events_actor_kind_ck,
    ADD CONSTRAINT audit_events_actor_kind_ck CHECK (actor_kind IN ('anonymous', 'user', 'service', 'system'));
