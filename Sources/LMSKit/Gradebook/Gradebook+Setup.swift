// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Gradebook {
    /// Replaces how a course is graded.
    ///
    /// A category that is named with its identifier stays the one that it was; one that is not named is gone, and its items
    /// are in none.
    ///
    /// - Parameters:
    ///   - setup: How it is graded from now on.
    ///   - course: The course, whose row is locked.
    ///   - kept: Those of its categories that the course must have already.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The gradebook.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:manage` on the course; `.versionMismatch`;
    ///   `.categoryNotFound` for a category of another course; `.tooManyEntries`; `.invalid`.
    public func arrange(
        _ setup: GradebookSetup,
        of course: Course.ID,
        keeping kept: Set<GradeCategory.ID> = [],
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> CourseGradebook {
        let principal = session.principal
        guard setup.categories.count <= GradebookSetup.categoryLimit else {
            throw .tooManyEntries(limit: GradebookSetup.categoryLimit)
        }
        return try await GradebookError.translating {
            let before = try await lock(course, session: session)
            if let version, version != before.version {
                throw GradebookError.versionMismatch(current: before.version)
            }
            guard kept.isSubset(of: before.setup.categories.map(\.id)),
                Set(setup.categories.map(\.id)).count == setup.categories.count
            else { throw GradebookError.categoryNotFound }
            let replies = try await session.batch(
                [
                    .deleteGradeCategories(of: course, but: setup.categories.map(\.id)),
                    .putGradeCategories(setup.categories, of: course),
                    .putGradebook(setup, of: course, at: clock.now()),
                    recordingUpdate(of: course, by: principal),
                    audit.recording(AuditEvent("gradebook.arranged", on: course), by: principal),
                ] + SQL.selectGradebook(of: "\(course)")
            )
            guard replies[1].affected == setup.categories.count else { throw GradebookError.categoryNotFound }
            return try CourseGradebook(course: course, replies.suffix(3))
        }
    }

    /// Locks a course and reads its gradebook, for those who may set it up.
    private func lock(_ course: Course.ID, session: borrowing TenantSession) async throws -> CourseGradebook {
        let replies = try await session.batch(
            [.lockGradedCourse(course), .selectCourse(course)] + SQL.selectGradebook(of: "\(course)")
        )
        guard replies.count == 5 else { throw DatabaseError.connectionLost }
        _ = try Gradebook.require(.gradeManage, on: replies[1], by: session.principal)
        return try CourseGradebook(course: course, replies[2...4])
    }

    /// Puts something that is graded by hand into a course.
    ///
    /// - Parameters:
    ///   - draft: What it is and how it counts.
    ///   - course: The course, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The item.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:manage` on the course; `.categoryNotFound`;
    ///   `.tooManyItems`; `.invalid`.
    public func add(
        _ draft: GradeItemDraft,
        to course: Course.ID,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeItem {
        try await GradebookError.translating {
            let book = try await lock(course, session: session)
            guard book.items.count < Gradebook.itemLimit else {
                throw GradebookError.tooManyItems(limit: Gradebook.itemLimit)
            }
            let id: GradeItem.ID = identifiers.next()
            let replies = try await session.batch([
                .insertGradeItem(id, in: course, draft, at: clock.now()),
                recordingUpdate(of: course, by: session.principal),
                audit.recording(AuditEvent("grade_item.added", on: id), by: session.principal), .selectGradeItem(id),
            ])
            guard let row = replies.last?.only else { throw GradebookError.itemNotFound }
            return try GradeItem(row: row)
        }
    }

    /// Changes an item; what was graded while it was not published is released with its publication.
    ///
    /// What a quiz or an assignment says itself stays: title, points, due date and publication.
    ///
    /// - Parameters:
    ///   - id: The item; its course's row is locked, and the places of learners whose grades are released.
    ///   - draft: What it is from now on.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The item.
    /// - Throws: `GradebookError.itemNotFound`; `.forbidden` without `grade:manage` on its course; `.versionMismatch`;
    ///   `.categoryNotFound`; `.invalid`.
    public func update(
        _ id: GradeItem.ID,
        _ draft: GradeItemDraft,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeItem {
        try await GradebookError.translating {
            let item = try await lock(id, session: session)
            if let version, version != item.version { throw GradebookError.versionMismatch(current: item.version) }
            var draft = draft
            if item.kind != .manual {
                draft.title = item.draft.title
                draft.maxPoints = item.draft.maxPoints
                draft.dueAt = item.draft.dueAt
                draft.isPublished = item.draft.isPublished
            }
            let replies = try await session.batch([
                .updateGradeItem(id, draft, at: clock.now()), .lockPlacesToRelease(of: item.course, .item(id)),
                .releaseGrades(of: item.course, .item(id), by: session.principal, at: clock.now()),
                recordingUpdate(of: item.course, by: session.principal),
                audit.recording(AuditEvent("grade_item.changed", on: id), by: session.principal), .selectGradeItem(id),
            ])
            guard let row = replies.last?.only else { throw GradebookError.itemNotFound }
            return try GradeItem(row: row)
        }
    }

    /// Deletes an item that is graded by hand and in which nobody has a grade.
    ///
    /// - Parameters:
    ///   - id: The item; its course's row is locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: `GradebookError.itemNotFound`; `.forbidden` without `grade:manage` on its course; `.itemInUse`.
    public func delete(_ id: GradeItem.ID, session: borrowing TenantSession) async throws(GradebookError) {
        try await GradebookError.translating {
            let item = try await lock(id, session: session)
            let replies = try await session.batch([
                .deleteManualGradeItem(id), recordingUpdate(of: item.course, by: session.principal),
                audit.recording(AuditEvent("grade_item.deleted", on: id), by: session.principal),
            ])
            guard replies[0].affected > 0 else { throw GradebookError.itemInUse }
        }
    }

    /// Locks an item's course and reads the item, for those who may set it up.
    func lock(_ id: GradeItem.ID, session: borrowing TenantSession) async throws -> GradeItem {
        let replies = try await session.batch([
            .lockGradedCourse(ofItem: id), .selectCourse(ofItem: id), .selectGradeItem(id),
        ])
        return try Gradebook.require(.gradeManage, Array(replies.dropFirst()), by: session.principal)
    }
}
