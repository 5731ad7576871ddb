// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

/// Where slow reads run when several loops serve one database.
@Suite struct PostgresSlowReadLoopTests {
    /// Reads on a loop as often at a time; which of the server's processes answered.
    private static func processes(
        _ fixture: PostgresFixture,
        _ count: Int,
        on loop: EventLoop,
        seconds: Double = 0.02
    ) async throws -> Set<Int> {
        try await withTaskExecutorPreference(loop) {
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<count {
                    tasks.addTask {
                        try await fixture.readOne("SELECT pg_backend_pid() AS pid FROM pg_sleep(\(seconds))")[0]["pid"]
                    }
                }
                return try await tasks.reduce(into: []) { $0.insert($1) }
            }
        }
    }

    /// Reads slowly from all loops until each has a connection for it.
    private static func warm(_ fixture: PostgresFixture) async throws -> Bool {
        try await fixture.eventually {
            var all: Set<Int> = []
            for loop in fixture.loops.loops { all.formUnion(try await processes(fixture, 1, on: loop)) }
            return all.count == fixture.loops.loops.count
        }
    }

    @Test func `a slow read stays on the loop that it comes from`() async throws {
        try await PostgresFixture.run(.init(loops: 2)) { fixture in
            #expect(try await Self.warm(fixture))
            let loops = fixture.loops.loops
            let first = try await Self.processes(fixture, 1, on: loops[0])
            let second = try await Self.processes(fixture, 1, on: loops[1])
            #expect(first != second)
            #expect(try await Self.processes(fixture, 1, on: loops[0]) == first)
            #expect(try await Self.processes(fixture, 1, on: loops[1]) == second)
        }
    }

    @Test func `slow reads from one loop run on the connections of all`() async throws {
        try await PostgresFixture.run(.init(loops: 2)) { fixture async throws in
            #expect(try await Self.warm(fixture))
            for loop in fixture.loops.loops {
                #expect(try await Self.processes(fixture, 2, on: loop).count == 2)
            }
        }
    }

    @Test func `a read that is slow no more goes to the tenant's loop again`() async throws {
        try await PostgresFixture.run(.init(loops: 2)) { fixture in
            #expect(try await Self.warm(fixture))
            let home = try await fixture.readProcess()
            for loop in fixture.loops.loops {
                let isHome = try await fixture.eventually {
                    try await Self.processes(fixture, 1, on: loop, seconds: 0) == [home]
                }
                #expect(isHome)
            }
        }
    }

    @Test func `slow reads on another loop can be given up, and count no longer`() async throws {
        try await PostgresFixture.run(.init(loops: 2)) { fixture in
            #expect(try await Self.warm(fixture))
            let key = Int.random(in: 1 ... .max)
            @Sendable func slow() async throws -> Int {
                try await fixture.readOne(
                    "SELECT pg_backend_pid() AS pid FROM pg_advisory_xact_lock_shared(\(key)), pg_sleep(0.02)"
                )[0]["pid"]
            }
            let loop = fixture.loops.loops[0]
            // Until this one is known to be slow too.
            let isKnown = try await fixture.eventually {
                async let one = Task(executorPreference: loop) { try await slow() }.value
                async let other = Task(executorPreference: loop) { try await slow() }.value
                return try await one != other
            }
            #expect(isKnown)
            _ = try await fixture.admin.execute("SELECT pg_advisory_lock(\(key)) IS NULL AS n")
            let reads = (0..<6).map { _ in Task(executorPreference: loop) { try await slow() } }
            #expect(try await fixture.eventually { try await fixture.sessions("active") == 2 })
            for read in reads { read.cancel() }
            for read in reads { await #expect(throws: DatabaseError.cancelled) { try await read.value } }
            _ = try await fixture.admin.execute("SELECT pg_advisory_unlock(\(key)) AS n")
            #expect(try await Self.processes(fixture, 2, on: loop).count == 2)
        }
    }
}
