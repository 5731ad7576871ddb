// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport

@testable import LMSKit

/// A tenant with a log, and somebody who owns its tables.
struct AuditWorld {
    let tenant: TestTenant
    let platform: TestPlatform

    init(_ tenant: TestTenant, clock: TestClock = TestClock()) throws {
        self.tenant = tenant
        platform = try TestPlatform(
            clock: clock,
            auditAnchors: DirectoryAuditAnchors(control: tenant.installation.control)
        )
    }

    var audit: Audit { platform.lms.audit }
    var log: AuditLog { platform.lms.auditLog }

    static let origin = RequestOrigin(address: "192.0.2.7", userAgent: "curl/8", requestID: "0af7651916cd43dd")
    static let user = Principal(
        .user(Principal.ID(UUID())),
        grants: BuiltInRole.admin.grants,
        impersonator: Principal.ID(UUID()),
        origin: origin
    )

    /// Records acts, each in a transaction of its own.
    func record(_ count: Int) async throws {
        for _ in 0..<count {
            try await tenant.transaction(as: Self.user) { session in
                try await audit.record(
                    AuditEvent(
                        "course.renamed",
                        on: Identifier<Course>(UUID()),
                        before: AuditState { $0.field("title", "Physics") },
                        after: AuditState { $0.field("title", "Optics") }
                    ),
                    session: session
                )
            }
        }
    }

    func verify(expecting expected: AuditHead? = nil) async throws -> AuditVerification {
        try await log.verify(expecting: expected, reader: tenant.reader())
    }

    /// Changes the tables as somebody who owns them, triggers aside.
    func tamper(_ change: Script) async throws {
        let schema = tenant.tenant.placement.schema
        let script: Script = """
            BEGIN;
            SET LOCAL search_path TO \(schema);
            ALTER TABLE audit_events DISABLE TRIGGER audit_events_chain;
            \(change)
            ALTER TABLE audit_events ENABLE TRIGGER audit_events_chain;
            COMMIT;
            """
        try await tenant.installation.administration.run(script)
    }

    func rows() async throws -> [AuditRecord] {
        try await log.list(AuditQuery(), limit: PageLimit(100), reader: tenant.reader()).items
    }
}
