// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Adds, changes, orders and removes the modules of a course.
///
/// Every method needs `course:update` on the course, locks its row until the transaction ends, raises its version and
/// leaves the commit to the caller.
public struct Modules: Sendable {
    /// The most modules that a course may have.
    public static let limit = 50
    private let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Locks and authorizes.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Adds a module.
    ///
    /// - Parameters:
    ///   - title: The title, 1–255 characters.
    ///   - position: Its place; after the last one if it is `nil`.
    ///   - course: The course it becomes part of.
    ///   - session: The tenant's open transaction.
    /// - Returns: The module.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.tooManyModules`.
    public func add(
        titled title: String,
        at position: Int? = nil,
        to course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Module {
        let tree = try await courses.openCurriculum(of: course, session: session)
        guard tree.modules.count < Modules.limit else { throw .tooManyModules(limit: Modules.limit) }
        let now = courses.clock.now()
        let module = Module(
            id: courses.identifiers.next(),
            course: course,
            title: title,
            position: position ?? tree.modules.map { $0.position + 1 }.max() ?? 0,
            createdAt: now,
            updatedAt: now
        )
        try await save([module], of: tree.course, added: [module.id], session: session)
        return module
    }

    /// Changes a module's title, its place, or when learners get to it.
    ///
    /// - Parameters:
    ///   - id: The module.
    ///   - course: The course it must be of.
    ///   - title: What becomes of the title.
    ///   - position: What becomes of its place.
    ///   - release: What becomes of when learners get to it.
    ///   - version: The course's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The module.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.moduleNotFound` if it is not of the course;
    ///   `.versionMismatch`.
    public func update(
        _ id: Module.ID,
        of course: Course.ID,
        title: Change<String> = .keep,
        position: Change<Int> = .keep,
        release: Change<ModuleRelease?> = .keep,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Module {
        let tree = try await courses.openCurriculum(of: course, expecting: version, session: session)
        var module = try tree.module(id)
        module.title = title.applied(to: module.title)
        module.position = position.applied(to: module.position)
        module.release = release.applied(to: module.release)
        module.updatedAt = courses.clock.now()
        try await save([module], of: tree.course, also: .updateRelease(of: module), session: session)
        return module
    }

    /// Gives modules new places.
    ///
    /// - Parameters:
    ///   - placements: Modules of the course with their places; those that are not named keep theirs.
    ///   - course: The course.
    ///   - version: The course's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.foreignModule` if one is not of the course or is named twice;
    ///   `.versionMismatch`.
    public func reorder(
        _ placements: [Placement<Module>],
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let tree = try await courses.openCurriculum(of: course, expecting: version, session: session)
        var seen: Set<Module.ID> = []
        var modules: [Module] = []
        for placement in placements {
            guard seen.insert(placement.id).inserted, var module = tree.modules.first(where: { $0.id == placement.id })
            else { throw .foreignModule(placement.id) }
            module.position = placement.position
            module.updatedAt = courses.clock.now()
            modules.append(module)
        }
        try await save(modules, of: tree.course, session: session)
    }

    /// Deletes a module with its lessons; what learners did in them no longer counts.
    ///
    /// - Parameters:
    ///   - id: The module.
    ///   - course: The course it must be of.
    ///   - version: The course's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.moduleNotFound` if it is not of the course;
    ///   `.versionMismatch`.
    public func delete(
        _ id: Module.ID,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let tree = try await courses.openCurriculum(of: course, expecting: version, session: session)
        _ = try tree.module(id)
        let now = courses.clock.now()
        try await courses.run(
            [.lockEnrollments(of: course), .deleteModules([id], of: course), .touchCourse(course, at: now)]
                + SQL.recountLearners(of: course, by: session.principal, at: now)
                + courses.recording(
                    .moduleDeleted,
                    of: [id],
                    named: .module,
                    in: course,
                    by: session.principal,
                    at: now
                ),
            session: session
        )
    }

    private func save(
        _ modules: [Module],
        of course: Course,
        added: [Module.ID] = [],
        also statement: SQL? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let now = courses.clock.now()
        let events =
            added.isEmpty
            ? [courses.recording(.curriculum, of: course, by: session.principal, at: now)]
            : courses.recording(
                .moduleAdded,
                of: added,
                named: .module,
                in: course.id,
                by: session.principal,
                at: now
            )
        try await courses.run(
            [
                .upsertModules(
                    modules.map(\.id),
                    of: course.id,
                    titles: modules.map(\.title),
                    positions: modules.map(\.position),
                    at: now
                ),
                .touchCourse(course.id, at: now),
            ] + [statement].compactMap(\.self) + events,
            session: session
        )
    }
}
