// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

/// A login, tenants and a database of their own on the real server, removed when the test ends.
struct PostgresFixture {
    let address: PostgresAddress
    let loops: EventLoopGroup
    let sidePool: SidePool
    let admin: PostgresAdministration
    let database: PostgresDatabase
    let prefix: InstallationPrefix
    let tenants: [TenantPlacement]

    /// How many tenants and loops a test gets.
    struct Plan {
        var tenants = 1
        var loops = 1
        var shard: @Sendable (Int) -> Int = { _ in 0 }
        var configure: (inout PostgresConfiguration) -> Void = { _ in }
    }

    static func run(_ plan: Plan = Plan(), _ body: (PostgresFixture) async throws -> Void) async throws {
        let fixture = try await PostgresFixture(plan)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(fixture))
        } catch {
            outcome = .failure(error)
        }
        try await fixture.remove()
        try outcome.get()
    }

    static func testAddress() throws -> PostgresAddress {
        let url = ProcessInfo.processInfo.environment["LMS_TEST_DATABASE_URL"]
        return try PostgresAddress(try #require(url, "LMS_TEST_DATABASE_URL names a superuser's database for tests"))
    }

    private init(_ plan: Plan) async throws {
        let address = try Self.testAddress()
        self.address = address
        let loops = try EventLoopGroup(count: plan.loops)
        let sidePool = try SidePool(threads: 4, queueLimit: 64)
        let admin = try await PostgresAdministration.connect(to: address, pool: sidePool)
        let letters = UUID().uuidString.lowercased().filter { $0 != "-" }
        let prefix = try #require(InstallationPrefix("x" + letters.prefix(12)))
        let tenants = (0..<plan.tenants).map { index in
            let tenant = TenantID(UUID())
            return TenantPlacement(
                tenant: tenant,
                cell: .main,
                schema: SchemaName(tenant),
                role: RoleName(tenant, installation: prefix),
                shard: plan.shard(index)
            )
        }
        let logins = Set(tenants.map(\.shard)).union([0])
        var script = ""
        for shard in logins { script += "CREATE ROLE \(prefix)_app\(shard) LOGIN NOINHERIT PASSWORD 'test';" }
        for tenant in tenants {
            script += """
                CREATE ROLE \(tenant.role); GRANT \(tenant.role) TO \(prefix)_app\(tenant.shard);
                CREATE SCHEMA \(tenant.schema); GRANT USAGE ON SCHEMA \(tenant.schema) TO \(tenant.role);
                CREATE TABLE \(tenant.schema).items (id bigint CONSTRAINT items_pk PRIMARY KEY, note text NOT NULL,
                    parent bigint CONSTRAINT items_parent_fk REFERENCES \(tenant.schema).items,
                    amount bigint CONSTRAINT items_amount_ck CHECK (amount > 0));
                GRANT SELECT, INSERT, UPDATE, DELETE ON \(tenant.schema).items TO \(tenant.role);
                """
        }
        // A hardened test database grants the function by name; two tests must not change its row at the same time.
        script += "SELECT pg_advisory_xact_lock(7261);"
        for shard in logins {
            script += "GRANT EXECUTE ON FUNCTION set_config(text, text, boolean) TO \(prefix)_app\(shard);"
        }
        try await admin.run(script: script)
        let name = prefix.description
        var configuration = PostgresConfiguration(address: address) { shard in
            PostgresLogin(user: "\(name)_app\(shard)", password: Secret("test"))
        }
        configuration.applicationName = name
        plan.configure(&configuration)
        self.loops = loops
        self.sidePool = sidePool
        self.admin = admin
        self.prefix = prefix
        self.tenants = tenants
        database = PostgresDatabase(configuration, loops: loops, sidePool: sidePool)
    }

    private func remove() async throws {
        database.close()
        loops.stop()
        loops.join()
        var script = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(prefix)';"
        script += "SELECT pg_advisory_xact_lock(7261);"
        for tenant in tenants { script += "DROP SCHEMA \(tenant.schema) CASCADE; DROP ROLE \(tenant.role);" }
        for shard in Set(tenants.map(\.shard)).union([0]) {
            script += "DROP OWNED BY \(prefix)_app\(shard); DROP ROLE \(prefix)_app\(shard);"
        }
        try await admin.run(script: script)
    }

    var scope: DatabaseScope { .tenant(tenants[0]) }

    func readOne(_ statement: SQL, _ scope: DatabaseScope? = nil) async throws(DatabaseError) -> Rows {
        let replies = try await database.read([statement], scope: scope ?? self.scope)
        guard let reply = replies.first else { throw .connectionLost }
        return reply
    }

    /// The process that serves the reads of a scope.
    func readProcess(_ scope: DatabaseScope? = nil) async throws -> Int {
        try await readOne("SELECT pg_backend_pid() AS pid", scope).first.map { row throws(DatabaseError) in
            try row["pid"]
        } ?? 0
    }

    /// How many connections of this fixture the server has in a given state.
    func sessions(_ state: String = "%") async throws -> Int {
        let rows = try await admin.execute(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = \(prefix.description) AND state LIKE \(state)"
        )
        return try rows.first.map { row throws(DatabaseError) in try row["n"] } ?? 0
    }

    /// How many of this fixture's connections are in `pg_sleep`: what they were to do, and not how they began.
    func sleepers() async throws -> Int {
        let rows = try await admin.execute(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = \(prefix.description) AND wait_event = 'PgSleep'"
        )
        return try rows.first.map { row throws(DatabaseError) in try row["n"] } ?? 0
    }

    /// Ends connections of this fixture as a restart would.
    func terminateSessions() async throws {
        try await admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = \(prefix.description)"
        )
    }

    /// Asks until the server shows what is wanted.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<2_000 {
            if try await condition() { return true }
            try await loops.loops[0].sleep(for: .milliseconds(5))
        }
        return false
    }
}
