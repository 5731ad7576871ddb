// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static var deliveryColumns: SQL {
        """
        d.id, d.endpoint_id, d.event_id, d.event_type, d.payload, d.is_test, d.status, d.attempts, d.next_attempt_at,
            d.created_at, d.finished_at, a.number, a.started_at, a.duration_ms, a.status, a.error, a.reply
        """
    }

    private static var deliveryTables: SQL {
        "webhook_deliveries d LEFT JOIN webhook_attempts a ON a.delivery_id = d.id AND a.number = d.attempts"
    }

    static func selectWebhookDelivery(_ id: WebhookDelivery.ID) -> SQL {
        "SELECT \(deliveryColumns) FROM \(deliveryTables) WHERE d.id = \(id)"
    }

    static func selectWebhookAttempts(of id: WebhookDelivery.ID) -> SQL {
        """
        SELECT number, started_at, duration_ms, status, error, reply FROM webhook_attempts
        WHERE delivery_id = \(id) ORDER BY number
        """
    }

    /// The newest first.
    static func listWebhookDeliveries(
        _ filter: WebhookDeliveryFilter,
        after position: WebhookDelivery.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(deliveryColumns) FROM \(deliveryTables)
        WHERE \(matching(filter)) AND (\(position)::uuid IS NULL OR d.id < \(position))
        ORDER BY d.id DESC LIMIT \(limit)
        """
    }

    private static func matching(_ filter: WebhookDeliveryFilter) -> SQL {
        """
        (\(filter.endpoint)::uuid IS NULL OR d.endpoint_id = \(filter.endpoint))
            AND (\(filter.status)::text IS NULL OR d.status = \(filter.status))
            AND (\(filter.type)::text IS NULL OR d.event_type = \(filter.type))
            AND (\(filter.from)::timestamptz IS NULL OR d.created_at >= \(filter.from))
            AND (\(filter.to)::timestamptz IS NULL OR d.created_at < \(filter.to))
        """
    }

    /// The endpoints that get events of a type; they stay until the transaction ends.
    static func shareWebhookEndpoints(for type: String) -> SQL {
        """
        SELECT id FROM webhook_endpoints
        WHERE disabled IS NULL AND (event_types = '{*}' OR \(type) = ANY(event_types))
        ORDER BY id FOR KEY SHARE
        """
    }

    /// Inserts nothing if the endpoint has the event already; returns the job that sends it.
    static func insertWebhookDelivery(_ new: NewWebhookDelivery, at instant: Date) -> SQL {
        """
        INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, aggregate_id, position, payload, is_test,
            job_id, next_attempt_at, created_at)
        VALUES (\(new.id), \(new.endpoint), \(new.message.id), \(new.message.type), \(new.message.aggregate),
            \(new.message.position), \(new.message.payload), \(new.isTest), \(new.job), \(new.runAt), \(instant))
        ON CONFLICT ON CONSTRAINT webhook_deliveries_endpoint_id_event_id_uq DO NOTHING
        RETURNING job_id
        """
    }

    static func lockWebhookDelivery(_ id: WebhookDelivery.ID) -> SQL {
        """
        SELECT d.status, e.disabled FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        WHERE d.id = \(id) FOR NO KEY UPDATE OF d
        """
    }

    /// What is over and matches, oldest event first, becomes pending; what another transaction is changing is left out.
    static func reopenWebhookDeliveries(_ filter: WebhookDeliveryFilter, limit: Int, at instant: Date) -> SQL {
        """
        UPDATE webhook_deliveries SET status = 'pending', tries = 0, job_id = gen_random_uuid(),
            next_attempt_at = \(instant), finished_at = NULL
        WHERE id IN (
            SELECT d.id FROM webhook_deliveries d
            WHERE \(matching(filter)) AND d.status <> 'pending' AND NOT d.is_test
            ORDER BY d.position, d.id LIMIT \(limit) FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING job_id
        """
    }

    static func reopenWebhookDelivery(_ id: WebhookDelivery.ID, job: UUID, at instant: Date) -> SQL {
        """
        UPDATE webhook_deliveries SET status = 'pending', tries = 0, job_id = \(job), next_attempt_at = \(instant),
            finished_at = NULL
        WHERE id = \(id)
        """
    }

    // MARK: The job

    /// Lets a delivery wait without a job while an earlier one of its aggregate is pending and the endpoint wants order.
    static func holdWebhookDelivery(job: UUID) -> SQL {
        """
        UPDATE webhook_deliveries d SET job_id = NULL, next_attempt_at = NULL
        FROM webhook_endpoints e
        WHERE d.job_id = \(job) AND e.id = d.endpoint_id AND e.is_ordered AND NOT d.is_test AND EXISTS (
            SELECT FROM webhook_deliveries b
            WHERE b.endpoint_id = d.endpoint_id AND b.aggregate_id = d.aggregate_id AND b.position < d.position
                AND b.status = 'pending')
        """
    }

    /// The delivery that a job is to send, with its endpoint.
    static func selectClaimedWebhook(job: UUID) -> SQL {
        """
        SELECT d.id, d.endpoint_id, d.event_id, d.payload, d.is_test, d.attempts, d.tries, d.aggregate_id, e.url, e.disabled,
            e.is_ordered, e.failures, e.paused_until
        FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        WHERE d.job_id = \(job) AND d.status = 'pending'
        """
    }

    /// Ends a delivery, unless the job is over.
    static func finishWebhookDelivery(
        job: UUID,
        as status: WebhookDelivery.Status,
        attempts: Int,
        at instant: Date
    ) -> SQL {
        """
        UPDATE webhook_deliveries SET status = \(status), attempts = attempts + \(attempts), tries = tries + \(attempts),
            job_id = NULL, next_attempt_at = NULL, finished_at = \(instant)
        WHERE job_id = \(job)
        """
    }

    /// Has another job send a delivery later, unless this one is over.
    static func postponeWebhookDelivery(job: UUID, to next: UUID, attempts: Int, at instant: Date) -> SQL {
        """
        UPDATE webhook_deliveries SET attempts = attempts + \(attempts), tries = tries + \(attempts), job_id = \(next),
            next_attempt_at = \(instant)
        WHERE job_id = \(job)
        """
    }

    static func insertWebhookAttempt(_ attempt: WebhookAttempt, of delivery: WebhookDelivery.ID) -> SQL {
        """
        INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_ms, status, error, reply)
        VALUES (\(delivery), \(attempt.number), \(attempt.startedAt), \(attempt.duration.inMilliseconds), \(attempt.status),
            \(attempt.error), \(attempt.reply))
        """
    }

    /// The next delivery of an aggregate gets its turn, if there is one.
    static func releaseWebhookDelivery(
        of endpoint: WebhookEndpoint.ID,
        aggregate: UUID,
        job: UUID,
        at instant: Date
    ) -> SQL {
        """
        UPDATE webhook_deliveries SET job_id = \(job), next_attempt_at = \(instant)
        WHERE id = (
            SELECT id FROM webhook_deliveries
            WHERE endpoint_id = \(endpoint) AND aggregate_id = \(aggregate) AND status = 'pending'
            ORDER BY position LIMIT 1)
        RETURNING id
        """
    }

    // MARK: The endpoint's health

    /// Written once a minute, not for every delivery.
    static func noteWebhookSuccess(_ id: WebhookEndpoint.ID, at instant: Date) -> SQL {
        """
        UPDATE webhook_endpoints SET failures = 0, failing_since = NULL, last_success_at = \(instant)
        WHERE id = \(id) AND (failures > 0 OR last_success_at IS NULL OR last_success_at < \(instant) - interval '1 minute')
        """
    }

    static func noteWebhookFailure(_ id: WebhookEndpoint.ID, pausedUntil pause: Date?, at instant: Date) -> SQL {
        """
        UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, \(instant)),
            paused_until = greatest(paused_until, \(pause))
        WHERE id = \(id) RETURNING failures, failing_since
        """
    }

    static func disableWebhookEndpoint(_ id: WebhookEndpoint.ID, _ reason: WebhookEndpoint.Disabled, at instant: Date)
        -> SQL
    {
        """
        UPDATE webhook_endpoints SET disabled = \(reason), version = version + 1, updated_at = \(instant)
        WHERE id = \(id) AND disabled IS NULL RETURNING version::bigint AS version
        """
    }

    // MARK: Keeping

    static func deleteFinishedWebhooks(before instant: Date, limit: Int) -> SQL {
        """
        DELETE FROM webhook_deliveries WHERE id IN (
            SELECT id FROM webhook_deliveries WHERE finished_at < \(instant) ORDER BY finished_at LIMIT \(limit))
        """
    }

    static func deleteEndedWebhookSecrets(at instant: Date) -> SQL {
        "DELETE FROM webhook_secrets WHERE expires_at <= \(instant)"
    }

    /// Gives what should have been sent long ago, or waits for nothing, a job again.
    static func reviveWebhookDeliveries(dueBefore instant: Date, limit: Int, at now: Date) -> SQL {
        """
        UPDATE webhook_deliveries SET job_id = gen_random_uuid(), next_attempt_at = \(now)
        WHERE id IN (
            SELECT d.id FROM webhook_deliveries d
            WHERE d.status = 'pending' AND (d.next_attempt_at < \(instant) OR d.job_id IS NULL AND NOT EXISTS (
                SELECT FROM webhook_deliveries b
                WHERE b.endpoint_id = d.endpoint_id AND b.aggregate_id = d.aggregate_id AND b.position < d.position
                    AND b.status = 'pending'))
            LIMIT \(limit) FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING job_id
        """
    }
}

/// A delivery that is to be queued.
struct NewWebhookDelivery: Sendable {
    let id: WebhookDelivery.ID
    let endpoint: WebhookEndpoint.ID
    let message: WebhookMessage
    var isTest = false
    /// The subject of the job that sends it.
    let job: UUID
    let runAt: Date

    init(id: WebhookDelivery.ID, endpoint: WebhookEndpoint.ID, _ message: WebhookMessage, job: UUID, runAt: Date) {
        self.id = id
        self.endpoint = endpoint
        self.message = message
        self.job = job
        self.runAt = runAt
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
