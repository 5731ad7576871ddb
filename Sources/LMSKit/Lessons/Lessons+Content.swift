// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A lesson with its content, as somebody who is entitled to it reads it.
public struct LessonContent: Sendable {
    /// The lesson.
    public let lesson: Lesson
    /// How much of the course the reader may read.
    public let access: AccessLevel
    /// The content, in order.
    public let blocks: [LessonBlock]
}

extension Lessons {
    /// Reads a lesson with its content in one round trip.
    ///
    /// - Parameters:
    ///   - id: The lesson.
    ///   - module: The module it must be in; `nil` for any.
    ///   - course: The course it must be of; `nil` for any.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The lesson and its blocks; the source of what came from outside is in it for who may edit the course alone, because
    ///   the keys of exercises are in it.
    /// - Throws: `CourseError.lessonNotFound` if there is none or the reader may not know of it; `.enrollmentNeeded` or
    ///   `.paymentNeeded` if they may know of it and are not entitled to its content; `.notYetAvailable` if they will be.
    public func read(
        _ id: Lesson.ID,
        in module: Module.ID? = nil,
        of course: Course.ID? = nil,
        reader: TenantReader
    ) async throws(CourseError) -> LessonContent {
        try await CourseError.translating {
            let rows = try await reader.read([
                .selectLessonWithAccess(id, for: reader.principal.user, at: courses.clock.now()), .selectBlocks(of: id),
            ])
            guard let (lesson, facts) = try rows[0].only.map(AccessFacts.withLesson) else {
                throw CourseError.lessonNotFound
            }
            guard course == nil || course == lesson.course, module == nil || module == lesson.module else {
                throw CourseError.lessonNotFound
            }
            let access = try EntitlementPolicy.require(facts, lesson: lesson, for: reader.principal)
            let blocks = try rows[1].map(LessonBlock.init(row:))
            let mayEdit = reader.principal.may(.courseUpdate, as: facts.role)
            return LessonContent(
                lesson: lesson,
                access: access,
                blocks: mayEdit ? blocks : blocks.map(\.withoutForeignSource)
            )
        }
    }

    /// Finds out which course a lesson is of.
    ///
    /// - Parameters:
    ///   - id: The lesson.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course. That the principal may act on it is not checked.
    /// - Throws: `CourseError.lessonNotFound` if there is no such lesson.
    public func course(of id: Lesson.ID, session: borrowing TenantSession) async throws(CourseError) -> Course.ID {
        try await CourseError.translating {
            let rows = try await session.execute(.selectCourseIdentifier(of: id))
            guard let course: Course.ID = try rows.only.map({ row in try row[0] }) else {
                throw CourseError.lessonNotFound
            }
            return course
        }
    }

    /// Replaces a lesson's content.
    ///
    /// - Parameters:
    ///   - blocks: The new content, in order; markup is sanitized here.
    ///   - id: The lesson.
    ///   - module: The module it must be in; `nil` for any of the course.
    ///   - course: The course it must be of.
    ///   - version: The lesson's version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The lesson at its next version, with the content as it was stored.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.lessonNotFound`; `.fileNotFound` if a block's file is not of the
    ///   course; `.tooManyBlocks`; `.versionMismatch`.
    public func setContent(
        _ blocks: [LessonBlock],
        of id: Lesson.ID,
        in module: Module.ID? = nil,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> LessonContent {
        guard blocks.count <= Lessons.blockLimit else { throw .tooManyBlocks(limit: Lessons.blockLimit) }
        let tree = try await courses.openCurriculum(of: course, session: session)
        var lesson = try tree.lesson(id, in: module)
        if let version, version != lesson.version { throw .versionMismatch(current: lesson.version) }
        try await requireFiles(of: blocks, in: course, session: session)
        let now = courses.clock.now()
        let stored = blocks.map(sanitized)
        var change = CurriculumChange()
        change.note(lesson, before: lesson, hasNewContent: true)
        try await courses.run(
            [.deleteBlocks(of: id)]
                + stored.enumerated().map { .insertBlock($1, of: id, at: $0) }
                + [.touchLesson(id, at: now), .touchCourse(course, at: now)]
                + recording(change, in: tree.course, by: session.principal, at: now),
            session: session
        )
        lesson.version += 1
        lesson.updatedAt = now
        return LessonContent(lesson: lesson, access: .full, blocks: stored)
    }

    /// Refuses blocks whose files are not of the course: who may edit one course learns nothing of another's files.
    func requireFiles(
        of blocks: [LessonBlock],
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let files = blocks.compactMap(\.file)
        guard !files.isEmpty else { return }
        let isComplete = try await CourseError.translating {
            try await session.execute(.selectFiles(files, notOf: course)).isEmpty
        }
        guard isComplete else { throw .fileNotFound }
    }

    func sanitized(_ block: LessonBlock) -> LessonBlock {
        if case .html(let text) = block { .html(sanitize(text)) } else { block }
    }
}

extension AccessFacts {
    /// Reads the row of `selectLessonWithAccess`.
    static func withLesson(_ row: Row) throws(DatabaseError) -> (Lesson, AccessFacts) {
        var fields = RowFields(row)
        let lesson = try Lesson(fields: &fields)
        let status: Course.Status = try fields.next()
        let isFree: Bool = try fields.next()
        let isOpen: Bool = try fields.next()
        let role: CourseRole? = try fields.next()
        var facts = AccessFacts(
            status: status,
            isFree: isFree,
            isOpen: isOpen,
            role: role,
            enrollment: try fields.next()
        )
        facts.availability = try Availability(fields: &fields)
        return (lesson, facts)
    }
}
