// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static let notificationColumns: SQL = """
        n.id, n.user_id, n.position, n.type, n.priority, n.link, n.course_id, n.created_at, n.expires_at, n.read_at,
        n.parameters, a.texts
        """

    /// What its user may see; a type that this version does not know is left out.
    private static func isVisible(at now: Date) -> SQL {
        "n.is_shown AND n.deleted_at IS NULL AND n.expires_at > \(now) AND n.type = ANY(\(NotificationType.names))"
    }

    static func selectNotificationTexts(in language: Language) -> SQL {
        """
        SELECT type, title, message FROM notification_templates
        WHERE locale = \(language.rawValue) AND type = ANY(\(NotificationType.names))
        """
    }

    static func listNotifications(
        _ query: NotificationQuery,
        of user: User.ID,
        before: Int?,
        at now: Date,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.notificationColumns)
        FROM notifications n LEFT JOIN notification_announcements a ON a.id = n.announcement_id
        WHERE n.user_id = \(user) AND (\(before) IS NULL OR n.position < \(before)) AND \(.isVisible(at: now))
          AND (NOT \(query.isUnread) OR n.read_at IS NULL) AND (\(query.type) IS NULL OR n.type = \(query.type))
        ORDER BY n.position DESC LIMIT \(limit)
        """
    }

    static func selectNotifications(of user: User.ID, after position: Int, at now: Date, limit: Int) -> SQL {
        """
        SELECT \(.notificationColumns)
        FROM notifications n LEFT JOIN notification_announcements a ON a.id = n.announcement_id
        WHERE n.user_id = \(user) AND n.position > \(position) AND \(.isVisible(at: now))
        ORDER BY n.position LIMIT \(limit)
        """
    }

    static func selectNotification(_ id: UserNotification.ID, of user: User.ID, at now: Date) -> SQL {
        """
        SELECT \(.notificationColumns)
        FROM notifications n LEFT JOIN notification_announcements a ON a.id = n.announcement_id
        WHERE n.id = \(id) AND n.user_id = \(user) AND \(.isVisible(at: now))
        """
    }

    static func selectNotifiedUser(_ user: User.ID) -> SQL {
        "SELECT id FROM users WHERE id = \(user)"
    }

    static func selectLastPosition(of user: User.ID) -> SQL {
        "SELECT last_position FROM notification_counters WHERE user_id = \(user)"
    }

    static func countUnreadNotifications(of user: User.ID, at now: Date) -> SQL {
        """
        SELECT count(*) FROM notifications n WHERE n.user_id = \(user) AND n.read_at IS NULL AND \(.isVisible(at: now))
        """
    }

    static func countNotifications(of user: User.ID, at now: Date) -> SQL {
        """
        SELECT n.type, count(*) FILTER (WHERE n.read_at IS NULL), count(*)
        FROM notifications n WHERE n.user_id = \(user) AND \(.isVisible(at: now)) GROUP BY n.type ORDER BY n.type
        """
    }

    static func markRead(_ ids: [UserNotification.ID], of user: User.ID, at now: Date) -> SQL {
        """
        UPDATE notifications n SET read_at = \(now)
        WHERE n.id = ANY(\(ids)) AND n.user_id = \(user) AND n.read_at IS NULL AND \(.isVisible(at: now))
        """
    }

    static func markAllRead(of user: User.ID, upTo position: Int?, at now: Date) -> SQL {
        """
        UPDATE notifications n SET read_at = \(now)
        WHERE n.user_id = \(user) AND n.read_at IS NULL AND (\(position) IS NULL OR n.position <= \(position))
          AND \(.isVisible(at: now))
        """
    }

    static func deleteNotification(_ id: UserNotification.ID, of user: User.ID, at now: Date) -> SQL {
        """
        UPDATE notifications n SET deleted_at = \(now), parameters = '{}', link = NULL
        WHERE n.id = \(id) AND n.user_id = \(user) AND \(.isVisible(at: now))
        """
    }

    /// Gives each its place and stores it, unless its user was told because of the same cause before.
    ///
    /// The counters are locked in the order of identifiers, so that two who tell the same people do not wait for each other in a circle.
    static func insertNotifications(
        _ entries: [NotificationEntry],
        _ draft: NotificationDraft,
        at now: Date,
        until end: Date
    ) -> SQL {
        """
        WITH told AS (
            SELECT * FROM unnest(\(entries.map(\.recipient.user)), \(entries.map(\.id)), \(entries.map(\.isShown)))
                AS t (user_id, id, is_shown)
        ), counted AS (
            INSERT INTO notification_counters AS c (user_id, last_position)
            SELECT user_id, 1 FROM told ORDER BY user_id
            ON CONFLICT ON CONSTRAINT notification_counters_user_id_key DO UPDATE SET last_position = c.last_position + 1
            RETURNING c.user_id, c.last_position
        )
        INSERT INTO notifications (user_id, position, id, type, priority, parameters, announcement_id, link, course_id,
            cause, is_shown, created_at, expires_at)
        SELECT t.user_id, c.last_position, t.id, \(draft.type), \(draft.priority), \(draft.stored), \(draft.announcement),
            \(draft.link?.description), \(draft.course), \(draft.cause), t.is_shown, \(now), \(end)
        FROM told t JOIN counted c ON c.user_id = t.user_id
        ON CONFLICT ON CONSTRAINT notifications_user_id_cause_uq DO NOTHING
        RETURNING user_id, id, position
        """
    }

    /// Removes what is too much of users: what they deleted or is out of date, then what they read, then the oldest.
    static func trimNotifications(of users: [User.ID], to limit: Int, at now: Date) -> SQL {
        """
        DELETE FROM notifications n USING (
            SELECT user_id, position, row_number() OVER (
                PARTITION BY user_id
                ORDER BY deleted_at IS NULL AND expires_at > \(now) DESC, read_at IS NULL DESC, position DESC
            ) AS place
            FROM notifications WHERE user_id = ANY(\(users))
        ) o
        WHERE n.user_id = o.user_id AND n.position = o.position AND o.place > \(limit)
        """
    }

    /// Removes what is out of date, of all users; what their deliveries tell goes with it.
    static func deleteExpiredNotifications(before instant: Date, limit: Int) -> SQL {
        """
        DELETE FROM notifications WHERE id IN (
            SELECT id FROM notifications WHERE expires_at <= \(instant) ORDER BY expires_at LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        )
        """
    }

    static func insertDeliveries(_ rows: [PlannedDelivery], at now: Date) -> SQL {
        """
        INSERT INTO notification_deliveries (id, notification_id, user_id, channel, status, reason, mail_id, token_hash,
            created_at, due_at, finished_at)
        SELECT id, notification_id, user_id, channel, status, nullif(reason, ''),
            CASE WHEN is_mailed THEN id END, nullif(token_hash, ''::bytea), \(now), due_at,
            CASE WHEN status <> 'pending' THEN \(now)::timestamptz END
        FROM unnest(\(rows.map(\.id)), \(rows.map(\.notification)), \(rows.map(\.user)), \(rows.map(\.plan.channel)),
            \(rows.map(\.plan.status)), \(rows.map { $0.plan.reason?.description ?? "" }), \(rows.map(\.isMailed)),
            \(rows.map(\.tokenHash)), \(rows.map(\.plan.dueAt)))
            AS d (id, notification_id, user_id, channel, status, reason, is_mailed, token_hash, due_at)
        """
    }
}
