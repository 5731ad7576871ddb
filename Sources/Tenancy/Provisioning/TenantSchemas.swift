// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Builds, migrates and drops tenants' schemas in one cell, a small transaction at a time.
///
/// What a schema has is written in `cell.schemas` by the transaction that changes it, so every method takes up where an
/// interrupted run stopped.
struct TenantSchemas: Sendable {
    let administration: any DatabaseAdministration
    let migrations: MigrationSet
    let installation: InstallationPrefix

    /// Makes the role and the empty schema of a tenant if they are not there.
    func create(_ tenant: TenantID, shard: Int) async throws {
        try await administration.execute(.createTenantRole(role(tenant), shard: shard))
        try await administration.run(.createTenantSchema(tenant, SchemaName(tenant), role: role(tenant)))
    }

    /// Applies the missing steps and grants the tenant's role its rights on the tables.
    ///
    /// - Throws: `AdministrationFailure` with `.lockTimeout` if a table was busy; the steps before stay applied.
    func migrate(_ tenant: TenantID, grants tables: TenantTables) async throws {
        let rows = try await administration.execute(.tenantSchemaVersion(tenant))
        let version: Int? = try rows.only?["version"]
        for migration in migrations.after(version ?? 0) {
            try await administration.run(.apply(migration, to: tenant, SchemaName(tenant)))
        }
        let names = try await tables.names(in: SchemaName(tenant), version: migrations.latest, with: administration)
        guard !names.isEmpty else { return }
        try await administration.run(.grantTables(names, in: SchemaName(tenant), to: role(tenant)))
    }

    /// Drops the schema with everything in it, then the role.
    ///
    /// - Throws: `AdministrationFailure` with `.lockTimeout` if a table was in use; nothing was dropped then.
    func drop(_ tenant: TenantID) async throws {
        try await administration.run(.dropTenantSchema(tenant, SchemaName(tenant)))
        try await administration.execute(.dropTenantRole(role(tenant)))
    }

    private func role(_ tenant: TenantID) -> RoleName {
        RoleName(tenant, installation: installation)
    }
}

/// The tables that a schema of a given version has, read from the catalog once for all tenants.
///
/// Listing a namespace scans the whole of `pg_class`, and so does `GRANT … ON ALL TABLES IN SCHEMA`: half a second at 5,000
/// tenants. Granting by name does not depend on their number.
actor TenantTables {
    private var known: [Int: [TenantTable]] = [:]

    func names(
        in schema: SchemaName,
        version: Int,
        with administration: any DatabaseAdministration
    ) async throws -> [TenantTable] {
        if let tables = known[version] { return tables }
        var tables: [TenantTable] = []
        for row in try await administration.execute(.tables(in: schema)) {
            let comment: String = try row["comment"]
            tables.append(TenantTable(name: try row["name"], rights: TenantTable.Rights(rawValue: comment) ?? .all))
        }
        known[version] = tables
        return tables
    }
}

/// A table of every tenant's schema.
struct TenantTable: Sendable {
    let name: String
    let rights: Rights

    /// What the tenant's role may do with it, by the table's comment.
    enum Rights: String {
        case all = ""
        /// Reads and adds.
        case append = "append-only"
        /// Reads what triggers and functions of the provisioner write.
        case read = "read-only"
    }
}
