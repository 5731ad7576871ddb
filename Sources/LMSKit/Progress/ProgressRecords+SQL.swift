// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The enrollment with what decides on its completion; no row if it is somebody else's.
    private static func place(_ id: Enrollment.ID, of owner: Principal.ID?) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.enrolled_at, e.cohort_id, c.published_lessons, c.completion_threshold, c.status AS course_status,
               EXISTS (SELECT FROM gradebooks b WHERE b.course_id = c.id AND b.has_completion_rule) AS has_rule
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.id = \(id) AND (\(owner) IS NULL OR e.user_id = \(owner))
        """
    }

    /// The end of an update of enrollment `t` by `d.done` lessons: what was completed stays completed, and where the course has
    /// a rule of its own `Completions` decides.
    private static func advance(_ id: Enrollment.ID, at instant: Date) -> SQL {
        """
        started_at = coalesce(t.started_at, \(instant)),
            status = CASE WHEN t.status = 'active' AND NOT e.has_rule AND e.published_lessons > 0
                AND (t.completed_lessons + d.done) * 100 >= e.completion_threshold * e.published_lessons
                THEN 'completed' ELSE t.status END,
            completed_at = CASE WHEN t.status = 'active' AND NOT e.has_rule AND e.published_lessons > 0
                AND (t.completed_lessons + d.done) * 100 >= e.completion_threshold * e.published_lessons
                THEN \(instant) ELSE t.completed_at END
        FROM e, d WHERE t.id = \(id)
        RETURNING t.id, t.user_id, t.course_id, t.status, t.completed_lessons, t.time_spent_seconds, t.last_lesson_id,
                  t.enrolled_at, t.started_at, t.completed_at, t.last_accessed_at
        """
    }

    /// Two columns after all others, which record what `d` and `u` came to, if it is new.
    private static func recordingAdvance(by principal: Principal, at instant: Date) -> SQL {
        """
        CASE WHEN d.done > 0 THEN \(.recordingProgress(by: principal, at: instant)) END,
            CASE WHEN e.status = 'active' AND u.status = 'completed'
                THEN \(.recordingCompletion(by: principal, at: instant)) END
        """
    }

    /// Comes before every statement that records progress, in the same round trip: when it returns, the statement after
    /// it sees all that was committed to the enrollment before, and nobody else changes it until the commit.
    static func lockEnrollment(_ id: Enrollment.ID, owner: Principal.ID?) -> SQL {
        """
        SELECT FROM enrollments WHERE id = \(id) AND (\(owner) IS NULL OR user_id = \(owner)) FOR NO KEY UPDATE
        """
    }

    /// Records a report and counts it.
    ///
    /// Returns no row for an enrollment that is none or not the owner's; the columns after the first are NULL if it
    /// takes no progress or the lesson is not one of its course, or not the learner's yet: then `available_at` says when.
    static func recordProgress(
        _ report: LessonReport,
        on id: Enrollment.ID,
        owner: Principal.ID?,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        let statement: SQL = """
            WITH e AS (
                \(.place(id, of: owner))
            ), l AS (
                SELECT l.id, r.at FROM e JOIN lessons l ON l.course_id = e.course_id
                JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
                CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
                WHERE l.id = \(report.lesson) AND l.status = 'published'
            ), o AS (
                SELECT time_spent_seconds, completed_at FROM lesson_progress
                WHERE enrollment_id = \(id) AND lesson_id = \(report.lesson)
            ), p AS (
                INSERT INTO lesson_progress AS p (enrollment_id, lesson_id, status, position_seconds, time_spent_seconds,
                                                  started_at, completed_at, last_accessed_at)
                SELECT e.id, l.id, CASE WHEN \(report.isCompleting) THEN 'completed' ELSE 'in_progress' END,
                       coalesce(\(report.positionSeconds), 0), coalesce(\(report.timeSpentSeconds), 0), \(instant),
                       CASE WHEN \(report.isCompleting) THEN \(instant) END, \(instant)
                FROM e CROSS JOIN l
                WHERE l.at <= \(instant) AND e.status IN ('active', 'completed')
                  AND e.course_status IN ('published', 'archived')
                  AND NOT (\(report.isCompleting && owner != nil) AND NOT EXISTS (SELECT FROM o WHERE o.completed_at IS NOT NULL)
                           AND \(.waitsForWork(at: instant)))
                ON CONFLICT ON CONSTRAINT lesson_progress_key DO UPDATE SET
                    status = CASE WHEN p.status = 'completed' THEN p.status ELSE excluded.status END,
                    position_seconds = coalesce(\(report.positionSeconds), p.position_seconds),
                    time_spent_seconds = greatest(p.time_spent_seconds, excluded.time_spent_seconds),
                    completed_at = coalesce(p.completed_at, excluded.completed_at),
                    last_accessed_at = excluded.last_accessed_at
                RETURNING p.lesson_id, p.status, p.position_seconds, p.time_spent_seconds, p.started_at, p.completed_at,
                          p.last_accessed_at
            ), d AS (
                SELECT p.time_spent_seconds - coalesce(o.time_spent_seconds, 0) AS seconds,
                       CASE WHEN p.completed_at IS NOT NULL AND o.completed_at IS NULL THEN 1 ELSE 0 END AS done
                FROM p LEFT JOIN o ON true
            ), u AS (
                UPDATE enrollments t SET
                    completed_lessons = t.completed_lessons + d.done,
                    time_spent_seconds = t.time_spent_seconds + d.seconds,
                    last_lesson_id = \(report.lesson),
                    last_accessed_at = \(instant),
                    \(.advance(id, at: instant))
            )
            SELECT e.status, u.id, u.user_id, u.course_id, u.status, u.completed_lessons, e.published_lessons,
                   u.time_spent_seconds, u.last_lesson_id, u.enrolled_at, u.started_at, u.completed_at, u.last_accessed_at,
                   p.lesson_id, p.status, p.position_seconds, p.time_spent_seconds, p.started_at, p.completed_at,
                   p.last_accessed_at, \(.recordingAdvance(by: principal, at: instant)),
                   (SELECT l.at FROM l WHERE l.at > \(instant)) AS available_at
            FROM e LEFT JOIN u ON true LEFT JOIN p ON true LEFT JOIN d ON true
            """
        return report.isCompleting ? statement.announcing(.events) : statement
    }

    /// Completes a lesson by what was done in it, once nothing else in it waits to be done; the place is locked.
    static func completeByWork(
        _ lesson: Lesson.ID,
        on id: Enrollment.ID,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        completeLessons([lesson], on: id, owner: nil, heedsWork: true, by: principal, at: instant)
    }

    /// Completes several lessons, all of them or none; otherwise as `recordProgress`.
    ///
    /// With `heedsWork` none is completed in which something waits to be done.
    static func completeLessons(
        _ lessons: [Lesson.ID],
        on id: Enrollment.ID,
        owner: Principal.ID?,
        heedsWork: Bool,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        let statement: SQL = """
            WITH e AS (
                \(.place(id, of: owner))
            ), l AS (
                SELECT e.id AS enrollment_id, l.id, r.at FROM e JOIN lessons l ON l.course_id = e.course_id
                JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
                CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
                WHERE l.id = ANY(\(lessons)) AND l.status = 'published' AND e.status IN ('active', 'completed')
                  AND e.course_status IN ('published', 'archived')
                  AND NOT (\(heedsWork) AND \(.isUncompletedWork(at: instant)))
            ), o AS (
                SELECT count(*) AS done FROM lesson_progress
                WHERE enrollment_id = \(id) AND lesson_id = ANY(\(lessons)) AND completed_at IS NOT NULL
            ), p AS (
                INSERT INTO lesson_progress AS p (enrollment_id, lesson_id, status, started_at, completed_at, last_accessed_at)
                SELECT l.enrollment_id, l.id, 'completed', \(instant), \(instant), \(instant) FROM l
                WHERE (SELECT count(*) FROM l WHERE l.at <= \(instant)) = cardinality(\(lessons))
                ON CONFLICT ON CONSTRAINT lesson_progress_key DO UPDATE SET
                    status = 'completed', completed_at = coalesce(p.completed_at, excluded.completed_at),
                    last_accessed_at = excluded.last_accessed_at
                RETURNING p.lesson_id
            ), d AS (
                SELECT count(*) - (SELECT done FROM o) AS done FROM p HAVING count(*) > 0
            ), u AS (
                UPDATE enrollments t SET
                    completed_lessons = t.completed_lessons + d.done,
                    last_lesson_id = (\(lessons)::uuid[])[cardinality(\(lessons))],
                    last_accessed_at = \(instant),
                    \(.advance(id, at: instant))
            )
            SELECT e.status, u.id, u.user_id, u.course_id, u.status, u.completed_lessons, e.published_lessons,
                   u.time_spent_seconds, u.last_lesson_id, u.enrolled_at, u.started_at, u.completed_at, u.last_accessed_at,
                   \(.recordingAdvance(by: principal, at: instant)),
                   (SELECT max(l.at) FROM l WHERE l.at > \(instant)) AS available_at
            FROM e LEFT JOIN u ON true LEFT JOIN d ON true
            """
        return statement.announcing(.events)
    }

    /// The course's published lessons in their order, each with its module, when it comes if it is not there yet, and what was
    /// done in it.
    static func selectProgress(of id: Enrollment.ID, at instant: Date) -> SQL {
        """
        SELECT m.id, m.title, l.id, l.title, l.kind, l.duration_minutes, CASE WHEN r.at > \(instant) THEN r.at END,
               p.status, p.position_seconds, p.time_spent_seconds, p.started_at, p.completed_at, p.last_accessed_at
        FROM enrollments e
        JOIN lessons l ON l.course_id = e.course_id AND l.status = 'published'
        JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
        CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
        LEFT JOIN lesson_progress p ON p.enrollment_id = e.id AND p.lesson_id = l.id
        WHERE e.id = \(id)
        ORDER BY m.position, m.id, l.position, l.id
        """
    }
}

extension LessonReport {
    var isCompleting: Bool { outcome == .completed }
}
