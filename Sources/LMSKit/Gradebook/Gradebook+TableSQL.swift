// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What learners of a course have: a row for each grade, and one without an item for who has none.
    static func selectStandings(of learners: [Principal.ID], in course: Course.ID) -> SQL {
        """
        SELECT e.user_id, g.item_id, (g.score * 1000000)::bigint, \(.shownStatus(of: "g")), g.version
        FROM enrollments e
        LEFT JOIN grades g ON g.course_id = e.course_id AND g.user_id = e.user_id
        WHERE e.course_id = \(course) AND e.user_id = ANY(\(learners)) AND e.status <> 'pending_payment'
        """
    }

    static func deleteStaleGradeImports(of course: Course.ID, before instant: Date) -> SQL {
        "DELETE FROM grade_imports WHERE course_id = \(course) AND created_at < \(instant)"
    }

    static func insertGradeImport(
        _ id: GradeImport.ID,
        of course: Course.ID,
        by user: Principal.ID,
        _ issues: [GradeImportIssue],
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO grade_imports (id, course_id, created_by, created_at, issue_lines, issue_columns, issue_codes)
        VALUES (\(id), \(course), \(user), \(instant), \(issues.map(\.line)), \(issues.map(\.column)), \(issues.map(\.code)))
        """
    }

    static func insertGradeImportChanges(of id: GradeImport.ID, _ reading: GradeTable.Reading) -> SQL {
        """
        INSERT INTO grade_import_changes (import_id, position, line, user_id, item_id, before_version, before_score,
                                          before_status, after_score, after_status)
        SELECT \(id), x.position, x.line, x.user_id, x.item_id, x.before_version,
               CASE WHEN x.before_score >= 0 THEN x.before_score * 0.000001 END, x.before_status,
               CASE WHEN x.after_score >= 0 THEN x.after_score * 0.000001 END, x.after_status
        FROM unnest(\(reading.changes.map(\.position))::bigint[], \(reading.changes.map(\.line))::bigint[],
                    \(reading.changes.map(\.learner))::uuid[], \(reading.changes.map(\.item))::uuid[],
                    \(reading.versions)::bigint[], \(reading.changes.map { $0.before ?? Points(millionths: -1) })::bigint[],
                    \(reading.changes.map(\.beforeStatus))::text[],
                    \(reading.changes.map { $0.after ?? Points(millionths: -1) })::bigint[],
                    \(reading.changes.map(\.afterStatus))::text[])
            AS x (position, line, user_id, item_id, before_version, before_score, before_status, after_score, after_status)
        """
    }

    static func lockGradeImport(_ id: GradeImport.ID) -> SQL {
        "SELECT id FROM grade_imports WHERE id = \(id) FOR UPDATE"
    }

    static func selectCourse(ofImport id: GradeImport.ID) -> SQL {
        """
        SELECT \(.courseColumns) FROM courses c WHERE c.id = (SELECT course_id FROM grade_imports WHERE id = \(id))
        """
    }

    static func selectImporter(of id: GradeImport.ID) -> SQL {
        "SELECT created_by FROM grade_imports WHERE id = \(id)"
    }

    /// Whether the grade of a change `c` is another than when it was shown; of an import that was applied none is.
    private static var isOutdated: SQL {
        """
        m.applied_at IS NULL AND (i.id IS NULL OR coalesce(c.after_score > i.max_points, false)
            OR coalesce(g.version, 0) <> c.before_version)
        """
    }

    private static var importJoins: SQL {
        """
        grade_imports m JOIN grade_import_changes c ON c.import_id = m.id
        LEFT JOIN grade_items i ON i.id = c.item_id AND i.course_id = m.course_id
        LEFT JOIN grades g ON g.course_id = m.course_id AND g.user_id = c.user_id AND g.item_id = c.item_id
        """
    }

    static func selectGradeImport(_ id: GradeImport.ID) -> SQL {
        """
        SELECT x.id, x.course_id, x.created_at, x.applied_at, x.issue_lines, x.issue_columns, x.issue_codes,
               (SELECT count(*) FROM grade_import_changes n WHERE n.import_id = x.id),
               (SELECT count(*) FROM \(.importJoins) WHERE m.id = x.id AND \(.isOutdated))
        FROM grade_imports x WHERE x.id = \(id)
        """
    }

    static func selectGradeImportChanges(of id: GradeImport.ID, after: Int, limit: Int) -> SQL {
        """
        SELECT c.position, c.line, c.user_id, c.item_id, (c.before_score * 1000000)::bigint, c.before_status,
               (c.after_score * 1000000)::bigint, c.after_status, \(.isOutdated)
        FROM \(.importJoins)
        WHERE m.id = \(id) AND c.position > \(after) ORDER BY c.position LIMIT \(limit)
        """
    }

    /// Locks the places of an import's learners, in the one order in which enrollments are locked.
    static func lockGradedPlaces(ofImport id: GradeImport.ID) -> SQL {
        """
        SELECT id FROM enrollments
        WHERE course_id = (SELECT course_id FROM grade_imports WHERE id = \(id))
          AND user_id IN (SELECT user_id FROM grade_import_changes WHERE import_id = \(id))
        ORDER BY id FOR NO KEY UPDATE
        """
    }

    static func selectLearners(ofImport id: GradeImport.ID) -> SQL {
        "SELECT DISTINCT user_id FROM grade_import_changes WHERE import_id = \(id)"
    }

    /// The entries of an import for `recordGrades`.
    static func gradeEntries(ofImport id: GradeImport.ID) -> SQL {
        """
        SELECT item_id, user_id, after_status AS status, after_score AS score
        FROM grade_import_changes WHERE import_id = \(id)
        """
    }

    static func markGradeImportApplied(_ id: GradeImport.ID, at instant: Date) -> SQL {
        "UPDATE grade_imports SET applied_at = \(instant) WHERE id = \(id)"
    }
}

extension GradeImport {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        createdAt = try fields.next()
        appliedAt = try fields.next()
        let lines: [Int] = try fields.next()
        let columns: [String] = try fields.next()
        let codes: [GradeImportIssue.Code] = try fields.next()
        issues = zip(zip(lines, columns), codes).map { GradeImportIssue(line: $0.0, column: $0.1, code: $1) }
        changeCount = try fields.next()
        outdatedCount = try fields.next()
    }
}

extension GradeImportChange {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        position = try fields.next()
        line = try fields.next()
        learner = try fields.next()
        item = try fields.next()
        before = try fields.next()
        beforeStatus = try fields.next()
        after = try fields.next()
        afterStatus = try fields.next()
        isOutdated = try fields.next()
    }
}
