// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
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
    /// Runs transactions on tenants, as the serving process does.
    public let tenants: Tenants
    /// Finds tenants.
    public let directory: Directory
    /// Signs tenants up.
    public let tenantAdministration: TenantAdministration
    /// The database that holds the tenants, with the serving process's logins.
    public let cell: any Database
    /// The directory's database, with the serving process's login.
    public let control: any Database
    /// The event loops.
    public let loops: EventLoopGroup
    let pool: TenantPool
    private let server: TestServer

    /// The serving process's address; the tests' server asks nobody for a password.
    ///
    /// - Throws: If there is no server.
    public func servingURL() throws -> String {
        try TestServer().url(user: "\(LoginName.directory(prefix))", password: "test")
    }

    /// A superuser's address of the tests' database.
    ///
    /// - Throws: If there is no server.
    public func superuserURL() throws -> String {
        try TestServer().ownURL
    }

    private static let task = Task { try await TestInstallation() }

    /// The installation, made by the first test that asks.
    public static var shared: TestInstallation {
        get async throws { try await task.value }
    }

    private init() async throws {
        let server = try TestServer()
        self.server = server
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
        let provisioner = Provisioner(
            control: administration,
            cells: [.main: administration],
            migrations: migrations,
            installation: prefix,
            pool: SparePool(lowWater: 1, highWater: 2, shards: 2)
        )
        self.provisioner = provisioner
        loops = try EventLoopGroup(count: 2)
        // Threads that wait for the provisioner's one connection must not keep others from being made.
        let side = try SidePool(threads: 4, queueLimit: 1_000, name: "connect")
        let serving = ServingDatabases(try server.address(), prefix, loops, side)
        control = serving.control
        cell = serving.cell
        let directory = Directory(control: serving.control, installation: prefix)
        self.directory = directory
        tenants = Tenants(
            cells: [.main: serving.cell],
            knownPlacement: directory.knownPlacement(of:),
            placement: { id throws(DatabaseError) in try await directory.find(id: id)?.placement }
        )
        tenantAdministration = TenantAdministration(
            control: serving.control,
            installation: prefix,
            schemaVersion: migrations.latest
        )
        pool = TenantPool(
            provisioner: provisioner,
            administration: tenantAdministration,
            emptying: try await server.superuser(),
            control: serving.control,
            directory: directory
        )
    }
}

extension TestInstallation {
    /// Opens a connection as one of the installation's logins.
    ///
    /// - Parameter login: Who.
    /// - Returns: The connection.
    /// - Throws: If the server refuses it.
    public func connect(as login: LoginName) async throws -> any DatabaseAdministration {
        try await PostgresAdministration.connect(
            to: try PostgresAddress(try server.url(user: "\(login)", password: "test")),
            pool: server.pool
        )
    }
}

/// The databases as a serving process opens them.
private struct ServingDatabases {
    let control: PostgresDatabase
    let cell: PostgresDatabase

    init(_ address: PostgresAddress, _ prefix: InstallationPrefix, _ loops: EventLoopGroup, _ side: SidePool) {
        var control = PostgresConfiguration(address: address) { _ in
            PostgresLogin(user: "\(LoginName.directory(prefix))", password: Secret("test"))
        }
        control.connectionLimit = 4
        var cell = PostgresConfiguration(address: address) { shard in
            PostgresLogin(user: "\(LoginName.shard(shard, prefix))", password: Secret("test"))
        }
        cell.connectionLimit = 40
        // All tests start at once, on however few processors there are.
        cell.deadline = .seconds(60)
        control.deadline = .seconds(60)
        self.control = PostgresDatabase(control, loops: loops, sidePool: side)
        self.cell = PostgresDatabase(cell, loops: loops, sidePool: side)
    }
}
