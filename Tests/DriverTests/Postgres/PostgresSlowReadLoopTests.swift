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
        of tenant: Int = 0,
        seconds: Double = 0.02
    ) async throws -> Set<Int> {
        let scope = DatabaseScope.tenant(fixture.tenants[tenant])
        return try await withTaskExecutorPreference(loop) {
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for _ in 0..<count {
                    tasks.addTask {
                        let slow: SQL = "SELECT pg_backend_pid() AS pid FROM pg_sleep(\(seconds))"
                        return try await fixture.readOne(slow, scope)[0]["pid"]
                    }
                }
                return try await tasks.reduce(into: []) { $0.insert($1) }
            }
        }
    }

    /// Reads slowly from all loops until each has a connection for it.
    private static func warm(_ fixture: PostgresFixture, of tenant: Int = 0) async throws -> Bool {
        try await fixture.eventually {
            var all: Set<Int> = []
            for loop in fixture.loops.loops { all.formUnion(try await processes(fixture, 1, on: loop, of: tenant)) }
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

    @Test func `slow reads go nowhere where only others' logins have connections`() async throws {
        let plan = PostgresFixture.Plan(tenants: 2, loops: 2, shard: { $0 }) {
            $0.connectionLimit = 3
            $0.sharedConnectionsPerLoop = 1
        }
        try await PostgresFixture.run(plan) { fixture async throws in
            let home = try await fixture.readProcess()
            #expect(try await Self.warm(fixture, of: 1))
            let loops = fixture.loops.loops
            let others = try await [
                Self.processes(fixture, 1, on: loops[0], of: 1), Self.processes(fixture, 1, on: loops[1], of: 1),
            ]
            for loop in loops {
                for _ in 0..<10 { #expect(try await Self.processes(fixture, 2, on: loop) == [home]) }
            }
            #expect(try await Self.processes(fixture, 1, on: loops[0], of: 1) == others[0])
            #expect(try await Self.processes(fixture, 1, on: loops[1], of: 1) == others[1])
        }
    }

    @Test func `slow reads can be given up on any loop, and count until the server is done with them`() async throws {
        try await PostgresFixture.run(.init(loops: 2)) { fixture async throws in
            #expect(try await Self.warm(fixture))
            let loop = fixture.loops.loops[0]
            let own = try await Self.processes(fixture, 1, on: loop)
            let key = Int.random(in: 1 ... .max)
            @Sendable func locked() async throws -> Int {
                try await fixture.readOne(
                    "SELECT pg_backend_pid() AS pid FROM pg_advisory_xact_lock_shared(\(key)), pg_sleep(0.02)"
                )[0]["pid"]
            }
            // Until this one is known to be slow too.
            let isKnown = try await fixture.eventually {
                async let one = Task(executorPreference: loop) { try await locked() }.value
                async let other = Task(executorPreference: loop) { try await locked() }.value
                return try await one != other
            }
            #expect(isKnown)
            for (count, atWork) in [(1, 1), (5, 2)] {
                _ = try await fixture.admin.execute("SELECT pg_advisory_lock(\(key)) IS NULL AS n")
                let reads = (0..<count).map { _ in Task(executorPreference: loop) { try await locked() } }
                #expect(try await fixture.eventually { try await fixture.sessions("active") == atWork })
                for read in reads { read.cancel() }
                for read in reads { await #expect(throws: DatabaseError.cancelled) { try await read.value } }
                if count == 1 { #expect(try await Self.processes(fixture, 1, on: loop) != own) }
                _ = try await fixture.admin.execute("SELECT pg_advisory_unlock(\(key)) AS n")
                #expect(try await fixture.eventually { try await Self.processes(fixture, 1, on: loop) == own })
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a read whose caller was cancelled before it began ends, on whichever loop`()
        async throws
    {
        try await PostgresFixture.run(.init(loops: 2)) { fixture in
            for round in 0..<2_000 {
                let read = Task(executorPreference: fixture.loops.loops[round % 2]) {
                    while !Task.isCancelled { await Task.yield() }
                    return try await fixture.readProcess()
                }
                read.cancel()
                switch await read.result {
                case .success(let process): #expect(process > 0)
                case .failure(let error): #expect(error as? DatabaseError == .cancelled)
                }
            }
        }
    }
}
