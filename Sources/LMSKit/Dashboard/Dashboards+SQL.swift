// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The average of how much learners `e` did of the course `c`, in hundredths of a percent and rounded half up: an aggregate.
    static var averageProgress: SQL {
        """
        coalesce(round(avg(least(10000, (e.completed_lessons * 20000 + c.published_lessons)
                                        / (2 * nullif(c.published_lessons, 0))))
                       FILTER (WHERE e.status IN ('active', 'completed'))), 0)::bigint
        """
    }

    /// How `EnrollmentListing` begins, of places `e` in courses `c`.
    private static var listingColumns: SQL {
        """
        e.id, e.user_id, e.course_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds,
        e.last_lesson_id, e.enrolled_at, e.started_at, e.completed_at, e.last_accessed_at,
        c.title, c.slug, c.thumbnail_url
        """
    }

    static func selectLearningSummary(of user: Principal.ID) -> SQL {
        """
        SELECT count(*) FILTER (WHERE e.status = 'active'), count(*) FILTER (WHERE e.status = 'completed'),
               \(.averageProgress), coalesce(sum(e.completed_lessons), 0)::bigint,
               coalesce(sum(e.time_spent_seconds), 0)::bigint
        FROM enrollments e JOIN courses c ON c.id = e.course_id AND c.status IN ('published', 'archived')
        WHERE e.user_id = \(user) AND e.status IN ('active', 'completed')
        """
    }

    /// Courses that a learner is in, each with the lesson to go on with, as `CourseProgress.resumeStep` finds it: the one they
    /// were in last or the next one after it, else the first, of those that are there and not completed.
    static func listCoursesToGoOnWith(of user: Principal.ID, limit: Int, at instant: Date) -> SQL {
        """
        SELECT \(.listingColumns), x.id, x.title
        FROM (
            SELECT n.*, coalesce(n.last_accessed_at, n.enrolled_at) AS seen_at
            FROM enrollments n JOIN courses k ON k.id = n.course_id AND k.status IN ('published', 'archived')
            WHERE n.user_id = \(user) AND n.status = 'active'
            ORDER BY seen_at DESC, n.id DESC LIMIT \(limit)
        ) e
        JOIN courses c ON c.id = e.course_id
        LEFT JOIN LATERAL (
            SELECT m.position AS module_position, m.id AS module_id, l.position, l.id
            FROM lessons l JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
            WHERE l.id = e.last_lesson_id AND l.course_id = e.course_id
        ) z ON true
        LEFT JOIN LATERAL (
            SELECT l.id, l.title FROM lessons l JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
            CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
            WHERE l.course_id = e.course_id AND l.status = 'published' AND r.at <= \(instant)
              AND NOT EXISTS (SELECT FROM lesson_progress p WHERE p.enrollment_id = e.id AND p.lesson_id = l.id
                              AND p.completed_at IS NOT NULL)
            ORDER BY coalesce((m.position, m.id, l.position, l.id)
                              < (z.module_position, z.module_id, z.position, z.id), false),
                     m.position, m.id, l.position, l.id
            LIMIT 1
        ) x ON true
        ORDER BY e.seen_at DESC, e.id DESC
        """
    }

    /// What is due from now on, and what is late for no more than 30 days, was not handed in and is still taken.
    static func listDueWork(of user: Principal.ID, limit: Int, at instant: Date) -> SQL {
        """
        SELECT w.kind, w.id, w.course_id, w.course_title, w.title, w.opens_at, w.due_at, w.closes_at, w.is_submitted
        FROM (\(ownWork(of: "\(user)", at: instant))) w
        WHERE coalesce(w.due_at, w.closes_at) >= \(instant)
           OR (w.due_at >= \(instant.addingTimeInterval(-30 * 86_400)) AND NOT w.is_submitted
               AND (w.taken_until IS NULL OR w.taken_until > \(instant)))
        ORDER BY coalesce(w.due_at, w.closes_at), w.id LIMIT \(limit)
        """
    }

    static func listCompletedCourses(of user: Principal.ID, limit: Int) -> SQL {
        """
        SELECT \(.listingColumns)
        FROM enrollments e JOIN courses c ON c.id = e.course_id AND c.status IN ('published', 'archived')
        WHERE e.user_id = \(user) AND e.status = 'completed'
        ORDER BY e.completed_at DESC, e.id DESC LIMIT \(limit)
        """
    }

    static func listNewestCertificates(of user: Principal.ID, limit: Int, at instant: Date) -> SQL {
        """
        SELECT f.id, f.number, f.course_id, f.course_title, f.issued_at, f.expires_at
        FROM certificates f
        WHERE f.user_id = \(user) AND f.superseded_at IS NULL AND f.revoked_at IS NULL
          AND (f.expires_at IS NULL OR f.expires_at > \(instant))
        ORDER BY f.id DESC LIMIT \(limit)
        """
    }

    /// What was done on each day; a lesson that was taken along to another version is in both places, and was done once.
    static func selectLearningDays(of user: Principal.ID, since instant: Date) -> SQL {
        """
        SELECT to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, sum(d.lessons)::bigint, sum(d.quizzes)::bigint,
               sum(d.assignments)::bigint
        FROM (
            SELECT c.at, 1 AS lessons, 0 AS quizzes, 0 AS assignments
            FROM (SELECT DISTINCT coalesce(l.origin_id, l.id), p.completed_at AS at
                  FROM lesson_progress p JOIN lessons l ON l.id = p.lesson_id
                  WHERE p.enrollment_id = ANY(ARRAY(SELECT e.id FROM enrollments e WHERE e.user_id = \(user)))
                    AND p.completed_at >= \(instant)) c
            UNION ALL
            SELECT a.submitted_at, 0, 1, 0 FROM quiz_attempts a
            WHERE a.user_id = \(user) AND a.submitted_at >= \(instant)
            UNION ALL
            SELECT s.received_at, 0, 0, 1 FROM submissions s
            WHERE s.id IN (\(.ownSubmissions(of: user))) AND s.received_at >= \(instant)
        ) d
        GROUP BY day ORDER BY day DESC
        """
    }
}

extension LearnerDashboard.Summary {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        active = try fields.next()
        completed = try fields.next()
        averageProgressInHundredths = try fields.next()
        completedLessons = try fields.next()
        timeSpentSeconds = try fields.next()
    }
}

extension LearnerDashboard.Award {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        number = try fields.next()
        course = try fields.next()
        courseTitle = try fields.next()
        issuedAt = try fields.next()
        expiresAt = try fields.next()
    }
}

extension LearnerDashboard.Day {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        date = try fields.next()
        completedLessons = try fields.next()
        submittedQuizzes = try fields.next()
        submittedAssignments = try fields.next()
    }
}

extension DueWork {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        kind = try fields.next()
        subject = try fields.next()
        course = try fields.next()
        courseTitle = try fields.next()
        title = try fields.next()
        opensAt = try fields.next()
        dueAt = try fields.next()
        closesAt = try fields.next()
        isSubmitted = try fields.next()
    }
}
