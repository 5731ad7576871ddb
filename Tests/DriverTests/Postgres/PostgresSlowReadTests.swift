// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

@Suite struct PostgresSlowReadTests {
    @Test func `a read does not wait for one that takes long`() async throws {
        try await PostgresFixture.run(.init()) { fixture in
            let key = Int.random(in: 1 ... .max)
            let home = try await fixture.readProcess()
            _ = try await fixture.admin.execute("SELECT pg_advisory_lock(\(key)) IS NULL AS n")
            let slow = Task {
                try await fixture.readOne("SELECT 1 AS n FROM pg_advisory_xact_lock(\(key))")
            }
            #expect(try await fixture.eventually { try await fixture.sessions("active") == 1 })
            // Those that come while a second connection is made still wait behind the slow one.
            let answered = Answered()
            var reads: [Task<Int, any Error>] = []
            let isRelieved = try await fixture.eventually {
                reads.append(
                    Task {
                        let process = try await fixture.readProcess()
                        await answered.note(process)
                        return process
                    }
                )
                return await !answered.numbers.isEmpty
            }
            #expect(isRelieved)
            #expect(await !answered.numbers.contains(home))
            _ = try await fixture.admin.execute("SELECT pg_advisory_unlock(\(key)) AS n")
            #expect(try await slow.value.count == 1)
            for read in reads { _ = try await read.value }
        }
    }

    @Test func `reads that are known to be slow go alone, each in a transaction of its own`() async throws {
        try await PostgresFixture.run(.init()) { fixture in
            let slow: SQL = "SELECT (extract(epoch FROM now()) * 1000000)::bigint AS n FROM pg_sleep(0.02)"
            for _ in 0..<3 { _ = try await fixture.readOne(slow) }
            // Begun by the loop itself, so that all of them come in its next turn.
            let begun = try await withTaskExecutorPreference(fixture.loops.loops[0]) {
                try await withThrowingTaskGroup(of: Int.self) { tasks in
                    for _ in 0..<6 {
                        tasks.addTask { try await fixture.readOne(slow)[0]["n"] }
                    }
                    return try await tasks.reduce(into: Set()) { $0.insert($1) }
                }
            }
            #expect(begun.count == 6)
        }
    }

    @Test func `slow reads wait in one queue, from which whichever connection is done takes the next`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 2 })) { fixture in
            let key = Int.random(in: 1 ... .max - 100)
            @Sendable func slow(_ key: Int) -> SQL {
                "SELECT pg_backend_pid() AS pid FROM pg_advisory_xact_lock_shared(\(key)), pg_sleep(0.005)"
            }
            // Until it is known to be slow, and there is a second connection.
            var processes: Set<Int> = []
            let areTwo = try await fixture.eventually {
                async let one = fixture.readOne(slow(key))
                async let other = fixture.readOne(slow(key))
                for rows in [try await one, try await other] { processes.insert(try rows[0]["pid"]) }
                return processes.count == 2
            }
            #expect(areTwo)
            _ = try await fixture.admin.execute("SELECT pg_advisory_lock(\(key)) IS NULL AS n")
            let stuck = Task { try await fixture.readOne(slow(key)) }
            #expect(try await fixture.eventually { try await fixture.sessions("active") == 1 })
            let ended = Answered()
            let others = (1...20).map { number in
                Task {
                    _ = try await fixture.readOne(slow(key + number))
                    await ended.note(number)
                }
            }
            // One may have been sent behind the one that waits for its lock.
            #expect(try await fixture.eventually { await ended.numbers.count >= 19 })
            _ = try await fixture.admin.execute("SELECT pg_advisory_unlock(\(key)) AS n")
            _ = try await stuck.value
            for other in others { try await other.value }
        }
    }

    @Test func `a slow read that waits in the queue can be given up`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.sharedConnectionsPerLoop = 1 })) { fixture in
            let key = Int.random(in: 1 ... .max)
            let slow: SQL = "SELECT 1 AS n FROM pg_advisory_xact_lock_shared(\(key)), pg_sleep(0.005)"
            for _ in 0..<3 { _ = try await fixture.readOne(slow) }
            _ = try await fixture.admin.execute("SELECT pg_advisory_lock(\(key)) IS NULL AS n")
            let reads = (0..<4).map { _ in Task { try await fixture.readOne(slow) } }
            #expect(try await fixture.eventually { try await fixture.sessions("active") == 1 })
            for read in reads { read.cancel() }
            for read in reads { await #expect(throws: DatabaseError.cancelled) { try await read.value } }
            _ = try await fixture.admin.execute("SELECT pg_advisory_unlock(\(key)) AS n")
            #expect(try await fixture.readOne(slow).count == 1)
        }
    }

    @Test(arguments: [1, 2])
    func `slow reads of tenants that cross on each other's connections see their own rows, as their own role`(
        loops: Int
    ) async throws {
        let plan = PostgresFixture.Plan(tenants: 4, loops: loops, configure: { $0.sharedConnectionsPerLoop = 2 })
        try await PostgresFixture.run(plan) { fixture in
            for (index, tenant) in fixture.tenants.enumerated() {
                _ = try await fixture.database.write(
                    ["INSERT INTO items (id, note) VALUES (1, \("tenant \(index)"))"],
                    scope: .tenant(tenant)
                )
            }
            let slow: SQL = """
                SELECT i.note, current_user::text AS role, pg_backend_pid() AS pid FROM items i, pg_sleep(0.01)
                """
            // Which of two connections somebody's read takes depends on the moment; until everybody has had both.
            var processes = [Set<Int>](repeating: [], count: fixture.tenants.count)
            let haveCrossed = try await fixture.eventually {
                try await withThrowingTaskGroup(of: (Int, Int).self) { tasks in
                    for round in 0..<16 {
                        let index = round % fixture.tenants.count
                        let loop = loops > 1 ? fixture.loops.loops[round / fixture.tenants.count % loops] : nil
                        tasks.addTask(executorPreference: loop) {
                            let tenant = fixture.tenants[index]
                            let rows = try await fixture.readOne(slow, .tenant(tenant))
                            #expect(rows.count == 1)
                            #expect(try rows[0]["note"] as String == "tenant \(index)")
                            #expect(try rows[0]["role"] as String == tenant.role.description)
                            return (index, try rows[0]["pid"])
                        }
                    }
                    for try await (index, process) in tasks { processes[index].insert(process) }
                }
                return processes.allSatisfy { $0.count >= 2 }
            }
            #expect(haveCrossed)
        }
    }

    /// The server's processes, or the reads, that have answered.
    private actor Answered {
        private(set) var numbers: Set<Int> = []

        func note(_ number: Int) { numbers.insert(number) }
    }
}
