// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Puts a file that a learner uploaded into the draft that they are about to hand in; the first one begins a version.
    ///
    /// - Parameters:
    ///   - upload: The upload, of their own, for the use `submission` in the assignment's course, and stored.
    ///   - id: The assignment; the learner's place in the course is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The file, in the first place of the draft that was free.
    /// - Throws: `AssignmentError.notFound`; `.uploadNotFound`, also for what is in a submission already; `.uploadUnfinished`;
    ///   `.filesNotTaken`; `.fileTypeNotTaken`; `.fileTooLarge`; `.tooManyFiles`; what `save` throws.
    public func attach(
        _ upload: FileUpload.ID,
        to id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) -> SubmissionFile {
        let now = clock.now()
        let principal = session.principal
        guard let user = principal.user else { throw .notFound }
        return try await AssignmentError.translating {
            let rows = try await session.batch([
                .shareAssignment(of: .assignment(id)), .lockPlace(of: user, in: id),
                .selectAssignment(of: .assignment(id)), .selectCourse(of: .assignment(id)),
                .selectPlace(of: user, in: .assignment(id)), .selectExtension(of: user, in: .assignment(id)),
                .countSubmissions(of: user, in: .assignment(id)), .selectOffered(upload, of: user, in: id),
            ])
            let (assignment, standing) = try Self.assignment(rows[2], rows[3], rows[4], for: principal)
            let place = try Self.requireTaking(assignment, standing, granted: rows[5], count: rows[6], at: now)
            let (file, settings) = (try Self.offered(rows[7], assignment.settings), assignment.settings)
            let attached = try await session.batch([
                .saveDraft(identifiers.next(), of: user, place.enrollment, in: id, "", sequence: 0, at: now),
                .attachFile(file, of: user, in: id, limit: settings.fileLimit), .raiseDraft(of: user, in: id),
            ])[1]
            guard let row = attached.only else { throw AssignmentError.tooManyFiles(limit: settings.fileLimit) }
            return try SubmissionFile(row: row)
        }
    }

    /// Takes a file away from a draft; until its upload is forgotten it can be attached again.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - id: The draft; the learner's place in the course is locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.submissionNotFound` for one that is none or another's; `.fileNotFound`; `.handedIn`.
    public func detach(
        _ file: SubmissionFile.ID,
        from id: Submission.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        guard let user = session.principal.user else { throw .submissionNotFound }
        try await AssignmentError.translating {
            let rows = try await session.batch([
                .shareAssignment(of: .submission(id)), .lockPlace(of: id, owner: user), .selectSubmission(id),
                .selectFile(file, of: id),
            ])
            guard let row = rows[2].only, case let draft = try Submission(row: row), draft.user == user else {
                throw AssignmentError.submissionNotFound
            }
            guard !rows[3].isEmpty else { throw AssignmentError.fileNotFound }
            guard draft.status == .draft else { throw AssignmentError.handedIn }
            try await session.batch([
                .detachFile(file, from: id), .raiseDraft(of: user, in: draft.assignment),
            ])
        }
    }

    /// Finds a file of a submission for who may read the submission, in one round trip.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - id: The submission.
    ///   - reader: Who reads in which tenant: the learner, or somebody who may grade; who grades sees no drafts.
    /// - Returns: The file under the name that they may see, for `Files.open`.
    /// - Throws: `AssignmentError.submissionNotFound`; `.fileNotFound`, also for another submission's.
    public func file(
        _ file: SubmissionFile.ID,
        of id: Submission.ID,
        reader: TenantReader
    ) async throws(AssignmentError) -> SubmissionFile {
        let principal = reader.principal
        let place = AssignmentPlace.submission(id)
        return try await AssignmentError.translating {
            let rows = try await reader.read([
                .selectSubmission(id), .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
                .selectFile(file, of: id),
            ])
            let (submission, audience) = try Self.readable(rows[0], rows[1], rows[2], for: principal)
            let view = SubmissionView(submission, files: try Self.files(rows[3]), for: audience)
            guard let found = view.files.first else { throw AssignmentError.fileNotFound }
            return found
        }
    }

    static func files(_ rows: Rows) throws(DatabaseError) -> [SubmissionFile] {
        try rows.map { row throws(DatabaseError) in try SubmissionFile(row: row) }
    }

    /// The file of an upload that may be handed in.
    private static func offered(_ rows: Rows, _ settings: AssignmentSettings) throws -> StoredFile.ID {
        guard settings.takes != .text else { throw AssignmentError.filesNotTaken }
        guard let row = rows.only else { throw AssignmentError.uploadNotFound }
        let upload = try OfferedUpload(row: row)
        switch upload.status {
        case .open, .checking: throw AssignmentError.uploadUnfinished
        case .stored, .refused: break
        }
        guard let file = upload.file else { throw AssignmentError.uploadNotFound }
        try settings.requireTaken(name: upload.name, byteCount: upload.byteCount)
        return file
    }
}
