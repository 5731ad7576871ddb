// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension Script {
    static func createSharedSchema(_ schema: SharedSchema) -> Script {
        """
        CREATE SCHEMA IF NOT EXISTS \(schema.name);
        CREATE TABLE IF NOT EXISTS \(schema.name).schema_migrations (
            version integer CONSTRAINT schema_migrations_version_key PRIMARY KEY,
            applied_at timestamptz NOT NULL DEFAULT now()
        );
        """
    }

    static func applyShared(_ migration: Migration, in schema: SharedSchema) -> Script {
        """
        BEGIN;
        SET LOCAL search_path TO \(schema.name);
        SET LOCAL lock_timeout TO '5s';
        INSERT INTO schema_migrations (version) VALUES (\(migration.version));
        \(Script(migration))
        COMMIT;
        """
    }

    /// The serving process reads the directory, claims spares and changes what an administrator may change; it cannot add or
    /// remove a tenant, nor move one.
    static func grantControl(to login: LoginName) -> Script {
        """
        GRANT USAGE ON SCHEMA control TO \(login);
        GRANT SELECT ON control.tenants, control.domains, control.schema_migrations TO \(login);
        GRANT UPDATE (status, slug, name, settings, request_key, claimed_at, deleted_at) ON control.tenants TO \(login);
        GRANT INSERT, UPDATE, DELETE ON control.domains TO \(login);
        GRANT SELECT, INSERT ON control.audit_anchors TO \(login);
        GRANT SELECT, INSERT, UPDATE ON control.operators TO \(login);
        GRANT SELECT, INSERT, UPDATE ON control.operator_sessions TO \(login);
        GRANT SELECT, INSERT ON control.platform_audit_events, control.operator_impersonations TO \(login);
        """
    }

    static func grantCell(to login: LoginName) -> Script {
        """
        GRANT USAGE ON SCHEMA cell TO \(login);
        GRANT SELECT ON cell.schemas, cell.schema_migrations TO \(login);
        -- A tenant's role reaches these functions and views there, and no table.
        GRANT USAGE ON SCHEMA cell TO PUBLIC;
        REVOKE ALL ON FUNCTION cell.enqueue_job(text, uuid, timestamptz) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION cell.enqueue_job(text, uuid, timestamptz) TO PUBLIC;
        GRANT SELECT, DELETE, UPDATE (relayed_at) ON cell.outbox TO \(login);
        GRANT SELECT, UPDATE ON cell.event_relay TO \(login);
        GRANT SELECT, INSERT, UPDATE ON cell.issuer_archives TO \(login);
        GRANT SELECT, INSERT, UPDATE, DELETE ON cell.event_consumers, cell.event_deliveries, cell.event_lanes TO \(login);
        -- Nobody who serves can record but in a tenant's own transaction; of what there is, a tenant sees their own.
        GRANT EXECUTE ON FUNCTION
            cell.record_event(uuid, text, text, bigint, uuid, text, text, jsonb, timestamptz),
            cell.record_event(jsonb, uuid, jsonb, timestamptz),
            cell.finish_delivery(text, bigint, uuid), cell.revive_dead_event(uuid, text),
            cell.discard_dead_event(uuid, text) TO PUBLIC;
        GRANT SELECT ON cell.tenant_events, cell.tenant_dead_events TO PUBLIC;
        \(.grantJobs(to: login))
        """
    }
}

extension SQL {
    static func sharedSchemaVersion(_ schema: SharedSchema) -> SQL {
        switch schema {
        case .control: "SELECT coalesce(max(version), 0)::bigint AS version FROM control.schema_migrations"
        case .cell: "SELECT coalesce(max(version), 0)::bigint AS version FROM cell.schema_migrations"
        }
    }
}
