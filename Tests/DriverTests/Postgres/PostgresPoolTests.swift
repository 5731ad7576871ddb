// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSEventLoop
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Synchronization
internal import Testing

@Suite struct PostgresPoolTests {
    @Test func `no more connections are made than the budget allows and waiting ends with the deadline`() async throws {
        let plan = PostgresFixture.Plan(
            tenants: 6,
            configure: {
                $0.connectionLimit = 3
                // Connecting is part of it, and takes its time when all tests begin at once.
                $0.deadline = .seconds(3)
            }
        )
        try await PostgresFixture.run(plan) { fixture in
            var held: [any DatabaseTransaction] = []
            for tenant in fixture.tenants.prefix(3) {
                // The last may find nothing left.
                let transaction = try? await fixture.database.begin(.tenant(tenant))
                if let transaction { held.append(transaction) }
            }
            #expect(held.count >= 2)
            let before = EventLoop.now
            await #expect(throws: DatabaseError.unavailable) {
                for tenant in fixture.tenants { held.append(try await fixture.database.begin(.tenant(tenant))) }
            }
            #expect(EventLoop.now - before >= 2_900_000_000)
            #expect(try await fixture.sessions() <= 3)
            for transaction in held { await transaction.rollback() }
            for tenant in fixture.tenants {
                let transaction = try await fixture.database.begin(.tenant(tenant))
                _ = try await transaction.execute(["SELECT 1"])
                try await transaction.commit()
                _ = try await fixture.readProcess(.tenant(tenant))
            }
            #expect(try await fixture.sessions() <= 3)
        }
    }

    @Test func `shards and loops share one budget`() async throws {
        let plan = PostgresFixture.Plan(tenants: 8, loops: 2, shard: { $0 % 4 }, configure: { $0.connectionLimit = 4 })
        try await PostgresFixture.run(plan) { fixture in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for round in 0..<200 {
                    tasks.addTask {
                        let tenant = fixture.tenants[round % fixture.tenants.count]
                        if round.isMultiple(of: 3) {
                            _ = try await fixture.database.write(["SELECT 1"], scope: .tenant(tenant))
                        } else {
                            _ = try await fixture.readProcess(.tenant(tenant))
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(try await fixture.sessions() <= 4)
            #expect(fixture.database.connectionCount <= 4)
        }
    }

    @Test func `callers that wait are served in the order they came`() async throws {
        try await PostgresFixture.run(.init(configure: { $0.successors = 0 })) { fixture in
            let holder = try await fixture.database.begin(fixture.scope)
            let order = Order()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<5 {
                    tasks.addTask(executorPreference: fixture.loops.loops[0]) {
                        let transaction = try await fixture.database.begin(fixture.scope)
                        order.add(index)
                        try await transaction.commit()
                    }
                }
                tasks.addTask(executorPreference: fixture.loops.loops[0]) {
                    await Task.yield()
                    await holder.rollback()
                }
                try await tasks.waitForAll()
            }
            #expect(order.values == [0, 1, 2, 3, 4])
        }
    }

    @Test func `a tenant keeps its connection, and its successors serve it only while that is busy`() async throws {
        let plan = PostgresFixture.Plan(tenants: 4, loops: 2, configure: { $0.successors = 1 })
        try await PostgresFixture.run(plan) { fixture in
            let pid: SQL = "SELECT pg_backend_pid() AS pid"
            for tenant in fixture.tenants {
                var reads: Set<Int> = []
                var writes: Set<Int> = []
                for _ in 0..<10 {
                    reads.insert(try await fixture.readProcess(.tenant(tenant)))
                    writes.insert(try await fixture.database.write([pid], scope: .tenant(tenant))[0][0]["pid"])
                }
                #expect(reads.count == 1)
                #expect(writes.count == 1)
                let holder = try await fixture.database.begin(.tenant(tenant))
                #expect(try await holder.execute([pid])[0][0]["pid"] as Int == writes.first)
                let spilled: Int = try await fixture.database.write([pid], scope: .tenant(tenant))[0][0]["pid"]
                #expect(!writes.contains(spilled))
                try await holder.commit()
            }
        }
    }

    @Test func `a connection that knew many tenants is replaced`() async throws {
        let plan = PostgresFixture.Plan(
            tenants: 12,
            configure: {
                $0.sharedConnectionsPerLoop = 1
                $0.tenantsPerConnection = 3
            }
        )
        try await PostgresFixture.run(plan) { fixture in
            let first = try await fixture.readProcess(.tenant(fixture.tenants[0]))
            for tenant in fixture.tenants { _ = try await fixture.readProcess(.tenant(tenant)) }
            // The successor is made in the background, and the old one ends when nothing is under way.
            let isReplaced = try await fixture.eventually { try await fixture.readProcess() != first }
            #expect(isReplaced)
            #expect(try await fixture.eventually { try await fixture.sessions() == 1 })
        }
    }

    @Test func `connections that the server ended while idle are replaced before they are used`() async throws {
        try await PostgresFixture.run(.init(tenants: 3, loops: 2)) { fixture in
            for _ in 0..<5 {
                for tenant in fixture.tenants {
                    _ = try await fixture.readProcess(.tenant(tenant))
                    _ = try await fixture.database.write(["SELECT 1"], scope: .tenant(tenant))
                }
                try await fixture.terminateSessions()
            }
        }
    }

    @Test func `while the server is down calls fail in time and the reason is known`() async throws {
        let plan = PostgresFixture.Plan(configure: { configuration in
            configuration.deadline = .milliseconds(150)
            // An empty port of this machine.
            if let nowhere = try? PostgresAddress("postgres://nobody@127.0.0.1:1/none") {
                configuration.address = nowhere
            }
        })
        try await PostgresFixture.run(plan) { fixture in
            let before = EventLoop.now
            await #expect(throws: DatabaseError.unavailable) { try await fixture.readOne("SELECT 1") }
            await #expect(throws: DatabaseError.unavailable) { try await fixture.database.begin(fixture.scope) }
            #expect(EventLoop.now - before < 5_000_000_000)
            let error = await #expect(throws: PostgresConnectionError.self) { try await fixture.database.verify() }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `after closing calls fail and lent connections end when they are given back`() async throws {
        try await PostgresFixture.run { fixture in
            let transaction = try await fixture.database.begin(fixture.scope)
            _ = try await transaction.execute(["INSERT INTO items (id, note) VALUES (1, 'a')"])
            fixture.database.close()
            await #expect(throws: DatabaseError.unavailable) { try await fixture.readOne("SELECT 1") }
            try await transaction.commit()
            #expect(try await fixture.eventually { try await fixture.sessions() == 0 })
            let rows = try await fixture.admin.execute(
                SQL(migration: "SELECT id FROM \(fixture.tenants[0].schema).items")
            )
            #expect(rows.count == 1)
        }
    }
}

private final class Order: Sendable {
    private let seen = Mutex<[Int]>([])
    var values: [Int] { seen.withLock { $0 } }
    func add(_ value: Int) { seen.withLock { $0.append(value) } }
}
