// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Adds, changes, orders and removes the lessons of a course.
///
/// Every change needs `course:update` on the course, locks its row until the transaction ends, raises its version and
/// leaves the commit to the caller.
public struct Lessons: Sendable {
    /// The most lessons that a module may have.
    public static let limit = 100
    /// The most blocks that a lesson may have.
    public static let blockLimit = 200
    let courses: Courses
    let sanitize: @Sendable (String) -> String

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - courses: Locks and authorizes.
    ///   - sanitize: Returns markup from which everything that could run was removed.
    public init(courses: Courses, sanitize: @escaping @Sendable (String) -> String) {
        self.courses = courses
        self.sanitize = sanitize
    }

    /// Adds a lesson, with no content yet.
    ///
    /// - Parameters:
    ///   - new: What the lesson is.
    ///   - module: The module it is in.
    ///   - course: The course that the module must be of.
    ///   - session: The tenant's open transaction.
    /// - Returns: The lesson.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.moduleNotFound`; `.tooManyLessons`.
    public func add(
        _ new: NewLesson,
        to module: Module.ID,
        of course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Lesson {
        let tree = try await courses.openCurriculum(of: course, session: session)
        _ = try tree.module(module)
        let neighbours = tree.lessons.filter { $0.module == module }
        guard neighbours.count < Lessons.limit else { throw .tooManyLessons(limit: Lessons.limit) }
        let lesson = Lesson(
            new,
            id: courses.identifiers.next(),
            in: module,
            of: course,
            at: new.position ?? neighbours.map { $0.position + 1 }.max() ?? 0,
            now: courses.clock.now()
        )
        var change = CurriculumChange()
        change.note(lesson, before: nil)
        try await save([lesson], of: tree.course, change, recounting: false, session: session)
        return lesson
    }

    /// Changes a lesson, or moves it to another module of its course.
    ///
    /// - Parameters:
    ///   - id: The lesson.
    ///   - module: The module it must be in; `nil` for any of the course.
    ///   - course: The course it must be of.
    ///   - changes: What becomes of which property.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The lesson at its next version.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.lessonNotFound`; `.moduleNotFound` if it would move to a module
    ///   of another course; `.tooManyLessons`; `.versionMismatch`.
    public func update(
        _ id: Lesson.ID,
        in module: Module.ID? = nil,
        of course: Course.ID,
        _ changes: LessonChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Lesson {
        let tree = try await courses.openCurriculum(of: course, session: session)
        let old = try tree.lesson(id, in: module)
        if let version, version != old.version { throw .versionMismatch(current: old.version) }
        var lesson = old
        changes.apply(to: &lesson)
        if lesson.module != old.module {
            _ = try tree.module(lesson.module)
            guard tree.lessons.count(where: { $0.module == lesson.module }) < Lessons.limit else {
                throw .tooManyLessons(limit: Lessons.limit)
            }
        }
        guard lesson != old else { return old }
        lesson.version += 1
        lesson.updatedAt = courses.clock.now()
        var change = CurriculumChange()
        change.note(lesson, before: old)
        try await save([lesson], of: tree.course, change, recounting: lesson.status != old.status, session: session)
        return lesson
    }

    /// Gives lessons of a module new places.
    ///
    /// - Parameters:
    ///   - placements: Lessons of the module with their places; those that are not named keep theirs.
    ///   - module: The module.
    ///   - course: The course that the module must be of.
    ///   - version: The course's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.moduleNotFound`; `.foreignLesson` if one is not of the module or
    ///   is named twice; `.versionMismatch`.
    public func reorder(
        _ placements: [Placement<Lesson>],
        in module: Module.ID,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let tree = try await courses.openCurriculum(of: course, expecting: version, session: session)
        _ = try tree.module(module)
        var lessons = Dictionary(uniqueKeysWithValues: tree.lessons.filter { $0.module == module }.map { ($0.id, $0) })
        var moved: [Lesson] = []
        for placement in placements {
            guard var lesson = lessons.removeValue(forKey: placement.id) else { throw .foreignLesson(placement.id) }
            lesson.position = placement.position
            moved.append(lesson)
        }
        try await save(moved, of: tree.course, CurriculumChange(), recounting: false, session: session)
    }

    /// Deletes a lesson with its content; what learners did in it no longer counts.
    ///
    /// - Parameters:
    ///   - id: The lesson.
    ///   - module: The module it must be in; `nil` for any of the course.
    ///   - course: The course it must be of.
    ///   - version: The lesson's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.lessonNotFound`; `.versionMismatch`.
    public func delete(
        _ id: Lesson.ID,
        in module: Module.ID? = nil,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let tree = try await courses.openCurriculum(of: course, session: session)
        let lesson = try tree.lesson(id, in: module)
        if let version, version != lesson.version { throw .versionMismatch(current: lesson.version) }
        let now = courses.clock.now()
        try await courses.run(
            [.lockEnrollments(of: course), .deleteLessons([id], of: course), .touchCourse(course, at: now)]
                + SQL.recountLearners(of: course, by: session.principal, at: now)
                + recording(
                    CurriculumChange(deletedLessons: [id]),
                    in: tree.course,
                    by: session.principal,
                    at: now
                ),
            session: session
        )
    }

    private func save(
        _ lessons: [Lesson],
        of course: Course,
        _ change: CurriculumChange,
        recounting isRecounting: Bool,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let now = courses.clock.now()
        var statements: [SQL] = [.upsertLessons(lessons, of: course.id, at: now), .touchCourse(course.id, at: now)]
        if isRecounting {
            statements.insert(.lockEnrollments(of: course.id), at: 0)
            statements += SQL.recountLearners(of: course.id, by: session.principal, at: now)
        }
        statements += recording(change, in: course, by: session.principal, at: now)
        try await courses.run(statements, session: session)
    }
}

extension Lesson {
    init(_ new: NewLesson, id: ID, in module: Module.ID, of course: Course.ID, at position: Int, now: Date) {
        self.init(
            id: id,
            course: course,
            module: module,
            title: new.title,
            kind: new.kind,
            status: new.status,
            isPreview: new.isPreview,
            durationMinutes: new.durationMinutes,
            position: position,
            version: 1,
            createdAt: now,
            updatedAt: now
        )
    }
}
