// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

/// Stands for push services, by the names of their hosts.
final class PushServicesTwin: PushTransport {
    private let state = Mutex((calls: [String: Int](), down: Set<String>()))

    func send(_ notice: PushNotice, to target: PushTarget, as account: PushAccount) async -> PushResult {
        guard case .web(let endpoint, _, _) = target else { return .rejected(code: "http_400") }
        let host = String(endpoint.url.reveal().split(separator: "/")[1])
        return state.withLock { state in
            state.calls[host, default: 0] += 1
            return state.down.contains(host) ? .failed(reason: "unreachable") : .delivered
        }
    }

    func check(_ account: PushAccount) async -> PushResult { .delivered }

    func set(down: Set<String>) { state.withLock { $0.down = down } }
    func calls(of host: String) -> Int { state.withLock { $0.calls[host] ?? 0 } }
}

/// A tenant whose members have browsers, its work, and a host.
struct PushShop {
    let services = PushServicesTwin()
    let shop: JobShop
    let host: PlatformHost
    let tenant: TestTenant

    init(_ tenant: TestTenant) async throws {
        let services = services
        shop = JobShop(tenant)
        host = try await PlatformHost(clock: shop.clock, pushing: { $0.transport = services })
        self.tenant = tenant
    }

    func browser(of member: PlatformHost.Session, at tenant: TestTenant, _ service: String) async throws {
        let asked = try await host.send("GET", "/api/v1/push/vapid-key", to: tenant, token: member.access)
        #expect(asked.status == 200, "\(asked.text)")
        let key = Base64URL.encode(host.platform.messages.makeP256Key().publicKey)
        let secret = Base64URL.encode(host.platform.cryptography.randomBytes(16))
        let endpoint = "https://\(service)/send/\(member.user)"
        let json = #"{"endpoint":"\#(endpoint)","keys":{"p256dh":"\#(key)","auth":"\#(secret)"}}"#
        let path = "/api/v1/push/subscriptions"
        let reply = try await host.send("POST", path, to: tenant, token: member.access, json: json)
        #expect(reply.status == 201, "\(reply.text)")
    }

    func notify(_ member: PlatformHost.Session, at tenant: TestTenant) async throws {
        let user = try #require(User.ID(member.user))
        let draft = NotificationDraft(.announcement, because: UUID().uuidString, ["title": "T", "message": "M"])
        try await tenant.transaction { session in
            _ = try await host.platform.lms.notifications.notify([user], draft, session: session)
        }
    }

    /// Brings pushes to a tenant's devices.
    func pusher(_ tenant: TestTenant) -> JobHandler {
        let installation = tenant.installation
        let pusher = PushDelivery(
            host.platform.lms,
            tenants: tenant.tenants,
            breakers: JobBreakers(
                cell: installation.control,
                installation: installation.prefix,
                clock: shop.clock.wall
            )
        )
        let tenant = tenant.tenant
        return { job in JobOutcome(try await pusher.deliver(job.subject, of: tenant)) }
    }

    /// Does the pushes of a tenant that are due.
    func work(_ shop: JobShop) async throws {
        try await shop.runner(.push, pusher(shop.tenant)).runOnce()
    }

    /// What became of a channel's last delivery, with its attempts.
    func last(_ channel: NotificationChannel = .push) async throws -> (status: String, attempts: [String]) {
        try await tenant.transaction { session in
            let rows = try await session.execute(
                """
                SELECT d.status, coalesce(array_agg(a.outcome ORDER BY a.number) FILTER (WHERE a.outcome IS NOT NULL), '{}')
                    AS outcomes
                FROM notification_deliveries d LEFT JOIN notification_attempts a ON a.delivery_id = d.id
                WHERE d.channel = \(channel) GROUP BY d.id ORDER BY d.id DESC LIMIT 1
                """
            )
            let row = try #require(rows.only)
            return (try row["status"], try row["outcomes"])
        }
    }
}
