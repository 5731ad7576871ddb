// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Assignments {
    /// Puts a file that a learner uploaded into the draft that they or their group are about to hand in; the first one begins a version.
    ///
    /// - Parameters:
    ///   - upload: The upload, of their own, for the use `submission` in the assignment's course, and stored.
    ///   - id: The assignment; the learner's place in the course is locked, as are their group and its members' places.
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
            let statements = SubmissionTaking.statements(of: user, in: .assignment(id), at: now)
            let rows = try await session.batch(statements + [.selectOffered(upload, of: user, in: id)])
            let taking = try SubmissionTaking(rows, for: principal, or: .notFound)
            guard taking.standing.maySee(taking.assignment) else { throw AssignmentError.notFound }
            let enrollment = try taking.require(at: now)
            let settings = taking.assignment.settings
            let file = try Self.offered(rows[SubmissionTaking.count], settings)
            let attached = try await session.batch([
                .saveDraft(identifiers.next(), of: user, enrollment, in: id, "", sequence: 0, at: now),
                .attachFile(file, of: user, in: id, limit: settings.fileLimit),
            ])[1]
            guard let row = attached.only else { throw AssignmentError.tooManyFiles(limit: settings.fileLimit) }
            let found = try SubmissionFile(row: row)
            try await session.execute(.raiseDraft(found.submission))
            return found
        }
    }

    /// Takes a file away from a draft; until its upload is forgotten whose it is can attach it again.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - id: The draft; the learner's place in the course is locked, as are their group and its members' places.
    ///   - session: The tenant's open transaction.
    /// - Throws: `AssignmentError.submissionNotFound` for one that is none or another's; `.fileNotFound`; `.handedIn`.
    public func detach(
        _ file: SubmissionFile.ID,
        from id: Submission.ID,
        session: borrowing TenantSession
    ) async throws(AssignmentError) {
        guard let user = session.principal.user else { throw .submissionNotFound }
        try await AssignmentError.translating {
            let locks = [.shareAssignment(of: .submission(id))] + SQL.lockHolder(of: user, in: .submission(id))
            let rows = try await session.batch(locks + [.selectSubmission(id, for: user), .selectFile(file, of: id)])
            guard let row = rows[locks.count].only, case let draft = try Submission(row: row), draft.isOwn else {
                throw AssignmentError.submissionNotFound
            }
            guard !rows[locks.count + 1].isEmpty else { throw AssignmentError.fileNotFound }
            guard draft.status == .draft else { throw AssignmentError.handedIn }
            try await session.batch([.detachFile(file, from: id), .raiseDraft(id)])
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
                .selectSubmission(id, for: principal.user), .selectCourse(of: place),
                .selectPlace(of: principal.user, in: place),
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
