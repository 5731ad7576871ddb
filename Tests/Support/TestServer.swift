// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSPostgresDriver
import LMSTenancy

/// The PostgreSQL server that the tests run on, and a database of their own on it.
struct TestServer {
    let superuserURL: String
    let database: String
    let installation: InstallationPrefix
    let pool: SidePool

    /// Reads `LMS_TEST_DATABASE_URL`, a superuser's URL; the tests make a database beside the one that it names.
    init() throws {
        guard let url = ProcessInfo.processInfo.environment["LMS_TEST_DATABASE_URL"] else {
            throw TestServerError.noURL
        }
        superuserURL = url
        let address = try PostgresAddress(url)
        database = address.database + "_tests"
        let digest = database.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
        guard let installation = InstallationPrefix("x" + String(digest, radix: 36)) else {
            throw TestServerError.noURL
        }
        self.installation = installation
        pool = try SidePool(threads: 8, queueLimit: 1_000, name: "test")
    }

    /// Makes the database anew and drops the roles of an earlier run.
    func recreate() async throws {
        let server = try await PostgresAdministration.connect(to: try PostgresAddress(superuserURL), pool: pool)
        try await server.run(script: "DROP DATABASE IF EXISTS \"\(database)\" WITH (FORCE)")
        let old = try await server.execute(
            "SELECT rolname::text AS name FROM pg_roles WHERE starts_with(rolname::text, \(installation.description + "_"))"
        )
        let names: [String] = try old.map { try $0["name"] }
        if !names.isEmpty { try await server.run(script: "DROP ROLE " + names.joined(separator: ", ")) }
        try await server.run(
            script: "CREATE DATABASE \"\(database)\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )
    }

    /// The tests' database as somebody.
    func url(user: String, password: String) throws -> String {
        guard var components = URLComponents(string: superuserURL) else { throw TestServerError.noURL }
        components.user = user
        components.password = password.isEmpty ? nil : password
        components.path = "/" + database
        guard let url = components.string else { throw TestServerError.noURL }
        return url
    }

    /// The tests' database, for logins that are given apart.
    func address() throws -> PostgresAddress {
        try PostgresAddress(try url(user: "nobody", password: ""))
    }

    /// The tests' database as the superuser.
    var ownURL: String {
        get throws {
            guard var components = URLComponents(string: superuserURL) else { throw TestServerError.noURL }
            components.path = "/" + database
            return components.string ?? ""
        }
    }

    /// A superuser's connection to the tests' database.
    func superuser() async throws -> PostgresAdministration {
        try await PostgresAdministration.connect(to: try PostgresAddress(try ownURL), pool: pool)
    }
}

/// Why there is no server.
enum TestServerError: Error, CustomStringConvertible {
    case noURL

    var description: String { "Set LMS_TEST_DATABASE_URL to a superuser's URL, or run the tests with `make test`." }
}
