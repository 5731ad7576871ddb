// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What is copied with a course, by kind, in the order in which it was made.
    static func selectCopiedParts(of course: Course.ID, limit: Int) -> SQL {
        """
        SELECT 'bank', id FROM question_banks WHERE course_id = \(course)
        UNION ALL SELECT 'question', q.id FROM question_banks b JOIN bank_questions q ON q.bank_id = b.id
                  WHERE b.course_id = \(course)
        UNION ALL SELECT 'rubric', id FROM rubrics WHERE course_id = \(course)
        UNION ALL SELECT 'group', id FROM group_sets WHERE course_id = \(course)
        UNION ALL SELECT 'quiz', id FROM quizzes WHERE course_id = \(course)
        UNION ALL SELECT 'assignment', id FROM assignments WHERE course_id = \(course)
        UNION ALL SELECT 'category', id FROM grade_categories WHERE course_id = \(course)
        UNION ALL SELECT 'item', id FROM grade_items WHERE course_id = \(course)
        UNION ALL SELECT 'medium', id FROM media WHERE course_id = \(course) AND file_id IS NOT NULL
        ORDER BY 2 LIMIT \(limit)
        """
    }

    /// Lets a course show the files that another one shows; what learners hand in is nobody else's.
    static func shareFiles(of origin: Course.ID, with copy: Course.ID) -> SQL {
        """
        INSERT INTO shared_files (course_id, file_id)
        SELECT \(copy), f.id FROM files f WHERE f.course_id = \(origin) AND f.owner_id IS NULL
        UNION SELECT \(copy), s.file_id FROM shared_files s WHERE s.course_id = \(origin)
        """
    }

    /// Two courses that are deleted at once must not hand files over to each other.
    static let lockSharedFiles: SQL = "LOCK TABLE shared_files IN SHARE ROW EXCLUSIVE MODE"

    /// Gives the files of a course that is deleted to a course that shows them too.
    static func handOverFiles(of course: Course.ID) -> SQL {
        """
        UPDATE files f SET course_id = h.course_id
        FROM (SELECT DISTINCT ON (s.file_id) s.file_id, s.course_id FROM files o JOIN shared_files s ON s.file_id = o.id
              WHERE o.course_id = \(course) AND o.owner_id IS NULL AND s.course_id <> \(course)
              ORDER BY s.file_id, s.course_id) h
        WHERE f.id = h.file_id
        """
    }

    /// They wait to be made of the files that they share.
    static func copyMedia(to copy: Course.ID, _ map: CopyMap, at instant: Date) -> SQL {
        """
        INSERT INTO media (id, lesson_id, course_id, file_id, title, completion_percentage, created_at, updated_at)
        SELECT n.new, l.new, \(copy), m.file_id, m.title, m.completion_percentage, \(instant), \(instant)
        FROM \(map(.medium)) AS n (old, new) JOIN media m ON m.id = n.old JOIN \(map.lessonPairs) AS l (old, new) ON l.old = m.lesson_id
        """
    }

    /// Tells what each module and lesson of a copy was in the first version.
    static func copyLineage(of origin: Course.ID, to copy: Course.ID, _ map: CopyMap) -> [SQL] {
        [
            """
            UPDATE modules t SET origin_id = coalesce(o.origin_id, o.id)
            FROM unnest(\(map.modules.old), \(map.modules.new)) AS n (old, new)
            JOIN modules o ON o.course_id = \(origin) AND o.id = n.old
            WHERE t.course_id = \(copy) AND t.id = n.new
            """,
            """
            UPDATE lessons t SET origin_id = coalesce(o.origin_id, o.id)
            FROM \(map.lessonPairs) AS n (old, new) JOIN lessons o ON o.id = n.old
            WHERE t.course_id = \(copy) AND t.id = n.new
            """,
        ]
    }

    /// Whoever helps or looks on does so in the next version; the instructors are there already.
    static func copyStaff(of origin: Course.ID, to copy: Course.ID) -> SQL {
        """
        INSERT INTO course_instructors (course_id, user_id, role, assigned_at)
        SELECT \(copy), i.user_id, i.role, i.assigned_at FROM course_instructors i WHERE i.course_id = \(origin)
        ON CONFLICT ON CONSTRAINT course_instructors_key DO NOTHING
        """
    }

    static func copyCertificateRule(of origin: Course.ID, to copy: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO certificate_rules (course_id, template_id, issuance, minimum_percentage, validity_months, language,
                                       grade_shown, updated_at)
        SELECT \(copy), r.template_id, r.issuance, r.minimum_percentage, r.validity_months, r.language, r.grade_shown,
               \(instant)
        FROM certificate_rules r WHERE r.course_id = \(origin)
        """
    }

    /// Banks with the newest version of each question, and quizzes with their slots, without their windows.
    static func copyTests(
        of origin: Course.ID,
        to copy: Course.ID,
        _ map: CopyMap,
        _ hasLineage: Bool,
        by user: Principal.ID?,
        at instant: Date
    ) -> [SQL] {
        guard !map.new(.bank).isEmpty || !map.new(.quiz).isEmpty else { return [] }
        return [
            """
            INSERT INTO question_banks (id, course_id, title, description, created_at, updated_at)
            SELECT n.new, \(copy), b.title, b.description, \(instant), \(instant)
            FROM \(map(.bank)) AS n (old, new) JOIN question_banks b ON b.id = n.old
            """,
            """
            INSERT INTO bank_questions (id, bank_id, course_id, tags, is_retired, created_at, updated_at)
            SELECT n.new, b.new, \(copy), q.tags, q.is_retired, \(instant), \(instant)
            FROM \(map(.question)) AS n (old, new) JOIN bank_questions q ON q.id = n.old
            JOIN \(map(.bank)) AS b (old, new) ON b.old = q.bank_id
            """,
            """
            INSERT INTO question_versions (question_id, number, kind, content, written_at, written_by)
            SELECT n.new, 1, v.kind, v.content, \(instant), \(user)::uuid
            FROM \(map(.question)) AS n (old, new) JOIN bank_questions q ON q.id = n.old
            JOIN question_versions v ON v.question_id = q.id AND v.number = q.version
            """,
            """
            INSERT INTO quizzes (id, course_id, lesson_id, title, instructions, status, time_limit_seconds, grace_seconds,
                                 attempt_limit, attempt_policy, shuffles_questions, shuffles_options, score_reveal,
                                 feedback_reveal, answer_reveal, pass_percentage, created_at, updated_at, published_at, origin_id)
            SELECT n.new, \(copy), l.new, q.title, q.instructions, q.status, q.time_limit_seconds, q.grace_seconds,
                   q.attempt_limit, q.attempt_policy, q.shuffles_questions, q.shuffles_options, q.score_reveal,
                   q.feedback_reveal, q.answer_reveal, q.pass_percentage, \(instant), \(instant),
                   CASE WHEN q.status <> 'draft' THEN \(instant)::timestamptz END,
                   CASE WHEN \(hasLineage) THEN coalesce(q.origin_id, q.id) END
            FROM \(map(.quiz)) AS n (old, new) JOIN quizzes q ON q.id = n.old
            LEFT JOIN \(map.lessonPairs) AS l (old, new) ON l.old = q.lesson_id
            """,
            """
            INSERT INTO quiz_slots (quiz_id, course_id, position, question_id, bank_id, tag, draw_count, points)
            SELECT n.new, \(copy), s.position, q.new, b.new, s.tag, s.draw_count, s.points
            FROM \(map(.quiz)) AS n (old, new) JOIN quiz_slots s ON s.quiz_id = n.old
            LEFT JOIN \(map(.question)) AS q (old, new) ON q.old = s.question_id
            LEFT JOIN \(map(.bank)) AS b (old, new) ON b.old = s.bank_id
            """,
        ]
    }

    /// Rubrics with all of their versions, sets of groups without groups, and assignments without their dates.
    static func copyWork(
        of origin: Course.ID,
        to copy: Course.ID,
        _ map: CopyMap,
        _ hasLineage: Bool,
        at instant: Date
    ) -> [SQL] {
        guard !map.new(.rubric).isEmpty || !map.new(.group).isEmpty || !map.new(.assignment).isEmpty else { return [] }
        return [
            """
            INSERT INTO rubrics (id, course_id, title, version, created_at, updated_at)
            SELECT n.new, \(copy), r.title, r.version, \(instant), \(instant)
            FROM \(map(.rubric)) AS n (old, new) JOIN rubrics r ON r.id = n.old
            """,
            """
            INSERT INTO rubric_versions (rubric_id, number, criteria, points, written_at)
            SELECT n.new, v.number, v.criteria, v.points, v.written_at
            FROM \(map(.rubric)) AS n (old, new) JOIN rubric_versions v ON v.rubric_id = n.old
            """,
            """
            INSERT INTO group_sets (id, course_id, title, created_at)
            SELECT n.new, \(copy), g.title, \(instant) FROM \(map(.group)) AS n (old, new) JOIN group_sets g ON g.id = n.old
            """,
            """
            INSERT INTO assignments (id, course_id, lesson_id, title, instructions, status, points, rubric_id, rubric_version,
                                     grace_seconds, accepts_late, late_penalty, late_floor, submission_limit, is_blind,
                                     release, completes_on, takes, file_limit, file_byte_limit, file_types, group_set_id,
                                     created_at, updated_at, published_at, origin_id)
            SELECT n.new, \(copy), l.new, a.title, a.instructions, a.status, a.points, r.new,
                   CASE WHEN r.new IS NOT NULL THEN a.rubric_version END, a.grace_seconds, a.accepts_late, a.late_penalty,
                   a.late_floor, a.submission_limit, a.is_blind, a.release, a.completes_on, a.takes, a.file_limit,
                   a.file_byte_limit, a.file_types, g.new, \(instant), \(instant),
                   CASE WHEN a.status <> 'draft' THEN \(instant)::timestamptz END,
                   CASE WHEN \(hasLineage) THEN coalesce(a.origin_id, a.id) END
            FROM \(map(.assignment)) AS n (old, new) JOIN assignments a ON a.id = n.old
            LEFT JOIN \(map.lessonPairs) AS l (old, new) ON l.old = a.lesson_id
            LEFT JOIN \(map(.rubric)) AS r (old, new) ON r.old = a.rubric_id
            LEFT JOIN \(map(.group)) AS g (old, new) ON g.old = a.group_set_id
            """,
        ]
    }

    /// How the course is graded and completed, and what is graded in it; items of what is gone are not.
    static func copyGrading(
        of origin: Course.ID,
        to copy: Course.ID,
        _ map: CopyMap,
        _ hasLineage: Bool,
        at instant: Date
    ) -> [SQL] {
        [
            """
            INSERT INTO gradebooks (course_id, mode, missing_policy, missing_credit, rounding, decimals, letters, boundaries,
                                    is_muted, completion_grade, needs_mandatory_items, needs_all_lessons, updated_at)
            SELECT \(copy), b.mode, b.missing_policy, b.missing_credit, b.rounding, b.decimals, b.letters, b.boundaries,
                   b.is_muted, b.completion_grade, b.needs_mandatory_items, b.needs_all_lessons, \(instant)
            FROM gradebooks b WHERE b.course_id = \(origin)
            """,
            """
            INSERT INTO grade_categories (id, course_id, name, weight, drop_lowest, position)
            SELECT n.new, \(copy), c.name, c.weight, c.drop_lowest, c.position
            FROM \(map(.category)) AS n (old, new) JOIN grade_categories c ON c.id = n.old
            """,
            """
            INSERT INTO grade_items (id, course_id, category_id, kind, subject_id, title, max_points, position, is_published,
                                     is_muted, counts, is_extra_credit, is_mandatory, created_at, updated_at, origin_id)
            SELECT n.new, \(copy), c.new, i.kind, coalesce(q.new, a.new), i.title, i.max_points, i.position, i.is_published,
                   -- What showed the scores of a quiz was its end, which the copy has before it.
                   i.is_muted OR i.kind = 'quiz' AND EXISTS (
                       SELECT FROM quizzes z WHERE z.id = i.subject_id AND z.score_reveal <> 'after_submit'),
                   i.counts, i.is_extra_credit, i.is_mandatory, \(instant), \(instant),
                   CASE WHEN \(hasLineage) THEN coalesce(i.origin_id, i.id) END
            FROM \(map(.item)) AS n (old, new) JOIN grade_items i ON i.id = n.old
            LEFT JOIN \(map(.category)) AS c (old, new) ON c.old = i.category_id
            LEFT JOIN \(map(.quiz)) AS q (old, new) ON i.kind = 'quiz' AND q.old = i.subject_id
            LEFT JOIN \(map(.assignment)) AS a (old, new) ON i.kind = 'assignment' AND a.old = i.subject_id
            WHERE i.kind = 'manual' OR q.new IS NOT NULL OR a.new IS NOT NULL
            """,
        ]
    }
}
