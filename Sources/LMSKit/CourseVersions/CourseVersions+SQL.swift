// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// The version that is offered after that of a place; no row if there is none.
    static func selectSuccessor(of place: Enrollment.ID) -> SQL {
        """
        SELECT n.id FROM enrollments e JOIN courses c ON c.id = e.course_id
        JOIN courses n ON n.series_id = c.series_id AND n.status = 'published' AND n.edition > c.edition
        WHERE e.id = \(place)
        """
    }

    /// Locks the places of some users in a version, or of everybody who can be moved; both courses are locked.
    ///
    /// An attempt begins, and a place is left, under the lock of the place; a place in the other version is given under that of its
    /// course: what is read after this holds.
    /// Whether a version replaced another one, or places of other versions lead to it.
    static func selectIsInUse(version id: Course.ID) -> SQL {
        """
        SELECT c.published_at IS NOT NULL AND EXISTS (
                SELECT FROM courses p WHERE p.series_id = c.series_id AND p.edition < c.edition AND p.superseded_at IS NOT NULL)
            OR EXISTS (SELECT FROM enrollments o JOIN enrollments t ON t.id = o.migrated_to WHERE t.course_id = c.id)
        FROM courses c WHERE c.id = \(id)
        """
    }

    static func lockMoving(
        _ users: [Principal.ID],
        isEverybody: Bool,
        from: Course.ID,
        to: Course.ID,
        limit: Int
    ) -> SQL {
        """
        SELECT e.id FROM enrollments e
        WHERE e.course_id = \(from) AND CASE WHEN \(isEverybody) THEN e.status = 'active'
              AND NOT \(isCertified)
              AND NOT EXISTS (SELECT FROM enrollments t WHERE t.course_id = \(to) AND t.user_id = e.user_id)
              AND NOT EXISTS (SELECT FROM quiz_attempts a WHERE a.enrollment_id = e.id AND a.status = 'in_progress')
            ELSE e.user_id = ANY(\(users)) END
        ORDER BY e.id LIMIT \(limit) FOR NO KEY UPDATE OF e
        """
    }

    /// Whether a place `e` has a certificate that is good: who goes on elsewhere would be given another.
    private static let isCertified: SQL =
        """
        EXISTS (SELECT FROM certificates f WHERE f.enrollment_id = e.id AND f.superseded_at IS NULL AND f.revoked_at IS NULL)
        """

    /// What `VersionMove(row:)` reads of places `e`, whose learners might go on in the course of `to`.
    private static func moveColumns(to: SQL) -> SQL {
        """
        e.user_id, e.id, CASE WHEN e.status = 'active' AND \(isCertified) THEN 'completed' ELSE e.status END, (SELECT t.id FROM enrollments t WHERE t.course_id = \(to) AND t.user_id = e.user_id),
        e.migrated_to, EXISTS (SELECT FROM quiz_attempts a WHERE a.enrollment_id = e.id AND a.status = 'in_progress'),
        (SELECT count(*) FROM lesson_progress p WHERE p.enrollment_id = e.id AND p.completed_at IS NOT NULL),
        (SELECT count(*) FROM lesson_progress p JOIN lessons o ON o.id = p.lesson_id
         JOIN lessons n ON n.course_id = \(to) AND coalesce(n.origin_id, n.id) = coalesce(o.origin_id, o.id)
         WHERE p.enrollment_id = e.id AND p.completed_at IS NOT NULL)
        """
    }

    static func selectMoves(of places: [Enrollment.ID], from: Course.ID, to: Course.ID) -> SQL {
        """
        SELECT \(.moveColumns(to: "\(to)"))
        FROM enrollments e WHERE e.id = ANY(\(places)) AND e.course_id = \(from) ORDER BY e.id
        """
    }

    /// The same of a page of all places in a version, by the numbers of both.
    static func selectMoves(
        ofVersionsOf id: Course.ID,
        from source: Int,
        to edition: Int,
        after: Enrollment.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.moveColumns(to: "v.target"))
        FROM (SELECT f.id AS source, t.id AS target FROM courses c
              JOIN courses f ON f.series_id = c.series_id AND f.edition = \(source)
              JOIN courses t ON t.series_id = c.series_id AND t.edition = \(edition)
              WHERE c.id = \(id) AND f.id <> t.id) v
        JOIN enrollments e ON e.course_id = v.source
        WHERE \(after) IS NULL OR e.id > \(after)
        ORDER BY e.id LIMIT \(limit)
        """
    }

    /// Gives each place `old` another `new` in another version, with what was done in lessons that are in both, and ends it.
    static func movePlaces(
        _ old: [Enrollment.ID],
        as new: [Enrollment.ID],
        from: Course.ID,
        to: Course.ID,
        by principal: Principal,
        at instant: Date
    ) -> [SQL] {
        let event = recordingEvent(
            .enrollmentMigrated,
            of: "e.id",
            payload: """
                jsonb_build_object('enrollmentId', e.id, 'userId', e.user_id, 'courseId', e.course_id,
                    'fromEnrollmentId', n.old, 'fromCourseId', \(from)::uuid)
                """,
            by: principal,
            at: instant
        )
        let record: SQL = """
            SELECT count(\(event)) FROM unnest(\(old), \(new)) AS n (old, new) JOIN enrollments e ON e.id = n.new
            """
        return [
            """
            INSERT INTO enrollments (id, user_id, course_id, status, time_spent_seconds, last_lesson_id, enrolled_at, started_at,
                                     last_accessed_at)
            SELECT n.new, e.user_id, \(to), 'active', e.time_spent_seconds,
                   (SELECT t.id FROM lessons o JOIN lessons t ON coalesce(t.origin_id, t.id) = coalesce(o.origin_id, o.id)
                    WHERE o.id = e.last_lesson_id AND t.course_id = \(to)),
                   e.enrolled_at, e.started_at, e.last_accessed_at
            FROM unnest(\(old), \(new)) AS n (old, new) JOIN enrollments e ON e.id = n.old
            """,
            """
            INSERT INTO lesson_progress (enrollment_id, lesson_id, status, position_seconds, time_spent_seconds, started_at,
                                         completed_at, last_accessed_at)
            SELECT n.new, t.id, p.status, p.position_seconds, p.time_spent_seconds, p.started_at, p.completed_at,
                   p.last_accessed_at
            FROM unnest(\(old), \(new)) AS n (old, new) JOIN lesson_progress p ON p.enrollment_id = n.old
            JOIN lessons o ON o.id = p.lesson_id
            JOIN lessons t ON t.course_id = \(to) AND coalesce(t.origin_id, t.id) = coalesce(o.origin_id, o.id)
            """,
            """
            UPDATE enrollments e SET status = 'migrated', migrated_to = n.new
            FROM unnest(\(old), \(new)) AS n (old, new) WHERE e.id = n.old
            """,
            "UPDATE courses SET seats_taken = seats_taken - \(old.count) WHERE id = \(from)",
            "UPDATE courses SET seats_taken = seats_taken + \(old.count) WHERE id = \(to)",
            record.announcing(.events),
        ]
    }

    /// Takes over what learners were shown of their grades, in items that are in both versions and to their points.
    ///
    /// It counts until they are graded there. What somebody gave for the whole course is taken over too.
    static func moveGrades(
        _ old: [Enrollment.ID],
        from: Course.ID,
        to: Course.ID,
        by user: Principal.ID?,
        at instant: Date
    ) -> [SQL] {
        let reason = "Taken over from an earlier version"
        return [
            """
            WITH n AS (
                SELECT e.user_id, t.id AS item_id, g.status, g.is_excused, g.graded_by, g.graded_at, g.released_at,
                       CASE WHEN coalesce(g.override_score, g.score) IS NOT NULL THEN
                           least(round(coalesce(g.override_score, g.score) * t.max_points / o.max_points, 6), 100000)
                       END AS score
                FROM enrollments e JOIN grades g ON g.course_id = e.course_id AND g.user_id = e.user_id
                JOIN grade_items o ON o.course_id = g.course_id AND o.id = g.item_id
                JOIN grade_items t ON t.course_id = \(to) AND coalesce(t.origin_id, t.id) = coalesce(o.origin_id, o.id)
                WHERE e.id = ANY(\(old)) AND g.released_at IS NOT NULL AND o.is_published AND NOT o.is_muted
                  AND NOT EXISTS (SELECT FROM gradebooks b WHERE b.course_id = \(from) AND b.is_muted)
                  AND (g.is_excused OR g.score IS NOT NULL OR g.override_score IS NOT NULL)
            ), w AS (
                INSERT INTO grades (course_id, user_id, item_id, score, status, is_excused, source, graded_by, graded_at,
                                    released_at)
                SELECT \(to), user_id, item_id, score,
                       CASE WHEN score IS NULL THEN 'ungraded' WHEN status = 'late' THEN 'late' ELSE 'graded' END, is_excused,
                       'import', graded_by, graded_at, released_at
                FROM n
                ON CONFLICT ON CONSTRAINT grades_key DO NOTHING
                RETURNING user_id, item_id, score, status
            )
            INSERT INTO grade_changes (id, course_id, user_id, ordinal, item_id, kind, source, after_score, after_status, reason,
                                       changed_by, changed_at)
            SELECT gen_random_uuid(), \(to), w.user_id,
                   coalesce((SELECT max(z.ordinal) FROM grade_changes z WHERE z.course_id = \(to) AND z.user_id = w.user_id), 0)
                       + row_number() OVER (PARTITION BY w.user_id ORDER BY w.item_id),
                   w.item_id, 'score', 'import', w.score, w.status, \(reason), \(user)::uuid, \(instant)
            FROM w
            """,
            """
            WITH w AS (
                INSERT INTO course_grade_overrides (course_id, user_id, percentage)
                SELECT \(to), e.user_id, o.percentage
                FROM enrollments e JOIN course_grade_overrides o ON o.course_id = e.course_id AND o.user_id = e.user_id
                WHERE e.id = ANY(\(old)) AND o.percentage IS NOT NULL
                    AND NOT EXISTS (SELECT FROM gradebooks b WHERE b.course_id = e.course_id AND b.is_muted)
                ON CONFLICT ON CONSTRAINT course_grade_overrides_key DO NOTHING
                RETURNING user_id, percentage
            )
            INSERT INTO grade_changes (id, course_id, user_id, ordinal, kind, source, after_score, reason, changed_by, changed_at)
            SELECT gen_random_uuid(), \(to), w.user_id,
                   coalesce((SELECT max(z.ordinal) FROM grade_changes z WHERE z.course_id = \(to) AND z.user_id = w.user_id), 0)
                       + 1,
                   'course_override', 'import', w.percentage * 0.01, \(reason), \(user)::uuid, \(instant)
            FROM w
            """,
        ]
    }

    /// Counts what learners did in the version that they were moved to, and completes those who did enough, as
    /// `recountLearners(of:by:at:)` does it.
    static func recountMoved(_ places: [Enrollment.ID], by principal: Principal, at instant: Date) -> SQL {
        let event = recordingCompletion(by: principal, at: instant)
        let recount: SQL = """
            WITH u AS (UPDATE enrollments e SET
                completed_lessons = n.done,
                status = CASE WHEN n.is_enough THEN 'completed' ELSE e.status END,
                completed_at = CASE WHEN n.is_enough THEN \(instant)::timestamptz END
            FROM (
                SELECT p.id, count(l.id) AS done,
                       c.published_lessons > 0
                           AND NOT EXISTS (SELECT FROM gradebooks b WHERE b.course_id = c.id AND b.has_completion_rule)
                           AND count(l.id) * 100 >= c.completion_threshold * c.published_lessons AS is_enough
                FROM enrollments p
                JOIN courses c ON c.id = p.course_id
                LEFT JOIN lesson_progress d ON d.enrollment_id = p.id AND d.completed_at IS NOT NULL
                LEFT JOIN lessons l ON l.id = d.lesson_id AND l.course_id = p.course_id AND l.status = 'published'
                WHERE p.id = ANY(\(places))
                GROUP BY p.id, c.id
            ) n
            WHERE e.id = n.id
            RETURNING e.id, e.user_id, e.course_id, n.is_enough)
            SELECT count(\(event)) FROM u WHERE u.is_enough
            """
        return recount.announcing(.events)
    }
}
