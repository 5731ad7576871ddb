// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy

/// Notes which tables of a tenant change, by a trigger on each row.
///
/// A row that is written as it was does not count; one that is changed and changed back does. To read all tables after each
/// request instead took longer than the requests.
extension TestTenant {
    /// Begins to note changes, until the test gives the tenant back.
    ///
    /// - Parameter exceptions: Tables whose changes do not matter.
    /// - Throws: If the database refused it.
    public func watchRows(besides exceptions: Set<String>) async throws {
        try await installation.pool.watch(tenant, besides: exceptions)
    }

    /// Tells what changed since this was asked last.
    ///
    /// - Returns: The names of the tables, in order.
    /// - Throws: If the database refused it.
    public func changedTables() async throws -> [String] {
        try await installation.pool.changedTables(of: tenant)
    }
}

extension TenantPool {
    fileprivate func watch(_ tenant: Tenant, besides exceptions: Set<String>) async throws {
        let schema = tenant.placement.schema
        let triggers = try await tables(of: tenant).filter { !exceptions.contains($0) }.map { table -> Script in
            """
            CREATE TRIGGER watch_rows AFTER INSERT OR DELETE ON \(schema).\(identifiers: [table])
                FOR EACH ROW EXECUTE FUNCTION watch.note_\(schema)();
            CREATE TRIGGER watch_changes AFTER UPDATE ON \(schema).\(identifiers: [table])
                FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION watch.note_\(schema)();
            """
        }
        try await emptying.run(
            """
            BEGIN;
            CREATE SCHEMA IF NOT EXISTS watch;
            CREATE UNLOGGED TABLE IF NOT EXISTS watch.changes (schema_name text NOT NULL, table_name text NOT NULL);
            CREATE FUNCTION watch.note_\(schema)() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                INSERT INTO watch.changes VALUES (TG_TABLE_SCHEMA, TG_TABLE_NAME);
                RETURN NULL;
            END $$;
            \(Script.joining(triggers))
            DELETE FROM watch.changes WHERE schema_name = \(literal: schema.description);
            COMMIT;
            """
        )
    }

    fileprivate func changedTables(of tenant: Tenant) async throws -> [String] {
        let schema = tenant.placement.schema.description
        let rows = try await emptying.execute(
            "DELETE FROM watch.changes WHERE schema_name = \(schema) RETURNING table_name"
        )
        return Set(try rows.map { try $0["table_name"] as String }).sorted()
    }
}
