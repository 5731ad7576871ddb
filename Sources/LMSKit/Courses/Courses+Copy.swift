// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What a copy of a course becomes.
struct CourseCopy {
    let title: String
    let slug: Slug
    let instructors: [Principal.ID]
    var isSlugChosen = false
    /// The version of which series it is; `nil` for a course that has nothing to do with its original.
    var version: (series: Course.ID, edition: Int)?
}

/// A kind of thing that is copied with a course and has an identifier of its own.
enum CopiedPart: String, CaseIterable {
    case bank, question, rubric, group, quiz, assignment, category, item, medium
}

/// Which part of a copy is made of which part of the original.
struct CopyMap {
    /// An identifier of either, of whatever kind.
    typealias ID = Identifier<CopiedPart>
    private var parts: [CopiedPart: (old: [ID], new: [ID])] = [:]
    /// The modules and the lessons.
    var modules: (old: [Module.ID], new: [Module.ID]) = ([], [])
    var lessons: (old: [Lesson.ID], new: [Lesson.ID]) = ([], [])

    mutating func add(_ part: CopiedPart, _ old: ID, as new: ID) {
        parts[part, default: ([], [])].old.append(old)
        parts[part, default: ([], [])].new.append(new)
    }

    func new(_ part: CopiedPart) -> [ID] { parts[part]?.new ?? [] }

    /// The pairs of a kind as two columns of a FROM, called `alias`.
    func callAsFunction(_ part: CopiedPart) -> SQL {
        let (old, new) = parts[part] ?? ([], [])
        return "unnest(\(old)::uuid[], \(new)::uuid[])"
    }

    var lessonPairs: SQL { "unnest(\(lessons.old)::uuid[], \(lessons.new)::uuid[])" }
}

extension Courses {
    /// The most quizzes, questions, assignments and the like that a course may have to be copied.
    public static let copyLimit = 20_000

    /// Copies a course with what makes it one: its modules, lessons and blocks, banks, questions and quizzes, rubrics and assignments,
    /// its gradebook, what completes it, what it asks for, and its rule of certificates.
    ///
    /// What belongs to learners stays, and so do instants: they are those of a run of the original. Files are shared, media are made
    /// again from them.
    ///
    /// - Parameters:
    ///   - tree: The course, which is locked; the caller decided who may copy it.
    ///   - plan: What the copy becomes.
    ///   - session: The tenant's open transaction.
    /// - Returns: The copy, a draft.
    /// - Throws: `CourseError.slugTaken`; `.tooMuchToCopy`; `.versionInProgress`; `.unknownInstructor`.
    func copy(
        _ tree: Curriculum,
        as plan: CourseCopy,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        let now = clock.now()
        let origin = tree.course
        var copy = Course(
            draft: identifiers.next(),
            slug: plan.slug,
            title: plan.title,
            instructors: plan.instructors,
            at: now
        )
        copy.takeContent(of: origin)
        copy.series = plan.version?.series
        copy.edition = plan.version?.edition ?? 1
        copy = try await insert(copy, isSlugChosen: plan.isSlugChosen, session: session)
        let map = try await map(tree, session: session)
        let hasLineage = plan.version != nil
        try await run(
            curriculum(of: tree, as: copy.id, map, keepsLineage: hasLineage, by: session.principal, at: now)
                + SQL.copyTests(of: origin.id, to: copy.id, map, hasLineage, by: session.principal.user, at: now)
                + [.copyQuizPlaces(map)]
                + SQL.copyWork(of: origin.id, to: copy.id, map, hasLineage, at: now)
                + SQL.copyGrading(of: origin.id, to: copy.id, map, hasLineage, at: now)
                + [.copyCertificateRule(of: origin.id, to: copy.id, at: now)]
                // Nothing leads to a course that is new; to a version what leads to the others does.
                + (hasLineage ? [.copyStaff(of: origin.id, to: copy.id), .lockPrerequisites()] : [])
                + [.copyPrerequisites(of: origin.id, to: copy.id), .touchCourse(copy.id, at: now)],
            session: session
        )
        guard let stored = try await rows(.selectCourse(copy.id), session: session).first else { throw .notFound }
        return stored
    }

    /// Names what is copied.
    private func map(_ tree: Curriculum, session: borrowing TenantSession) async throws(CourseError) -> CopyMap {
        try await CourseError.translating {
            var map = CopyMap()
            map.modules.old = tree.modules.map(\.id)
            map.modules.new = tree.modules.map { _ in identifiers.next() }
            let modules = Set(map.modules.old)
            map.lessons.old = tree.lessons.filter { modules.contains($0.module) }.map(\.id)
            map.lessons.new = map.lessons.old.map { _ in identifiers.next() }
            let rows = try await session.execute(.selectCopiedParts(of: tree.course.id, limit: Courses.copyLimit + 1))
            guard rows.count <= Courses.copyLimit else { throw CourseError.tooMuchToCopy(limit: Courses.copyLimit) }
            for row in rows {
                let name: String = try row[0]
                let old: CopyMap.ID = try row[1]
                guard let part = CopiedPart(rawValue: name) else { continue }
                map.add(part, old, as: identifiers.next())
            }
            return map
        }
    }

    private func curriculum(
        of tree: Curriculum,
        as copy: Course.ID,
        _ map: CopyMap,
        keepsLineage: Bool,
        by principal: Principal,
        at now: Date
    ) -> [SQL] {
        let modules = Dictionary(uniqueKeysWithValues: zip(map.modules.old, map.modules.new))
        let names = Dictionary(uniqueKeysWithValues: zip(map.lessons.old, map.lessons.new))
        let lessons = tree.lessons.compactMap { lesson -> Lesson? in
            guard let module = modules[lesson.module], let id = names[lesson.id] else { return nil }
            return lesson.copy(id: id, in: module, of: copy)
        }
        let media = map.new(.medium).map(\.uuid)
        return [
            .upsertModules(
                map.modules.new,
                of: copy,
                titles: tree.modules.map(\.title),
                positions: tree.modules.map(\.position),
                at: now
            ),
            .copyReleases(from: map.modules.old, of: tree.course.id, to: map.modules.new, of: copy),
            .upsertLessons(lessons, of: copy, at: now),
            .copyBlocks(from: map.lessons.old, to: map.lessons.new),
            .shareFiles(of: tree.course.id, with: copy),
            .copyMedia(to: copy, map, at: now),
        ]
            + (media.isEmpty ? [] : [.enqueueJobs(.media, media, at: now)])
            + (keepsLineage ? SQL.copyLineage(of: tree.course.id, to: copy, map) : [])
            + recording(.moduleAdded, of: map.modules.new, named: .module, in: copy, by: principal, at: now)
    }
}

extension Course {
    /// Takes over what another course says of itself, but for its name and what the catalog makes of it.
    fileprivate mutating func takeContent(of other: Course) {
        description = other.description
        category = other.category
        level = other.level
        price = other.price
        thumbnail = other.thumbnail
        isOpen = other.isOpen
        completionThreshold = other.completionThreshold
        tags = other.tags
        seatLimit = other.seatLimit
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
