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
                return await !answered.processes.isEmpty
            }
            #expect(isRelieved)
            #expect(await !answered.processes.contains(home))
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

    /// The server's processes that have answered.
    private actor Answered {
        private(set) var processes: Set<Int> = []

        func note(_ process: Int) { processes.insert(process) }
    }
}
