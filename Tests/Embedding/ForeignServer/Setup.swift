// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSKit
import LMSPostgresDriver
import LMSTenancy

/// What an operator does before the first start: makes the database, hardens it, migrates it and keeps tenants in stock.
///
/// It uses credentials that the serving process never has.
struct Setup: Sendable {
    let prefix: InstallationPrefix
    /// The database, for whoever brings a login.
    let address: PostgresAddress
    /// The threads on which connections are made.
    let pool: SidePool
    /// One for all logins, because nothing outlives this process.
    let password: Secret<String>
    private let server: PostgresAdministration
    private let database: String

    /// Makes an empty database beside the one that the URL names.
    init(superuserURL url: String) async throws {
        guard let prefix = InstallationPrefix("embedded"), var components = URLComponents(string: url) else {
            throw PostgresConnectionError.invalidAddress(reason: "it is no URL")
        }
        self.prefix = prefix
        pool = try SidePool(threads: 2, queueLimit: 100)
        var generator = SystemRandomNumberGenerator()
        password = Secret(String(generator.next(), radix: 36) + String(generator.next(), radix: 36))
        let superuser = try PostgresAddress(url)
        database = superuser.database + "_embedded"
        components.path = "/" + database
        address = try PostgresAddress(components.string ?? "")
        server = try await PostgresAdministration.connect(to: superuser, pool: pool)
        try await remove()
        try await server.run(
            "CREATE DATABASE \(identifiers: [database]) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';"
        )
    }

    /// Hardens, migrates, and builds two tenants that sign-up only has to name.
    func install() async throws {
        let superuser = try await PostgresAdministration.connect(to: address, pool: pool)
        try await DatabaseHardening(installation: prefix, shards: 1).harden(with: superuser) { _ in password }

        let login = PostgresLogin(user: "\(LoginName.provisioner(prefix))", password: password)
        let owner = try await PostgresAdministration.connect(to: address, as: login, pool: pool)
        let shared = SharedSchemaMigrator(administration: owner, installation: prefix)
        try await shared.migrateControl()
        try await shared.migrateCell()
        let provisioner = Provisioner(
            control: owner,
            cells: [.main: owner],
            migrations: .learning,
            installation: prefix,
            pool: SparePool(lowWater: 2, highWater: 2, shards: 1)
        )
        try await provisioner.refill()
    }

    /// Drops the database and its roles, also those of a run that was killed.
    func remove() async throws {
        try await server.run("DROP DATABASE IF EXISTS \(identifiers: [database]) WITH (FORCE);")
        let roles: [String] = try await server.execute(
            "SELECT rolname::text FROM pg_roles WHERE starts_with(rolname::text, \(prefix.description + "_"))"
        ).map { row in try row[0] }
        if !roles.isEmpty { try await server.run("DROP ROLE \(identifiers: roles);") }
    }
}
