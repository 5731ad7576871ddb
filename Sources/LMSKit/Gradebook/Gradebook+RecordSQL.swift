// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func lockGradedCourse(_ id: Course.ID) -> SQL {
        "SELECT id FROM courses WHERE id = \(id) FOR NO KEY UPDATE"
    }

    /// Puts a subject's item there or brings up to date what is the subject's to say; no row if the course has too many.
    static func putGradeItem(
        _ id: GradeItem.ID,
        for subject: GradeSubject,
        in course: Course.ID,
        _ draft: GradeItemDraft,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO grade_items AS i (id, course_id, category_id, kind, subject_id, title, max_points, due_at, position,
                                      is_published, counts, is_extra_credit, is_mandatory, created_at, updated_at)
        SELECT \(id), \(course), \(draft.category)::uuid, \(subject.kind), \(subject.id)::uuid, \(draft.title),
               \(draft.maxPoints) * 0.000001, \(draft.dueAt)::timestamptz, \(draft.position), \(draft.isPublished),
               \(draft.counts), \(draft.isExtraCredit), \(draft.isMandatory), \(instant)::timestamptz, \(instant)::timestamptz
        WHERE (SELECT count(*) FROM grade_items WHERE course_id = \(course)) < \(Gradebook.itemLimit)
           OR EXISTS (SELECT FROM grade_items WHERE kind = \(subject.kind) AND subject_id = \(subject.id))
        ON CONFLICT ON CONSTRAINT grade_items_kind_subject_id_uq DO UPDATE SET
            title = excluded.title, max_points = excluded.max_points, due_at = excluded.due_at,
            is_published = excluded.is_published, updated_at = excluded.updated_at, version = i.version + 1
        RETURNING id
        """
    }

    static func deleteUnusedGradeItem(of subject: GradeSubject) -> SQL {
        """
        DELETE FROM grade_items i WHERE i.kind = \(subject.kind) AND i.subject_id = \(subject.id)
          AND NOT EXISTS (SELECT FROM grades g WHERE g.item_id = i.id)
        """
    }

    static func retireGradeItem(of subject: GradeSubject, at instant: Date) -> SQL {
        """
        UPDATE grade_items SET is_published = false, counts = false, is_mandatory = false, version = version + 1,
            updated_at = \(instant)
        WHERE kind = \(subject.kind) AND subject_id = \(subject.id)
        """
    }

    /// Comes before a statement that changes a learner's grades: when it returns, the statement after it sees all that was
    /// committed to them before, and nobody else changes them until the commit.
    static func lockGradedPlace(of learner: Principal.ID, subject: GradeSubject) -> SQL {
        """
        SELECT FROM enrollments WHERE user_id = \(learner) AND course_id =
            (SELECT course_id FROM grade_items WHERE kind = \(subject.kind) AND subject_id = \(subject.id))
        FOR NO KEY UPDATE
        """
    }

    /// The same for several learners of a course, in the one order in which enrollments are locked.
    static func lockGradedPlaces(of learners: [Principal.ID], in course: Course.ID) -> SQL {
        """
        SELECT user_id FROM enrollments WHERE course_id = \(course) AND user_id = ANY(\(learners))
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// One entry for `recordGrades`.
    static func gradeEntry(
        of learner: Principal.ID,
        subject: GradeSubject,
        status: Grade.Status,
        score: Points?
    ) -> SQL {
        """
        SELECT id AS item_id, \(learner)::uuid AS user_id, \(status)::text AS status, \(score) * 0.000001 AS score
        FROM grade_items WHERE kind = \(subject.kind) AND subject_id = \(subject.id)
        """
    }

    /// Many entries for `recordGrades`; no score is a negative one, because arrays have no NULLs.
    static func gradeEntries(_ entries: [GradeEntry]) -> SQL {
        """
        SELECT item_id, user_id, status, CASE WHEN score >= 0 THEN score * 0.000001 END AS score
        FROM unnest(\(entries.map(\.item))::uuid[], \(entries.map(\.learner))::uuid[], \(entries.map(\.status))::text[],
                    \(entries.map { $0.score ?? Points(millionths: -1) })::bigint[]) AS x (item_id, user_id, status, score)
        """
    }

    /// Records entries of learners whose places are locked, with their history and events.
    ///
    /// An entry of somebody who has no place in the item's course is passed over. Each other one returns a row: the item, the
    /// learner, whether anything changed, whether the score was too high, and the item's points.
    static func recordGrades(
        _ entries: SQL,
        from source: Grade.Source,
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        let statement: SQL = """
            WITH n AS (
                SELECT i.id AS item_id, i.course_id, e.user_id, e.id AS enrollment_id, i.max_points, g.released_at,
                       i.is_muted OR NOT i.is_published OR coalesce(b.is_muted, false) AS is_hidden,
                       coalesce(x.score > i.max_points, false) AS is_too_high,
                       g.score AS old_score, \(.shownStatus(of: "g")) AS old_status,
                       CASE WHEN k.keeps THEN g.score ELSE x.score END AS score,
                       CASE WHEN k.keeps THEN coalesce(g.status, 'ungraded') ELSE x.status END AS status,
                       x.status = 'excused' OR k.source = 'subject' AND coalesce(g.is_excused, false) AS is_excused,
                       g.item_id IS NULL AS is_new, g.status AS status_before, g.is_excused AS was_excused, k.source
                FROM (\(entries)) x
                JOIN grade_items i ON i.id = x.item_id
                JOIN enrollments e ON e.user_id = x.user_id AND e.course_id = i.course_id AND e.status <> 'pending_payment'
                LEFT JOIN gradebooks b ON b.course_id = i.course_id
                LEFT JOIN grades g ON g.course_id = i.course_id AND g.user_id = x.user_id AND g.item_id = i.id
                CROSS JOIN LATERAL (
                    SELECT s.source, x.status = 'excused' OR s.source <> 'subject' AND i.kind <> 'manual' AS keeps
                    FROM (SELECT \(source)::text AS source) s
                ) k
            ), c AS (
                SELECT * FROM n WHERE NOT is_too_high AND CASE WHEN is_new THEN status <> 'ungraded' OR is_excused
                    ELSE old_score IS DISTINCT FROM score OR status_before <> status OR was_excused <> is_excused END
            ), w AS (
                INSERT INTO grades AS g (course_id, user_id, item_id, score, status, is_excused, source, graded_by,
                                         graded_at, released_at)
                SELECT course_id, user_id, item_id, score, status, is_excused, source, \(principal.user)::uuid,
                       \(instant)::timestamptz, coalesce(released_at, CASE WHEN NOT is_hidden THEN \(instant)::timestamptz END)
                FROM c
                ON CONFLICT ON CONSTRAINT grades_key DO UPDATE SET
                    score = excluded.score, status = excluded.status, is_excused = excluded.is_excused,
                    source = excluded.source, graded_by = excluded.graded_by, graded_at = excluded.graded_at,
                    released_at = excluded.released_at, version = g.version + 1
                RETURNING g.user_id, g.item_id, g.released_at, \(.shownStatus(of: "g")) AS status
            ), h AS (
                INSERT INTO grade_changes (id, course_id, user_id, ordinal, item_id, kind, source, before_score,
                                           before_status, after_score, after_status, changed_by, changed_at)
                SELECT gen_random_uuid(), c.course_id, c.user_id,
                       coalesce((SELECT max(z.ordinal) FROM grade_changes z
                                 WHERE z.course_id = c.course_id AND z.user_id = c.user_id), 0)
                           + row_number() OVER (PARTITION BY c.user_id ORDER BY c.item_id), c.item_id, 'score', c.source, c.old_score, c.old_status,
                       c.score, w.status, \(principal.user)::uuid, \(instant)::timestamptz
                FROM c JOIN w ON w.item_id = c.item_id AND w.user_id = c.user_id
            )
            SELECT n.item_id, n.user_id, w.item_id IS NOT NULL, n.is_too_high, (n.max_points * 1000000)::bigint,
                   CASE WHEN w.item_id IS NOT NULL
                        THEN \(.recordingGrade(.gradeChanged, by: principal, at: instant)) END,
                   CASE WHEN w.released_at IS NOT NULL AND n.released_at IS NULL
                        THEN \(.recordingGrade(.gradeReleased, by: principal, at: instant)) END
            FROM n LEFT JOIN w ON w.item_id = n.item_id AND w.user_id = n.user_id
            """
        return statement.announcing(.events)
    }

    /// How the grade in a row of `grades` stands, NULL for none.
    static func shownStatus(of table: SQL) -> SQL {
        "CASE WHEN \(table).is_excused THEN 'excused' ELSE \(table).status END"
    }

    /// Records for each row `n` of a statement what became of a learner's grade in an item.
    ///
    /// The event's aggregate is the learner's place, whose lock keeps the order.
    static func recordingGrade(_ type: EventType, by principal: Principal, at instant: Date) -> SQL {
        recordingEvent(
            type,
            of: "n.enrollment_id",
            payload: """
                jsonb_build_object('enrollmentId', n.enrollment_id, 'courseId', n.course_id, 'userId', n.user_id,
                    'gradeItemId', n.item_id)
                """,
            by: principal,
            at: instant
        )
    }
}
