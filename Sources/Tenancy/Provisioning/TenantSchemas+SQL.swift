// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension SQL {
    static func createTenantRole(_ role: RoleName, shard: Int) -> SQL {
        "SELECT lms_roles.create_tenant_role(\(role.description), \(shard)::integer)"
    }

    static func dropTenantRole(_ role: RoleName) -> SQL {
        "SELECT lms_roles.drop_tenant_role(\(role.description))"
    }

    static func tenantSchemaVersion(_ tenant: TenantID) -> SQL {
        "SELECT max(version)::bigint AS version FROM cell.schemas WHERE tenant_id = \(tenant)"
    }

    static func tables(in schema: SchemaName) -> SQL {
        """
        SELECT relname::text AS name,
            coalesce(obj_description(oid, 'pg_class'), '') AS comment
        FROM pg_class
        WHERE relnamespace = to_regnamespace(\(schema.description)) AND relkind IN ('r', 'p')
        ORDER BY relname
        """
    }
}

extension Script {
    static func createTenantSchema(_ tenant: TenantID, _ schema: SchemaName, role: RoleName) -> Script {
        """
        BEGIN;
        CREATE SCHEMA IF NOT EXISTS \(schema);
        GRANT USAGE ON SCHEMA \(schema) TO \(role);
        INSERT INTO cell.schemas (tenant_id, version) VALUES (\(tenant), 0) ON CONFLICT DO NOTHING;
        COMMIT;
        """
    }

    /// The row of `cell.schemas` is the claim: of two runs at once, the second fails on its key and changes nothing.
    static func apply(_ migration: Migration, to tenant: TenantID, _ schema: SchemaName) -> Script {
        """
        BEGIN;
        SET LOCAL lock_timeout TO '200ms';
        SET LOCAL search_path TO \(schema);
        INSERT INTO cell.schemas (tenant_id, version) VALUES (\(tenant), \(migration.version));
        \(Script(migration))
        COMMIT;
        """
    }

    static func grantTables(_ tables: [TenantTable], in schema: SchemaName, to role: RoleName) -> Script {
        func names(_ rights: TenantTable.Rights) -> [String] { tables.filter { $0.rights == rights }.map(\.name) }
        let (mutable, appendOnly, readOnly) = (names(.all), names(.append), names(.read))
        var grants: [Script] = []
        if !mutable.isEmpty {
            grants.append("GRANT SELECT, INSERT, UPDATE, DELETE ON \(identifiers: mutable) TO \(role);")
        }
        if !appendOnly.isEmpty {
            grants.append("GRANT SELECT, INSERT ON \(identifiers: appendOnly) TO \(role);")
        }
        if !readOnly.isEmpty {
            grants.append("GRANT SELECT ON \(identifiers: readOnly) TO \(role);")
        }
        return """
            BEGIN;
            SET LOCAL search_path TO \(schema);
            \(Script.joining(grants))
            COMMIT;
            """
    }

    static func dropTenantSchema(_ tenant: TenantID, _ schema: SchemaName) -> Script {
        """
        BEGIN;
        SET LOCAL lock_timeout TO '2s';
        DROP SCHEMA IF EXISTS \(schema) CASCADE;
        DELETE FROM cell.schemas WHERE tenant_id = \(tenant);
        COMMIT;
        """
    }
}
