// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    static func insertImport(
        _ id: CourseImport.ID,
        key: CourseImportKey,
        by user: Principal.ID?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO course_imports (id, import_key, imported_by, created_at)
        VALUES (\(id), \(key.scoped(to: user)), \(user), \(instant))
        ON CONFLICT ON CONSTRAINT course_imports_import_key_uq DO NOTHING
        """
    }

    static func finishImport(_ id: CourseImport.ID, course: Course.ID, report: JSONText) -> SQL {
        """
        UPDATE course_imports SET course_id = \(course), report = \(report) WHERE id = \(id)
        RETURNING id, course_id, report, created_at
        """
    }

    static func selectImport(key: CourseImportKey, of user: Principal.ID?) -> SQL {
        """
        SELECT id, course_id, report, created_at FROM course_imports
        WHERE import_key = \(key.scoped(to: user)) AND course_id IS NOT NULL
        """
    }

    static func selectImport(_ id: CourseImport.ID, for user: Principal.ID?) -> SQL {
        """
        SELECT m.id, m.course_id, m.report, m.created_at,
               (SELECT i.role FROM course_instructors i WHERE i.course_id = m.course_id AND i.user_id = \(user))
        FROM course_imports m WHERE m.id = \(id) AND m.course_id IS NOT NULL
        """
    }

    static func selectCourseRole(of user: Principal.ID?, in course: Course.ID) -> SQL {
        "SELECT i.role FROM course_instructors i WHERE i.course_id = \(course) AND i.user_id = \(user)"
    }
}

extension CourseImportKey {
    /// Two people who import the same course each get their own: neither learns of the other's.
    fileprivate func scoped(to user: Principal.ID?) -> String {
        (user?.description ?? "system") + " " + description
    }
}
