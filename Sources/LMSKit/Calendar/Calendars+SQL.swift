// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What a user's calendar has in a span, the first first.
    ///
    /// - Parameters:
    ///   - user: An expression of the user.
    ///   - span: From when until before when.
    ///   - limit: The most events.
    ///   - instant: What is there at this moment is in it, and of what comes the modules.
    /// - Returns: A SELECT.
    static func selectCalendar(of user: SQL, in span: Range<Date>, limit: Int, at instant: Date) -> SQL {
        """
        WITH w AS MATERIALIZED (\(ownWork(of: user, at: instant)))
        SELECT v.kind, v.id, v.course_id, v.course_title, v.title, v.at, v.changed_at
        FROM (
            SELECT w.kind || '_due' AS kind, w.id, w.course_id, w.course_title, w.title, w.due_at AS at, w.changed_at FROM w
            UNION ALL
            SELECT w.kind || '_closes', w.id, w.course_id, w.course_title, w.title, w.closes_at, w.changed_at FROM w
            WHERE w.closes_at IS DISTINCT FROM w.due_at
            UNION ALL
            SELECT 'module_available', m.id, e.course_id, e.course_title, m.title, r.at,
                   greatest(m.updated_at, e.enrolled_at, e.course_changed_at,
                            (SELECT h.updated_at FROM course_cohorts h WHERE h.id = e.cohort_id))
            FROM \(ownPlaces(of: user))
            JOIN modules m ON m.course_id = e.course_id
                 AND (m.available_at IS NOT NULL OR m.available_after_days IS NOT NULL)
            CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
            WHERE EXISTS (SELECT FROM lessons l WHERE l.course_id = m.course_id AND l.module_id = m.id
                          AND l.status = 'published')
            UNION ALL
            SELECT b.kind, h.id, e.course_id, e.course_title, h.name, b.at, greatest(h.updated_at, e.course_changed_at)
            FROM \(ownPlaces(of: user))
            JOIN course_cohorts h ON h.id = e.cohort_id
            CROSS JOIN LATERAL (VALUES ('course_starts', h.starts_at), ('course_ends', h.ends_at)) b (kind, at)
        ) v
        WHERE v.at >= \(span.lowerBound) AND v.at < \(span.upperBound)
        ORDER BY v.at, v.kind, v.id LIMIT \(limit)
        """
    }

    /// Whose calendar has a secret address, while they are active: an expression.
    static func calendarOwner(_ hash: Bytes) -> SQL {
        """
        (SELECT f.user_id FROM calendar_feeds f JOIN users u ON u.id = f.user_id AND u.status = 'active'
         WHERE f.token_hash = \(hash))
        """
    }

    /// What whoever has a calendar speaks; no row if nobody has one with this address.
    static func selectCalendarLanguage(_ hash: Bytes) -> SQL {
        "SELECT u.locale FROM users u WHERE u.id = \(calendarOwner(hash))"
    }

    /// Gives a calendar an address; the one before is good no more.
    static func putCalendarFeed(of user: Principal.ID, hash: Bytes, at instant: Date) -> SQL {
        """
        INSERT INTO calendar_feeds (user_id, token_hash, created_at) VALUES (\(user), \(hash), \(instant))
        ON CONFLICT ON CONSTRAINT calendar_feeds_key DO UPDATE
        SET token_hash = excluded.token_hash, created_at = excluded.created_at
        """
    }

    static func deleteCalendarFeed(of user: Principal.ID) -> SQL {
        "DELETE FROM calendar_feeds WHERE user_id = \(user)"
    }
}
