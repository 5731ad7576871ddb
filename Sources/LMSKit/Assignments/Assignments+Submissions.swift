// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Saves the text that a learner is about to hand in; the first text begins a version.
    ///
    /// Sending it again changes nothing, and one that comes late does not replace one with a higher number.
    ///
    /// - Parameters:
    ///   - text: The text, up to 50,000 characters.
    ///   - sequence: The client's number of the text, from 1.
    ///   - id: The assignment; the learner's place in the course is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The draft as it is now.
    /// - Throws: `AssignmentError.notFound`; `.forbidden`, `.enrollmentNeeded`, `.paymentNeeded` for who has no place in the
    ///   course, or has it no more; `.notPublished`; `.notOpen`; `.closed`; `.noSubmissionsLeft`; `.textNotTaken`; `.invalid`.
    public func save(
        _ text: String,
        sequence: Int,
        for id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionView {
        let now = clock.now()
        let principal = session.principal
        guard let user = principal.user else { throw .notFound }
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .shareAssignment(of: .assignment(id)), .lockPlace(of: user, in: id),
                .selectAssignment(of: .assignment(id)), .selectCourse(of: .assignment(id)),
                .selectPlace(of: user, in: .assignment(id)), .selectExtension(of: user, in: .assignment(id)),
                .countSubmissions(of: user, in: .assignment(id)),
            ])
            let (assignment, standing) = try Self.assignment(rows[2], rows[3], rows[4], for: principal)
            let place = try Self.requireTaking(assignment, standing, granted: rows[5], count: rows[6], at: now)
            try assignment.settings.requireTaken(text: text)
            let saved = try await session.batch([
                .saveDraft(
                    identifiers.next(),
                    of: user,
                    place.enrollment,
                    in: id,
                    text,
                    sequence: sequence,
                    at: now
                ),
                .selectDraft(of: user, in: id), .listDraftFiles(of: user, in: id),
            ])
            guard let row = saved[1].only else { throw AssignmentError.submissionNotFound }
            return SubmissionView(try Submission(row: row), files: try Self.files(saved[2]), for: .learner)
        }
    }

    /// Hands a draft in with its files, once: doing it again gives the same submission.
    ///
    /// What is handed in takes the place of what the learner handed in before, whose grade counts until this one has its own.
    ///
    /// - Parameters:
    ///   - id: The draft; the learner's place in the course is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission.
    /// - Throws: `AssignmentError.submissionNotFound` for one that is none or another's; `.forbidden`, `.enrollmentNeeded`,
    ///   `.paymentNeeded` for who has no place in the course any more; `.notPublished`; `.notOpen`; `.closed`;
    ///   `.noSubmissionsLeft`; `.empty`; `.textNotTaken`, `.filesNotTaken`, `.fileTypeNotTaken`, `.fileTooLarge`, `.tooManyFiles` for
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
            let place = AssignmentPlace.submission(id)
            let rows = try await session.batch([
                .shareAssignment(of: place), .lockPlace(of: id, owner: user), .selectSubmission(id),
                .selectAssignment(of: place), .selectCourse(of: place), .selectPlace(of: user, in: place),
                .selectExtension(of: user, in: place), .countSubmissions(of: user, in: place), .listComments(of: id),
                .listFiles(of: id),
            ])
            guard let row = rows[2].only, case let draft = try Submission(row: row), draft.user == user,
                let assignmentRow = rows[3].only,
                let standing = try AssignmentStanding(course: rows[4], place: rows[5], for: principal)
            else { throw AssignmentError.submissionNotFound }
            let files = try Self.files(rows[9])
            guard draft.status == .draft else {
                return SubmissionView(draft, comments: try Self.comments(rows[8]), files: files, for: .learner)
            }
            let assignment = try Assignment(row: assignmentRow)
            _ = try Self.requireTaking(assignment, standing, granted: rows[6], count: rows[7], at: now)
            try assignment.settings.requireTaken(text: draft.text, files: files)
            let terms = AssignmentTerms(
                assignment.settings,
                try rows[6].only.map(AssignmentExtension.init(row:))?.granted
            )
            var statements: [SQL] = [
                .supersede(of: user, in: assignment.id),
                .submit(id, daysLate: terms.lateDays(at: now), at: now),
                .recordEvent(submission(of: draft, assignment, at: now), by: principal),
                .enqueueJob(.submissionComparison, id.uuid, at: now),
            ]
            if assignment.settings.completion == .submission {
                statements += completing(draft, of: assignment, at: now, session: session)
            }
            let replies = try await session.batch(statements + [.selectSubmission(id)])
            guard let row = replies.last?.only else { throw AssignmentError.submissionNotFound }
            session.announce(.news(of: user.uuid))
            return SubmissionView(try Submission(row: row), files: files, for: .learner)
        }
    }

    /// Refuses what is not taken from a learner at a moment.
    static func requireTaking(
        _ assignment: Assignment,
        _ standing: AssignmentStanding,
        granted: Rows,
        count: Rows,
        at now: Date
    ) throws -> (user: Principal.ID, enrollment: Enrollment.ID) {
        let place = try standing.requirePlace()
        guard assignment.status == .published, standing.course.status == .published else {
            throw AssignmentError.notPublished
        }
        let terms = AssignmentTerms(
            assignment.settings,
            try granted.only.map(AssignmentExtension.init(row:))?.granted
        )
        try terms.requireOpen(at: now)
        let handedIn: Int = try count.only?[0] ?? 0
        let isReturned: Bool = try count.only?[1] ?? false
        try terms.requireAnother(after: handedIn, isReturned: isReturned)
        return place
    }

    /// What completes the lesson of an assignment for a learner whose place is locked.
    func completing(
        _ submission: Submission,
        of assignment: Assignment,
        at now: Date,
        session: borrowing TenantSession
    ) -> [SQL] {
        guard let lesson = assignment.settings.lesson else { return [] }
        session.announce(.news(of: submission.enrollment.uuid))
        session.announce(.news(of: submission.course.uuid))
        return [
            .completeLessons([lesson], on: submission.enrollment, owner: nil, by: session.principal, at: now)
        ]
    }

    static func comments(_ rows: Rows) throws(DatabaseError) -> [SubmissionComment] {
        try rows.map { row throws(DatabaseError) in try SubmissionComment(row: row) }
    }
}
