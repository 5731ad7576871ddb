// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Gives a learner, and with them their group, more time or another submission, in place of what they were given before.
    ///
    /// What they handed in last and is not graded is as late as it is by the new due date.
    ///
    /// - Parameters:
    ///   - granted: What they get.
    ///   - user: The learner.
    ///   - id: The assignment, whose row is locked, as is the learner's place in the course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The extension.
    /// - Throws: `AssignmentError.notFound`; `.forbidden` without `assignment:grade` on the course; `.learnerNotFound` for who has no
    ///   place in it; `.invalid`.
    public func extend(
        _ granted: NewAssignmentExtension,
        for user: Principal.ID,
        in id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> AssignmentExtension {
        let assignment = try await lockForExtending(id, session: session)
        let (now, principal) = (clock.now(), session.principal)
        guard principal.user != user else { throw .forbidden }
        return try await AssignmentError.translating {
            let locks = SQL.lockHolder(of: user, in: .assignment(id))
            let rows = try await session.batch(
                locks + [
                    .selectIsTogether(user, with: principal.user, in: .assignment(id)),
                    .putExtension(of: user, in: id, granted, by: principal.user, at: now),
                    .listExtensions(of: id, user: user, after: nil, limit: 1),
                    audit.recording(AuditEvent("assignment.extended", on: user), by: principal),
                ]
            ).suffix(4).map(\.self)
            guard try rows[0].only?[0] != true else { throw AssignmentError.forbidden }
            guard !rows[1].isEmpty, let row = rows[2].only else { throw AssignmentError.learnerNotFound }
            try await recount(assignment, for: user, session: session)
            return try AssignmentExtension(row: row)
        }
    }

    /// Takes an extension back.
    ///
    /// - Parameters:
    ///   - user: The learner.
    ///   - id: The assignment, whose row is locked, as is the learner's place in the course.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.notFound`; `.forbidden` without `assignment:grade` on the course; `.learnerNotFound` for who has
    ///   none.
    public func withdraw(
        extensionOf user: Principal.ID,
        in id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        let assignment = try await lockForExtending(id, session: session)
        let principal = session.principal
        guard principal.user != user else { throw .forbidden }
        try await AssignmentError.translating {
            let locks = SQL.lockHolder(of: user, in: .assignment(id))
            let rows = try await session.batch(
                locks + [
                    .selectIsTogether(user, with: principal.user, in: .assignment(id)),
                    .deleteExtension(of: user, in: id),
                    audit.recording(AuditEvent("assignment.extension_withdrawn", on: user), by: principal),
                ]
            ).suffix(3).map(\.self)
            guard try rows[0].only?[0] != true else { throw AssignmentError.forbidden }
            guard !rows[1].isEmpty else { throw AssignmentError.learnerNotFound }
            try await recount(assignment, for: user, session: session)
        }
    }

    /// Brings up to date how late an ungraded submission of a learner or their group is.
    private func recount(
        _ assignment: Assignment,
        for user: Principal.ID,
        session: borrowing TenantSession
    ) async throws {
        let rows = try await session.batch([
            .selectLatest(of: user, in: assignment.id), .selectExtension(of: user, in: .assignment(assignment.id)),
        ])
        guard let row = rows[0].only, case let submission = try Submission(row: row), submission.status == .submitted,
            let received = submission.receivedAt
        else { return }
        let terms = AssignmentTerms(
            assignment.settings,
            try rows[1].only.map(AssignmentExtension.init(row:))?.granted
        )
        try await session.execute(.setDaysLate(terms.lateDays(at: received), of: submission.id))
    }

    /// Locks an assignment for who may grade it.
    func lockForExtending(
        _ id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> Assignment {
        let rows = try await AssignmentError.translating {
            try await session.batch([
                .lockAssignment(id), .selectAssignment(of: .assignment(id)), .selectCourse(of: .assignment(id)),
                .selectPlace(of: session.principal.user, in: .assignment(id)),
            ])
        }
        let (assignment, standing) = try Self.assignment(rows[1], rows[2], rows[3], for: session.principal)
        try standing.requireGrader(or: .notFound)
        return assignment
    }
}
