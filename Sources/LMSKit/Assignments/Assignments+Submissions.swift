// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Saves the text that a learner or their group is about to hand in; the first text begins a version.
    ///
    /// Of a learner's own draft sending it again changes nothing, and one that comes late does not replace one with a higher number.
    /// A group's draft is changed by who read it as it is.
    ///
    /// - Parameters:
    ///   - text: The text, up to 50,000 characters.
    ///   - sequence: The client's number of the text, from 1.
    ///   - id: The assignment; the learner's place in the course is locked, as are their group and its members' places.
    ///   - version: The version of the draft that the caller read; `nil` is for drafts that are no group's, or not there yet.
    ///   - session: The tenant's open transaction.
    /// - Returns: The draft as it is now.
    /// - Throws: `AssignmentError.notFound`; `.forbidden`, `.enrollmentNeeded`, `.paymentNeeded` for who has no place in the
    ///   course, or has it no more; `.groupNeeded`; `.notPublished`; `.notOpen`; `.closed`; `.noSubmissionsLeft`; `.textNotTaken`;
    ///   `.versionMismatch`; `.invalid`.
    public func save(
        _ text: String,
        sequence: Int,
        for id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionView {
        let now = clock.now()
        let principal = session.principal
        guard let user = principal.user else { throw .notFound }
        return try await AssignmentError.translating {
            let statements = SubmissionTaking.statements(of: user, in: .assignment(id), at: now)
            let rows = try await session.batch(statements + [.selectDraft(of: user, in: id)])
            let taking = try SubmissionTaking(rows, for: principal, or: .notFound)
            guard taking.standing.maySee(taking.assignment) else { throw AssignmentError.notFound }
            let enrollment = try taking.require(at: now)
            let settings = taking.assignment.settings
            try settings.requireTaken(text: text)
            if let row = rows[SubmissionTaking.count].only, case let draft = try Submission(row: row),
                version != draft.version, version != nil || settings.groupSet != nil
            {
                throw AssignmentError.versionMismatch(current: draft.version)
            }
            let saved = try await session.batch([
                .saveDraft(
                    identifiers.next(),
                    of: user,
                    enrollment,
                    in: id,
                    text,
                    sequence: sequence,
                    isLast: settings.groupSet != nil,
                    at: now
                ),
                .selectDraft(of: user, in: id),
            ])
            guard let row = saved[1].only else { throw AssignmentError.submissionNotFound }
            return try await view(try Submission(row: row), for: .learner, session: session)
        }
    }

    /// Hands a draft in with its files, once: doing it again gives the same submission.
    ///
    /// What is handed in takes the place of what the learner or the group handed in before, whose grade counts until this one has its own.
    /// Of a group's it is for all who are in the group and have a place in the course, and stays theirs: while somebody who left the
    /// group waits for the grade of what it handed in before, nothing takes the place of that.
    ///
    /// - Parameters:
    ///   - id: The draft; the learner's place in the course is locked, as are their group and its members' places.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission.
    /// - Throws: `AssignmentError.submissionNotFound` for one that is none or another's; `.forbidden`, `.enrollmentNeeded`,
    ///   `.paymentNeeded` for who has no place in the course any more; `.notPublished`; `.notOpen`; `.closed`;
    ///   `.noSubmissionsLeft`; `.previousUngraded`; `.empty`; `.textNotTaken`, `.filesNotTaken`, `.fileTypeNotTaken`, `.fileTooLarge`, `.tooManyFiles` for
    ///   a draft of before the assignment was changed.
    public func submit(
        _ id: Submission.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionView {
        // Before anything is waited for: who hands in counts by when it came.
        let now = clock.now()
        let principal = session.principal
        guard let user = principal.user else { throw .submissionNotFound }
        return try await AssignmentError.translating {
            let statements = SubmissionTaking.statements(of: user, in: .submission(id), at: now)
            let rows = try await session.batch(
                statements + [
                    .selectSubmission(id, for: user), .listFiles(of: id), .selectLeftBehind(by: id),
                ]
            )
            guard let row = rows[SubmissionTaking.count].only, case let draft = try Submission(row: row), draft.isOwn
            else { throw AssignmentError.submissionNotFound }
            guard draft.status == .draft else { return try await view(draft, for: .learner, session: session) }
            let taking = try SubmissionTaking(rows, for: principal, or: .submissionNotFound)
            _ = try taking.require(at: now)
            guard rows[SubmissionTaking.count + 2].isEmpty else { throw AssignmentError.previousUngraded }
            let assignment = taking.assignment
            let files = try Self.files(rows[SubmissionTaking.count + 1])
            try assignment.settings.requireTaken(text: draft.text, files: files)
            let members = try await session.batch([
                .supersede(by: id, in: assignment.id), .submit(id, daysLate: taking.terms.lateDays(at: now), at: now),
                .freezeMembers(of: id), .listMembers(of: [id]),
            ])[3].map(SubmissionMember.init(row:))
            var following: [SQL] = [
                .recordEvent(submission(of: draft, by: user, assignment, at: now), by: principal),
                .enqueueJob(.submissionComparison, id.uuid, at: now),
            ]
            for member in members {
                session.announce(.news(of: member.user.uuid))
                guard assignment.settings.completion == .submission else { continue }
                following += completing(member, of: assignment, at: now, session: session)
            }
            let replies = try await session.batch(following + [.selectSubmission(id, for: user)])
            guard let row = replies.last?.only else { throw AssignmentError.submissionNotFound }
            return try await view(try Submission(row: row), for: .learner, session: session)
        }
    }

    /// A submission with all that is shown of it by itself.
    func view(
        _ submission: Submission,
        for audience: SubmissionView.Audience,
        session: borrowing TenantSession
    ) async throws -> SubmissionView {
        let id = submission.id
        let rows = try await session.batch([.listComments(of: id), .listFiles(of: id), .listMembers(of: [id])])
        return try SubmissionView(
            submission,
            comments: Self.comments(rows[0]),
            files: Self.files(rows[1]),
            members: rows[2].map(SubmissionMember.init(row:)),
            for: audience
        )
    }

    /// What completes the lesson of an assignment for a learner whose place is locked.
    func completing(
        _ member: SubmissionMember,
        of assignment: Assignment,
        at now: Date,
        session: borrowing TenantSession
    ) -> [SQL] {
        guard let lesson = assignment.settings.lesson else { return [] }
        session.announce(.news(of: member.enrollment.uuid))
        session.announce(.news(of: assignment.course.uuid))
        return [.completeByWork(lesson, on: member.enrollment, by: session.principal, at: now)]
    }

    static func comments(_ rows: Rows) throws(DatabaseError) -> [SubmissionComment] {
        try rows.map { row throws(DatabaseError) in try SubmissionComment(row: row) }
    }
}
