// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

@Suite struct PostgresStatementTests {
    private static let prepared: SQL = "SELECT count(*) AS n FROM pg_prepared_statements WHERE name LIKE 's%'"

    @Test func `a statement is prepared on its second use`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            let named: SQL =
                "SELECT name FROM pg_prepared_statements WHERE statement LIKE '%AS twice%' AND name LIKE 's%'"
            let admin = SQL(migration: named.text + " -- once")
            _ = try await fixture.readOne("SELECT \(1) AS twice")
            #expect(try await fixture.readOne(admin).isEmpty)
            _ = try await fixture.readOne("SELECT \(2) AS twice")
            #expect(try await fixture.readOne(SQL(migration: named.text + " -- twice")).count == 1)
            #expect(try await fixture.readOne("SELECT \(3) AS twice")[0]["twice"] as Int == 3)
            // Another type is another statement to the server, and no mistake.
            #expect(try await fixture.readOne("SELECT \("text") AS twice")[0]["twice"] as String == "text")
        }
    }

    @Test func `a full cache forgets what was not used for longest, on the server too`() async throws {
        let plan = PostgresFixture.Plan(configure: {
            $0.sharedConnectionsPerLoop = 1
            $0.preparedStatementLimit = 16
        })
        try await PostgresFixture.run(plan) { fixture in
            for number in 0..<60 {
                for _ in 0..<2 {
                    let rows = try await fixture.readOne(SQL(migration: "SELECT \(number) AS n"))
                    #expect(try rows[0]["n"] as Int == number)
                }
            }
            let kept: Int = try await fixture.readOne(Self.prepared)[0]["n"]
            #expect(kept <= 16)
            for number in 0..<60 {
                #expect(try await fixture.readOne(SQL(migration: "SELECT \(number) AS n"))[0]["n"] as Int == number)
            }
        }
    }

    @Test func `a changed table does not fail a prepared statement`() async throws {
        try await PostgresFixture.run { fixture in
            let all: SQL = "SELECT * FROM items"
            let insert: SQL = "INSERT INTO items (id, note) VALUES ((SELECT count(*) FROM items), 'a') RETURNING *"
            let schema = fixture.tenants[0].schema
            for round in 0..<3 {
                for _ in 0..<3 {
                    #expect(try await fixture.readOne(all).shape.names.count == 4 + round)
                    let written = try await fixture.database.write([insert], scope: fixture.scope)
                    #expect(written[0].shape.names.count == 4 + round)
                    let transaction = try await fixture.database.begin(fixture.scope)
                    #expect(try await transaction.execute([all])[0].shape.names.count == 4 + round)
                    try await transaction.commit()
                }
                try await fixture.admin.run(script: "ALTER TABLE \(schema).items ADD COLUMN more\(round) text")
            }
            #expect(try await fixture.readOne(all).count == 9)
        }
    }

    @Test func `a table that changes in mid-transaction asks for the transaction to be tried again`() async throws {
        try await PostgresFixture.run { fixture in
            let all: SQL = "SELECT * FROM items"
            for _ in 0..<2 {
                let transaction = try await fixture.database.begin(fixture.scope)
                _ = try await transaction.execute([all])
                try await transaction.commit()
            }
            let transaction = try await fixture.database.begin(fixture.scope)
            _ = try await transaction.execute(["SELECT 1"])
            try await fixture.admin.run(script: "ALTER TABLE \(fixture.tenants[0].schema).items ADD COLUMN more text")
            await #expect(throws: DatabaseError.serializationFailure) { try await transaction.execute([all]) }
            await transaction.rollback()
            let second = try await fixture.database.begin(fixture.scope)
            #expect(try await second.execute([all])[0].shape.names.count == 5)
            try await second.commit()
        }
    }

    @Test func `prepared statements that the server lost are made again`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            for number in 0..<3 { #expect(try await fixture.readOne("SELECT \(number) AS n")[0]["n"] as Int == number) }
            _ = try await fixture.readOne("DEALLOCATE s1")
            for number in 0..<3 { #expect(try await fixture.readOne("SELECT \(number) AS n")[0]["n"] as Int == number) }
        }
    }
}
