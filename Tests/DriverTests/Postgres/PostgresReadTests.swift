// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

@Suite struct PostgresReadTests {
    @Test func `the tenant's path and role hold for the batch and are gone after it`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.connectionLimit = 1 })) { fixture in
            let context: SQL =
                "SELECT current_user::text AS role, current_setting('search_path') AS path, pg_backend_pid() AS pid"
            let inside = try #require(try await fixture.readOne(context).first)
            let outside = try #require(try await fixture.readOne(context, .cell).first)
            #expect(try inside["role"] as String == fixture.tenants[0].role.description)
            #expect(try inside["path"] as String == fixture.tenants[0].schema.description)
            #expect(try outside["role"] as String == "\(fixture.prefix)_app0")
            #expect(try outside["path"] as String == "cell")
            #expect(try inside["pid"] as Int == outside["pid"] as Int)
        }
    }

    @Test func `an error in a shared pipeline does not disturb its neighbors`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            let outcomes = await withTaskGroup(of: (Int, Result<Int, DatabaseError>).self) { tasks in
                for index in 0..<200 {
                    tasks.addTask {
                        do throws(DatabaseError) {
                            let divisor = index % 3
                            let replies = try await fixture.database.read(
                                ["SELECT \(index) / sign(\(divisor))::bigint AS n", "SELECT \(index) AS n"],
                                scope: fixture.scope
                            )
                            return (index, .success(try replies[1][0]["n"]))
                        } catch {
                            return (index, .failure(error))
                        }
                    }
                }
                return await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for index in 0..<200 {
                #expect(outcomes[index] == (index % 3 == 0 ? .failure(.refused(sqlState: "22012")) : .success(index)))
            }
            let sessions = try await fixture.sessions()
            #expect(sessions == 1)
        }
    }

    @Test func `reads of one turn share a transaction, and one that is refused does not take others with it`()
        async throws
    {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            _ = try await fixture.readProcess()
            let loop = fixture.loops.loops[0]
            // Begun by the loop itself, so that all of them come in its next turn.
            let outcomes = await withTaskExecutorPreference(loop) {
                await withTaskGroup(of: (Int, Result<[Int], DatabaseError>).self) { tasks in
                    for index in 0..<12 {
                        tasks.addTask {
                            do throws(DatabaseError) {
                                let replies = try await fixture.database.read(
                                    [
                                        "SELECT \(index) / sign(\(index - 5))::bigint AS n",
                                        "SELECT (extract(epoch FROM now()) * 1000000)::bigint AS n",
                                    ],
                                    scope: fixture.scope
                                )
                                return (index, .success([try replies[0][0]["n"], try replies[1][0]["n"]]))
                            } catch {
                                return (index, .failure(error))
                            }
                        }
                    }
                    return await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
            }
            var begun: Set<Int> = []
            for index in 0..<12 where index != 5 {
                let reply = try #require(try outcomes[index]?.get())
                #expect(reply[0] == (index < 5 ? -index : index))
                begun.insert(reply[1])
            }
            #expect(outcomes[5] == .failure(.refused(sqlState: "22012")))
            // What came before the refused one was one transaction or a few, never one for each.
            #expect(begun.count < 11)
        }
    }

    @Test func `tenants that share a connection see their own rows only`() async throws {
        try await PostgresFixture.run(.init(tenants: 5, configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            for (index, tenant) in fixture.tenants.enumerated() {
                _ = try await fixture.database.write(
                    ["INSERT INTO items (id, note) VALUES (1, \("tenant \(index)"))"],
                    scope: .tenant(tenant)
                )
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for round in 0..<100 {
                    tasks.addTask {
                        let index = round % fixture.tenants.count
                        let rows = try await fixture.readOne("SELECT note FROM items", .tenant(fixture.tenants[index]))
                        #expect(rows.count == 1)
                        #expect(try rows[0]["note"] as String == "tenant \(index)")
                    }
                }
                try await tasks.waitForAll()
            }
            let other = SQL(migration: "SELECT note FROM \(fixture.tenants[1].schema).items")
            await #expect(throws: DatabaseError.permissionDenied) { try await fixture.readOne(other) }
        }
    }

    @Test func `a cancelled read returns at once and its neighbor gets its own reply`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            let pid = try await fixture.readProcess()
            let slow = Task {
                try await fixture.database.read(["SELECT 1 AS n FROM pg_sleep(2)"], scope: fixture.scope)
            }
            #expect(try await fixture.eventually { try await fixture.sleepers() == 1 })
            let neighbor = Task { try await fixture.readOne("SELECT 2 AS n, pg_backend_pid() AS pid") }
            let before = EventLoop.now
            slow.cancel()
            await #expect(throws: DatabaseError.cancelled) { try await slow.value }
            // Long before the statement ends, on a busy machine too.
            #expect(EventLoop.now - before < 1_000_000_000)
            let row = try #require(try await neighbor.value.first)
            #expect(try row["n"] as Int == 2)
            #expect(try row["pid"] as Int == pid)
        }
    }

    @Test func `a read that runs too long is cancelled by the server`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.readTimeout = .milliseconds(50) })) { fixture in
            await #expect(throws: DatabaseError.cancelled) { try await fixture.readOne("SELECT pg_sleep(10)") }
            _ = try await fixture.readProcess()
        }
    }

    @Test func `a read of an unknown table is refused with its state`() async throws {
        try await PostgresFixture.run { fixture in
            await #expect(throws: DatabaseError.refused(sqlState: "42P01")) {
                try await fixture.readOne("SELECT * FROM nowhere")
            }
        }
    }

    @Test func `a caller on another loop comes back to its own`() async throws {
        try await PostgresFixture.run(.init(tenants: 8, loops: 3)) { fixture in
            for tenant in fixture.tenants {
                for loop in fixture.loops.loops {
                    let task = Task(executorPreference: loop) {
                        _ = try await fixture.readOne("SELECT 1 AS n", .tenant(tenant))
                        return loop.isCurrent
                    }
                    let isBack = try await task.value
                    #expect(isBack)
                }
            }
        }
    }
}
