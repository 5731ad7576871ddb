// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func selectLessons(of course: Course.ID) -> SQL {
        """
        SELECT l.id, l.course_id, l.module_id, l.title, l.kind, l.status, l.is_preview, l.duration_minutes, l.position,
               l.version, l.created_at, l.updated_at
        FROM lessons l WHERE l.course_id = \(course) ORDER BY l.module_id, l.position, l.id
        """
    }

    static func selectLessons(ofSlug slug: String) -> SQL {
        """
        SELECT l.id, l.course_id, l.module_id, l.title, l.kind, l.status, l.is_preview, l.duration_minutes, l.position,
               l.version, l.created_at, l.updated_at
        FROM lessons l JOIN courses c ON c.id = l.course_id WHERE c.slug = \(slug)
        ORDER BY l.module_id, l.position, l.id
        """
    }

    /// A lesson, then what decides whether `user` may read it.
    static func selectLessonWithAccess(_ id: Lesson.ID, for user: Principal.ID?, at instant: Date) -> SQL {
        selectLessonWithAccess(where: "l.id = \(id)", for: user, at: instant)
    }

    /// The same of the lesson, called `l`, that a condition finds.
    static func selectLessonWithAccess(where condition: SQL, for user: Principal.ID?, at instant: Date) -> SQL {
        """
        SELECT l.id, l.course_id, l.module_id, l.title, l.kind, l.status, l.is_preview, l.duration_minutes, l.position,
               l.version, l.created_at, l.updated_at,
               c.status, c.price_minor IS NULL, c.is_open,
               (SELECT i.role FROM course_instructors i WHERE i.course_id = c.id AND i.user_id = \(user)),
               e.status, r.at <= \(instant), CASE WHEN isfinite(r.at) THEN r.at END
        FROM lessons l JOIN courses c ON c.id = l.course_id
        JOIN modules m ON m.course_id = l.course_id AND m.id = l.module_id
        LEFT JOIN enrollments e ON e.user_id = \(user) AND e.course_id = c.id
        CROSS JOIN LATERAL (SELECT \(.moduleRelease) AS at) r
        WHERE \(condition)
        """
    }

    static func selectBlocks(of lesson: Lesson.ID) -> SQL {
        """
        SELECT kind, body, label, duration_seconds, file_id FROM lesson_blocks
        WHERE lesson_id = \(lesson) ORDER BY position
        """
    }

    /// Inserts lessons, or updates those that are there.
    ///
    /// A new lesson's module is of the course by its foreign key.
    static func upsertLessons(_ lessons: [Lesson], of course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO lessons (id, course_id, module_id, title, kind, status, is_preview, duration_minutes, position,
                             created_at, updated_at)
        SELECT n.id, \(course), n.module_id, n.title, n.kind, n.status, n.is_preview, nullif(n.duration_minutes, 0),
               n.position, \(instant), \(instant)
        FROM unnest(\(lessons.map(\.id)), \(lessons.map(\.module)), \(lessons.map(\.title)), \(lessons.map(\.kind.rawValue)),
                    \(lessons.map(\.status.rawValue)), \(lessons.map(\.isPreview)),
                    \(lessons.map { $0.durationMinutes ?? 0 }), \(lessons.map(\.position)))
             AS n (id, module_id, title, kind, status, is_preview, duration_minutes, position)
        ON CONFLICT ON CONSTRAINT lessons_key DO UPDATE SET
            module_id = excluded.module_id, title = excluded.title, kind = excluded.kind, status = excluded.status,
            is_preview = excluded.is_preview, duration_minutes = excluded.duration_minutes,
            position = excluded.position, version = lessons.version + 1, updated_at = excluded.updated_at
        WHERE lessons.course_id = \(course)
          AND (lessons.module_id, lessons.title, lessons.kind, lessons.status, lessons.is_preview,
               lessons.duration_minutes, lessons.position)
              IS DISTINCT FROM (excluded.module_id, excluded.title, excluded.kind, excluded.status,
                                excluded.is_preview, excluded.duration_minutes, excluded.position)
        """
    }

    static func deleteLessons(_ ids: [Lesson.ID], of course: Course.ID) -> SQL {
        "DELETE FROM lessons WHERE course_id = \(course) AND id = ANY(\(ids))"
    }

    static func deleteBlocks(of lesson: Lesson.ID) -> SQL {
        "DELETE FROM lesson_blocks WHERE lesson_id = \(lesson)"
    }

    static func insertBlock(_ block: LessonBlock, of lesson: Lesson.ID, at position: Int) -> SQL {
        """
        INSERT INTO lesson_blocks (lesson_id, position, kind, body, label, duration_seconds, file_id)
        VALUES (\(lesson), \(position), \(block.kind), \(block.body), \(block.label), \(block.durationSeconds), \(block.file))
        """
    }

    /// The files of a list that are not of a course: those of other courses, what learners hand in, and those that never were.
    static func selectFiles(_ files: [StoredFile.ID], notOf course: Course.ID) -> SQL {
        """
        SELECT n.id FROM unnest(\(files)) AS n (id)
        WHERE NOT EXISTS (SELECT FROM files f WHERE f.id = n.id AND \(.belongs(to: course)) AND f.owner_id IS NULL) LIMIT 1
        """
    }

    /// Whether a file `f` is a course's, by itself or because the course was copied from where it is.
    static func belongs(to course: Course.ID) -> SQL {
        """
        (f.course_id = \(course)
            OR EXISTS (SELECT FROM shared_files s WHERE s.course_id = \(course) AND s.file_id = f.id))
        """
    }

    static func copyBlocks(from old: [Lesson.ID], to new: [Lesson.ID]) -> SQL {
        """
        INSERT INTO lesson_blocks (lesson_id, position, kind, body, label, duration_seconds, file_id)
        SELECT n.new, b.position, b.kind, b.body, b.label, b.duration_seconds, b.file_id
        FROM unnest(\(old), \(new)) AS n (old, new) JOIN lesson_blocks b ON b.lesson_id = n.old
        """
    }

    /// Has the places in a copy where its quizzes ask name the quizzes and questions of the copy; others stay as they are.
    static func copyQuizPlaces(_ map: CopyMap) -> SQL {
        """
        UPDATE lesson_blocks b SET body = '{"quizId":"' || n.new || '","questionIds":['
            || (SELECT coalesce(string_agg('"' || coalesce(q.new::text, x.id) || '"', ',' ORDER BY x.place), '')
                FROM jsonb_array_elements_text(b.body::jsonb -> 'questionIds') WITH ORDINALITY AS x (id, place)
                LEFT JOIN \(map(.question)) AS q (old, new) ON q.old::text = x.id) || ']}'
        FROM \(map(.quiz)) AS n (old, new)
        WHERE b.lesson_id = ANY(\(map.lessons.new)) AND b.kind = 'problem' AND b.label = \(LessonBlock.quizFormat)
            AND b.body ~ '^\\{"quizId":"[0-9a-f-]{36}","questionIds":\\[[0-9a-f",-]*\\]\\}$'
            AND substr(b.body, 12, 36) = n.old::text
        """
    }

    static func touchLesson(_ id: Lesson.ID, at instant: Date) -> SQL {
        "UPDATE lessons SET version = version + 1, updated_at = \(instant) WHERE id = \(id)"
    }
}

extension SQL {
    static func selectCourseIdentifier(of lesson: Lesson.ID) -> SQL {
        "SELECT course_id FROM lessons WHERE id = \(lesson)"
    }
}
