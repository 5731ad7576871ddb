// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The courses in which somebody has one of some roles, the newest, without templates: an expression of an array.
    static func taughtCourses(by user: Principal.ID, as roles: [CourseRole], limit: Int) -> SQL {
        """
        ARRAY(SELECT t.course_id FROM course_instructors t WHERE t.user_id = \(user) AND t.role = ANY(\(roles))
                AND NOT EXISTS (SELECT FROM courses k WHERE k.id = t.course_id AND k.is_template)
              ORDER BY t.course_id DESC LIMIT \(limit))
        """
    }

    /// The grade of what is graded for the place `e`, in hundredths of a percent; NULL if nothing is.
    ///
    /// It is the gradebook's of a course whose points are added up: an override first, no item twice, none that is excused. Weights,
    /// dropped items and what is missing by its date are the gradebook's own matter. What is graded blindly is in it once released.
    private static var gradeSoFar: SQL {
        """
        coalesce(
            (SELECT o.percentage FROM course_grade_overrides o WHERE o.course_id = e.course_id AND o.user_id = e.user_id),
            (SELECT round(10000 * sum(least(coalesce(x.override_score, x.score, 0), i.max_points))
                          / nullif(sum(i.max_points) FILTER (WHERE NOT i.is_extra_credit), 0))
             FROM grades x JOIN grade_items i ON i.course_id = x.course_id AND i.id = x.item_id
             WHERE x.course_id = e.course_id AND x.user_id = e.user_id AND i.counts AND i.is_published AND NOT x.is_excused
               AND (x.override_score IS NOT NULL OR x.score IS NOT NULL OR x.status = 'missing'))
        )::bigint
        """
    }

    /// How courses go, the newest first.
    ///
    /// - Parameters:
    ///   - courses: An expression of an array of courses.
    ///   - reader: Who reads; what they handed in themselves does not wait for them.
    ///   - instant: What happened since then counts as lately.
    /// - Returns: A SELECT.
    static func listCourseOverviews(_ courses: SQL, for reader: Principal.ID?, since instant: Date) -> SQL {
        """
        SELECT c.id, c.title, c.status, i.role, c.rating_count, c.rating_sum, n.active, n.completed, n.progress, n.spent,
               (SELECT round(avg(g.grade))::bigint FROM (
                    SELECT \(.gradeSoFar) AS grade FROM enrollments e
                    WHERE e.course_id = c.id AND e.status IN ('active', 'completed')) g),
               q.waiting, q.oldest, s.waiting, s.oldest, n.enrolled, n.finished,
               (SELECT count(*) FROM quiz_attempts a WHERE a.course_id = c.id AND a.submitted_at >= \(instant)),
               (SELECT count(*) FROM submissions b WHERE b.course_id = c.id AND b.received_at >= \(instant))
        FROM courses c
        LEFT JOIN course_instructors i ON i.course_id = c.id AND i.user_id = \(reader)
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE e.status = 'active') AS active,
                   count(*) FILTER (WHERE e.status = 'completed') AS completed,
                   \(.averageProgress) AS progress,
                   coalesce(round(avg(e.time_spent_seconds) FILTER (WHERE e.status IN ('active', 'completed'))), 0)::bigint
                       AS spent,
                   count(*) FILTER (WHERE e.enrolled_at >= \(instant) AND e.status <> 'pending_payment') AS enrolled,
                   count(*) FILTER (WHERE e.completed_at >= \(instant)) AS finished
            FROM enrollments e WHERE e.course_id = c.id
        ) n
        CROSS JOIN LATERAL (
            SELECT count(*) AS waiting, min(a.submitted_at) AS oldest
            FROM quizzes z JOIN quiz_attempts a ON a.quiz_id = z.id AND a.status = 'submitted'
            WHERE z.course_id = c.id AND a.user_id IS DISTINCT FROM \(reader)
        ) q
        CROSS JOIN LATERAL (
            SELECT count(*) AS waiting, min(b.received_at) AS oldest
            FROM assignments w JOIN submissions b ON b.assignment_id = w.id AND b.is_latest AND b.status = 'submitted'
            WHERE w.course_id = c.id AND b.user_id IS DISTINCT FROM \(reader)
        ) s
        WHERE c.id = ANY(\(courses)) ORDER BY c.id DESC
        """
    }

    /// Learners of published courses who may not make it, and how many there are.
    ///
    /// That somebody handed in work which is graded blindly counts as no activity here: when it came would say whose it is.
    ///
    /// - Parameters:
    ///   - courses: An expression of an array of courses.
    ///   - away: Who did nothing since then is inactive.
    ///   - limit: The most learners.
    ///   - instant: Now.
    /// - Returns: A SELECT.
    static func listLearnersAtRisk(_ courses: SQL, awaySince away: Date, limit: Int, at instant: Date) -> SQL {
        """
        WITH e AS (
            SELECT n.id, n.course_id, n.user_id, n.status, n.completed_lessons, c.title, c.published_lessons,
                   b.completion_grade, greatest(n.enrolled_at, n.started_at, n.last_accessed_at) AS seen_at,
                   avg(n.completed_lessons) OVER (PARTITION BY n.course_id) AS usual
            FROM courses c JOIN enrollments n ON n.course_id = c.id AND n.status IN ('active', 'completed')
            LEFT JOIN gradebooks b ON b.course_id = c.id
            WHERE c.id = ANY(\(courses)) AND c.status = 'published'
        ), f AS MATERIALIZED (
            SELECT e.*, CASE WHEN e.completion_grade IS NOT NULL THEN \(.gradeSoFar) END AS grade,
                   CASE WHEN e.seen_at >= \(away) THEN e.seen_at ELSE greatest(
                       e.seen_at, (SELECT max(t.started_at) FROM quiz_attempts t WHERE t.enrollment_id = e.id),
                       (SELECT max(s.saved_at) FROM submissions s
                        WHERE s.enrollment_id = e.id
                          AND NOT (SELECT w.is_blind FROM assignments w WHERE w.id = s.assignment_id)),
                       (SELECT max(s.received_at) FROM submission_members g JOIN submissions s ON s.id = g.submission_id
                        WHERE g.enrollment_id = e.id
                          AND NOT (SELECT w.is_blind FROM assignments w WHERE w.id = s.assignment_id))) END AS active_at
            FROM e WHERE e.status = 'active'
        )
        SELECT f.course_id, f.title, f.id, f.user_id, u.display_name, r.is_behind, r.is_failing,
               floor(extract(epoch FROM \(instant) - f.active_at) / 86400)::bigint, f.completed_lessons, f.published_lessons,
               f.grade, f.completion_grade, count(*) OVER ()
        FROM f JOIN users u ON u.id = f.user_id AND u.status = 'active'
        CROSS JOIN LATERAL (
            SELECT f.active_at < \(away) AND f.completed_lessons < f.published_lessons AND f.completed_lessons <= f.usual
                       AS is_behind,
                   coalesce(f.grade < f.completion_grade, false) AS is_failing
        ) r
        WHERE r.is_behind OR r.is_failing
        ORDER BY r.is_behind AND r.is_failing DESC, f.active_at, f.id LIMIT \(limit)
        """
    }
}

