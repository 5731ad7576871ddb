// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Lessons that are completed by what is done in them, and not by saying so.
extension SQL {
    /// Whether a published assignment completes lesson `l` and has not done so for place `e`.
    private static var waitsForAssignment: SQL {
        """
        EXISTS (SELECT FROM assignments a WHERE a.lesson_id = l.id AND a.status = 'published' AND a.completes_on <> 'never'
            AND NOT EXISTS (SELECT FROM submissions s WHERE s.assignment_id = a.id
                AND (s.enrollment_id = e.id AND s.group_id IS NULL OR EXISTS (
                    SELECT FROM submission_members m WHERE m.submission_id = s.id AND m.enrollment_id = e.id))
                AND (a.completes_on = 'submission' AND s.status <> 'draft' OR s.released_at IS NOT NULL)))
        """
    }

    /// Whether lesson `l` waits for what the learner of place `e` has to do in it.
    static func waitsForWork(at instant: Date) -> SQL { "(\(.waitsForQuiz(at: instant)) OR \(.waitsForAssignment))" }

    /// Whether it waits for that and was not completed before either.
    static func isUncompletedWork(at instant: Date) -> SQL {
        """
        (\(.waitsForWork(at: instant)) AND NOT EXISTS (SELECT FROM lesson_progress w
            WHERE w.enrollment_id = e.id AND w.lesson_id = l.id AND w.completed_at IS NOT NULL))
        """
    }

    /// The first of an owner's lessons that wait: whether it is for a quiz.
    static func selectWaiting(
        _ lessons: [Lesson.ID],
        on id: Enrollment.ID,
        owner: Principal.ID,
        at instant: Date
    ) -> SQL {
        """
        SELECT \(.waitsForQuiz(at: instant)) FROM enrollments e JOIN lessons l ON l.course_id = e.course_id
        WHERE e.id = \(id) AND e.user_id = \(owner) AND e.status IN ('active', 'completed') AND l.id = ANY(\(lessons))
          AND l.status = 'published' AND \(.isUncompletedWork(at: instant))
        LIMIT 1
        """
    }
}
