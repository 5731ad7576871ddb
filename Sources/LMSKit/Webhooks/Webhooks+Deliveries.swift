// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Webhooks {
    /// The most deliveries that one call sends again.
    public static let replayLimit = 500
    /// The type of the event that tries an endpoint out.
    public static let testType = "webhook.test"

    /// Queues an event for each endpoint that wants it; for one that has it already nothing happens.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - session: An open transaction of the event's tenant; the caller commits it.
    /// - Throws: `WebhookError.database`.
    public func queue(_ event: RecordedEvent, session: borrowing TenantSession) async throws(WebhookError) {
        try await queue(WebhookMessage(event), session: session)
    }

    /// Does the same with what is sent of an event.
    package func queue(_ message: WebhookMessage, session: borrowing TenantSession) async throws(WebhookError) {
        let now = clock.now()
        do {
            let endpoints = try await session.execute(.shareWebhookEndpoints(for: message.type))
            if endpoints.isEmpty { return }
            var insertions: [SQL] = []
            for row in endpoints {
                let new = NewWebhookDelivery(
                    id: identifiers.next(),
                    endpoint: try row[0],
                    message,
                    job: UUID(),
                    runAt: now
                )
                insertions.append(.insertWebhookDelivery(new, at: now))
            }
            let queued = try await session.batch(insertions)
            try await enqueue(queued, session: session)
        } catch {
            throw WebhookError(any: error)
        }
    }

    /// Sends a delivery that is over once more, with the same identifier; in order if the endpoint wants order.
    ///
    /// - Parameters:
    ///   - id: The delivery; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: The delivery, pending.
    /// - Throws: `WebhookError.deliveryNotFound`; `.forbidden`; `.pending`; `.disabled`; `.database`.
    public func replay(
        _ id: WebhookDelivery.ID,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> WebhookDelivery {
        let principal = session.principal
        guard Webhooks.maySee(principal) else { throw .deliveryNotFound }
        do {
            guard let row = try await session.execute(.lockWebhookDelivery(id)).only else {
                throw WebhookError.deliveryNotFound
            }
            guard principal.may(.webhookManage, on: .foreign) else { throw WebhookError.forbidden }
            let (status, disabled): (WebhookDelivery.Status, WebhookEndpoint.Disabled?) = (try row[0], try row[1])
            guard status != .pending else { throw WebhookError.pending }
            guard disabled == nil else { throw WebhookError.disabled }
            let (job, now) = (UUID(), clock.now())
            let replies = try await session.batch([
                .reopenWebhookDelivery(id, job: job, at: now), .enqueueJob(.webhook, job, at: now),
                audit.recording(AuditEvent("webhook_delivery.replayed", on: id), by: principal),
                .selectWebhookDelivery(id),
            ])
            guard let row = replies.last?.only else { throw WebhookError.deliveryNotFound }
            return try WebhookDelivery(row: row)
        } catch {
            throw WebhookError(any: error)
        }
    }

    /// Sends what went to an endpoint once more, the oldest events first; tests are left out.
    ///
    /// - Parameters:
    ///   - filter: Which of what is over; its endpoint is passed over.
    ///   - endpoint: The endpoint; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: How many are sent again; 500 at most, then call again for those that are left.
    /// - Throws: `WebhookError.notFound`; `.forbidden`; `.disabled`; `.database`.
    public func replay(
        _ filter: WebhookDeliveryFilter,
        to endpoint: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> Int {
        let principal = session.principal
        guard try await lock(endpoint, session: session).disabled == nil else { throw .disabled }
        var filter = filter
        filter.endpoint = endpoint
        let chosen = filter
        do {
            let rows = try await session.execute(
                .reopenWebhookDeliveries(chosen, limit: Webhooks.replayLimit, at: clock.now())
            )
            try await enqueue([rows], session: session)
            try await session.execute(
                audit.recording(AuditEvent("webhook_endpoint.replayed", on: endpoint), by: principal)
            )
            return rows.count
        } catch {
            throw WebhookError(any: error)
        }
    }

    /// Queues an event of its own for an endpoint, to try it out; `WebhookSender.deliver` sends it, and a job soon after if that fails.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint, also a disabled one.
    ///   - session: The tenant's open transaction.
    /// - Returns: The delivery, and the subject of its job.
    /// - Throws: `WebhookError.notFound`; `.forbidden`; `.database`.
    public func queueTest(
        of endpoint: WebhookEndpoint.ID,
        session: borrowing TenantSession
    ) async throws(WebhookError) -> (delivery: WebhookDelivery.ID, job: UUID) {
        let principal = session.principal
        _ = try await lock(endpoint, session: session)
        let now = clock.now()
        let message = WebhookMessage(
            id: identifiers.next(),
            type: Webhooks.testType,
            tenant: session.tenant,
            aggregate: endpoint.uuid,
            data: .object([JSONMember(name: "endpointId", value: .string(endpoint.description))]),
            occurredAt: now
        )
        var new = NewWebhookDelivery(id: identifiers.next(), endpoint: endpoint, message, job: UUID(), runAt: now)
        new.isTest = true
        let test = new
        try await WebhookError.translating {
            _ = try await session.batch([
                .insertWebhookDelivery(test, at: now),
                // Later than whoever asked waits for it.
                .enqueueJob(.webhook, test.job, at: now.addingTimeInterval(60)),
                audit.recording(AuditEvent("webhook_endpoint.tested", on: endpoint), by: principal),
            ])
        }
        return (test.id, test.job)
    }

    /// Enqueues a job for each row's first column.
    func enqueue(_ replies: [Rows], session: borrowing TenantSession) async throws {
        var jobs: [UUID] = []
        for rows in replies {
            for row in rows { jobs.append(try row[0]) }
        }
        if !jobs.isEmpty { try await session.execute(.enqueueJobs(.webhook, jobs, at: clock.now())) }
    }
}