extension CourseOverview {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        course = try fields.next()
        title = try fields.next()
        status = try fields.next()
        role = try fields.next()
        rating = Course.Rating(count: try fields.next(), sum: try fields.next())
        active = try fields.next()
        completed = try fields.next()
        averageProgressInHundredths = try fields.next()
        averageTimeSpentSeconds = try fields.next()
        let grade: Int? = try fields.next()
        averageGrade = grade.map(GradePercentage.init(hundredths:))
        quizAttempts = GradingQueue(count: try fields.next(), oldest: try fields.next())
        submissions = GradingQueue(count: try fields.next(), oldest: try fields.next())
        lately = Activity(
            enrollments: try fields.next(),
            completions: try fields.next(),
            quizAttempts: try fields.next(),
            submissions: try fields.next()
        )
    }
}

extension LearnerAtRisk {
    init(fields: inout RowFields) throws(DatabaseError) {
        course = try fields.next()
        courseTitle = try fields.next()
        enrollment = try fields.next()
        learner = try fields.next()
        name = try fields.next()
        let isBehind: Bool = try fields.next()
        let isFailing: Bool = try fields.next()
        reasons = (isBehind ? [.inactiveAndBehind] : []) + (isFailing ? [.belowPassingGrade] : [])
        inactiveDays = try fields.next()
        progress = Percentage(completed: try fields.next(), of: try fields.next())
        let grade: Int? = try fields.next()
        self.grade = grade.map(GradePercentage.init(hundredths:))
        let passing: Int? = try fields.next()
        passingGrade = passing.map(GradePercentage.init(hundredths:))
    }
}
