// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A course that is locked for a change of its modules or lessons, as it is now.
struct Curriculum {
    let course: Course
    let modules: [Module]
    let lessons: [Lesson]

    func module(_ id: Module.ID) throws(CourseError) -> Module {
        guard let module = modules.first(where: { $0.id == id }) else { throw .moduleNotFound }
        return module
    }

    func lesson(_ id: Lesson.ID, in module: Module.ID?) throws(CourseError) -> Lesson {
        guard let lesson = lessons.first(where: { $0.id == id && (module == nil || $0.module == module) }) else {
            throw .lessonNotFound
        }
        return lesson
    }
}

extension Courses {
    /// Locks a course and reads its curriculum in one round trip.
    ///
    /// - Parameters:
    ///   - id: The course.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course with everything in it.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:update`; `.versionMismatch`.
    func openCurriculum(
        of id: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Curriculum {
        let tree = try await lockCurriculum(of: id, session: session)
        try CoursePolicy.require(.courseUpdate, on: tree.course, by: session.principal)
        try CoursePolicy.require(version: version, of: tree.course)
        return tree
    }

    /// Locks a course and reads its curriculum in one round trip, whoever asks.
    ///
    /// - Parameters:
    ///   - id: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course with everything in it.
    /// - Throws: `CourseError.notFound`.
    func lockCurriculum(of id: Course.ID, session: borrowing TenantSession) async throws(CourseError) -> Curriculum {
        try await CourseError.translating {
            let rows = try await session.batch([.lockCourses([id]), .selectModules(of: id), .selectLessons(of: id)])
            guard let row = rows[0].only else { throw CourseError.notFound }
            return Curriculum(
                course: try Course(row: row),
                modules: try rows[1].map(Module.init(row:)),
                lessons: try rows[2].map(Lesson.init(row:))
            )
        }
    }
}
