// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Lessons {
    /// Makes a course's curriculum the wanted one: adds what is new, moves and changes what is named by its identifier,
    /// removes what is not named.
    ///
    /// What learners did in the lessons that stay is kept.
    ///
    /// - Parameters:
    ///   - draft: The whole curriculum.
    ///   - course: The course; its row is locked until the transaction ends.
    ///   - version: The course's version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course as it is now, with drafts.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.tooManyModules`; `.tooManyLessons`; `.tooManyBlocks`;
    ///   `.foreignModule` or `.foreignLesson` if an identifier is not of the course or is named twice; `.fileNotFound` if a
    ///   block's file is not; `.versionMismatch`.
    public func sync(
        _ draft: CurriculumDraft,
        to course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> CourseOutline {
        let tree = try await courses.openCurriculum(of: course, expecting: version, session: session)
        let now = courses.clock.now()
        let plan = try CurriculumPlan(draft, over: tree, identifiers: courses.identifiers, now: now)
        for content in plan.contents where content.blocks.count > Lessons.blockLimit {
            throw .tooManyBlocks(limit: Lessons.blockLimit)
        }
        try await requireFiles(of: plan.contents.flatMap(\.blocks), in: course, session: session)
        try await courses.run(
            statements(for: plan, of: course, by: session.principal, at: now)
                + recording(plan.change, in: tree.course, by: session.principal, at: now),
            session: session
        )
        let rows =
            try await CourseError.translating {
                try await session.batch([.selectCourse(course), .selectModules(of: course), .selectLessons(of: course)])
            } as [Rows]
        return try await CourseError.translating {
            guard let row = rows[0].only else { throw CourseError.notFound }
            return CourseOutline(
                course: try Course(row: row),
                modules: try rows[1].map(Module.init(row:)),
                lessons: try rows[2].map(Lesson.init(row:))
            )
        }
    }

    private func statements(
        for plan: CurriculumPlan,
        of course: Course.ID,
        by principal: Principal,
        at now: Date
    ) -> [SQL] {
        var statements: [SQL] = plan.changesWhatCounts ? [.lockEnrollments(of: course)] : []
        statements.append(
            .upsertModules(
                plan.modules.map(\.id),
                of: course,
                titles: plan.modules.map(\.title),
                positions: plan.modules.map(\.position),
                at: now
            )
        )
        statements.append(.upsertLessons(plan.lessons, of: course, at: now))
        statements.append(.deleteLessons(plan.removedLessons, of: course))
        statements.append(.deleteModules(plan.removedModules, of: course))
        for (lesson, blocks) in plan.contents {
            statements.append(.deleteBlocks(of: lesson))
            for (position, block) in blocks.enumerated() {
                statements.append(.insertBlock(sanitized(block), of: lesson, at: position))
            }
        }
        statements.append(.touchCourse(course, at: now))
        if plan.changesWhatCounts { statements += SQL.recountLearners(of: course, by: principal, at: now) }
        return statements
    }
}
