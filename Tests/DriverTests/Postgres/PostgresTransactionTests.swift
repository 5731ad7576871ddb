// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

@Suite struct PostgresTransactionTests {
    private static let insert: SQL = "INSERT INTO items (id, note) VALUES (1, 'a')"
    private static let count: SQL = "SELECT count(*) AS n FROM items"

    private func items(_ fixture: PostgresFixture) async throws -> Int {
        try #require(try await fixture.readOne(Self.count).first)["n"]
    }

    @Test func `what was committed is seen and what was rolled back is not`() async throws {
        try await PostgresFixture.run { fixture in
            let first = try await fixture.database.begin(fixture.scope)
            _ = try await first.execute([Self.insert])
            #expect(try await first.execute([Self.count])[0][0]["n"] as Int == 1)
            #expect(try await items(fixture) == 0)
            await first.rollback()
            #expect(try await items(fixture) == 0)
            let second = try await fixture.database.begin(fixture.scope)
            _ = try await second.execute([Self.insert, Self.count])
            try await second.commit()
            #expect(try await items(fixture) == 1)
            #expect(try await fixture.sessions("idle in transaction%") == 0)
        }
    }

    @Test func `nothing is sent before the first statement`() async throws {
        try await PostgresFixture.run { fixture in
            let transaction = try await fixture.database.begin(fixture.scope)
            #expect(try await fixture.sessions("idle") == 1)
            _ = try await transaction.execute(["SELECT 1"])
            #expect(try await fixture.sessions("idle in transaction") == 1)
            try await transaction.commit()
            let empty = try await fixture.database.begin(fixture.scope)
            try await empty.commit()
            #expect(try await fixture.sessions("idle") == 1)
        }
    }

