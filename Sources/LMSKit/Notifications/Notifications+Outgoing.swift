// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// Words a notification for its user, when it is about to be handed over.
    ///
    /// What is not to be sent any more is noted as left out: its user left, turned the channel off or deleted it, or it is out of date.
    ///
    /// - Parameters:
    ///   - delivery: The delivery.
    ///   - tenant: The tenant whose it is.
    ///   - tenants: Opens readers and transactions.
    /// - Returns: The notification; `nil` if nothing is left to do.
    /// - Throws: `NotificationError.database`.
    public func prepare(
        _ delivery: NotificationDelivery.ID,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(NotificationError) -> OutgoingNotification? {
        try await NotificationError.translating {
            let now = clock.now()
            let reader = tenants.reader(for: tenant.id, as: Self.principal)
            guard let row = try await reader.read(.selectDue(delivery, in: tenant.settings.locale)).only else {
                return nil
            }
            let due = try DueNotification(row: row, at: tenant, mail.links, now: now)
            guard let obstacle = due.obstacle else { return due.outgoing }
            let statement = SQL.finishDelivery(delivery, as: .suppressed, because: obstacle.description, at: now)
            _ = try await tenants.write([statement], for: tenant.id, as: Self.principal)
            return nil
        }
    }

    /// Notes what became of a try, and of the delivery if nothing is left to do.
    ///
    /// - Parameters:
    ///   - outcome: What became of the try.
    ///   - reason: Why, as a code of at most 60 characters.
    ///   - delivery: The delivery.
    ///   - target: Where it went, of several places that the channel has.
    ///   - status: What the delivery comes to; `nil` while something is left to do.
    ///   - tenant: The tenant whose it is.
    ///   - tenants: Opens the transaction.
    /// - Throws: `NotificationError.database`.
    public func record(
        _ outcome: NotificationAttempt.Outcome,
        because reason: String? = nil,
        of delivery: NotificationDelivery.ID,
        to target: UUID? = nil,
        finishing status: NotificationDelivery.Status? = nil,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(NotificationError) {
        let now = clock.now()
        var statements = [SQL.recordAttempt(of: delivery, outcome, because: reason, to: target, at: now)]
        if let status { statements.append(.finishDelivery(delivery, as: status, because: reason, at: now)) }
        do {
            _ = try await tenants.write(statements, for: tenant, as: Self.principal)
        } catch {
            throw NotificationError(error)
        }
    }

    static let principal = Principal(.system("notifications"), grants: Grants())
}

extension SQL {
    /// The columns of a notification, then those of its delivery and its user.
    private static let dueColumns: SQL = """
        d.id, d.channel, u.status = 'active', u.email, u.display_name, u.locale,
        CASE WHEN u.phone_verified_at IS NOT NULL THEN u.phone END, b.user_id IS NOT NULL, p.is_enabled,
        n.deleted_at IS NOT NULL, t.title, t.message
        """

    private static func dueTables(in locale: String) -> SQL {
        """
        JOIN notifications n ON n.id = d.notification_id
        JOIN users u ON u.id = d.user_id
        LEFT JOIN notification_announcements a ON a.id = n.announcement_id
        LEFT JOIN notification_templates t ON t.type = n.type AND t.locale = coalesce(u.locale, \(locale))
        LEFT JOIN email_bounces b ON b.user_id = u.id AND b.email_key = u.email_key
            AND b.bounced_at > coalesce(u.email_verified_at, '-infinity')
        LEFT JOIN LATERAL (
            SELECT is_enabled FROM notification_preferences
            WHERE user_id = d.user_id AND type = n.type AND channel = d.channel
                AND (course_id IS NULL OR course_id = n.course_id)
            ORDER BY course_id NULLS LAST LIMIT 1
        ) p ON true
        """
    }

    static func selectDue(_ delivery: NotificationDelivery.ID, in locale: String) -> SQL {
        """
        SELECT \(.notificationColumns), \(.dueColumns) FROM notification_deliveries d \(.dueTables(in: locale))
        WHERE d.id = \(delivery) AND d.status = 'pending'
        """
    }

    /// What a message carries.
    static func selectDue(mail: UUID, in locale: String) -> SQL {
        """
        SELECT \(.notificationColumns), \(.dueColumns) FROM notification_deliveries d \(.dueTables(in: locale))
        WHERE d.mail_id = \(mail) AND d.status = 'pending' ORDER BY n.position
        """
    }

    /// Counts the try; the delivery's row is locked, so that two tries have two numbers.
    static func recordAttempt(
        of delivery: NotificationDelivery.ID,
        _ outcome: NotificationAttempt.Outcome,
        because reason: String?,
        to target: UUID? = nil,
        at instant: Date
    ) -> SQL {
        """
        WITH tried AS (
            UPDATE notification_deliveries SET attempts = attempts + 1 WHERE id = \(delivery) RETURNING id, attempts
        )
        INSERT INTO notification_attempts (delivery_id, number, attempted_at, outcome, reason, target)
        SELECT id, attempts, \(instant), \(outcome), left(\(reason), 60), \(target) FROM tried
        """
    }

    static func finishDelivery(
        _ delivery: NotificationDelivery.ID,
        as status: NotificationDelivery.Status,
        because reason: String?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE notification_deliveries SET status = \(status), reason = left(\(reason), 60), finished_at = \(instant)
        WHERE id = \(delivery) AND status = 'pending'
        """
    }

    /// The same for everything that a message carries.
    static func recordAttempts(
        of mail: UUID,
        _ outcome: NotificationAttempt.Outcome,
        because reason: String?,
        at instant: Date
    ) -> SQL {
        """
        WITH tried AS (
            UPDATE notification_deliveries SET attempts = attempts + 1 WHERE mail_id = \(mail) AND status = 'pending'
            RETURNING id, attempts
        )
        INSERT INTO notification_attempts (delivery_id, number, attempted_at, outcome, reason)
        SELECT id, attempts, \(instant), \(outcome), left(\(reason), 60) FROM tried
        """
    }

    static func finishDeliveries(
        of mail: UUID,
        as status: NotificationDelivery.Status,
        because reason: String?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE notification_deliveries SET status = \(status), reason = left(\(reason), 60), finished_at = \(instant)
        WHERE mail_id = \(mail) AND status = 'pending'
        """
    }
}
