// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Takes every message.
private struct TakingMail: MailTransport {
    func send(_ mail: OutgoingMail) async throws(MailTransportError) {}
}

/// What the log of notifications says when the jobs that carried them are given up.
@Suite(.timeLimit(.minutes(2))) struct NotificationBurialTests {
    private struct World {
        let push: PushShop
        let ada: PlatformHost.Session
        let owner: PlatformHost.Session

        init(_ tenant: TestTenant) async throws {
            push = try await PushShop(tenant)
            ada = try await push.host.register("ada", at: tenant)
            owner = try await push.host.member("owner", .owner, of: tenant)
            try await push.browser(of: ada, at: tenant, "push.example.net")
        }

        var tenant: TestTenant { push.tenant }
        var notifications: Notifications { push.host.platform.lms.notifications }

        /// A runner that does mail and pushes alike, and notes what it gives up.
        func runner(_ handlers: [JobKind: JobHandler], isKilled: Bool = false) -> JobRunner {
            let noting = notifications.afterBurials(tenants: tenant.tenants)
            return JobRunner(
                jobs: push.shop.jobs,
                handlers: handlers,
                afterwards: { tenant, jobs in if !isKilled { try await noting(tenant, jobs) } },
                report: { _ in }
            )
        }

        func runner(_ outcome: JobOutcome, isKilled: Bool = false) -> JobRunner {
            runner([.mail: { _ in outcome }, .push: { _ in outcome }], isKilled: isKilled)
        }

        /// A runner that does deliver them.
        func deliverer() throws -> JobRunner {
            let mail = MailDelivery(
                mail: push.host.platform.lms.mail,
                transport: TakingMail(),
                tenants: tenant.tenants
            )
            let sender = Mailbox(name: nil, address: try TestPlatform.email("no-reply"))
            let chosen = tenant.tenant
            return runner([
                .mail: { job in JobOutcome(try await mail.deliver(job.subject, of: chosen, from: sender)) },
                .push: push.pusher(tenant),
            ])
        }

        /// What the log has of what goes out, by channel.
        func log() async throws -> [String: String] {
            try await tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT channel, concat_ws(' ', status, reason) AS state FROM notification_deliveries
                    WHERE channel <> 'in_app' AND (finished_at IS NULL) = (status = 'pending')
                    """
                )
                var states: [String: String] = [:]
                for row in rows { states[try row["channel"]] = try row["state"] }
                return states
            }
        }

        /// Has an administrator try all dead jobs again.
        func retry() async throws -> Int {
            let list = try await push.host.send("GET", "/api/v1/jobs?state=dead", to: tenant, token: owner.access)
            var count = 0
            while let id = list.json["items"]?[count]?["id"]?.text {
                let path = "/api/v1/jobs/\(id)/retry"
                let reply = try await push.host.send("POST", path, to: tenant, token: owner.access)
                #expect(reply.status == 200, "\(reply.text)")
                count += 1
            }
            return count
        }
    }

    /// Tells by mail and on devices.
    private func notify(_ world: World) async throws {
        try await world.push.notify(world.ada, at: world.tenant)
    }

    @Test func `a dead letter is failed in the log with the reason, and waits again when it is tried again`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await World(tenant)
            try await notify(world)
            #expect(try await world.log() == ["email": "pending", "push": "pending"])
            try await world.runner(.giveUp(reason: "unreachable")).runOnce()
            #expect(try await world.log() == ["email": "failed unreachable", "push": "failed unreachable"])
            #expect(try await world.notifications.noteEndedJobs(at: tenant.id, tenants: tenant.tenants) == 0)
            let path = "/api/v1/notifications/log?status=failed"
            let shown = try await world.push.host.send("GET", path, to: tenant, token: world.ada.access)
            #expect(shown.json["items"]?[1]?["reason"]?.text == "unreachable", "\(shown.text)")
            #expect(shown.json["items"]?[2] == nil, "\(shown.text)")

            #expect(try await world.retry() >= 2)
            #expect(try await world.log() == ["email": "pending", "push": "pending"])
            #expect(try await world.notifications.noteEndedJobs(at: tenant.id, tenants: tenant.tenants) == 0)
            // The database dates the retry, by the time that has passed meanwhile.
            world.push.shop.clock.advance(by: 600)
            try await world.deliverer().runOnce()
            #expect(try await world.log() == ["email": "sent", "push": "sent"])
            #expect(try await world.push.last(.email).attempts == ["sent"])
        }
    }

    @Test func `it waits until the last attempt has failed`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            try await notify(world)
            let runner = world.runner(.tryLater(reason: "service unavailable"))
            var states: [[String: String]] = []
            for _ in 0..<30 {
                #expect(try await world.log() == ["email": "pending", "push": "pending"])
                try await runner.runOnce()
                world.push.shop.clock.advance(by: 5_401)
                states.append(try await world.log())
            }
            #expect(states.last == ["email": "failed service_unavailable", "push": "failed service_unavailable"])
        }
    }

    @Test func `what a process could not note any more is noted by the next look, once`() async throws {
        try await withTwoTenants { tenant, other in
            let world = try await World(tenant)
            try await notify(world)
            try await world.runner(.giveUp(reason: "unreachable"), isKilled: true).runOnce()
            #expect(try await world.log() == ["email": "pending", "push": "pending"])
            // Another tenant's look, even by the same subjects, sees nothing of it.
            let subjects = try await dead(world).map(\.subject)
            let foreign = try await world.notifications.noteEndedJobs(
                of: subjects,
                at: other.id,
                tenants: tenant.tenants
            )
            #expect(foreign == 0)
            #expect(try await world.notifications.noteEndedJobs(at: tenant.id, tenants: tenant.tenants) == 2)
            #expect(try await world.notifications.noteEndedJobs(at: tenant.id, tenants: tenant.tenants) == 0)
            #expect(try await world.log() == ["email": "failed unreachable", "push": "failed unreachable"])
        }
    }

    @Test func `a job that is tried again while its end is noted leaves its delivery waiting`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            try await notify(world)
            try await world.runner(.giveUp(reason: "unreachable"), isKilled: true).runOnce()
            let (jobs, begun) = (try await dead(world), Milestone())
            let notifications = world.notifications
            async let noted = {
                await begun.reached()
                return try await notifications.noteEndedJobs(at: tenant.id, tenants: tenant.tenants)
            }()
            try await tenant.transaction(as: JobShop.manager) { session in
                for job in jobs { _ = try await TenantJobs().retry(job.id, session: session) }
                begun.pass()
                // Somebody waits for a lock; the note does, sooner or later.
                try await eventually {
                    let waiting: SQL = "SELECT 1 AS one FROM pg_locks WHERE NOT granted LIMIT 1"
                    return try await tenant.reader().read(waiting).count == 1
                }
            }
            #expect(try await noted == 0)
            #expect(try await world.log() == ["email": "pending", "push": "pending"])
        }
    }

    @Test func `a push that one device has is sent, though the other's job was given up, which may be tried again`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await World(tenant)
            try await world.push.browser(of: world.ada, at: tenant, "down.example.net")
            world.push.services.set(down: ["down.example.net"])
            try await notify(world)
            try await world.deliverer().runOnce()
            #expect(try await world.log()["push"] == "pending")
            world.push.shop.clock.advance(by: 60)
            try await world.runner(.giveUp(reason: "unreachable")).runOnce()
            #expect(try await world.log()["push"] == "sent")
            world.push.services.set(down: [])
            #expect(try await world.retry() >= 1)
            #expect(try await world.log()["push"] == "pending")
            try await world.deliverer().runOnce()
            #expect(world.push.services.calls(of: "push.example.net") == 1)
            let last = try await world.push.last()
            #expect(last.status == "sent" && last.attempts.sorted() == ["retry", "sent", "sent"])
        }
    }

    private func dead(_ world: World) async throws -> [QueuedJob] {
        var filter = JobFilter()
        filter.state = .dead
        return try await TenantJobs().list(filter, reader: world.tenant.reader(as: JobShop.manager)).items
    }
}
