// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct AuditChainTests {
    @Test func `a log that nobody changed is sound, and has who, whence and what but no values`() async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await world.record(3)
            let result = try await world.verify()
            #expect(result.isSound, "\(result.findings)")
            #expect(result.checked == 3)
            #expect(result.head?.position == 3)
            let row = try #require(try await world.rows().first)
            #expect(row.actor == AuditActor(AuditWorld.user))
            #expect(row.impersonator == AuditWorld.user.impersonator)
            #expect(row.origin == RequestOrigin(address: "192.0.2.7", userAgent: "curl/8"))
            #expect(row.requestID == AuditWorld.origin.requestID)
            #expect(row.beforeDigest == world.platform.cryptography.sha256(Array(#"{"title":"Physics"}"#.utf8)))
            #expect(row.afterDigest == world.platform.cryptography.sha256(Array(#"{"title":"Optics"}"#.utf8)))
            let dump: String =
                try await tenant.transaction { session in
                    try await session.execute("SELECT string_agg(e::text, '') AS dump FROM audit_events e").only?[
                        "dump"
                    ]
                } ?? ""
            #expect(dump.contains("192.0.2.7") && !dump.contains("Optics"))
        }
    }

    @Test func `transactions that commit at once are chained without a gap, and those that fail not at all`()
        async throws
    {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await world.record(5) } }
                for _ in 0..<4 {
                    group.addTask {
                        _ = try? await tenant.transaction { session in  // it is to fail
                            try await world.audit.record(AuditEvent("test.undone"), session: session)
                            throw CancellationError()
                        }
                    }
                }
                try await group.waitForAll()
            }
            let result = try await world.verify()
            #expect(result.isSound, "\(result.findings)")
            #expect(result.checked == 40)
            #expect(try await world.rows().allSatisfy { $0.action != "test.undone" })
        }
    }

    @Test(
        arguments: [
            ("UPDATE audit_events SET actor = 'somebody' \(.third)", .altered(position: 3)),
            ("UPDATE audit_events SET occurred_at = occurred_at - interval '1 hour' \(.third)", .altered(position: 3)),
            ("UPDATE audit_events SET impersonator = NULL \(.third)", .altered(position: 3)),
            ("UPDATE audit_events SET address = '192.0.2.8' \(.third)", .altered(position: 3)),
            ("UPDATE audit_events SET outcome = 'refused' \(.third)", .altered(position: 3)),
            ("UPDATE audit_events SET after_digest = before_digest \(.third)", .altered(position: 3)),
            ("UPDATE audit_events SET digest = sha256('') \(.third)", .broken(position: 3)),
            ("DELETE FROM audit_events \(.third)", .missing(position: 3)),
            ("\(.deleteThird)", .gap(position: 3)),
            ("\(.deleteLast)", .truncated(position: 5)),
            ("\(.exchange)", .broken(position: 2)),
            ("\(.copy)", .unlinked(count: 1)),
        ] as [(Script, AuditVerification.Finding)]
    )
    func `whatever is changed, deleted, exchanged or added is found`(
        change: Script,
        finding: AuditVerification.Finding
    ) async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await world.record(5)
            try await world.tamper(change)
            let result = try await world.verify()
            #expect(result.findings.contains(finding), "\(result.findings)")
        }
    }

    @Test func `an end that was cut off with its head is found by the anchor`() async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await world.record(5)
            #expect(try await world.log.anchor(tenant.id, tenants: tenant.tenants)?.position == 5)
            #expect(try await world.log.anchor(tenant.id, tenants: tenant.tenants) == nil)
            let sound = try await world.verify()
            #expect(sound.isSound && sound.anchors == 1, "\(sound.findings)")
            try await world.tamper(
                """
                DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_chain WHERE position > 3);
                DELETE FROM audit_chain WHERE position > 3;
                UPDATE audit_heads SET position = 3, hash = (SELECT hash FROM audit_chain WHERE position = 3);
                """
            )
            #expect(try await world.verify().findings == [.truncated(position: 5)])
            // Filled up again with other rows, the chain has another hash there.
            try await world.record(4)
            #expect(try await world.verify().findings == [.anchorMismatch(position: 5)])
        }
    }

    @Test func `what an auditor wrote down is looked for, and a forged anchor is told`() async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await world.record(2)
            let noted = try #require(try await world.verify().head)
            try await world.record(1)
            #expect(try await world.verify(expecting: noted).isSound)
            let other = AuditHead(position: 2, hash: Array(repeating: 0, count: 32))
            #expect(try await world.verify(expecting: other).findings == [.anchorMismatch(position: 2)])
            try await tenant.installation.administration.execute(
                """
                INSERT INTO control.audit_anchors (tenant_id, position, hash, key_id, authentication, anchored_at)
                VALUES (\(tenant.id), 1, sha256('forged'), \(UUID()), sha256(''), now())
                """
            )
            #expect(try await world.verify().findings == [.anchorForged(position: 1)])
        }
    }

    @Test func `an address is erased after its time and the chain stays whole`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            clock.advance(by: -40 * 86_400)
            let world = try AuditWorld(tenant, clock: clock)
            try await world.record(3)
            clock.advance(by: 40 * 86_400)
            try await world.record(1)
            let retention = AuditRetention(origins: 30, rows: 365)
            #expect(try await world.log.retain(retention, at: tenant.id, tenants: tenant.tenants).origins == 3)
            let rows = try await world.rows()
            #expect(rows.map { $0.origin != nil } == [true, false, false, false])
            #expect(try await world.verify().isSound)
        }
    }

    @Test func `old rows are pruned, never those of the last 90 days, and what remains is whole`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            clock.advance(by: -100 * 86_400)
            let world = try AuditWorld(tenant, clock: clock)
            try await world.record(3)
            clock.advance(by: 98 * 86_400)
            try await world.record(2)
            clock.advance(by: 2 * 86_400)
            // A setting below the floor does not reach below it.
            let retention = AuditRetention(origins: 1, rows: 1)
            #expect(try await world.log.retain(retention, at: tenant.id, tenants: tenant.tenants).rows == 3)
            #expect(try await world.log.retain(retention, at: tenant.id, tenants: tenant.tenants).rows == 0)
            let result = try await world.verify()
            #expect(result.isSound, "\(result.findings)")
            #expect(result.checked == 2 && result.prunedThrough == 3)
        }
    }

    @Test func `rows that were pruned by hand before their time are missed`() async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await world.record(2)
            try await world.log.anchor(tenant.id, tenants: tenant.tenants)
            try await world.record(3)
            try await world.tamper(
                """
                UPDATE audit_heads SET pruned_position = 4, pruned_hash = (SELECT hash FROM audit_chain WHERE position = 4);
                DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_chain WHERE position <= 4);
                DELETE FROM audit_chain WHERE position <= 4;
                """
            )
            #expect(try await world.verify().findings == [.prunedEarly(position: 4)])
        }
    }

    @Test func `the serving process can neither write the chain nor call what writes it`() async throws {
        try await withTenant { tenant in
            let world = try AuditWorld(tenant)
            try await world.record(1)
            for statement: SQL in [
                "UPDATE audit_chain SET hash = sha256('')", "DELETE FROM audit_heads",
                "INSERT INTO audit_chain (position, event_id, hash) VALUES (9, gen_random_uuid(), sha256(''))",
                "ALTER TABLE audit_events DISABLE TRIGGER ALL", "SELECT cell.chain_audit_event()",
                "UPDATE audit_events SET address = NULL", "TRUNCATE audit_events",
            ] {
                await #expect(throws: DatabaseError.permissionDenied, "\(statement.text)") {
                    try await tenant.transaction { try await $0.execute(statement) }
                }
            }
        }
    }
}

extension Script {
    fileprivate static let third: Script = "WHERE id = (SELECT event_id FROM audit_chain WHERE position = 3);"
    fileprivate static let deleteThird: Script = """
        DELETE FROM audit_events \(.third)
        DELETE FROM audit_chain WHERE position = 3;
        """
    fileprivate static let deleteLast: Script = """
        DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_chain WHERE position = 5);
        DELETE FROM audit_chain WHERE position = 5;
        """
    fileprivate static let exchange: Script = """
        UPDATE audit_chain SET position = position - 5 WHERE position IN (2, 3);
        UPDATE audit_chain SET position = CASE position WHEN -3 THEN 3 ELSE 2 END WHERE position < 0;
        """
    fileprivate static let copy: Script = """
        INSERT INTO audit_events
        SELECT (jsonb_populate_record(e, jsonb_build_object('id', '01890a5d-dead-774b-bcce-b302099a8057'))).*
        FROM audit_events e LIMIT 1;
        """
}
