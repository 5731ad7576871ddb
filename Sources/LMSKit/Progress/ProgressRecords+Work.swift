// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What completes a lesson, where saying so does not.
enum LessonWork: String, DatabaseConvertible {
    case quiz
    case assignment
    case media
}

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

    /// Whether a medium of lesson `l` asks to be watched and was not by the learner of place `e`, also before they had the place.
    private static var waitsForMedia: SQL {
        """
        EXISTS (SELECT FROM media m
            WHERE m.lesson_id = l.id AND m.completion_percentage IS NOT NULL AND m.ready_at IS NOT NULL
                AND NOT EXISTS (SELECT FROM media_watches w
                    WHERE w.media_id = m.id AND w.user_id = e.user_id AND w.completed_at IS NOT NULL))
        """
    }

    /// Whether lesson `l` waits for what the learner of place `e` has to do in it.
    static func waitsForWork(at instant: Date) -> SQL {
        "(\(.waitsForQuiz(at: instant)) OR \(.waitsForAssignment) OR \(.waitsForMedia))"
    }

    /// Whether it waits for that and was not completed before either.
    static func isUncompletedWork(at instant: Date) -> SQL {
        """
        (\(.waitsForWork(at: instant)) AND NOT EXISTS (SELECT FROM lesson_progress w
            WHERE w.enrollment_id = e.id AND w.lesson_id = l.id AND w.completed_at IS NOT NULL))
        """
    }

    /// The `LessonWork` that one of an owner's lessons waits for.
    static func selectWaiting(
        _ lessons: [Lesson.ID],
        on id: Enrollment.ID,
        owner: Principal.ID,
        at instant: Date
    ) -> SQL {
        """
        SELECT CASE WHEN \(.waitsForQuiz(at: instant)) THEN 'quiz' WHEN \(.waitsForAssignment) THEN 'assignment' ELSE 'media' END
        FROM enrollments e JOIN lessons l ON l.course_id = e.course_id
        WHERE e.id = \(id) AND e.user_id = \(owner) AND e.status IN ('active', 'completed') AND l.id = ANY(\(lessons))
          AND l.status = 'published' AND \(.isUncompletedWork(at: instant))
        LIMIT 1
        """
    }
}