    @Test func `a transaction whose statement failed can only be rolled back`() async throws {
        try await PostgresFixture.run { fixture in
            let transaction = try await fixture.database.begin(fixture.scope)
            _ = try await transaction.execute([Self.insert])
            let duplicate = DatabaseError.constraint(.unique, name: "items_pk")
            await #expect(throws: duplicate) { try await transaction.execute([Self.insert, Self.count]) }
            await #expect(throws: DatabaseError.refused(sqlState: "25P02")) {
                try await transaction.execute([Self.count])
            }
            await #expect(throws: duplicate) { try await transaction.commit() }
            await #expect(throws: DatabaseError.refused(sqlState: "25000")) {
                try await transaction.execute([Self.count])
            }
            #expect(try await items(fixture) == 0)
            #expect(try await fixture.eventually { try await fixture.sessions("idle in transaction%") == 0 })
        }
    }

    @Test func `a transaction that was forgotten is rolled back before its connection is lent again`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.connectionLimit = 2 })) { fixture in
            for _ in 0..<5 {
                let forgotten = try await fixture.database.begin(fixture.scope)
                _ = try await forgotten.execute([Self.insert])
            }
            #expect(try await items(fixture) == 0)
            #expect(try await fixture.eventually { try await fixture.sessions("idle in transaction%") == 0 })
        }
    }

    @Test func `a statement that opens a transaction by itself does not leak it`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.connectionLimit = 2 })) { fixture in
            _ = try await fixture.database.write(["BEGIN", Self.insert], scope: fixture.scope)
            #expect(try await fixture.eventually { try await fixture.sessions("idle in transaction%") == 0 })
            // Refused or not, nothing may stay open.
            _ = try? await fixture.database.read(["BEGIN"], scope: fixture.scope)
            #expect(try await fixture.eventually { try await fixture.sessions("idle in transaction%") == 0 })
            #expect(try await items(fixture) == 0)
        }
    }

    @Test func `cancelling the caller cancels the statement on the server and spares the next borrower`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.connectionLimit = 2 })) { fixture in
            for _ in 0..<10 {
                let before = EventLoop.now
                let task = Task {
                    let transaction = try await fixture.database.begin(fixture.scope)
                    do {
                        _ = try await transaction.execute([Self.insert, "SELECT pg_sleep(20)"])
                    } catch {
                        await transaction.rollback()
                        throw error
                    }
                }
                #expect(try await fixture.eventually { try await fixture.sleepers() == 1 })
                task.cancel()
                let next = Task {
                    let transaction = try await fixture.database.begin(fixture.scope)
                    for _ in 0..<20 { _ = try await transaction.execute([Self.count]) }
                    try await transaction.commit()
                }
                await #expect(throws: DatabaseError.cancelled) { try await task.value }
                try await next.value
                #expect(EventLoop.now - before < 10_000_000_000)
            }
            #expect(try await items(fixture) == 0)
        }
    }

    @Test func `a cancelled write is cancelled on the server`() async throws {
        try await PostgresFixture.run { fixture in
            let task = Task {
                try await fixture.database.write([Self.insert, "SELECT pg_sleep(20)"], scope: fixture.scope)
            }
            let isActive = try await fixture.eventually { try await fixture.sleepers() == 1 }
            #expect(isActive)
            task.cancel()
            await #expect(throws: DatabaseError.cancelled) { try await task.value }
            #expect(try await items(fixture) == 0)
        }
    }

    @Test func `a connection lost before the commit is told as such and replaced`() async throws {
        try await PostgresFixture.run { fixture in
            let transaction = try await fixture.database.begin(fixture.scope)
            _ = try await transaction.execute([Self.insert])
            try await fixture.terminateSessions()
            await #expect(throws: DatabaseError.connectionLost) { try await transaction.execute([Self.count]) }
            await transaction.rollback()
            #expect(try await items(fixture) == 0)
            let second = try await fixture.database.begin(fixture.scope)
            _ = try await second.execute([Self.insert])
            try await fixture.terminateSessions()
            await #expect(throws: DatabaseError.self) { try await second.commit() }
            #expect(try await items(fixture) == 0)
        }
    }

    @Test func `a connection lost during the commit leaves the outcome unknown`() async throws {
        try await PostgresFixture.run { fixture in
            // The commit waits in a deferred trigger until its connection is ended.
            let schema = fixture.tenants[0].schema
            try await fixture.admin.run(
                script: """
                    CREATE FUNCTION \(schema).wait() RETURNS trigger LANGUAGE plpgsql
                        AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END';
                    CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON \(schema).items DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION \(schema).wait();
                    """
            )
            let transaction = try await fixture.database.begin(fixture.scope)
            _ = try await transaction.execute([Self.insert])
            let commit = Task { try await transaction.commit() }
            #expect(try await fixture.eventually { try await fixture.sleepers() == 1 })
            try await fixture.terminateSessions()
            await #expect(throws: DatabaseError.unknownOutcome) { try await commit.value }
            let write = Task { try await fixture.database.write([Self.insert], scope: fixture.scope) }
            #expect(try await fixture.eventually { try await fixture.sleepers() == 1 })
            try await fixture.terminateSessions()
            await #expect(throws: DatabaseError.unknownOutcome) { try await write.value }
        }
    }

    @Test func `a constraint that is checked at the commit names itself`() async throws {
        try await PostgresFixture.run { fixture in
            let schema = fixture.tenants[0].schema
            try await fixture.admin.run(
                script: """
                    ALTER TABLE \(schema).items ALTER CONSTRAINT items_parent_fk DEFERRABLE INITIALLY DEFERRED
                    """
            )
            let orphan: SQL = "INSERT INTO items (id, note, parent) VALUES (2, 'x', 99)"
            let expected = DatabaseError.constraint(.foreignKey, name: "items_parent_fk")
            let transaction = try await fixture.database.begin(fixture.scope)
            _ = try await transaction.execute([orphan])
            await #expect(throws: expected) { try await transaction.commit() }
            await #expect(throws: expected) { try await fixture.database.write([orphan], scope: fixture.scope) }
            #expect(try await items(fixture) == 0)
        }
    }
}
