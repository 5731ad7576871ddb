// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A time is shown to a consumer again.
@Suite struct EventReplayRoutesTests {
    private let path = "/api/v1/admin/events/replays"

    private func body(
        _ consumer: String,
        from: Date = Date().addingTimeInterval(-3_600),
        to: Date = Date().addingTimeInterval(3_600),
        more: String = #","eventTypes":["user.created"]"#
    ) -> String {
        let (start, end) = (from.iso8601Milliseconds, to.iso8601Milliseconds)
        return #"{"consumer":"\#(consumer)","startTime":"\#(start)","endTime":"\#(end)"\#(more)}"#
    }

    /// Hands on all that a tenant has recorded; transactions of other tests may hold it back.
    private func handOn(_ tenant: TestTenant) async throws {
        let (outbox, role) = (tenant.outbox(), tenant.tenant.placement.role.description)
        try await eventually {
            try await outbox.relay()
            let rows = try await tenant.installation.control.read(
                ["SELECT 1 AS one FROM outbox WHERE tenant_role = \(role) AND relayed_at IS NULL LIMIT 1"],
                scope: .cell
            )
            return rows.first?.isEmpty ?? false
        }
    }

    private func deliveries(to consumer: String, of tenant: TestTenant) async throws -> Int {
        let role = tenant.tenant.placement.role.description
        let rows = try await tenant.installation.control.read(
            ["SELECT count(*) AS count FROM event_deliveries WHERE consumer = \(consumer) AND tenant_role = \(role)"],
            scope: .cell
        )
        return try rows.first?.only?["count"] ?? 0
    }

    @Test func `a time is shown again, each event once, which is audited, and nobody is told of it`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            // What reacts for the notifications, even if it took what is shown again.
            guard case .inTransaction(let react) = host.platform.lms.notifications.consumer.way else {
                throw TestFailure("notifications are made in a transaction")
            }
            let told = EventConsumer("probe-told", to: [], replays: .taken, react: react)
            let outbox = tenant.outbox()
            try await outbox.register([told])
            let admin = try await host.member("admin", .admin, of: tenant)
            let student = try await host.register("student", at: tenant)
            try await handOn(tenant)

            let first = try await host.send("POST", path, to: tenant, token: admin.access, json: body(told.name))
            #expect(first.status == 202 && first.json["more"] == .bool(false), "\(first.text)")
            let count = try #require(first.json["count"]?.integer)
            #expect(count >= 2)
            let second = try await host.send("POST", path, to: tenant, token: admin.access, json: body(told.name))
            #expect(second.status == 202 && second.json["count"]?.integer == 0, "\(second.text)")
            #expect(try await deliveries(to: told.name, of: tenant) == count)

