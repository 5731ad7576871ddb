// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Gives a learner more time or another submission, in place of what they were given before.
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
            let rows = try await session.batch([
                .lockPlace(of: user, in: id), .putExtension(of: user, in: id, granted, by: principal.user, at: now),
                .listExtensions(of: id, user: user, after: nil, limit: 1), .selectLatest(of: user, in: id),
                audit.recording(AuditEvent("assignment.extended", on: user), by: principal),
            ])
            guard !rows[1].isEmpty, let row = rows[2].only else { throw AssignmentError.learnerNotFound }
            try await recount(rows[3], AssignmentTerms(assignment.settings, granted), session: session)
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
            let rows = try await session.batch([
                .lockPlace(of: user, in: id), .deleteExtension(of: user, in: id), .selectLatest(of: user, in: id),
                audit.recording(AuditEvent("assignment.extension_withdrawn", on: user), by: principal),
            ])
            guard !rows[1].isEmpty else { throw AssignmentError.learnerNotFound }
            try await recount(rows[2], AssignmentTerms(assignment.settings), session: session)
        }
    }

    /// Brings up to date how late an ungraded submission is.
    private func recount(_ latest: Rows, _ terms: AssignmentTerms, session: borrowing TenantSession) async throws {
        guard let row = latest.only, case let submission = try Submission(row: row), submission.status == .submitted,
            let received = submission.receivedAt
        else { return }
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
