// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What is known of those users who are active members, in the order of their identifiers.
    static func selectRecipients(
        _ users: [User.ID],
        of type: NotificationType,
        in course: Course.ID?,
        at now: Date
    ) -> SQL {
        """
        SELECT \(.recipientColumns) FROM users u \(.recipientFacts(of: type, in: course, at: now))
        WHERE u.id = ANY(\(users)) AND u.status = 'active' ORDER BY u.id
        """
    }

    static let recipientColumns: SQL = """
        u.id, u.email, u.phone_verified_at IS NOT NULL,
        EXISTS (SELECT FROM push_subscriptions WHERE user_id = u.id), b.user_id IS NOT NULL,
        p.enabled, p.disabled, \(.quietUntil), \(.digestAt)
        """

    /// Joins what a user chose and what is known of their address; the row of the course comes before the one for all.
    static func recipientFacts(of type: NotificationType, in course: Course.ID?, at now: Date) -> SQL {
        """
        LEFT JOIN notification_schedules s ON s.user_id = u.id
        LEFT JOIN email_bounces b ON b.user_id = u.id AND b.email_key = u.email_key
            AND b.bounced_at > coalesce(u.email_verified_at, '-infinity')
        LEFT JOIN LATERAL (
            SELECT coalesce(u.time_zone, s.time_zone) AS zone, \(now)::timestamptz AT TIME ZONE coalesce(u.time_zone, s.time_zone) AS now
        ) z ON true
        LEFT JOIN LATERAL (
            SELECT date_trunc('day', z.now) AS day,
                (extract(hour FROM z.now) * 60 + extract(minute FROM z.now))::integer AS minute,
                extract(isodow FROM z.now)::integer AS weekday
        ) l ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(channel) FILTER (WHERE is_enabled), '{}') AS enabled,
                coalesce(array_agg(channel) FILTER (WHERE NOT is_enabled), '{}') AS disabled
            FROM (
                SELECT DISTINCT ON (channel) channel, is_enabled FROM notification_preferences
                WHERE user_id = u.id AND type = \(type) AND (course_id IS NULL OR course_id = \(course))
                ORDER BY channel, course_id NULLS LAST
            ) c
        ) p
        """
    }

    private static let quietUntil: SQL = """
        CASE WHEN s.quiet_from < s.quiet_until AND l.minute >= s.quiet_from AND l.minute < s.quiet_until
                OR s.quiet_from > s.quiet_until AND l.minute < s.quiet_until
            THEN (l.day + s.quiet_until * interval '1 minute') AT TIME ZONE z.zone
            WHEN s.quiet_from > s.quiet_until AND l.minute >= s.quiet_from
            THEN (l.day + interval '1 day' + s.quiet_until * interval '1 minute') AT TIME ZONE z.zone END
        """

    private static let digestAt: SQL = """
        CASE s.digest
            WHEN 'daily' THEN (l.day + CASE WHEN l.minute < s.digest_minute THEN 0 ELSE 1 END * interval '1 day'
                + s.digest_minute * interval '1 minute') AT TIME ZONE z.zone
            WHEN 'weekly' THEN (l.day + CASE WHEN l.weekday = s.digest_weekday AND l.minute >= s.digest_minute THEN 7
                ELSE (s.digest_weekday - l.weekday + 7) % 7 END * interval '1 day'
                + s.digest_minute * interval '1 minute') AT TIME ZONE z.zone END
        """
}