            let worker = EventWorker(
                outbox: outbox,
                consumer: told,
                tenants: tenant.installation.tenants,
                standing: { _ in .served },
                isStopping: { false },
                report: { Issue.record("\($0)") }
            )
            var done = 0
            for lane in try await outbox.lease(100, of: told.name, for: .seconds(30)) where lane.tenant == tenant.id {
                let areReplays = lane.deliveries.allSatisfy(\.event.isReplay)
                #expect(areReplays)
                #expect(await worker.run(lane) == .released)
                done += lane.deliveries.count
            }
            #expect(done == count)
            let list = try await host.send("GET", "/api/v1/notifications", to: tenant, token: student.access)
            #expect(list.status == 200 && list.json["items"] == .array([]), "\(list.text)")
            let log = try await host.send(
                "GET",
                "/api/v1/audit?action=event.range_replayed",
                to: tenant,
                token: admin.access
            )
            #expect(log.json["items"]?[0]?["actor"]?.text == admin.user, "\(log.text)")
        }
    }

    @Test func `what is not kept any more, and what makes no sense, is refused with a reason`() async throws {
        let known = EventConsumer("probe-range", to: []) { _, _ in }
        try await withTenant { tenant in
            let host = try await PlatformHost()
            try await tenant.outbox().register([known])
            let admin = try await host.member("admin", .admin, of: tenant)
            func send(_ json: String) async throws -> TestReply {
                try await host.send("POST", path, to: tenant, token: admin.access, json: json)
            }
            let week = Date().addingTimeInterval(-8 * 86_400)
            let old = try await send(body(known.name, from: week))
            #expect(old.status == 422 && old.json["code"]?.text == "EVENTS_NOT_KEPT", "\(old.text)")
            #expect(old.json["detail"]?.text?.contains("Begin at 20") == true, "\(old.text)")
            // Payments are kept for two weeks, notifications for a day.
            let paid = try await send(body(known.name, from: week, more: #","eventTypes":["payment.completed"]"#))
            #expect(paid.status == 202, "\(paid.text)")
            let yesterday = Date().addingTimeInterval(-2 * 86_400)
            let mixed = #","eventTypes":["payment.completed","notification.created"]"#
            let noted = try await send(body(known.name, from: yesterday, more: mixed))
            #expect(noted.status == 422, "\(noted.text)")
            let backwards = try await send(body(known.name, from: Date(), to: yesterday))
            #expect(backwards.status == 400 && backwards.text.contains("endTime"), "\(backwards.text)")
            let log = try await host.send(
                "GET",
                "/api/v1/audit?action=event.range_replayed",
                to: tenant,
                token: admin.access
            )
            #expect(log.json["items"]?[0] != nil && log.json["items"]?[1] == nil, "\(log.text)")
        }
    }

    @Test func `attack: who may not, another tenant's events, and a consumer that is nobody's`() async throws {
        let known = EventConsumer("probe-range-attack", to: [], replays: .taken) { _, _ in }
        try await withTwoTenants { victim, attacker in
            let host = try await PlatformHost()
            try await victim.outbox().register([known])
            let admin = try await host.member("admin", .admin, of: attacker)
            let auditor = try await host.member("auditor", .auditor, of: attacker)
            let theirs = try await host.member("theirs", .admin, of: victim)
            try await handOn(victim)
            try await handOn(attacker)
            for token in [auditor.access, try await host.register("student", at: attacker).access] {
                let refused = try await host.send("POST", path, to: attacker, token: token, json: body(known.name))
                #expect(refused.status == 403, "\(refused.text)")
            }
            let stranger = try await host.send("POST", path, to: victim, token: admin.access, json: body(known.name))
            #expect(stranger.status == 401, "\(stranger.text)")
            // Nothing in the request says whose events are meant.
            for name in ["tenant", "tenantId", "aggregateId"] {
                let named = try await host.send(
                    "POST",
                    path,
                    to: attacker,
                    token: admin.access,
                    json: body(known.name, more: #","\#(name)":"\#(victim.id)""#)
                )
                #expect(named.status == 400, "\(named.text)")
            }
            let own = try await host.send("POST", path, to: attacker, token: admin.access, json: body(known.name))
            #expect(own.status == 202, "\(own.text)")
            #expect(try await deliveries(to: known.name, of: attacker) > 0)
            #expect(try await deliveries(to: known.name, of: victim) == 0)
            // Names are shared by all tenants: one of them adds none, and learns nothing from one that cannot be.
            for name in ["probe-never-made", "No Name", "x'; --"] {
                let made = try await host.send("POST", path, to: attacker, token: admin.access, json: body(name))
                #expect(made.status == 404 && made.json["code"]?.text == "EVENT_CONSUMER_NOT_FOUND", "\(made.text)")
            }
            #expect(try await !victim.outbox().consumers().contains("probe-never-made"))
            let log = try await host.send(
                "GET",
                "/api/v1/audit?action=event.range_replayed",
                to: victim,
                token: theirs.access
            )
            #expect(log.json["items"] == .array([]), "\(log.text)")
        }
    }
}
