// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSPostgresDriver
public import LMSTenancy

/// One hardened, migrated installation for all tests of a run, on a database of its own.
public final class TestInstallation: Sendable {
    /// What leads the names of its roles.
    public let prefix: InstallationPrefix
    /// The provisioner's connection.
    public let administration: any DatabaseAdministration
    /// Builds spares; a test may build more.
    public let provisioner: Provisioner
    /// The steps of a tenant's schema.
    public let migrations = MigrationSet.learning

    private static let task = Task { try await TestInstallation() }

    /// The installation, made by the first test that asks.
    public static var shared: TestInstallation {
        get async throws { try await task.value }
    }

    private init() async throws {
        let server = try TestServer()
        prefix = server.installation
        try await server.recreate()
        let hardening = DatabaseHardening(installation: prefix, shards: 2)
        try await hardening.harden(with: try await server.superuser()) { _ in Secret("test") }
        let provisionerURL = try server.url(user: "\(LoginName.provisioner(prefix))", password: "test")
        let administration = try await PostgresAdministration.connect(
            to: try PostgresAddress(provisionerURL),
            pool: server.pool
        )
        self.administration = administration
        let shared = SharedSchemaMigrator(administration: administration, installation: prefix)
        try await shared.migrateControl()
        try await shared.migrateCell()
        provisioner = Provisioner(
            control: administration,
            cells: [.main: administration],
            migrations: migrations,
            installation: prefix,
            pool: SparePool(lowWater: 1, highWater: 2, shards: 2)
        )
    }
}
