// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSPostgresDriver
internal import LMSTenancy
internal import LMSEventLoop
internal import Testing

@Suite struct PostgresAddressTests {
    @Test(arguments: [
        "", "nonsense", "mysql://u:hunter2@host/db", "postgres://u:hunter2@host:port/db",
        "postgres://u:hunter2@host:99999/db",
        "postgres://u:hunter2@[::1/db", "postgres://u:hunter2%zz@host/db",
        "postgres://u:hunter2@host/db?sslmod=require",
        "postgres://u:hunter2@host", "host=a b c=hunter2",
    ])
    func `a URL that is not valid says why and shows no password`(url: String) {
        let error = #expect(throws: PostgresConnectionError.self) { _ = try PostgresAddress(url) }
        guard case .invalidAddress(let reason)? = error else { return }
        #expect(!reason.isEmpty)
        #expect(!"\(reason)".contains("hunter2"))
    }

    @Test func `a valid URL tells its parts but not its password`() throws {
        let address = try PostgresAddress("postgres://app:hunter2@db.example.org:6543/lms?sslmode=verify-full")
        #expect(address.host == "db.example.org")
        #expect(address.port == 6543)
        #expect(address.user == "app")
        #expect(address.database == "lms")
        #expect(address.isEncrypted)
        #expect(!"\(address)".contains("hunter2"))
        #expect(try !PostgresAddress("postgres://app@host/lms").isEncrypted)
    }

    @Test func `a database that does not exist is told as such`() async throws {
        let address = try PostgresFixture.testAddress()
        let host = try #require(address.host)
        let wrong = try PostgresAddress(
            "host=\(host) port=\(address.port) user=\(address.user ?? "postgres") dbname=none_such"
        )
        let pool = try SidePool(threads: 1, queueLimit: 1)
        let error = await #expect(throws: PostgresConnectionError.self) {
            _ = try await PostgresAdministration.connect(to: wrong, pool: pool)
        }
        guard case .noSuchDatabase = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a script happens whole or not at all`() async throws {
        try await PostgresFixture.run { fixture in
            let schema = fixture.tenants[0].schema
            let failure = await #expect(throws: AdministrationFailure.self) {
                try await fixture.admin.run(
                    script: "CREATE TABLE \(schema).one (id int); CREATE TABLE \(schema).one (id int)"
                )
            }
            #expect(failure?.sqlState == "42P07")
            let tables = try await fixture.admin.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = \(schema.description) AND tablename = 'one'"
            )
            #expect(tables.isEmpty)
            await #expect(throws: AdministrationFailure.self) {
                try await fixture.admin.transaction([
                    SQL(migration: "CREATE TABLE \(schema).two (id int)"), "SELECT 1/0",
                ])
            }
            let replies = try await fixture.admin.transaction([
                "SELECT \(1) AS n", "SELECT to_regclass('two') IS NULL AS gone",
            ])
            #expect(try replies[1][0]["gone"] as Bool)
        }
    }
}
