// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSKit

@Suite struct WebhookSenderTests {
    @Test func `an event goes once to each endpoint that asked for its type`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            let all = try await world.endpoint()
            let some = try await world.endpoint(
                "https://a.example/",
                WebhookFilter(["course.published"]) ?? .everything
            )
            let event = Event.ID(UUID())
            try await world.queue("enrollment.created", id: event)
            try await world.queue("enrollment.created", id: event)
            try await world.queue("course.published")
            #expect(try await world.work() == 3)
            let sent = try await world.deliveries()
            #expect(sent.filter { $0.endpoint == all.endpoint.id }.count == 2)
            #expect(sent.filter { $0.endpoint == some.endpoint.id }.map(\.type) == ["course.published"])
            #expect(sent.allSatisfy { $0.status == .delivered && $0.attempts == 1 })
            let request = try #require(world.target.requests.first { $0.field("webhook-id") == "evt_\(event)" })
            let body = try JSONValue.parse(request.body.reveal())
            #expect(body["type"] == "enrollment.created" && body["id"]?.text == event.description)
            #expect(body["tenantId"]?.text == tenant.id.uuid.uuidString.lowercased())
            #expect(request.redirects == 0 && request.timeout == .seconds(15))
        }
    }

    @Test func `what is not taken is tried ten times over three days with one identifier, then given up`() async throws
    {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            _ = try await world.endpoint()
            world.target.answers(500, [], "\u{1B}[2Jno\u{0}pe")
            try await world.queue()
            try await world.work()
            var waits: [TimeInterval] = []
            while let wait = try await world.nextAttempt() { waits.append(wait) }
            #expect(waits.count == 9)
            for (wait, planned) in zip(waits, WebhookSchedule.delays) {
                #expect(wait >= planned && wait <= planned * 1.11)
            }
            #expect(waits.reduce(0, +) > 3 * 86_400)
            let requests = world.target.requests
            #expect(requests.count == 10 && Set(requests.map { $0.field("webhook-id") }).count == 1)
            #expect(Set(requests.map { $0.field("webhook-timestamp") }).count == 10)
            let delivery = try #require(try await world.deliveries().first)
            #expect(delivery.status == .failed && delivery.attempts == 10)
            let attempts = try await world.webhooks.fetch(delivery.id, reader: tenant.reader()).attempts
            #expect(attempts.map(\.number) == Array(1...10))
            // What would move a terminal's cursor, or PostgreSQL refuses, is replaced.
            #expect(attempts[0].reply == "\u{FFFD}[2Jno\u{FFFD}pe" && attempts[0].status == 500)
        }
    }

    @Test func `who is killed between sending and noting it sends again with the same identifier`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            _ = try await world.endpoint()
            try await world.queue()
            let job = try #require(try await world.dueJobs().first)
            // Nothing is noted, as if the process ended while the answer was on its way.
            world.target.answers { _ throws(OutgoingError) in throw .cancelled }
            #expect(try await world.sender.deliver(job, of: tenant.id) == .tryLater(reason: "not sent"))
            world.target.answers(200)
            #expect(try await world.sender.deliver(job, of: tenant.id) == .finished)
            #expect(Set(world.target.requests.map { $0.field("webhook-id") }).count == 1)
            #expect(world.target.requests.count == 2)
            // The job is over: whoever still has it sends nothing.
            #expect(try await world.sender.deliver(job, of: tenant.id) == .finished)
            #expect(world.target.requests.count == 2)
        }
    }

    @Test func `an aggregate's events wait for one another where order is wanted, and others do not`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            _ = try await world.endpoint(isOrdered: true)
            let (slow, other) = (UUID(), UUID())
            let isBroken = Mutex(true)
            world.target.answers { request throws(OutgoingError) in
                let isFirst = request.text.contains(#""position":1}"#)
                let status = isFirst && isBroken.withLock { $0 } ? 500 : 200
                return OutgoingResponse(status: status, fields: [], body: [])
            }
            for (position, aggregate) in [(1, slow), (2, slow), (3, other), (4, slow)] {
                try await world.queue(of: aggregate, at: position)
            }
            try await world.work()
            func sent() -> [Int] {
                world.target.requests.compactMap { request in
                    let data = try? JSONValue.parse(request.body.reveal())  // Ours, so it is JSON.
                    return data?["data"]?["position"]?.integer
                }
            }
            #expect(sent() == [1, 3])
            isBroken.withLock { $0 = false }
            _ = try await world.nextAttempt()
            #expect(sent() == [1, 3, 1, 2, 4])
            #expect(try await world.deliveries().allSatisfy { $0.status == .delivered })
        }
    }

    @Test func `410 disables an endpoint at once, with a notice to those who look after it`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            let issued = try await world.endpoint()
            world.target.answers(410)
            try await world.queue(at: 1)
            try await world.queue(at: 2)
            try await world.work()
            let endpoint = try await world.webhooks.fetch(issued.endpoint.id, reader: tenant.reader())
            #expect(endpoint.disabled == .gone)
            // The second one was not sent.
            #expect(world.target.requests.count == 1)
            // Of what was queued in one millisecond nothing says which was first.
            #expect(try await Set(world.deliveries().map(\.status)) == [.failed, .canceled])
            try await world.queue(at: 3)
            #expect(try await world.deliveries().count == 2)
        }
    }

    @Test func `an endpoint that takes nothing for three days is disabled, audited and told of`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            let owner = try await world.platform.register("owner", at: tenant.tenant, tenants: tenant.tenants)
            try await tenant.transaction { session in
                _ = try await world.platform.lms.users.replaceRoles(
                    of: owner.user.id,
                    with: [BuiltInRole.owner.name],
                    session: session
                )
            }
            let issued = try await world.endpoint()
            world.target.answers(302, [("location", "https://169.254.169.254/")])
            try await world.queue()
            try await world.work()
            while try await world.nextAttempt() != nil {}
            let endpoint = try await world.webhooks.fetch(issued.endpoint.id, reader: tenant.reader())
            #expect(endpoint.disabled == .failing && endpoint.failures == 10)
            let audited: Int = try await tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT count(*) FROM audit_events
                    WHERE action = 'webhook_endpoint.disabled' AND object_id = \(issued.endpoint.id)
                    """
                ).only?[0] ?? 0
            }
            #expect(audited == 1)
            let told = world.platform.mail.sent(to: try TestPlatform.email("owner").address).filter { mail in
                if case .webhookDisabled(host: "hooks.example.org") = mail.message { true } else { false }
            }
            #expect(told.count == 1)
        }
    }

    @Test(arguments: [("120", 120.0), ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400.0), ("never", 5.0), ("-3", 5.0)])
    func `a target can ask for more time, not for more than a day`(field: String, least: Double) async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            _ = try await world.endpoint()
            world.target.answers(429, [("retry-after", field)])
            try await world.queue()
            try await world.work()
            world.target.answers(200)
            let wait = try #require(try await world.nextAttempt())
            #expect(wait >= least && wait <= least * 1.11 + 3)
        }
    }

    @Test func `a delivery and a time are sent again, with the identifiers of the first time`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            let issued = try await world.endpoint()
            let start = world.platform.clock.wall.now()
            world.target.answers(404)
            for position in 1...3 { try await world.queue(at: position) }
            try await world.work()
            let first = try #require(try await world.deliveries().first)
            await #expect(throws: WebhookError.pending) {
                try await tenant.transaction { try await world.webhooks.replay(first.id, session: $0) }
            }
            while try await world.nextAttempt() != nil {}
            await #expect(throws: WebhookError.disabled) {
                try await tenant.transaction { try await world.webhooks.replay(first.id, session: $0) }
            }
            var changes = WebhookEndpointChanges()
            changes.isEnabled = .set(true)
            let enabling = changes
            world.target.answers(200)
            let count = try await tenant.transaction { session in
                _ = try await world.webhooks.update(issued.endpoint.id, enabling, session: session)
                return try await world.webhooks.replay(
                    WebhookDeliveryFilter(from: start, to: world.platform.clock.wall.now()),
                    to: issued.endpoint.id,
                    session: session
                )
            }
            #expect(count == 3)
            let before = world.target.requests.count
            try await world.work()
            let again = world.target.requests.dropFirst(before)
            #expect(again.count == 3 && Set(again.map { $0.field("webhook-id") }).count == 3)
            #expect(
                Set(again.map { $0.field("webhook-id") }).isSubset(
                    of: Set(world.target.requests.prefix(before).map { $0.field("webhook-id") })
                )
            )
            #expect(try await world.deliveries().allSatisfy { $0.status == .delivered })
        }
    }

    @Test func `what is over is kept for thirty days, and a lost job is made again`() async throws {
        try await withTenant { tenant in
            let world = try WebhookWorld(tenant)
            _ = try await world.endpoint()
            try await world.queue(at: 1)
            try await world.work()
            try await world.queue(at: 2)
            let lost = try await world.dueJobs()
            world.platform.clock.advance(by: 7 * 3600)
            #expect(try await world.webhooks.keep(tenant.id, tenants: tenant.tenants) == 0)
            #expect(try await world.dueJobs() != lost)
            try await world.work()
            world.platform.clock.advance(by: 29.9 * 86_400)
            #expect(try await world.webhooks.keep(tenant.id, tenants: tenant.tenants) == 1)
            #expect(try await world.deliveries().count == 1)
        }
    }

    @Test func `attack: a job of another tenant sends nothing`() async throws {
        try await withTenant { tenant in
            try await withTenant { other in
                let world = try WebhookWorld(tenant)
                _ = try await world.endpoint()
                try await world.queue()
                let job = try #require(try await world.dueJobs().first)
                #expect(try await world.sender.deliver(job, of: other.id) == .finished)
                #expect(world.target.requests.isEmpty)
            }
        }
    }
}
