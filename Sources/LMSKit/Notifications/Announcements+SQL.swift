// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func insertAnnouncement(
        _ id: Announcement.ID,
        _ new: NewAnnouncement,
        by author: User.ID?,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO notification_announcements (id, author_id, type, priority, audience, role, course_id, user_ids, texts, link,
            channels, status, created_at, expires_at)
        VALUES (\(id), \(author), \(NotificationType.announcement), \(new.priority), \(new.audience.kind),
            \(new.audience.role), \(new.audience.course), \(new.audience.users), \(new.stored), \(new.link?.description),
            \(new.channels.sorted()), 'queued', \(instant), \(end))
        """
    }

    /// What the platform itself tells the learners of a course; one cause gives one.
    static func insertFanOut(
        _ id: Announcement.ID,
        to course: Course.ID,
        _ draft: NotificationDraft,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO notification_announcements (id, type, priority, audience, course_id, parameters, link, channels, cause, status,
            created_at, expires_at)
        VALUES (\(id), \(draft.type), \(draft.priority), 'course', \(course), \(draft.stored), \(draft.link?.description),
            \(draft.type.defaultChannels.sorted()), \(draft.cause), 'queued', \(instant), \(end))
        ON CONFLICT ON CONSTRAINT notification_announcements_cause_uq DO NOTHING
        """
    }

    private static let announcementColumns: SQL = """
        id, author_id, audience, role, course_id, user_ids, texts, link, channels, priority, status, expected, notified, created_at,
        expires_at, finished_at
        """

    static func selectAnnouncement(_ id: Announcement.ID) -> SQL {
        "SELECT \(.announcementColumns) FROM notification_announcements WHERE id = \(id) AND texts IS NOT NULL"
    }

    static func listAnnouncements(of author: User.ID?, before: Announcement.ID?, limit: Int) -> SQL {
        """
        SELECT \(.announcementColumns) FROM notification_announcements
        WHERE texts IS NOT NULL AND (\(author) IS NULL OR author_id = \(author)) AND (\(before) IS NULL OR id < \(before))
        ORDER BY id DESC LIMIT \(limit)
        """
    }

    static func lockAnnouncement(_ id: Announcement.ID) -> SQL {
        """
        SELECT status, type, priority, audience, role, course_id, parameters, link, channels, texts IS NOT NULL AS is_written, reached_id, expires_at
        FROM notification_announcements WHERE id = \(id) FOR NO KEY UPDATE
        """
    }

    static func expectAudience(_ count: Int, of id: Announcement.ID) -> SQL {
        "UPDATE notification_announcements SET expected = \(count) WHERE id = \(id)"
    }

    static func advanceAnnouncement(
        _ id: Announcement.ID,
        to user: User.ID?,
        told: Int,
        isLeft: Bool,
        at instant: Date
    ) -> SQL {
        """
        UPDATE notification_announcements SET reached_id = coalesce(\(user), reached_id), notified = notified + \(told),
            status = CASE WHEN \(isLeft) THEN 'running' ELSE 'finished' END,
            finished_at = CASE WHEN NOT \(isLeft) THEN \(instant)::timestamptz END,
            user_ids = CASE WHEN \(isLeft) THEN user_ids ELSE '{}' END
        WHERE id = \(id)
        """
    }

    static func endAnnouncement(_ id: Announcement.ID, as status: Announcement.Status, at instant: Date) -> SQL {
        "UPDATE notification_announcements SET status = \(status), finished_at = \(instant) WHERE id = \(id)"
    }

    static func deleteExpiredAnnouncements(before instant: Date, limit: Int) -> SQL {
        """
        DELETE FROM notification_announcements WHERE id IN (
            SELECT id FROM notification_announcements WHERE expires_at <= \(instant) ORDER BY expires_at LIMIT \(limit)
            FOR UPDATE SKIP LOCKED
        )
        """
    }

    static func countAudience(_ audience: Announcement.Audience) -> SQL {
        switch audience {
        case .all: "SELECT count(*) FROM users WHERE status = 'active'"
        case .role(let role):
            """
            SELECT count(*) FROM users u WHERE u.status = 'active' AND EXISTS (
                SELECT FROM user_roles h LEFT JOIN roles r ON r.id = h.role_id
                WHERE h.user_id = u.id AND coalesce(h.built_in, r.name) = \(role))
            """
        case .course(let course):
            """
            SELECT count(*) FROM enrollments e JOIN users u ON u.id = e.user_id
            WHERE e.course_id = \(course) AND e.status IN ('active', 'completed') AND u.status = 'active'
            """
        case .users(let users): "SELECT count(*) FROM users WHERE id = ANY(\(users)) AND status = 'active'"
        }
    }

    /// The next part of an audience with what is known of each, in the order of identifiers.
    static func selectAudience(
        of id: Announcement.ID,
        _ fanOut: FanOut,
        _ limit: Int,
        at now: Date
    ) -> SQL {
        let members: SQL =
            switch fanOut.audience {
            case "course":
                """
                SELECT u.* FROM enrollments e JOIN users u ON u.id = e.user_id
                WHERE e.course_id = \(fanOut.course) AND e.status IN ('active', 'completed') AND u.status = 'active'
                    AND (\(fanOut.reached) IS NULL OR e.user_id > \(fanOut.reached))
                ORDER BY e.user_id LIMIT \(limit)
                """
            case "role":
                """
                SELECT u.* FROM users u
                WHERE u.status = 'active' AND (\(fanOut.reached) IS NULL OR u.id > \(fanOut.reached)) AND EXISTS (
                    SELECT FROM user_roles h LEFT JOIN roles r ON r.id = h.role_id
                    WHERE h.user_id = u.id AND coalesce(h.built_in, r.name) = \(fanOut.role))
                ORDER BY u.id LIMIT \(limit)
                """
            case "users":
                """
                SELECT u.* FROM users u WHERE u.status = 'active'
                    AND u.id = ANY(ARRAY(SELECT unnest(user_ids) FROM notification_announcements WHERE id = \(id)))
                """
            default:
                """
                SELECT u.* FROM users u
                WHERE u.status = 'active' AND (\(fanOut.reached) IS NULL OR u.id > \(fanOut.reached))
                ORDER BY u.id LIMIT \(limit)
                """
            }
        return """
            SELECT \(.recipientColumns) FROM (\(members)) u
            \(.recipientFacts(of: fanOut.type, in: fanOut.course, at: now)) ORDER BY u.id
            """
    }
}

