// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Sends what was queued for endpoints.
///
/// What is sent, and what became of it, are two transactions with the request between them: who is killed there sends it once more, with the
/// same identifier. Each attempt has a job of its own, and only the delivery's present job may send or note anything.
public struct WebhookSender: Sendable {
    let webhooks: Webhooks
    private let http: any HTTPClient
    private let tenants: Tenants
    private let turns = WebhookTurns()

    /// What became of a job.
    @nonexhaustive
    public enum Outcome: Sendable, Equatable {
        /// Nothing is left to do; what is tried again has another job.
        case finished
        /// Nothing was tried, for a reason of ours: the same job is to come back.
        case tryLater(reason: String)
    }

    /// Makes a sender.
    ///
    /// - Parameters:
    ///   - webhooks: What queues.
    ///   - http: Connects to no address that is not public: tenants chose the names.
    ///   - tenants: Opens transactions.
    public init(webhooks: Webhooks, http: any HTTPClient, tenants: Tenants) {
        self.webhooks = webhooks
        self.http = http
        self.tenants = tenants
    }

    /// Makes one attempt.
    ///
    /// - Parameters:
    ///   - job: The subject of a `webhook` job.
    ///   - tenant: The tenant whose it is.
    /// - Returns: What became of it.
    /// - Throws: `WebhookError.keys`; `.database`: the job is to come back.
    public func deliver(_ job: UUID, of tenant: TenantID) async throws(WebhookError) -> Outcome {
        do {
            guard let claimed = try await claim(job, of: tenant) else { return .finished }
            let now = webhooks.clock.now()
            if claimed.isTest == false {
                if claimed.disabled != nil {
                    try await settle(.canceled, claimed, job, of: tenant)
                    return .finished
                }
                if let pause = claimed.pausedUntil, pause > now {
                    return try await postpone(job, of: tenant, to: pause.addingTimeInterval(.random(in: 0...3)))
                }
            }
            guard turns.enter(claimed.endpoint, isFailing: claimed.isFailing) else {
                let wait = WebhookTurns.wait(afterFailures: claimed.failures)
                return try await postpone(job, of: tenant, to: now.addingTimeInterval(wait))
            }
            defer { turns.leave(claimed.endpoint) }
            let clock = ContinuousClock()
            let start = clock.now
            guard let reply = await send(claimed, at: now) else { return .tryLater(reason: "not sent") }
            let attempt = WebhookAttempt(
                number: claimed.attempts + 1,
                startedAt: now,
                duration: start.duration(to: clock.now),
                status: reply.status,
                error: reply.error,
                reply: reply.text
            )
            try await settle(.tried(reply, attempt), claimed, job, of: tenant)
            return .finished
        } catch {
            throw WebhookError(any: error)
        }
    }

    private func send(_ claimed: ClaimedWebhook, at now: Date) async -> WebhookReply? {
        let body = Array(claimed.payload.utf8)
        let fields = WebhookSecret.fields(
            of: WebhookDelivery.messageID(of: claimed.event),
            at: now,
            body: body,
            secrets: claimed.secrets,
            webhooks.cryptography
        )
        let request = OutgoingRequest(
            .post,
            claimed.url.description,
            fields: [("Content-Type", "application/json")] + fields,
            body: body,
            connectTimeout: .seconds(5),
            timeout: .seconds(15),
            limitInBytes: 256 * 1024
        )
        do throws(OutgoingError) {
            return WebhookReply(try await http.send(request), at: webhooks.clock.now())
        } catch {
            return WebhookReply(error)
        }
    }

    /// Reads what a job is to send; `nil` if it is over, or waits for an earlier one of its aggregate.
    private func claim(_ job: UUID, of tenant: TenantID) async throws -> ClaimedWebhook? {
        let replies = try await tenants.write(
            [
                .holdWebhookDelivery(job: job), .selectClaimedWebhook(job: job),
                .selectWebhookSecrets(of: job, at: webhooks.clock.now()), .selectTenantKeys(),
            ],
            for: tenant,
            as: WebhookSender.principal
        )
        guard let row = replies[1].only else { return nil }
        var secrets: [WebhookSecret] = []
        for row in replies[2] {
            let (id, key, sealed): (WebhookSecret.ID, TenantKey.ID, Bytes) = (try row[0], try row[1], try row[2])
            guard let keyRow = try replies[3].first(where: { try $0["id"] == key }) else { throw KeyError.unusable }
            let opened = try await webhooks.tenantKeys.open(keyRow, of: tenant)
            secrets.append(WebhookSecret(try opened.open(sealed.array, for: WebhookSecret.purpose(id))))
        }
        return try ClaimedWebhook(row: row, secrets: secrets)
    }

    /// Has another job make the attempt later.
    private func postpone(_ job: UUID, of tenant: TenantID, to instant: Date) async throws -> Outcome {
        let next = UUID()
        try await tenants.transaction(for: tenant, as: WebhookSender.principal) { session in
            let statement = SQL.postponeWebhookDelivery(job: job, to: next, attempts: 0, at: instant)
            guard try await session.execute(statement).affected == 1 else { return }
            try await session.execute(.enqueueJob(.webhook, next, at: instant))
        }
        return .finished
    }

    private func settle(
        _ end: WebhookEnd,
        _ claimed: ClaimedWebhook,
        _ job: UUID,
        of tenant: TenantID
    ) async throws {
        let webhooks = webhooks
        try await tenants.transaction(for: tenant, as: WebhookSender.principal) { session in
            try await webhooks.settle(end, claimed, job: job, session: session)
        }
    }

    static let principal = Principal(.system("webhooks"), grants: Grants())
}

/// What a job is to send.
struct ClaimedWebhook: Sendable {
    let id: WebhookDelivery.ID
    let endpoint: WebhookEndpoint.ID
    let event: Event.ID
    let payload: String
    let isTest: Bool
    let attempts: Int
    let tries: Int
    let aggregate: UUID
    let url: WebhookURL
    let disabled: WebhookEndpoint.Disabled?
    let isOrdered: Bool
    /// Since the endpoint last took something.
    let failures: Int
    let pausedUntil: Date?
    let secrets: [WebhookSecret]

    var isFailing: Bool { failures > 0 }

    init(row: Row, secrets: [WebhookSecret]) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        endpoint = try fields.next()
        event = try fields.next()
        payload = try fields.next()
        isTest = try fields.next()
        attempts = try fields.next()
        tries = try fields.next()
        aggregate = try fields.next()
        url = try fields.next()
        disabled = try fields.next()
        isOrdered = try fields.next()
        failures = try fields.next()
        pausedUntil = try fields.next()
        self.secrets = secrets
    }
}
