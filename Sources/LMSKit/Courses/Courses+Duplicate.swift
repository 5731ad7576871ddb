// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Courses {
    /// Copies a course with its modules, lessons and their content into a new draft.
    ///
    /// The copy is called "Copy of …", has a slug of its own, keeps tags, instructors and how many days learners wait for a
    /// module, and is neither featured nor trending; dates, enrollments and reviews stay with the original.
    ///
    /// - Parameters:
    ///   - id: The course to copy.
    ///   - session: The tenant's open transaction.
    /// - Returns: The copy.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:create`, or `course:update` on the original.
    public func duplicate(_ id: Course.ID, session: borrowing TenantSession) async throws(CourseError) -> Course {
        let tree = try await openCurriculum(of: id, session: session)
        guard session.principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        let now = clock.now()
        let title = String(String.UnicodeScalarView(("Copy of " + tree.course.title).unicodeScalars.prefix(255)))
        var copy = Course(
            draft: identifiers.next(),
            slug: Slug(from: title) ?? tree.course.slug,
            title: title,
            instructors: tree.course.instructors,
            at: now
        )
        var content = CourseChanges()
        content.description = .set(tree.course.description)
        content.category = .set(tree.course.category)
        content.level = .set(tree.course.level)
        content.price = .set(tree.course.price)
        content.thumbnail = .set(tree.course.thumbnail)
        content.isOpen = .set(tree.course.isOpen)
        content.completionThreshold = .set(tree.course.completionThreshold)
        content.tags = .set(tree.course.tags)
        content.seatLimit = .set(tree.course.seatLimit)
        content.apply(to: &copy)
        copy = try await insert(copy, isSlugChosen: false, session: session)

        let modules = Dictionary(uniqueKeysWithValues: tree.modules.map { ($0.id, identifiers.next(Module.self)) })
        var lessons: [Lesson] = []
        var origins: [Lesson.ID] = []
        for lesson in tree.lessons {
            guard let module = modules[lesson.module] else { continue }
            origins.append(lesson.id)
            lessons.append(lesson.copy(id: identifiers.next(), in: module, of: copy.id))
        }
        let ordered = tree.modules.compactMap { module in modules[module.id].map { (module, $0) } }
        try await run(
            [
                .upsertModules(
                    ordered.map(\.1),
                    of: copy.id,
                    titles: ordered.map(\.0.title),
                    positions: ordered.map(\.0.position),
                    at: now
                ),
                .copyReleases(from: ordered.map(\.0.id), of: id, to: ordered.map(\.1), of: copy.id),
                .upsertLessons(lessons, of: copy.id, at: now),
                .copyBlocks(from: origins, to: lessons.map(\.id)),
                .touchCourse(copy.id, at: now),
            ]
                + recording(
                    .moduleAdded,
                    of: ordered.map(\.1),
                    named: .module,
                    in: copy.id,
                    by: session.principal,
                    at: now
                ),
            session: session
        )
        guard let stored = try await rows(.selectCourse(copy.id), session: session).first else { throw .notFound }
        return stored
    }
}

extension Lesson {
    fileprivate func copy(id: ID, in module: Module.ID, of course: Course.ID) -> Lesson {
        Lesson(
            id: id,
            course: course,
            module: module,
            title: title,
            kind: kind,
            status: status,
            isPreview: isPreview,
            durationMinutes: durationMinutes,
            position: position,
            version: 1,
            createdAt: createdAt,
            updatedAt: updatedAt
        )
    }
}
