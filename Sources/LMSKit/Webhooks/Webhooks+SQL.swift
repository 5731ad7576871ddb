// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static var endpointColumns: SQL {
        """
        e.id, e.url, e.description, e.event_types, e.is_ordered, e.disabled, e.version, e.failures, e.failing_since,
            e.last_success_at, e.created_at, e.updated_at, s.created_at, p.expires_at
        """
    }

    private static func endpointTables(at instant: Date) -> SQL {
        """
        webhook_endpoints e JOIN webhook_secrets s ON s.endpoint_id = e.id AND s.expires_at IS NULL
            LEFT JOIN webhook_secrets p ON p.endpoint_id = e.id AND p.expires_at > \(instant)
        """
    }

    static func selectWebhookEndpoint(_ id: WebhookEndpoint.ID, at instant: Date) -> SQL {
        "SELECT \(endpointColumns) FROM \(endpointTables(at: instant)) WHERE e.id = \(id)"
    }

    static func lockWebhookEndpoint(_ id: WebhookEndpoint.ID, at instant: Date) -> SQL {
        "SELECT \(endpointColumns) FROM \(endpointTables(at: instant)) WHERE e.id = \(id) FOR NO KEY UPDATE OF e"
    }

    static func listWebhookEndpoints(after position: WebhookEndpoint.ID?, limit: Int, at instant: Date) -> SQL {
        """
        SELECT \(endpointColumns) FROM \(endpointTables(at: instant))
        WHERE \(position)::uuid IS NULL OR e.id < \(position)
        ORDER BY e.id DESC LIMIT \(limit)
        """
    }

    /// Inserts nothing once the tenant has as many as it may have; a few too many of concurrent calls do no harm.
    static func insertWebhookEndpoint(
        _ id: WebhookEndpoint.ID,
        _ new: NewWebhookEndpoint,
        limit: Int,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO webhook_endpoints (id, url, description, event_types, is_ordered, created_at, updated_at)
        SELECT \(id), \(new.url), \(new.description), \(new.filter.names), \(new.isOrdered), \(instant), \(instant)
        WHERE (SELECT count(*) FROM webhook_endpoints) < \(limit)
        RETURNING id
        """
    }

    static func updateWebhookEndpoint(
        _ id: WebhookEndpoint.ID,
        url: WebhookURL,
        description: String,
        filter: WebhookFilter,
        isOrdered: Bool,
        disabled: WebhookEndpoint.Disabled?,
        forgetsFailures: Bool,
        at instant: Date
    ) -> SQL {
        """
        UPDATE webhook_endpoints
        SET url = \(url), description = \(description), event_types = \(filter.names), is_ordered = \(isOrdered),
            disabled = \(disabled),
            failures = CASE WHEN \(forgetsFailures) THEN 0 ELSE failures END,
            failing_since = CASE WHEN \(forgetsFailures) THEN NULL ELSE failing_since END,
            paused_until = CASE WHEN \(forgetsFailures) THEN NULL ELSE paused_until END,
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func stampWebhookEndpoint(_ id: WebhookEndpoint.ID, at instant: Date) -> SQL {
        "UPDATE webhook_endpoints SET version = version + 1, updated_at = \(instant) WHERE id = \(id)"
    }

    static func deleteWebhookEndpoint(_ id: WebhookEndpoint.ID) -> SQL {
        "DELETE FROM webhook_endpoints WHERE id = \(id)"
    }

    static func insertWebhookSecret(
        _ id: WebhookSecret.ID,
        of endpoint: WebhookEndpoint.ID,
        sealed: Bytes,
        key: TenantKey.ID,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO webhook_secrets (id, endpoint_id, tenant_key_id, sealed_secret, created_at)
        VALUES (\(id), \(endpoint), \(key), \(sealed), \(instant))
        """
    }

    static func deletePreviousWebhookSecret(of endpoint: WebhookEndpoint.ID) -> SQL {
        "DELETE FROM webhook_secrets WHERE endpoint_id = \(endpoint) AND expires_at IS NOT NULL"
    }

    static func endWebhookSecret(of endpoint: WebhookEndpoint.ID, at end: Date) -> SQL {
        "UPDATE webhook_secrets SET expires_at = \(end) WHERE endpoint_id = \(endpoint) AND expires_at IS NULL"
    }

    /// What signs at a moment, the newest first.
    static func selectWebhookSecrets(of job: UUID, at instant: Date) -> SQL {
        """
        SELECT s.id, s.tenant_key_id, s.sealed_secret
        FROM webhook_deliveries d JOIN webhook_secrets s ON s.endpoint_id = d.endpoint_id
        WHERE d.job_id = \(job) AND (s.expires_at IS NULL OR s.expires_at > \(instant))
        ORDER BY s.expires_at NULLS FIRST
        """
    }

    /// Those who look after the endpoints and have an address: owners and administrators, 20 at most.
    static func selectWebhookKeepers() -> SQL {
        """
        SELECT DISTINCT u.id, u.email, u.locale FROM users u JOIN user_roles r ON r.user_id = u.id
        WHERE r.built_in IN ('owner', 'admin') AND u.status = 'active' ORDER BY u.id LIMIT 20
        """
    }
}
