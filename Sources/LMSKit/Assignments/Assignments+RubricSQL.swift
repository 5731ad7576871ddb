// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `Rubric(row:)` reads, each rubric with its last version.
    private static var rubrics: SQL {
        """
        SELECT r.id, r.course_id, r.title, r.version, v.criteria, v.points, r.created_at, r.updated_at
        FROM rubrics r JOIN rubric_versions v ON v.rubric_id = r.id AND v.number = r.version
        """
    }

    static func selectRubric(_ id: Rubric.ID) -> SQL { "\(.rubrics) WHERE r.id = \(id)" }

    static func listRubrics(of course: Course.ID, after: Rubric.ID?, limit: Int) -> SQL {
        "\(.rubrics) WHERE r.course_id = \(course) AND (\(after) IS NULL OR r.id > \(after)) ORDER BY r.id LIMIT \(limit)"
    }

    /// A rubric gets its versions under this lock.
    static func lockRubric(_ id: Rubric.ID) -> SQL { "SELECT FROM rubrics WHERE id = \(id) FOR NO KEY UPDATE" }

    static func insertRubric(_ id: Rubric.ID, _ title: String, in course: Course.ID, at instant: Date) -> SQL {
        """
        INSERT INTO rubrics (id, course_id, title, version, created_at, updated_at)
        VALUES (\(id), \(course), \(title), 1, \(instant), \(instant))
        """
    }

    static func updateRubric(_ id: Rubric.ID, _ title: String, at instant: Date) -> SQL {
        "UPDATE rubrics SET title = \(title), version = version + 1, updated_at = \(instant) WHERE id = \(id)"
    }

    /// Writes the content of the version that the rubric's row names.
    static func insertVersion(of id: Rubric.ID, _ criteria: JSONText, points: Points, at instant: Date) -> SQL {
        """
        INSERT INTO rubric_versions (rubric_id, number, criteria, points, written_at)
        SELECT id, version, \(criteria), \(points), \(instant)::timestamptz FROM rubrics WHERE id = \(id)
        """
    }

    static func countRubrics(of course: Course.ID) -> SQL {
        "SELECT count(*) FROM rubrics WHERE course_id = \(course)"
    }
}
