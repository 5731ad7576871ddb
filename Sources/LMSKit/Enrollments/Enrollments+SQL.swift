// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Gives a learner a place, or back the place that they left, and takes a seat for it.
    ///
    /// The course's row is locked, so that the seats hold; its CHECK refuses one too many. Returns no row if the
    /// learner has a place, the course is not published, what it asks for is missing and not waived, or the cohort has no seat for
    /// them.
    static func insertEnrollment(
        _ id: Enrollment.ID,
        of user: Principal.ID,
        in course: Course.ID,
        joining cohort: Cohort.ID? = nil,
        granted isGranted: Bool,
        waiving isWaiving: Bool = false,
        at instant: Date
    ) -> SQL {
        """
        WITH n AS (
            INSERT INTO enrollments AS e (id, user_id, course_id, status, enrolled_at, cohort_id)
            SELECT \(id), \(user), c.id,
                   CASE WHEN c.price_minor IS NULL OR \(isGranted) THEN 'active' ELSE 'pending_payment' END, \(instant), \(cohort)
            FROM courses c WHERE c.id = \(course) AND c.status = 'published'
              AND (\(isWaiving) OR NOT EXISTS (\(.selectMissingPrerequisites(of: course, for: user))))
              AND \(.hasSeat(in: cohort, of: course, at: instant))
            ON CONFLICT ON CONSTRAINT enrollments_user_id_course_id_uq DO UPDATE
            SET status = excluded.status, enrolled_at = excluded.enrolled_at, cohort_id = excluded.cohort_id
            WHERE e.status IN ('dropped', 'expired')
            RETURNING e.*
        ), s AS (
            UPDATE courses c SET seats_taken = c.seats_taken + 1 FROM n WHERE c.id = n.course_id
        )
        SELECT n.id, n.user_id, n.course_id, n.status, n.completed_lessons, c.published_lessons, n.time_spent_seconds,
               n.last_lesson_id, n.enrolled_at, n.started_at, n.completed_at, n.last_accessed_at
        FROM n JOIN courses c ON c.id = n.course_id
        """
    }

    static func lockCourse(of enrollment: Enrollment.ID) -> SQL {
        """
        SELECT FROM courses WHERE id = (SELECT course_id FROM enrollments WHERE id = \(enrollment)) FOR NO KEY UPDATE
        """
    }

    /// Takes a place back and frees its seat, and those with it from which it was moved, which have none; the course's row is locked.
    static func leaveEnrollment(_ id: Enrollment.ID, owner: Principal.ID?, status: Enrollment.Status) -> SQL {
        """
        WITH RECURSIVE d AS (
            UPDATE enrollments SET status = \(status)
            WHERE id = \(id) AND (\(owner) IS NULL OR user_id = \(owner)) AND status IN ('active', 'pending_payment')
            RETURNING id, course_id
        ), p AS (
            SELECT o.id FROM enrollments o JOIN d ON o.migrated_to = d.id
            UNION SELECT o.id FROM enrollments o JOIN p ON o.migrated_to = p.id
        ), left_behind AS (
            UPDATE enrollments e SET status = \(status), migrated_to = NULL FROM p WHERE e.id = p.id
        )
        UPDATE courses c SET seats_taken = c.seats_taken - 1 FROM d WHERE c.id = d.course_id
        """
    }

    static func activateEnrollment(_ id: Enrollment.ID) -> SQL {
        "UPDATE enrollments SET status = 'active' WHERE id = \(id) AND status = 'pending_payment'"
    }

    /// An enrollment, then what is shown of its course, then what `reader` is in that.
    static func selectEnrollment(_ id: Enrollment.ID, for reader: Principal.ID?) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
               e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
               c.title, c.slug, c.thumbnail_url,
               (SELECT i.role FROM course_instructors i WHERE i.course_id = e.course_id AND i.user_id = \(reader))
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.id = \(id)
        """
    }

    static func selectEnrollment(of user: Principal.ID, in course: Course.ID) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
               e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
               c.title, c.slug, c.thumbnail_url
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.user_id = \(user) AND e.course_id = \(course)
        """
    }

    static func selectEnrollmentIdentifier(of user: Principal.ID, in course: Course.ID) -> SQL {
        "SELECT id FROM enrollments WHERE user_id = \(user) AND course_id = \(course)"
    }

    /// The lesson to go on with is only looked for if it is wanted: the condition is tested once, before any row.
    static func listEnrollments(
        of user: Principal.ID,
        status: Enrollment.Status?,
        after: Enrollment.ID?,
        limit: Int,
        withNextLesson isNextWanted: Bool,
        at instant: Date
    ) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
               e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
               c.title, c.slug, c.thumbnail_url, x.id, x.title
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        LEFT JOIN LATERAL (
            SELECT l.id, l.title FROM lessons l JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
            CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
            WHERE \(isNextWanted) AND r.at <= \(instant) AND l.course_id = e.course_id AND l.status = 'published'
              AND NOT EXISTS (SELECT FROM lesson_progress p WHERE p.enrollment_id = e.id AND p.lesson_id = l.id
                              AND p.completed_at IS NOT NULL)
            ORDER BY m.position, m.id, l.position, l.id LIMIT 1
        ) x ON true
        WHERE e.user_id = \(user) AND (\(status) IS NULL OR e.status = \(status))
          AND (\(after) IS NULL OR e.id < \(after))
        ORDER BY e.id DESC LIMIT \(limit)
        """
    }

    static func countEnrollments(of user: Principal.ID, status: Enrollment.Status?) -> SQL {
        """
        SELECT count(*) FROM enrollments WHERE user_id = \(user) AND (\(status) IS NULL OR status = \(status))
        """
    }

    static func listEnrollments(
        in course: Course.ID,
        status: Enrollment.Status?,
        after: Enrollment.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
               e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
               u.display_name, u.email, u.avatar_url
        FROM enrollments e JOIN courses c ON c.id = e.course_id JOIN users u ON u.id = e.user_id
        WHERE e.course_id = \(course) AND (\(status) IS NULL OR e.status = \(status))
          AND (\(after) IS NULL OR e.id < \(after))
        ORDER BY e.id DESC LIMIT \(limit)
        """
    }

    /// Counts by status and sums the percentages in hundredths, each rounded half up and at most 10,000.
    static func selectEnrollmentStatistics(of course: Course.ID) -> SQL {
        """
        SELECT count(*), count(*) FILTER (WHERE e.status = 'pending_payment'), count(*) FILTER (WHERE e.status = 'active'),
               count(*) FILTER (WHERE e.status = 'completed'), count(*) FILTER (WHERE e.status = 'dropped'),
               count(*) FILTER (WHERE e.status = 'expired'),
               coalesce(sum(least(10000, (e.completed_lessons * 20000 + c.published_lessons)
                                         / (2 * nullif(c.published_lessons, 0))))
                        FILTER (WHERE e.status IN ('active', 'completed')), 0)::bigint
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.course_id = \(course)
        """
    }
}
