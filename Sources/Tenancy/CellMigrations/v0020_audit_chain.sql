-- Chains a row of a tenant's audit_events when its transaction commits: a deferred constraint trigger, so that the lock on the
-- chain's head is the last one taken and is held for no longer than the commit itself. The tenant's role may neither call this
-- nor write what it writes.
--
-- hash(0) = SHA-256(schema's name); hash(n) = SHA-256(hash(n-1) || n as 8 bytes || digest of the row).
CREATE FUNCTION chain_audit_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
BEGIN
    EXECUTE format($sql$
        WITH head AS (
            INSERT INTO %1$I.audit_heads AS h (singleton, position, hash)
            VALUES (true, 1, sha256(sha256(convert_to(%1$L, 'UTF8')) || int8send(1) || $1))
            ON CONFLICT ON CONSTRAINT audit_heads_key DO UPDATE
                SET position = h.position + 1, hash = sha256(h.hash || int8send(h.position + 1) || $1)
            RETURNING position, hash
        )
        INSERT INTO %1$I.audit_chain (position, event_id, hash) SELECT position, $2, hash FROM head
        $sql$, TG_TABLE_SCHEMA) USING NEW.digest, NEW.id;
    RETURN NULL;
END
$function$;
REVOKE ALL ON FUNCTION chain_audit_event() FROM PUBLIC;
