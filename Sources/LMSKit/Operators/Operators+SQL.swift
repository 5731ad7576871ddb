// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Operator(fields:)` reads, of an operator called `o`.
    private static var operatorColumns: SQL {
        "o.id, o.email, o.name, o.role, o.status, o.enrolled_at, o.last_sign_in_at"
    }

    static func selectOperators() -> SQL {
        "SELECT \(.operatorColumns) FROM operators o ORDER BY o.email_key"
    }

    static func selectOperator(_ email: Email) -> SQL {
        "SELECT \(.operatorColumns) FROM operators o WHERE o.email_key = \(email.key)"
    }

    static func selectCredentials(_ email: Email) -> SQL {
        """
        SELECT \(.operatorColumns), o.password_hash, o.factor_master_key, o.factor_sealed, o.factor_counter
        FROM operators o WHERE o.email_key = \(email.key)
        """
    }

    static func insertOperator(_ new: Operator, _ secrets: OperatorSecrets, at instant: Date) -> SQL {
        """
        INSERT INTO operators (id, email, email_key, name, role, password_hash, factor_master_key, factor_sealed,
                               created_at, updated_at)
        VALUES (\(new.id), \(new.email), \(new.email.key), \(new.name), \(new.role), \(secrets.hash.text.reveal()),
                \(secrets.masterKey), \(secrets.sealed), \(instant), \(instant))
        """
    }

    static func resetOperator(_ id: Operator.ID, _ secrets: OperatorSecrets, at instant: Date) -> SQL {
        """
        UPDATE operators SET password_hash = \(secrets.hash.text.reveal()), factor_master_key = \(secrets.masterKey),
            factor_sealed = \(secrets.sealed), factor_counter = 0, wrong_codes = 0, enrolled_at = NULL,
            status = 'active', updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    static func setOperatorStatus(_ status: Operator.Status, of id: Operator.ID, at instant: Date) -> SQL {
        "UPDATE operators SET status = \(status), wrong_codes = 0, updated_at = \(instant) WHERE id = \(id)"
    }

    static func countWrongCode(of id: Operator.ID, limit: Int) -> SQL {
        """
        UPDATE operators SET wrong_codes = wrong_codes + 1,
            status = CASE WHEN wrong_codes + 1 >= \(limit) THEN 'disabled' ELSE status END
        WHERE id = \(id)
        """
    }

    /// Uses the code up and starts a session; no row if it was used meanwhile or the account is disabled.
    static func startSession(_ session: OperatorSession, tokenHash: Bytes, counter: Int, at instant: Date) -> SQL {
        """
        WITH used AS (
            UPDATE operators SET factor_counter = \(counter), wrong_codes = 0, last_sign_in_at = \(instant),
                enrolled_at = coalesce(enrolled_at, \(instant))
            WHERE id = \(session.operator.id) AND status = 'active' AND factor_counter < \(counter)
            RETURNING id
        )
        INSERT INTO operator_sessions (id, operator_id, token_hash, started_at, last_used_at, expires_at)
        SELECT \(session.id), used.id, \(tokenHash), \(instant), \(instant), \(session.expiresAt) FROM used
        RETURNING id
        """
    }

    static func selectSession(tokenHash: Bytes, at instant: Date, usedSince idle: Date) -> SQL {
        """
        SELECT s.id, s.expires_at, s.last_used_at, \(.operatorColumns)
        FROM operator_sessions s JOIN operators o ON o.id = s.operator_id
        WHERE s.token_hash = \(tokenHash) AND s.revoked_at IS NULL AND s.expires_at > \(instant)
            AND s.last_used_at > \(idle) AND o.status = 'active'
        """
    }

    static func touchSession(_ id: OperatorSession.ID, at instant: Date) -> SQL {
        "UPDATE operator_sessions SET last_used_at = \(instant) WHERE id = \(id) AND last_used_at < \(instant)"
    }

    static func revokeSession(_ id: OperatorSession.ID, at instant: Date) -> SQL {
        "UPDATE operator_sessions SET revoked_at = \(instant) WHERE id = \(id) AND revoked_at IS NULL"
    }

    static func revokeSessions(of id: Operator.ID, at instant: Date) -> SQL {
        "UPDATE operator_sessions SET revoked_at = \(instant) WHERE operator_id = \(id) AND revoked_at IS NULL"
    }

    static func insertOpenImpersonation(
        _ id: Impersonation.ID,
        of operator: Operator.ID,
        at tenant: TenantID,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO operator_impersonations (id, operator_id, tenant_id, expires_at)
        VALUES (\(id), \(`operator`), \(tenant), \(end))
        """
    }

    static func selectOpenImpersonations(of operator: Operator.ID, at instant: Date) -> SQL {
        """
        SELECT id, tenant_id FROM operator_impersonations
        WHERE operator_id = \(`operator`) AND expires_at > \(instant)
        """
    }

    static func insertPlatformAudit(_ event: PlatformAuditEvent, userAgent: String?) -> SQL {
        """
        INSERT INTO platform_audit_events (id, occurred_at, operator_id, action, object_id, tenant_id, outcome, address,
                                           user_agent)
        VALUES (\(event.id), \(event.occurredAt), \(event.operator), \(event.action), \(event.object), \(event.tenant),
                \(event.outcome), \(event.address), \(userAgent))
        """
    }

    static func selectPlatformAudit(after id: PlatformAuditEvent.ID?, limit: Int) -> SQL {
        """
        SELECT id, occurred_at, operator_id, action, object_id, tenant_id, outcome, address
        FROM platform_audit_events WHERE (\(id) IS NULL OR id < \(id)) ORDER BY id DESC LIMIT \(limit)
        """
    }
}
