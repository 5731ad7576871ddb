// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

/// Who is told that an endpoint gets nothing any more.
@Suite struct WebhookNoticeTests {
    /// Whom a tenant's notices of disabled endpoints were for, what they name, and how they went out.
    private func notices(of tenant: TestTenant) async throws -> [String] {
        try await tenant.transaction { session in
            let rows = try await session.execute(
                """
                SELECT concat_ws(' ', u.email, n.parameters ->> 'address', d.channel, d.status) AS notice
                FROM notifications n JOIN users u ON u.id = n.user_id JOIN notification_deliveries d ON d.notification_id = n.id
                WHERE n.type = 'webhook_disabled' ORDER BY n.position, u.email, d.channel
                """
            )
            return try rows.map { row throws(DatabaseError) in try row["notice"] }
        }
    }

    private func switchOn(_ endpoint: WebhookEndpoint.ID, _ world: WebhookWorld, _ isEnabled: Bool) async throws {
        var changes = WebhookEndpointChanges()
        changes.isEnabled = .set(isEnabled)
        let chosen = changes
        try await world.tenant.transaction { session in
            _ = try await world.webhooks.update(endpoint, chosen, session: session)
        }
    }

    @Test func `those who look after an endpoint are told once each time that it is disabled by itself`() async throws {
        try await withTwoTenants { tenant, other in
            let world = try WebhookWorld(tenant)
            for (name, role) in [("dean", BuiltInRole.owner), ("registrar", .admin), ("student", .student)] {
                _ = try await world.platform.member(name, role, of: tenant)
                _ = try await world.platform.member(name, role, of: other)
            }
            let issued = try await world.endpoint()
            world.target.answers(410)
            for position in 1...3 { try await world.queue(at: position) }
            try await world.work()
            let told = ["dean", "registrar"].flatMap { name in
                ["in_app sent", "push suppressed"].map { "\(name)@example.org hooks.example.org \($0)" }
            }
            #expect(try await notices(of: tenant).sorted() == told)
            let kept = try await world.webhooks.fetch(issued.endpoint.id, reader: tenant.reader())
            #expect(kept.disabled == .gone)

            // By hand it is no news to anybody; switched on and given up again it is.
            try await switchOn(issued.endpoint.id, world, true)
            try await switchOn(issued.endpoint.id, world, false)
            #expect(try await notices(of: tenant).count == told.count)
            try await switchOn(issued.endpoint.id, world, true)
            try await world.queue(at: 4)
            try await world.work()
            #expect(try await notices(of: tenant).count == 2 * told.count)
            #expect(try await notices(of: other).isEmpty)
        }
    }
}
