// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization

@testable import LMSKit

/// A tenant with webhooks, a clock that is turned, and targets that answer as they are told.
struct WebhookWorld {
    let tenant: TestTenant
    let platform: TestPlatform
    let target = ScriptedTarget()
    let sender: WebhookSender

    init(_ tenant: TestTenant) throws {
        self.tenant = tenant
        platform = try TestPlatform()
        sender = WebhookSender(webhooks: platform.lms.webhooks, http: target, tenants: tenant.tenants)
    }

    var webhooks: Webhooks { platform.lms.webhooks }

    func endpoint(
        _ url: String = "https://hooks.example.org/in",
        _ filter: WebhookFilter = .everything,
        isOrdered: Bool = false
    ) async throws -> IssuedWebhookEndpoint {
        guard let url = WebhookURL(url) else { throw TestFailure("no address") }
        return try await tenant.transaction { session in
            try await webhooks.create(
                NewWebhookEndpoint(url, filter: filter, isOrdered: isOrdered),
                session: session
            )
        }
    }

    /// Queues an event, as its consumer does.
    func queue(
        _ type: String = "enrollment.created",
        of aggregate: UUID = UUID(),
        at position: Int = 1,
        id: Event.ID = Event.ID(UUID())
    ) async throws {
        let message = WebhookMessage(
            id: id,
            type: type,
            tenant: tenant.id,
            aggregate: aggregate,
            position: position,
            data: .object([JSONMember("position", position)]),
            occurredAt: platform.clock.wall.now()
        )
        try await tenant.transaction { try await webhooks.queue(message, session: $0) }
    }

    /// The jobs that are due, in the order of events.
    func dueJobs() async throws -> [UUID] {
        let now = platform.clock.wall.now()
        return try await tenant.transaction { session in
            try await session.execute(
                "SELECT job_id FROM webhook_deliveries WHERE next_attempt_at <= \(now) ORDER BY position, id"
            ).map { row throws(DatabaseError) in try row[0] }
        }
    }

    /// Does what is due until nothing is; returns how much that was.
    @discardableResult
    func work() async throws -> Int {
        var count = 0
        while let job = try await dueJobs().first {
            _ = try await sender.deliver(job, of: tenant.id)
            count += 1
        }
        return count
    }

    /// Turns the clock to the next attempt and makes it; `nil` if there is none.
    func nextAttempt() async throws -> TimeInterval? {
        let now = platform.clock.wall.now()
        let next: Date? = try await tenant.transaction { session in
            try await session.execute("SELECT min(next_attempt_at) FROM webhook_deliveries").only?[0]
        }
        guard let next else { return nil }
        let wait = max(0, next.timeIntervalSince(now))
        platform.clock.advance(by: wait + 0.001)
        try await work()
        return wait
    }

    func deliveries() async throws -> [WebhookDelivery] {
        try await webhooks.deliveries(reader: tenant.reader()).items.reversed()
    }
}

/// Answers requests as it is told, and keeps them.
final class ScriptedTarget: HTTPClient {
    typealias Answer = @Sendable (OutgoingRequest) throws(OutgoingError) -> OutgoingResponse
    private let state = Mutex((requests: [OutgoingRequest](), answer: Answer?.none))

    var requests: [OutgoingRequest] { state.withLock { $0.requests } }

    func answers(_ status: Int, _ fields: [(name: String, value: String)] = [], _ text: String = "") {
        state.withLock { state in
            state.answer = { _ throws(OutgoingError) in
                OutgoingResponse(status: status, fields: fields, body: Array(text.utf8))
            }
        }
    }

    func answers(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    func send(_ request: OutgoingRequest) async throws(OutgoingError) -> OutgoingResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answer
        }
        guard let answer else { return OutgoingResponse(status: 204, fields: [], body: []) }
        return try answer(request)
    }
}

extension OutgoingRequest {
    func field(_ name: String) -> String? { fields.reveal().first { $0.name == name }?.value }
    var text: String { String(decoding: body.reveal(), as: UTF8.self) }
}
