// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct IsolationTests {
    @Test func `none of the known escapes works on a hardened database`() async throws {
        try await withTwoTenants { first, second in
            let test = IsolationSelfTest(database: first.installation.cell)
            let escapes = try await test.run(from: first.tenant.placement, to: second.tenant.placement)
            #expect(escapes == [])
        }
    }

    @Test func `the self-test notices a right that was given back`() async throws {
        try await withTenant { tenant in
            let role = tenant.tenant.placement.role
            let schema = tenant.tenant.placement.schema
            try await tenant.installation.administration.run("GRANT CREATE ON SCHEMA \(schema) TO \(role);")
            let test = IsolationSelfTest(database: tenant.installation.cell)
            let escapes = try await test.run(from: tenant.tenant.placement, to: nil)
            try await tenant.installation.administration.run("REVOKE CREATE ON SCHEMA \(schema) FROM \(role);")
            #expect(escapes == [.makesTable])
        }
    }

    @Test func `a statement sees its own tenant's rows and no others`() async throws {
        try await withTwoTenants { first, second in
            try await first.transaction { session in
                try await session.execute(.auditRow)
            }
            let own = try await first.reader().read("SELECT count(*) AS count FROM audit_events")
            let foreign = try await second.reader().read("SELECT count(*) AS count FROM audit_events")
            let (mine, theirs): (Int, Int) = try (#require(own.only)["count"], #require(foreign.only)["count"])
            #expect(mine == 1)
            #expect(theirs == 0)
        }
    }

    @Test func `another tenant's table is denied by its full name`() async throws {
        try await withTwoTenants { first, second in
            let other = second.tenant.placement.schema.description
            await #expect(throws: DatabaseError.permissionDenied) {
                try await first.reader().read(
                    "SELECT query_to_xml('SELECT * FROM ' || \(other) || '.audit_events', true, true, '')"
                )
            }
        }
    }

    @Test func `nothing of the tenant remains on the connection after a commit, a rollback or an error`() async throws {
        try await withTenant { tenant in
            let placement = tenant.tenant.placement
            for ending in 0..<3 {
                let transaction = try await tenant.installation.cell.begin(.tenant(placement))
                _ = try await transaction.execute(["SELECT 1"])
                if ending == 0 { try await transaction.commit() }
                if ending == 1 { await transaction.rollback() }
                if ending == 2 {
                    await #expect(throws: DatabaseError.self) { try await transaction.execute(["SELECT 1 / 0"]) }
                    await transaction.rollback()
                }
            }
            let replies = try await tenant.installation.control.read(
                ["SELECT current_user = session_user AS is_login, current_setting('role') AS role"],
                scope: .control
            )
            let isLogin: Bool = try #require(replies.first?.only)["is_login"]
            #expect(isLogin)
        }
    }

    @Test func `an append-only table takes no change`() async throws {
        try await withTenant { tenant in
            try await tenant.transaction { session in try await session.execute(.auditRow) }
            await #expect(throws: DatabaseError.permissionDenied) {
                try await tenant.transaction { session in try await session.execute("DELETE FROM audit_events") }
            }
            await #expect(throws: DatabaseError.permissionDenied) {
                try await tenant.transaction { session in
                    try await session.execute("UPDATE audit_events SET actor = 'nobody'")
                }
            }
        }
    }
}

extension SQL {
    fileprivate static var auditRow: SQL {
        """
        INSERT INTO audit_events (id, occurred_at, actor_kind, actor, action, object_kind, digest)
        VALUES (\(IdentifierSource().next(Principal.self)), now(), 'system', 'test', 'test.ran', 'test', sha256(''))
        """
    }
}
