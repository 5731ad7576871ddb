// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy

/// The databases of an installation with the provisioner's login: what may change schemas, and never serves.
struct ProvisionerInstallation: Sendable {
    let prefix: InstallationPrefix
    let administration: PostgresAdministration
    private let database: DatabaseURL
    private let sidePool: SidePool

    /// Connects as the provisioner.
    init(database: DatabaseURL, prefix: InstallationPrefix, sidePool: SidePool) async throws {
        self.database = database
        self.prefix = prefix
        self.sidePool = sidePool
        administration = try await PostgresAdministration.connect(to: database.address, pool: sidePool)
    }

    /// Migrates the shared schemas.
    func migrateShared() async throws {
        let migrator = SharedSchemaMigrator(administration: administration, installation: prefix)
        try await migrator.migrateControl()
        try await migrator.migrateCell()
    }

    /// A worker that migrates tenants, on a connection of its own.
    func migrator() async throws -> TenantMigrator {
        let own = try await PostgresAdministration.connect(to: database.address, pool: sidePool)
        return TenantMigrator(control: own, cells: [.main: own], migrations: .tenant, installation: prefix)
    }

    /// The keeper of the spare pool.
    func provisioner(_ pool: SparePool) -> Provisioner {
        Provisioner(
            control: administration,
            cells: [.main: administration],
            migrations: .tenant,
            installation: prefix,
            pool: pool
        )
    }
}
