// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSPostgresDriver
internal import LMSTenancy

/// `lms database harden`: makes the logins and takes the rights away that let a statement leave its tenant.
struct HardenOperation {
    /// A superuser's address.
    let superuser: DatabaseURL
    /// The addresses whose passwords the logins get.
    let directory: DatabaseURL
    let provisioner: DatabaseURL
    let prefix: InstallationPrefix
    let shards: Int
    let sidePool: SidePool

    /// Hardens the database; running it again changes nothing but the passwords.
    func run() async throws {
        let passwords = LoginPasswords(
            installation: prefix,
            directory: directory.password,
            provisioner: provisioner.password,
            cryptography: try OpenSSLCryptography()
        )
        let administration = try await PostgresAdministration.connect(to: superuser.address, pool: sidePool)
        try await DatabaseHardening(installation: prefix, shards: shards)
            .harden(with: administration) { passwords.password(of: $0) }
    }

    /// Makes the database if the server has none of its name.
    func createDatabase() async throws {
        let maintenance = try superuser.replacingDatabase(with: "postgres")
        let administration = try await PostgresAdministration.connect(to: maintenance.address, pool: sidePool)
        let name = superuser.address.database
        let rows = try await administration.execute(
            "SELECT count(*) AS count FROM pg_database WHERE datname = \(name)"
        )
        let count: Int = try rows.only?["count"] ?? 0
        guard count == 0 else { return }
        try await administration.run(
            "CREATE DATABASE \(identifiers: [name]) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';"
        )
    }
}
