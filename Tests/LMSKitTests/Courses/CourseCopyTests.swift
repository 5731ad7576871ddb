// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CourseCopyTests {
    @Test func `a copy and a next version have every column of what they are copied from`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            try await world.equip(old, file: StoredFile.ID(UUID()))
            try await world.tenant.transaction { session in
                try await session.batch(Self.fillingEveryColumn(of: old))
            }
            let copy = try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.courses.duplicate(old.course.id, session: session)
            }
            let next = try await world.next(after: old.course.id)
            for course in [copy.id, next.id] {
                let faults = try await world.tenant.transaction { session in
                    try await session.execute(Self.faults(of: course, copiedFrom: old.course.id))
                        .map { row throws(DatabaseError) -> String in try row[0] }
                }
                #expect(faults == [])
            }
        }
    }

    /// Gives what the world equipped the only course with values that are not the defaults of their columns.
    private static func fillingEveryColumn(of outline: CourseOutline) -> [SQL] {
        let (course, lesson) = (outline.course.id, outline.lessons[0].id)
        let (template, set) = (Course.ID(UUID()), Course.ID(UUID()))
        return [
            "UPDATE modules SET available_after_days = 3",
            "UPDATE lessons SET is_preview = true, duration_minutes = 5",
            "UPDATE lesson_blocks SET body = 'About it', label = 'a.txt', duration_seconds = 7",
            """
            INSERT INTO media (id, lesson_id, course_id, file_id, title, completion_percentage, created_at, updated_at)
            SELECT gen_random_uuid(), \(lesson), \(course), f.id, 'Film', 80, now(), now() FROM files f
            """,
            "UPDATE question_banks SET description = 'All of it'",
            "UPDATE bank_questions SET tags = '{force}', is_retired = true",
            """
            UPDATE quizzes SET instructions = 'Read on.', time_limit_seconds = 60, grace_seconds = 5, attempt_limit = 2,
                attempt_policy = 'last', shuffles_questions = false, shuffles_options = false, score_reveal = 'after_close',
                feedback_reveal = 'never', answer_reveal = 'after_close', pass_percentage = 50
            """,
            """
            UPDATE quiz_slots SET question_id = NULL, bank_id = (SELECT b.id FROM question_banks b), tag = 'force', draw_count = 2
            """,
            """
            INSERT INTO group_sets (id, course_id, title, created_at) VALUES (\(set), \(course), 'Teams', now())
            """,
            """
            UPDATE assignments SET instructions = 'Hand in.', status = 'published', published_at = now(), grace_seconds = 5,
                accepts_late = false, late_penalty = 10, late_floor = 20, submission_limit = 3, is_blind = true,
                release = 'held', completes_on = 'grade', takes = 'files', file_limit = 2, file_byte_limit = 1000,
                file_types = '{pdf}', group_set_id = \(set), lesson_id = \(lesson)
            """,
            """
            UPDATE gradebooks SET mode = 'weighted', missing_policy = 'zero_after_due', missing_credit = 10, rounding = 'up',
                decimals = 1, letters = '{A,F}', boundaries = '{5000,0}', is_muted = true, completion_grade = 5000,
                needs_mandatory_items = true
            """,
            "UPDATE grade_categories SET drop_lowest = 1",
            """
            UPDATE grade_items SET position = 3, is_published = false, is_muted = true, counts = false, is_extra_credit = true,
                is_mandatory = true
            """,
            """
            INSERT INTO certificate_templates (id, name, layout, paper, orientation, ink, accent, ground, texts, created_at, updated_at)
            VALUES (\(template), 'Own', 'plain', 'a4', 'portrait', '#000000', '#000000', '#ffffff', '{"en": {}}', now(), now())
            """,
            """
            INSERT INTO certificate_rules (course_id, template_id, issuance, minimum_percentage, validity_months, language,
                                           grade_shown, updated_at)
            VALUES (\(course), \(template), 'manual', 50, 12, 'es', 'everywhere', now())
            """,
        ]
    }

    /// What a copy lacks, and what nobody can tell because the original has no value of its own in it.
    ///
    /// Left out are identifiers of what is made anew, instants, numbers of versions, and what is made of a medium.
    private static func faults(of copy: Course.ID, copiedFrom origin: Course.ID) -> SQL {
        """
        WITH r (name, course_id, data) AS (
            SELECT 'modules', t.course_id, to_jsonb(t) FROM modules t
            UNION ALL SELECT 'lessons', t.course_id, to_jsonb(t) FROM lessons t
            UNION ALL SELECT 'lesson_blocks', l.course_id, to_jsonb(t) FROM lesson_blocks t JOIN lessons l ON l.id = t.lesson_id
            UNION ALL SELECT 'media', t.course_id, to_jsonb(t) FROM media t
            UNION ALL SELECT 'question_banks', t.course_id, to_jsonb(t) FROM question_banks t
            UNION ALL SELECT 'bank_questions', t.course_id, to_jsonb(t) FROM bank_questions t
            UNION ALL SELECT 'question_versions', q.course_id, to_jsonb(t)
                      FROM question_versions t JOIN bank_questions q ON q.id = t.question_id AND q.version = t.number
            UNION ALL SELECT 'quizzes', t.course_id, to_jsonb(t) FROM quizzes t
            UNION ALL SELECT 'quiz_slots', t.course_id, to_jsonb(t) FROM quiz_slots t
            UNION ALL SELECT 'rubrics', t.course_id, to_jsonb(t) FROM rubrics t
            UNION ALL SELECT 'rubric_versions', b.course_id, to_jsonb(t) FROM rubric_versions t JOIN rubrics b ON b.id = t.rubric_id
            UNION ALL SELECT 'group_sets', t.course_id, to_jsonb(t) FROM group_sets t
            UNION ALL SELECT 'assignments', t.course_id, to_jsonb(t) FROM assignments t
            UNION ALL SELECT 'gradebooks', t.course_id, to_jsonb(t) FROM gradebooks t
            UNION ALL SELECT 'grade_categories', t.course_id, to_jsonb(t) FROM grade_categories t
            UNION ALL SELECT 'grade_items', t.course_id, to_jsonb(t) FROM grade_items t
            UNION ALL SELECT 'certificate_rules', t.course_id, to_jsonb(t) FROM certificate_rules t
        )
        SELECT i.table_name || '.' || i.column_name
               || CASE WHEN c.data -> i.column_name = o.data -> i.column_name THEN ' has no value of its own' ELSE ' is lost' END
        FROM information_schema.columns i
        JOIN r o ON o.name = i.table_name AND o.course_id = \(origin)
        LEFT JOIN r c ON c.name = i.table_name AND c.course_id = \(copy)
        WHERE i.table_schema = current_schema()
          AND (i.column_name IN ('template_id', 'file_id') OR i.column_name !~ '(^id|_id|_at|^version|^revision|^number)$')
          AND i.column_name NOT IN ('written_by', 'reminded_of')
          AND NOT (i.table_name = 'media' AND i.column_name IN
                   ('status', 'failure', 'generation', 'duration_ms', 'width', 'height', 'video_codec', 'audio_codec', 'byte_count',
                    'made_of'))
          AND (c.data -> i.column_name IS DISTINCT FROM o.data -> i.column_name
               OR o.data ->> i.column_name IS NOT DISTINCT FROM
                  CASE WHEN i.column_default LIKE '''{}''%' THEN '[]'
                       ELSE btrim(split_part(i.column_default, '::', 1), '''') END)
        ORDER BY 1
        """
    }
}
