// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct JobFairnessTests {
    @Test func `a tenant with a hundred thousand jobs does not keep another's waiting`() async throws {
        try await withTwoTenants { busy, quiet in
            let line = JobLine(busy, quiet)
            try await line.flood(100_000, .sms)
            try await line.enqueue([UUID()], at: quiet)
            // The very next lease has it, however few are wanted: one of each tenant goes first.
            let leased = try await line.lease(2)
            #expect(Set(leased.map(\.tenant)) == [busy.id, quiet.id])
            let more = try await line.lease(10)
            #expect(more.count == 10)
        }
    }

    @Test func `where more tenants wait than are served at once, the next lease goes on behind the last`() async throws
    {
        let installation = try await TestInstallation.shared
        // All happens in one transaction that is rolled back, in a queue that no worker of another test serves.
        let connection = try await installation.connect(as: .provisioner(installation.prefix))
        try await connection.run("BEGIN")
        try await connection.execute("INSERT INTO cell.job_queues VALUES ('fairness', 50, 4)")
        try await connection.execute(.fourTenantsWithSixJobs)
        var served: [String: Int] = [:]
        var last = ""
        for _ in 0..<8 {
            var furthest = 0
            for row in try await connection.execute(.leaseFairly(3, after: last)) {
                let (role, place): (String, Int) = (try row["tenant_role"], try row["place"])
                if place > furthest { (furthest, last) = (place, role) }
                served[role, default: 0] += 1
            }
            // A tenant's share is 4; what was leased goes, so that it is not what limits.
            try await connection.execute("DELETE FROM cell.jobs WHERE queue = 'fairness' AND state = 'running'")
        }
        try await connection.run("ROLLBACK")
        #expect(served.count == 4 && served.values.allSatisfy { $0 == 6 }, "\(served)")
    }

    @Test func `a lease costs the same with a hundred thousand jobs as with ten`() async throws {
        let installation = try await TestInstallation.shared
        // A queue of its own: in one of the product's, the index keeps what other tests' jobs left until it is vacuumed.
        let connection = try await installation.connect(as: .provisioner(installation.prefix))
        try await connection.run("BEGIN")
        try await connection.execute("INSERT INTO cell.job_queues VALUES ('cost', 50, 4)")
        try await connection.execute(.jobsThatWait(10))
        let short = try await connection.pagesOfLease()
        try await connection.execute(.jobsThatWait(100_000))
        let long = try await connection.pagesOfLease()
        try await connection.run("ROLLBACK")
        #expect(long < short + 60, "pages with a short queue: \(short), with a long one: \(long)")
    }

    @Test func `no tenant has more jobs running than its share of a queue, however many workers ask`() async throws {
        try await withTenant { tenant in
            let line = JobLine(tenant)
            try await line.enqueue((0..<20).map { _ in UUID() }, .retention)
            let leased = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await line.lease(3, of: .maintenance).count } }
                return try await group.reduce(0, +)
            }
            #expect(leased == 4)
            #expect(try await line.lease(3, of: .maintenance).isEmpty)
        }
    }
}

extension JobLine {
    /// Enqueues many jobs of the first tenant.
    func flood(_ count: Int, _ kind: JobKind) async throws {
        for start in stride(from: 0, to: count, by: 10_000) {
            let subjects = (start..<min(count, start + 10_000)).map { _ in UUID() }
            try await tenant.transaction { session in
                try await session.execute(.enqueueJobs(kind, subjects, at: past))
            }
        }
    }
}

extension SQL {
    fileprivate static let fourTenantsWithSixJobs: SQL = """
        INSERT INTO cell.jobs (tenant_role, kind, queue, priority, subject, state, run_at)
        SELECT 'test_t_' || lpad(n::text, 26, '0'), 'media', 'fairness', 5, gen_random_uuid(), 'ready', now() - interval '1 day'
        FROM generate_series(1, 4) n, generate_series(1, 6)
        """

    fileprivate static func jobsThatWait(_ count: Int) -> SQL {
        """
        INSERT INTO cell.jobs (tenant_role, kind, queue, priority, subject, state, run_at)
        SELECT 'test_t_' || repeat('c', 26), 'export', 'cost', 5, gen_random_uuid(), 'ready', now() - interval '1 day'
        FROM generate_series(1, \(count)::integer)
        """
    }

    fileprivate static func leaseFairly(_ count: Int, after role: String) -> SQL {
        """
        SELECT tenant_role, place::bigint AS place
        FROM cell.lease_jobs(
            'fairness', \(count)::integer, \(role), gen_random_uuid(), now(), now() + interval '1 minute', '{}'
        )
        """
    }
}

extension DatabaseAdministration {
    /// How many pages the third of three leases looks at, all of which are taken back.
    fileprivate func pagesOfLease() async throws -> Int {
        try await run("SAVEPOINT before")
        var pages = 0
        for _ in 0..<3 {
            let plan = try await execute(
                """
                EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF)
                SELECT * FROM cell.lease_jobs('cost', 2, '', gen_random_uuid(), now(), now() + interval '1 minute', '{}')
                """
            )
            pages = 0
            for row in plan {
                let line: String = try row[0]
                guard line.contains("Buffers:") else { continue }
                for part in line.split(whereSeparator: { " =".contains($0) }) { pages += Int(part) ?? 0 }
                break
            }
        }
        try await run("ROLLBACK TO SAVEPOINT before")
        return pages
    }
}