extension Announcement {
    init(row: Row) throws(DatabaseError) {
        let texts: JSONText = try row["texts"]
        let stored = try texts.value
        var byLanguage: [Language: NotificationText] = [:]
        for language in Language.allCases {
            byLanguage[language] = NotificationText(json: stored[language.rawValue])
        }
        let kind: String = try row["audience"]
        let role: Role.Name? = try row["role"]
        let course: Course.ID? = try row["course_id"]
        let link: String? = try row["link"]
        let channels: [NotificationChannel] = try row["channels"]
        let createdAt: Date = try row["created_at"]
        let expiresAt: Date = try row["expires_at"]
        let audience: Audience
        switch (kind, role, course) {
        case ("role", .some(let role), _): audience = .role(role)
        case ("course", _, .some(let course)): audience = .course(course)
        case ("users", _, _): audience = .users(try row["user_ids"])
        default: audience = .all
        }
        self.init(
            id: try row["id"],
            author: try row["author_id"],
            content: NewAnnouncement(
                to: audience,
                byLanguage,
                link: link.map(NotificationLink.init(path:)),
                channels: Set(channels),
                priority: try row["priority"],
                days: Int((expiresAt.timeIntervalSince(createdAt) / 86_400).rounded())
            ),
            status: try row["status"],
            expected: try row["expected"],
            notified: try row["notified"],
            createdAt: createdAt,
            expiresAt: expiresAt,
            finishedAt: try row["finished_at"]
        )
    }
}

extension Announcement.Audience {
    fileprivate var role: Role.Name? {
        if case .role(let role) = self { role } else { nil }
    }

    fileprivate var course: Course.ID? {
        if case .course(let course) = self { course } else { nil }
    }

    fileprivate var users: [User.ID] {
        if case .users(let users) = self { users } else { [] }
    }
}

extension Set<NotificationChannel> {
    /// In the order of the channels.
    fileprivate func sorted() -> [NotificationChannel] { NotificationChannel.allCases.filter(contains) }
}
