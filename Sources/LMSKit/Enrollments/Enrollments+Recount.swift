// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// Locks a course's enrollments before its lessons change, in one order and before any lesson's row: a progress write
    /// holds its enrollment when it reaches for the lesson.
    static func lockEnrollments(of course: Course.ID) -> SQL {
        "SELECT FROM enrollments WHERE course_id = \(course) ORDER BY id FOR NO KEY UPDATE"
    }

    static func selectEnrollmentStatus(of user: Principal.ID?, in course: Course.ID) -> SQL {
        "SELECT status FROM enrollments WHERE user_id = \(user) AND course_id = \(course)"
    }

    static func selectEnrollmentStatus(of user: Principal.ID?, inSlug slug: String) -> SQL {
        """
        SELECT e.status FROM courses c JOIN enrollments e ON e.course_id = c.id AND e.user_id = \(user)
        WHERE c.slug = \(slug)
        """
    }

    /// Counts what each learner did again, after what counts has changed.
    ///
    /// Whoever has done enough by that is completed, unless the course has a rule of its own, by which `Completions` decides;
    /// nobody who was completed is set back.
    static func recountLearners(of course: Course.ID, by principal: Principal, at instant: Date) -> [SQL] {
        let event = recordingCompletion(by: principal, at: instant)
        let recount: SQL = """
            WITH u AS (UPDATE enrollments e SET
                completed_lessons = n.done,
                last_lesson_id = n.last_lesson_id,
                status = CASE WHEN n.is_enough THEN 'completed' ELSE e.status END,
                completed_at = CASE WHEN n.is_enough THEN \(instant) ELSE e.completed_at END
            FROM (
                SELECT p.id, count(l.id) AS done,
                       (SELECT x.id FROM lessons x WHERE x.id = p.last_lesson_id) AS last_lesson_id,
                       p.status = 'active' AND c.published_lessons > 0
                           AND NOT EXISTS (SELECT FROM gradebooks b WHERE b.course_id = c.id AND b.has_completion_rule)
                           AND count(l.id) * 100 >= c.completion_threshold * c.published_lessons AS is_enough
                FROM enrollments p
                JOIN courses c ON c.id = p.course_id
                LEFT JOIN lesson_progress d ON d.enrollment_id = p.id AND d.completed_at IS NOT NULL
                LEFT JOIN lessons l ON l.id = d.lesson_id AND l.course_id = p.course_id AND l.status = 'published'
                WHERE p.course_id = \(course)
                GROUP BY p.id, c.id
            ) n
            WHERE e.id = n.id AND e.course_id = \(course)
              AND (n.done <> e.completed_lessons OR n.is_enough OR n.last_lesson_id IS DISTINCT FROM e.last_lesson_id)
            RETURNING e.id, e.user_id, e.course_id, n.is_enough)
            SELECT count(\(event)) FROM u WHERE u.is_enough
            """
        return [lockEnrollments(of: course), recount.announcing(.events)]
    }
}
