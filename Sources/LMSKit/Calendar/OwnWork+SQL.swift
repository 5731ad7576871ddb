// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The places of a user in courses that they may read, called `e`: none in one that was taken back from the catalog.
    ///
    /// - Parameter user: An expression of the user.
    /// - Returns: What a FROM begins with.
    static func ownPlaces(of user: SQL) -> SQL {
        """
        (SELECT n.id, n.user_id, n.course_id, n.enrolled_at, n.cohort_id, c.title AS course_title,
                c.updated_at AS course_changed_at
         FROM enrollments n JOIN courses c ON c.id = n.course_id AND c.status IN ('published', 'archived')
         WHERE n.user_id = \(user) AND n.status IN ('active', 'completed')) e
        """
    }

    /// What tells of a lesson that work may belong to whether it is there for the place `e`, see `isThere`.
    private static func lessonJoins(_ lesson: SQL) -> SQL {
        """
        LEFT JOIN lessons l ON l.id = \(lesson)
        LEFT JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
        """
    }

    /// Whether work that belongs to no lesson, or to `l` in `m`, is there: the lesson is published, and its module is theirs.
    private static func isThere(at instant: Date) -> SQL {
        "(l.id IS NULL OR (l.status = 'published' AND \(.moduleRelease) <= \(instant)))"
    }

    /// The quizzes that close and the assignments that are due or close, of a user's courses, each with the dates of the user or their group.
    ///
    /// `taken_until` is from when on nothing is taken; NULL for never.
    ///
    /// - Parameters:
    ///   - user: An expression of the user.
    ///   - instant: What is there at this moment is in it.
    /// - Returns: A SELECT.
    static func ownWork(of user: SQL, at instant: Date) -> SQL {
        """
        SELECT 'quiz' AS kind, q.id, e.course_id, e.course_title, q.title, q.opens_at, NULL::timestamptz AS due_at,
               d.closes_at, d.closes_at AS taken_until,
               greatest(q.updated_at, x.granted_at, e.course_changed_at) AS changed_at,
               EXISTS (SELECT FROM quiz_attempts a WHERE a.quiz_id = q.id AND a.user_id = e.user_id
                       AND a.status <> 'in_progress') AS is_submitted
        FROM \(ownPlaces(of: user))
        JOIN quizzes q ON q.course_id = e.course_id AND q.status = 'published' AND q.closes_at IS NOT NULL
        \(lessonJoins("q.lesson_id"))
        LEFT JOIN quiz_extensions x ON x.quiz_id = q.id AND x.user_id = e.user_id
        CROSS JOIN LATERAL (SELECT greatest(q.closes_at, x.closes_at) AS closes_at) d
        WHERE \(isThere(at: instant))
        UNION ALL
        SELECT 'assignment', w.id, e.course_id, e.course_title, w.title, w.opens_at, d.due_at, d.closes_at,
               least(d.closes_at, CASE WHEN NOT w.accepts_late THEN d.due_at + make_interval(secs => w.grace_seconds) END),
               greatest(w.updated_at, x.granted_at, e.course_changed_at),
               EXISTS (SELECT FROM submissions s WHERE s.assignment_id = w.id AND s.holder_id = e.user_id AND s.is_latest
                       AND s.status <> 'returned')
                   OR EXISTS (SELECT FROM submission_members p JOIN submissions s ON s.id = p.submission_id
                              WHERE p.user_id = e.user_id AND s.assignment_id = w.id AND s.is_latest
                                AND s.status <> 'returned')
        FROM \(ownPlaces(of: user))
        JOIN assignments w ON w.course_id = e.course_id AND w.status = 'published'
             AND (w.due_at IS NOT NULL OR w.closes_at IS NOT NULL)
        \(lessonJoins("w.lesson_id"))
        CROSS JOIN LATERAL (
            SELECT max(y.due_at) AS due_at, max(y.closes_at) AS closes_at, max(y.granted_at) AS granted_at
            FROM assignment_extensions y
            WHERE y.assignment_id = w.id AND (y.user_id = e.user_id OR y.user_id IN (
                SELECT o.user_id FROM course_group_members g JOIN course_group_members o ON o.group_id = g.group_id
                WHERE g.set_id = w.group_set_id AND g.user_id = e.user_id))
        ) x
        CROSS JOIN LATERAL (
            SELECT CASE WHEN w.due_at IS NOT NULL THEN greatest(w.due_at, x.due_at) END AS due_at,
                   CASE WHEN w.closes_at IS NOT NULL THEN greatest(w.closes_at, x.closes_at, x.due_at) END AS closes_at
        ) d
        WHERE \(isThere(at: instant))
        """
    }
}
