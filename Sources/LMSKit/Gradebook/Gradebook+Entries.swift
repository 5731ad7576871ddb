// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Gradebook {
    /// Enters what learners get for an item: all of it or nothing.
    ///
    /// Entering the same again changes nothing. What comes from a quiz or an assignment can only be excused, and with
    /// `ungraded` the excuse taken back.
    ///
    /// - Parameters:
    ///   - entries: At most 500, each of another learner; their places in the course are locked.
    ///   - item: The item.
    ///   - version: The version at which each grade must be whose entry names none, 0 for no grade; `nil` to overwrite
    ///     whatever is there.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: What became of each entry, in no order.
    /// - Throws: `GradebookError.itemNotFound`; `.forbidden` without `grade:write` on the course, and for one's own grade;
    ///   `.tooManyEntries`; `.unsoundEntry`; `.scoredBySubject`; `.learnerNotFound`; `.scoreTooHigh`; `.versionMismatch`.
    public func enter(
        _ entries: [GradeEntry],
        for item: GradeItem.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> [RecordedGrade] {
        guard entries.count <= Gradebook.entryLimit else { throw .tooManyEntries(limit: Gradebook.entryLimit) }
        let principal = session.principal
        return try await GradebookError.translating {
            let graded = try await require(.gradeWrite, item, session: session)
            try Gradebook.refuseOwn(entries.lazy.map(\.learner), by: principal)
            for entry in entries { try Gradebook.check(entry, for: graded) }
            guard Set(entries.map(\.learner)).count == entries.count, entries.allSatisfy({ $0.item == item }) else {
                throw GradebookError.unsoundEntry
            }
            guard !entries.isEmpty else { return [] }
            let places = try await session.execute(.lockGradedPlaces(of: entries.map(\.learner), in: graded.course))
            let learners: Set<Principal.ID> = Set(try places.map { row in try row[0] })
            var expected: [Principal.ID: Int] = [:]
            for entry in entries where learners.contains(entry.learner) {
                if let version = entry.version ?? version { expected[entry.learner] = version }
            }
            try await require(expected, in: graded, session: session)
            return try await record(entries, from: .manual, by: principal, on: item, session: session)
        }
    }

    /// Enters what one learner gets for an item, see `enter(_:for:expecting:session:)`.
    ///
    /// - Parameters:
    ///   - entry: What they get.
    ///   - version: The version of the grade that the caller read, 0 for none; `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The learner with all of their grades.
    /// - Throws: As entering many.
    public func enter(
        _ entry: GradeEntry,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> LearnerGrades {
        _ = try await enter([entry], for: entry.item, expecting: version, session: session)
        return try await GradebookError.translating {
            let graded = try await require(.gradeRead, entry.item, session: session)
            return try await fetch(entry.learner, in: graded.course, session: session)
        }
    }

    /// Records entries whose learners' places are locked.
    func record(
        _ entries: [GradeEntry],
        from source: Grade.Source,
        by principal: Principal,
        on item: GradeItem.ID?,
        session: borrowing TenantSession
    ) async throws -> [RecordedGrade] {
        var statements: [SQL] = [.recordGrades(.gradeEntries(entries), from: source, by: principal, at: clock.now())]
        if let item { statements.append(audit.recording(AuditEvent("grade.entered", on: item), by: principal)) }
        let rows = try await session.batch(statements)[0]
        guard rows.count == entries.count else { throw GradebookError.learnerNotFound }
        return try rows.map(RecordedGrade.init(row:))
    }

    /// Refuses whoever would decide on their own grade, whatever they may do to others'; quizzes refuse it likewise.
    static func refuseOwn(
        _ learners: some Sequence<Principal.ID>,
        by principal: Principal
    ) throws(GradebookError) {
        guard let user = principal.user else { return }
        if learners.contains(user) { throw .forbidden }
    }

    /// Refuses an entry that cannot be made by hand.
    static func check(_ entry: GradeEntry, for item: GradeItem) throws(GradebookError) {
        guard entry.isSound else { throw .unsoundEntry }
        if let score = entry.score, score > item.draft.maxPoints { throw .scoreTooHigh(limit: item.draft.maxPoints) }
        if item.kind != .manual, entry.status != .excused, entry.status != .ungraded { throw .scoredBySubject }
    }

    /// Refuses versions that are no longer those of learners' grades; none is 0.
    func require(
        _ versions: [Principal.ID: Int],
        in item: GradeItem,
        session: borrowing TenantSession
    ) async throws {
        guard !versions.isEmpty else { return }
        var current: [Principal.ID: Int] = [:]
        for row in try await session.execute(.selectGradeVersions(of: Array(versions.keys), in: item)) {
            let learner: Principal.ID = try row[0]
            current[learner] = try row[1]
        }
        for (learner, version) in versions where current[learner] ?? 0 != version {
            throw GradebookError.versionMismatch(current: current[learner] ?? 0)
        }
    }

    /// Reads an item that the principal may do this to.
    func require(
        _ permission: Permission,
        _ item: GradeItem.ID,
        session: borrowing TenantSession
    ) async throws -> GradeItem {
        let replies = try await session.batch([.selectCourse(ofItem: item), .selectGradeItem(item)])
        return try Gradebook.require(permission, replies, by: session.principal)
    }

    /// Reads a learner's grades within a change of them.
    ///
    /// - Parameters:
    ///   - learner: The learner.
    ///   - course: The course, whose grades the principal may read.
    ///   - session: The tenant's open transaction.
    /// - Returns: The grades and what they come to now.
    /// - Throws: `GradebookError.learnerNotFound`.
    public func fetch(
        _ learner: Principal.ID,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> LearnerGrades {
        try await GradebookError.translating {
            let replies = try await session.batch(
                [.selectCourse(course)] + SQL.selectGradebook(of: "\(course)")
                    + [.selectGradeGrid(of: "\(course)", learner: learner, limit: 1)]
            )
            _ = try Gradebook.require(.gradeRead, on: replies.first, by: session.principal)
            guard replies.count == 5, let row = replies[4].only else { throw GradebookError.learnerNotFound }
            let book = try CourseGradebook(course: course, replies[1...3])
            return try LearnerGrades(row: row, in: book, .everything, at: clock.now())
        }
    }
}
