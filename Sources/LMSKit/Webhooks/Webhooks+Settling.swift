// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What became of a claimed delivery.
enum WebhookEnd: Sendable {
    /// Nothing was sent, because the endpoint is disabled.
    case canceled
    case tried(WebhookReply, WebhookAttempt)
}

extension Webhooks {
    /// Notes what became of a delivery, and what follows from it; nothing if the job is over.
    func settle(
        _ end: WebhookEnd,
        _ claimed: ClaimedWebhook,
        job: UUID,
        session: borrowing TenantSession
    ) async throws {
        let now = clock.now()
        switch end {
        case .canceled:
            let statement = SQL.finishWebhookDelivery(job: job, as: .canceled, attempts: 0, at: now)
            guard try await session.execute(statement).affected == 1 else { return }
            try await release(after: claimed, session: session)
        case .tried(let reply, let attempt):
            switch reply.verdict {
            case .taken:
                let statement = SQL.finishWebhookDelivery(job: job, as: .delivered, attempts: 1, at: now)
                guard try await session.execute(statement).affected == 1 else { return }
                var statements = [SQL.insertWebhookAttempt(attempt, of: claimed.id)]
                if !claimed.isTest { statements.append(.noteWebhookSuccess(claimed.endpoint, at: now)) }
                try await session.batch(statements)
                try await release(after: claimed, session: session)
            case .gone:
                let statement = SQL.finishWebhookDelivery(job: job, as: .failed, attempts: 1, at: now)
                guard try await session.execute(statement).affected == 1 else { return }
                try await session.execute(.insertWebhookAttempt(attempt, of: claimed.id))
                if !claimed.isTest { try await disable(claimed, .gone, session: session) }
                try await release(after: claimed, session: session)
            case .failed(let wait, let isOverloaded):
                let isOpen = try await retry(claimed, job: job, attempt, asked: wait, session: session)
                guard isOpen, !claimed.isTest else { return }
                let pause = isOverloaded ? now.addingTimeInterval(wait ?? WebhookSchedule.pause) : nil
                try await noteFailure(claimed, pausedUntil: pause, session: session)
            }
        }
    }

    /// Has a delivery tried again, or ends it after its last attempt; returns whether the job was not over.
    private func retry(
        _ claimed: ClaimedWebhook,
        job: UUID,
        _ attempt: WebhookAttempt,
        asked: TimeInterval?,
        session: borrowing TenantSession
    ) async throws -> Bool {
        let now = clock.now()
        guard !claimed.isTest, let delay = WebhookSchedule.delay(after: claimed.tries + 1, asked: asked) else {
            let statement = SQL.finishWebhookDelivery(job: job, as: .failed, attempts: 1, at: now)
            guard try await session.execute(statement).affected == 1 else { return false }
            try await session.execute(.insertWebhookAttempt(attempt, of: claimed.id))
            try await release(after: claimed, session: session)
            return true
        }
        let (next, instant) = (UUID(), now.addingTimeInterval(delay))
        let statement = SQL.postponeWebhookDelivery(job: job, to: next, attempts: 1, at: instant)
        guard try await session.execute(statement).affected == 1 else { return false }
        try await session.batch([
            .insertWebhookAttempt(attempt, of: claimed.id), .enqueueJob(.webhook, next, at: instant),
        ])
        return true
    }

    /// Lets the next event of the aggregate go, where the endpoint wants order.
    private func release(after claimed: ClaimedWebhook, session: borrowing TenantSession) async throws {
        guard claimed.isOrdered, !claimed.isTest else { return }
        let (job, now) = (UUID(), clock.now())
        let statement = SQL.releaseWebhookDelivery(
            of: claimed.endpoint,
            aggregate: claimed.aggregate,
            job: job,
            at: now
        )
        guard try await session.execute(statement).only != nil else { return }
        try await session.execute(.enqueueJob(.webhook, job, at: now))
    }

    private func noteFailure(
        _ claimed: ClaimedWebhook,
        pausedUntil pause: Date?,
        session: borrowing TenantSession
    ) async throws {
        let now = clock.now()
        let statement = SQL.noteWebhookFailure(claimed.endpoint, pausedUntil: pause, at: now)
        guard let row = try await session.execute(statement).only else { return }
        let (failures, since): (Int, Date) = (try row[0], try row[1])
        guard failures >= WebhookSchedule.givingUp.attempts,
            now.timeIntervalSince(since) >= WebhookSchedule.givingUp.seconds
        else { return }
        try await disable(claimed, .failing, session: session)
    }

    /// Sends nothing more to an endpoint, and says so to those who look after it.
    private func disable(
        _ claimed: ClaimedWebhook,
        _ reason: WebhookEndpoint.Disabled,
        session: borrowing TenantSession
    ) async throws {
        let statement = SQL.disableWebhookEndpoint(claimed.endpoint, reason, at: clock.now())
        guard let disabled = try await session.execute(statement).only else { return }
        let version: Int = try disabled["version"]
        let event = AuditEvent("webhook_endpoint.disabled", on: claimed.endpoint)
        try await session.execute(audit.recording(event, by: session.principal))
        let keepers = try await session.execute(.selectWebhookKeepers())
        // One that is switched on again and fails again is told of again.
        let draft = NotificationDraft(
            .webhookDisabled,
            because: "webhook_disabled:\(claimed.endpoint):\(version)",
            ["address": claimed.url.host]
        )
        let users: [User.ID] = try keepers.map { row throws(DatabaseError) in try row["id"] }
        try await notifications.notify(users, draft, session: session)
        guard notices.isOffered else { return }
        for row in keepers {
            let (address, locale): (String, String?) = (try row["email"], try row["locale"])
            guard let email = Email(address) else { continue }
            try await notices.queue(
                .webhookDisabled(host: claimed.url.host),
                to: email,
                language: locale ?? "",
                session: session
            )
        }
    }
}
