// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension SQL {
    static func selectOwnSessions(of user: User.ID) -> SQL {
        """
        SELECT id, created_at, expires_at, revoked_at, revoked_because
        FROM sessions WHERE user_id = \(user) ORDER BY id
        """
    }

    /// The columns of an enrollment, then of its course.
    static func selectOwnPlaces(of user: User.ID) -> SQL {
        """
        SELECT e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
               e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
               c.title, c.slug, c.thumbnail_url
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.user_id = \(user) ORDER BY e.id
        """
    }

    static func selectOwnProgress(of user: User.ID) -> SQL {
        """
        SELECT p.enrollment_id, p.lesson_id, p.status, p.position_seconds, p.time_spent_seconds, p.started_at,
               p.completed_at, p.last_accessed_at
        FROM enrollments e JOIN lesson_progress p ON p.enrollment_id = e.id
        WHERE e.user_id = \(user) ORDER BY p.enrollment_id, p.lesson_id
        """
    }

    static func selectOwnReviews(of user: User.ID) -> SQL {
        """
        SELECT r.id, r.enrollment_id, r.course_id, r.user_id, u.display_name, r.rating, r.title, r.body, r.pros, r.cons,
               r.status, r.helpful_votes, r.version, r.created_at, r.updated_at
        FROM course_reviews r JOIN users u ON u.id = r.user_id WHERE r.user_id = \(user) ORDER BY r.id
        """
    }

    static func selectOwnVotes(of user: User.ID) -> SQL {
        "SELECT review_id, voted_at FROM course_review_votes WHERE user_id = \(user) ORDER BY voted_at, review_id"
    }

    static func selectTaughtCourses(of user: User.ID) -> SQL {
        """
        SELECT i.course_id, c.title, i.assigned_at
        FROM course_instructors i JOIN courses c ON c.id = i.course_id
        WHERE i.user_id = \(user) ORDER BY i.assigned_at, i.course_id
        """
    }

    static func selectOwnImports(of user: User.ID) -> SQL {
        "SELECT id, course_id, created_at FROM course_imports WHERE imported_by = \(user) ORDER BY id"
    }

    /// With what a moderator hid: it is theirs.
    static func selectOwnMessages(of user: User.ID) -> SQL {
        """
        SELECT d.id, d.conversation_id, d.position, d.sender_id, s.display_name, d.status, d.body, d.sent_at, d.edited_at
        FROM direct_messages d JOIN users s ON s.id = d.sender_id
        WHERE d.sender_id = \(user) AND d.status <> 'deleted' ORDER BY d.id
        """
    }
}
