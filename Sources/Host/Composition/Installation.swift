// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSPostgresDriver
internal import LMSTenancy

/// The databases of an installation with the serving process's logins, and what finds tenants in them.
struct Installation: Sendable {
    let prefix: InstallationPrefix
    let loops: EventLoopGroup
    let sidePool: SidePool
    let cryptography: OpenSSLCryptography
    let control: PostgresDatabase
    let cell: PostgresDatabase
    let directory: Directory
    let tenants: Tenants
    /// Passes on what commits made new.
    let signals: CommitSignals
    /// Tells all processes something.
    let broadcast: any Broadcast
    let administration: TenantAdministration

    /// Opens an installation; connections are made when they are needed.
    ///
    /// - Parameters:
    ///   - database: The directory login's URL, password included.
    ///   - settings: How many connections the process may have, of which the directory gets a fifth, and how long to wait.
    ///   - loops: The event loops.
    ///   - sidePool: Threads for what blocks.
    ///   - broadcast: Reaches the other processes.
    /// - Throws: `OpenSSLError` if OpenSSL cannot be used.
    init(
        database: DatabaseURL,
        settings: Configuration.Database,
        loops: EventLoopGroup,
        sidePool: SidePool,
        broadcast: any Broadcast = LocalBroadcast()
    ) throws {
        let prefix = settings.installation
        self.prefix = prefix
        self.loops = loops
        self.sidePool = sidePool
        let cryptography = try OpenSSLCryptography()
        self.cryptography = cryptography
        let passwords = LoginPasswords(
            installation: prefix,
            directory: database.password,
            cryptography: cryptography
        )
        func configuration(_ login: @escaping @Sendable (Int) -> LoginName, limit: Int) -> PostgresConfiguration {
            var configuration = PostgresConfiguration(address: database.address) { shard in
                let name = login(shard)
                return PostgresLogin(user: name.description, password: passwords.password(of: name))
            }
            configuration.connectionLimit = limit
            configuration.deadline = settings.acquireTimeout
            configuration.statementTimeout = settings.statementTimeout
            return configuration
        }
        let forDirectory = max(2, settings.connections / 5)
        control = PostgresDatabase(
            configuration({ _ in .directory(prefix) }, limit: forDirectory),
            loops: loops,
            sidePool: sidePool
        )
        cell = PostgresDatabase(
            configuration({ .shard($0, prefix) }, limit: max(2, settings.connections - forDirectory)),
            loops: loops,
            sidePool: sidePool
        )
        // With the quarter of a second that the middleware keeps an address (`Sites`), a change is seen within a second.
        let directory = Directory(control: control, installation: prefix, timeToLive: .milliseconds(750))
        self.directory = directory
        self.broadcast = broadcast
        let signals = CommitSignals(broadcast: broadcast, installation: prefix)
        self.signals = signals
        tenants = Tenants(
            cells: [.main: cell],
            knownPlacement: directory.knownPlacement(of:),
            committed: signals.committed,
            placement: { id throws(DatabaseError) in try await directory.find(id: id)?.placement }
        )
        administration = TenantAdministration(
            control: control,
            installation: prefix,
            schemaVersion: MigrationSet.tenant.latest,
            changed: signals.directoryChanged
        )
        signals.onDirectoryChange { directory.forgetAll() }
    }
}

extension MigrationSet {
    /// The steps of every module over a tenant's schema.
    static let tenant = MigrationSet.learning
}
