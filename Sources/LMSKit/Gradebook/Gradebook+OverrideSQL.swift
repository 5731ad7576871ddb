// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectGradeVersions(of learners: [Principal.ID], in item: GradeItem) -> SQL {
        """
        SELECT user_id, version FROM grades
        WHERE course_id = \(item.course) AND item_id = \(item.id) AND user_id = ANY(\(learners))
        """
    }

    static func selectCourseGradeOverrideVersion(of learner: Principal.ID, in course: Course.ID) -> SQL {
        "SELECT version FROM course_grade_overrides WHERE course_id = \(course) AND user_id = \(learner)"
    }

    /// Changes what counts in place of a score, with its history and event; the learner's place is locked.
    static func overrideGrade(
        _ score: Points?,
        of learner: Principal.ID,
        in item: GradeItem.ID,
        because reason: String,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        let statement: SQL = """
            WITH n AS (
                SELECT i.id AS item_id, i.course_id, e.user_id, e.id AS enrollment_id, \(score)::bigint * 0.000001 AS score,
                       i.is_muted OR NOT i.is_published OR coalesce(b.is_muted, false) AS is_hidden,
                       g.override_score AS old_score, g.released_at, \(.shownStatus(of: "g")) AS status
                FROM grade_items i
                JOIN enrollments e ON e.course_id = i.course_id AND e.user_id = \(learner)
                LEFT JOIN gradebooks b ON b.course_id = i.course_id
                LEFT JOIN grades g ON g.course_id = i.course_id AND g.user_id = e.user_id AND g.item_id = i.id
                WHERE i.id = \(item) AND g.override_score IS DISTINCT FROM \(score)::bigint * 0.000001
            ), w AS (
                INSERT INTO grades AS g (course_id, user_id, item_id, status, source, override_score, graded_by, graded_at,
                                         released_at)
                SELECT course_id, user_id, item_id, 'ungraded', 'manual', score, \(principal.user)::uuid,
                       \(instant)::timestamptz, CASE WHEN NOT is_hidden THEN \(instant)::timestamptz END
                FROM n
                ON CONFLICT ON CONSTRAINT grades_key DO UPDATE SET
                    override_score = excluded.override_score, released_at = coalesce(g.released_at, excluded.released_at),
                    graded_by = excluded.graded_by, graded_at = excluded.graded_at, version = g.version + 1
                RETURNING g.released_at
            ), h AS (
                INSERT INTO grade_changes (id, course_id, user_id, ordinal, item_id, kind, source, before_score,
                                           before_status, after_score, after_status, reason, changed_by, changed_at)
                SELECT gen_random_uuid(), course_id, user_id,
                       coalesce((SELECT max(z.ordinal) FROM grade_changes z
                                 WHERE z.course_id = n.course_id AND z.user_id = n.user_id), 0) + 1, item_id, 'override', 'manual', old_score, status, score,
                       coalesce(status, 'ungraded'), \(reason), \(principal.user)::uuid, \(instant)::timestamptz
                FROM n
            )
            SELECT \(.recordingGrade(.gradeChanged, by: principal, at: instant)),
                   CASE WHEN w.released_at IS NOT NULL AND n.released_at IS NULL
                        THEN \(.recordingGrade(.gradeReleased, by: principal, at: instant)) END
            FROM n CROSS JOIN w
            """
        return statement.announcing(.events)
    }

    /// Records that what counts in place of a course's grade becomes another; the learner's place is locked.
    ///
    /// Comes before the statement that makes it so.
    static func overrideCourseGrade(
        _ percentage: GradePercentage?,
        of learner: Principal.ID,
        in course: Course.ID,
        because reason: String,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        let event = recordingEvent(
            .gradeChanged,
            of: "n.id",
            payload: "jsonb_build_object('enrollmentId', n.id, 'courseId', n.course_id, 'userId', n.user_id)",
            by: principal,
            at: instant
        )
        let statement: SQL = """
            WITH n AS (
                SELECT e.id, e.course_id, e.user_id, o.percentage AS before, \(percentage?.hundredths)::bigint AS after
                FROM enrollments e
                LEFT JOIN course_grade_overrides o ON o.course_id = e.course_id AND o.user_id = e.user_id
                WHERE e.course_id = \(course) AND e.user_id = \(learner)
                  AND o.percentage IS DISTINCT FROM \(percentage?.hundredths)::bigint
            ), h AS (
                INSERT INTO grade_changes (id, course_id, user_id, ordinal, kind, source, before_score, after_score, reason,
                                           changed_by, changed_at)
                SELECT gen_random_uuid(), course_id, user_id,
                       coalesce((SELECT max(z.ordinal) FROM grade_changes z
                                 WHERE z.course_id = n.course_id AND z.user_id = n.user_id), 0) + 1, 'course_override', 'manual', before * 0.01, after * 0.01,
                       \(reason), \(principal.user)::uuid, \(instant)::timestamptz
                FROM n
            )
            SELECT \(event) FROM n
            """
        return statement.announcing(.events)
    }

    /// What is taken back stays as a row, so that its version goes on.
    static func putCourseGradeOverride(
        _ percentage: GradePercentage?,
        of learner: Principal.ID,
        in course: Course.ID
    ) -> SQL {
        """
        INSERT INTO course_grade_overrides AS o (course_id, user_id, percentage)
        SELECT \(course)::uuid, \(learner)::uuid, \(percentage?.hundredths)::bigint
        WHERE \(percentage?.hundredths)::bigint IS NOT NULL
           OR EXISTS (SELECT FROM course_grade_overrides WHERE course_id = \(course) AND user_id = \(learner))
        ON CONFLICT ON CONSTRAINT course_grade_overrides_key DO UPDATE
        SET percentage = excluded.percentage, version = o.version + 1
        WHERE o.percentage IS DISTINCT FROM excluded.percentage
        """
    }

    static func muteGradeItem(_ id: GradeItem.ID, isMuted: Bool, at instant: Date) -> SQL {
        """
        UPDATE grade_items SET is_muted = \(isMuted), version = version + 1, updated_at = \(instant)
        WHERE id = \(id) AND is_muted <> \(isMuted)
        """
    }

    static func muteGradebook(of course: Course.ID, isMuted: Bool, at instant: Date) -> SQL {
        """
        INSERT INTO gradebooks AS b (course_id, is_muted, updated_at) VALUES (\(course), \(isMuted), \(instant))
        ON CONFLICT ON CONSTRAINT gradebooks_key DO UPDATE SET
            is_muted = excluded.is_muted, updated_at = excluded.updated_at, version = b.version + 1
        WHERE b.is_muted <> excluded.is_muted
        """
    }

    /// Locks the places whose grades `releaseGrades` would release, in the one order in which enrollments are locked.
    static func lockPlacesToRelease(of course: Course.ID, _ scope: ReleaseScope) -> SQL {
        """
        SELECT FROM enrollments e
        WHERE e.course_id = \(course) AND e.user_id IN (
            SELECT g.user_id FROM grades g JOIN grade_items i ON i.id = g.item_id
            WHERE g.course_id = \(course) AND \(scope.condition) AND \(.isReleasable)
        )
        ORDER BY e.id FOR NO KEY UPDATE
        """
    }

    /// A grade `g` in an item `i` that nothing hides and nobody released yet.
    private static var isReleasable: SQL {
        """
        g.released_at IS NULL AND (g.status <> 'ungraded' OR g.is_excused OR g.override_score IS NOT NULL)
        AND i.is_published AND NOT i.is_muted
        AND NOT EXISTS (SELECT FROM gradebooks b WHERE b.course_id = g.course_id AND b.is_muted)
        """
    }

    /// Lets learners see what is neither muted nor released yet, and records it for each; the course and its places are locked.
    static func releaseGrades(
        of course: Course.ID,
        _ scope: ReleaseScope,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        let statement: SQL = """
            WITH r AS (
                UPDATE grades g SET released_at = \(instant), version = g.version + 1
                FROM grade_items i
                WHERE g.course_id = \(course) AND i.id = g.item_id AND \(scope.condition) AND \(.isReleasable)
                RETURNING g.course_id, g.user_id, g.item_id
            ), n AS (
                SELECT r.*, e.id AS enrollment_id
                FROM r JOIN enrollments e ON e.course_id = r.course_id AND e.user_id = r.user_id
            )
            SELECT count(\(.recordingGrade(.gradeReleased, by: principal, at: instant))) FROM n
            """
        return statement.announcing(.events)
    }
}

/// Which grades of a course are released.
enum ReleaseScope {
    /// All.
    case course
    /// Those in an item.
    case item(GradeItem.ID)
    /// Those in the item of a quiz or an assignment.
    case subject(GradeSubject)

    /// Of a grade `g` in an item `i`.
    var condition: SQL {
        switch self {
        case .course: "true"
        case .item(let id): "g.item_id = \(id)"
        case .subject(let subject): "i.kind = \(subject.kind) AND i.subject_id = \(subject.id)"
        }
    }
}
