// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Sets work in courses, takes what learners hand in, and grades it.
///
/// When something came, and so whether it is late, is decided by the clock here at the moment the request came. Locks are taken
/// in one order: course, assignment, set of groups, group, the learners' places in the course by their identifiers. Learners and graders take nothing but shared locks on
/// the assignment, so they never wait for each other.
public struct Assignments: Sendable {
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit
    let gradebook: Gradebook

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens, and says what is late.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what authors and graders do.
    ///   - gradebook: Is told the grades that learners may see.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit(),
        gradebook: Gradebook = Gradebook()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        self.gradebook = gradebook
    }

    /// Sets work that nobody sees yet.
    ///
    /// - Parameters:
    ///   - settings: What is asked; with a rubric its points are the rubric's.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The assignment, a draft.
    /// - Throws: `AssignmentError.courseNotFound`; `.forbidden` without `assignment:manage` on the course; `.lessonNotFound`;
    ///   `.rubricNotFound`; `.groupSetNotFound`; `.blindCompletion`; `.invalid`.
    public func create(
        _ settings: AssignmentSettings,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Assignment {
        try await standing(in: .course(course), or: .courseNotFound, session: session).requireManager(
            or: .courseNotFound
        )
        var settings = settings
        let version = try await settle(&settings, from: nil, in: course, session: session)
        let id: Assignment.ID = identifiers.next()
        return try await run(
            [.insertAssignment(id, settings, rubricVersion: version, in: course, at: clock.now())],
            on: id,
            session: session
        )
    }

    /// Changes an assignment; what came before is as late as it was when it came.
    ///
    /// Its points and its rubric stay once somebody was graded; it stays blind, and for the same groups, once somebody began.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked after its course's.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    ///   - change: Changes the settings that there are.
    /// - Returns: The assignment.
    /// - Throws: `AssignmentError.notFound`; `.forbidden`; `.versionMismatch`; `.lessonNotFound`; `.rubricNotFound`;
    ///   `.groupSetNotFound`; `.hasGrades`; `.hasSubmissions`; `.blindCompletion`; `.invalid`.
    public func change(
        _ id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession,
        _ change: (inout AssignmentSettings) -> Void
    ) async throws(AssignmentError) -> Assignment {
        let assignment = try await lock(id, expecting: version, session: session)
        let before = assignment.settings
        var settings = before
        change(&settings)
        let rubricVersion = try await settle(&settings, from: assignment, in: assignment.course, session: session)
        guard settings != before else { return assignment }
        let isForOthers = settings.groupSet != before.groupSet
        if isForOthers || settings.points != before.points || settings.rubric != before.rubric
            || before.isBlind && !settings.isBlind
        {
            let use = try await use(of: id, session: session)
            if isForOthers, use.isBegun { throw .hasSubmissions }
            if before.isBlind, !settings.isBlind, use.isBegun { throw .hasSubmissions }
            if use.isGraded, settings.points != before.points || settings.rubric != before.rubric { throw .hasGrades }
        }
        let now = clock.now()
        var statements: [SQL] = [.updateAssignment(id, settings, rubricVersion: rubricVersion, at: now)]
        if assignment.status != .draft {
            let payload = [JSONMember("assignmentId", id), JSONMember("courseId", assignment.course)]
            let event = Event(identifiers.next(), .assignmentUpdated, of: id, payload: payload, at: now)
            statements.append(.recordEvent(event, by: session.principal))
            statements.append(audit.recording(AuditEvent("assignment.changed", on: id), by: session.principal))
            statements += item(of: id, settings, in: assignment.course, by: session.principal)
        }
        if assignment.status == .published, settings.dueAt != before.dueAt {
            statements += Self.reminding(of: id, due: settings.dueAt, at: now)
        }
        return try await run(statements, on: id, session: session)
    }

    /// Publishes an assignment, or takes nothing for it any more, for good; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - status: `published`, which puts it into the gradebook, or `archived`, which leaves it there.
    ///   - id: The assignment, whose row is locked after its course's.
    ///   - session: The tenant's open transaction.
    /// - Returns: The assignment.
    /// - Throws: `AssignmentError.notFound`; `.forbidden`; `.tooMany` if the gradebook is full; `.notPublished` for one that is
    ///   archived, or a draft that is to be archived.
    public func setStatus(
        _ status: Assignment.Status,
        of id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Assignment {
        let assignment = try await lock(id, session: session)
        guard assignment.status != status else { return assignment }
        let (now, principal, settings) = (clock.now(), session.principal, assignment.settings)
        var statements: [SQL] = [.setAssignmentStatus(id, status, at: now)]
        switch (assignment.status, status) {
        case (.draft, .published):
            let putting = item(of: id, settings, in: assignment.course, by: principal)
            let replies = try await AssignmentError.translating { try await session.batch(putting) }
            guard replies.first?.only != nil else { throw .tooMany(limit: Gradebook.itemLimit) }
            let created = event(.assignmentCreated, of: assignment, at: now)
            statements.append(.recordEvent(created, by: principal))
            statements.append(audit.recording(AuditEvent("assignment.published", on: id), by: principal))
            statements += Self.reminding(of: id, due: settings.dueAt, at: now)
        case (.published, .archived):
            statements.append(audit.recording(AuditEvent("assignment.archived", on: id), by: principal))
        default: throw .notPublished
        }
        return try await run(statements, on: id, session: session)
    }

    /// Deletes an assignment that nobody has begun, and its item in the gradebook.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked after its course's.
    ///   - version: The version that the caller read, or `nil` to delete whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.notFound`; `.forbidden`; `.versionMismatch`; `.hasSubmissions`.
    public func delete(
        _ id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        let assignment = try await lock(id, expecting: version, session: session)
        guard try await !use(of: id, session: session).isBegun else { throw .hasSubmissions }
        let principal = session.principal
        var statements: [SQL] = [
            .deleteAssignment(id), audit.recording(AuditEvent("assignment.deleted", on: id), by: principal),
        ]
        if assignment.status != .draft {
            statements += gradebook.removingItem(for: Self.subject(id), in: assignment.course, by: principal)
        }
        try await AssignmentError.translating { [statements] in _ = try await session.batch(statements) }
    }

    /// An assignment as what is graded.
    static func subject(_ id: Assignment.ID) -> GradeSubject { GradeSubject(.assignment, id.uuid) }

    /// What puts an assignment into the gradebook, or brings it up to date there; the course is locked.
    private func item(
        of id: Assignment.ID,
        _ settings: AssignmentSettings,
        in course: Course.ID,
        by principal: Principal
    ) -> [SQL] {
        let draft = GradeItemDraft(title: settings.title, maxPoints: settings.points, dueAt: settings.dueAt)
        return gradebook.puttingItem(for: Self.subject(id), in: course, draft, by: principal)
    }

    /// Looks up what settings refer to, and gives them the rubric's points.
    ///
    /// - Returns: The rubric's version: that of before for the same rubric.
    private func settle(
        _ settings: inout AssignmentSettings,
        from before: Assignment?,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Int? {
        if let lesson = settings.lesson, lesson != before?.settings.lesson {
            let rows = try await AssignmentError.translating {
                try await session.execute(.selectAssignmentLesson(lesson, of: course))
            }
            guard !rows.isEmpty else { throw .lessonNotFound }
        }
        guard let rubric = settings.rubric else { return nil }
        if let before, rubric == before.settings.rubric {
            settings.points = before.settings.points
            return before.rubricVersion
        }
        let chosen = try await AssignmentError.translating {
            let rows = try await session.execute(.selectRubric(rubric))
            guard let row = rows.only, case let chosen = try Rubric(row: row), chosen.course == course else {
                throw AssignmentError.rubricNotFound
            }
            return chosen
        }
        settings.points = chosen.points
        return chosen.version
    }

    private func use(
        of id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> AssignmentUse {
        try await AssignmentError.translating {
            guard let row = try await session.execute(.selectUse(of: id)).only else {
                throw AssignmentError.notFound
            }
            return AssignmentUse(isBegun: try row[0], isGraded: try row[1])
        }
    }

    /// Locks an assignment, after its course, for who may change it.
    private func lock(
        _ id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Assignment {
        let rows = try await AssignmentError.translating {
            try await session.batch([
                .lockCourse(of: .assignment(id)), .lockAssignment(id), .selectAssignment(of: .assignment(id)),
                .selectCourse(of: .assignment(id)), .selectPlace(of: session.principal.user, in: .assignment(id)),
            ])
        }
        let (assignment, standing) = try Self.assignment(rows[2], rows[3], rows[4], for: session.principal)
        try standing.requireManager(or: .notFound)
        if let version, version != assignment.version { throw .versionMismatch(current: assignment.version) }
        return assignment
    }

    private func run(
        _ statements: [SQL],
        on id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Assignment {
        try await AssignmentError.translating {
            guard let row = try await session.batch(statements + [.selectAssignment(of: .assignment(id))]).last?.only
            else { throw AssignmentError.notFound }
            return try Assignment(row: row)
        }
    }
}

/// What became of an assignment.
private struct AssignmentUse {
    let isBegun: Bool
    let isGraded: Bool
}
