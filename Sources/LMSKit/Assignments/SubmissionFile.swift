// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A file that a learner hands in, or is about to.
public struct SubmissionFile: Sendable, Identifiable, Hashable {
    /// The identifier.
    public typealias ID = Identifier<SubmissionFile>
    /// The most files of a submission.
    public static let limit = 20
    /// The identifier, under which the file is stored too.
    public let id: ID
    /// The submission.
    public let submission: Submission.ID
    /// Its place among the submission's files, from 1.
    public let position: Int
    /// The name that readers see.
    public let name: String
    /// What it is, such as `application/pdf`; decided by the server.
    public let mediaType: String
    /// How long it is, in bytes.
    public let byteCount: Int

    package init(
        id: ID,
        submission: Submission.ID,
        position: Int,
        name: String,
        mediaType: String,
        byteCount: Int
    ) {
        self.id = id
        self.submission = submission
        self.position = position
        self.name = name
        self.mediaType = mediaType
        self.byteCount = byteCount
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        submission = try fields.next()
        position = try fields.next()
        name = try fields.next()
        mediaType = try fields.next()
        byteCount = try fields.next()
    }

    /// What the blob store knows its bytes by.
    var stored: StoredFile.ID { StoredFile.ID(id.uuid) }

    /// The same file under a name that tells nobody whose it is.
    var anonymous: SubmissionFile {
        // Only names with an ending that is taken become files, so nothing but the ending is left of the learner's own.
        let ending = FileName(name).flatMap { SubmissionFileType(rawValue: $0.ending) }
        return SubmissionFile(
            id: id,
            submission: submission,
            position: position,
            name: "submission-\(position)" + (ending.map { ".\($0.rawValue)" } ?? ""),
            mediaType: mediaType,
            byteCount: byteCount
        )
    }
}

/// A type of files that may be handed in, by the ending of their names.
public struct SubmissionFileType: RawRepresentable, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// The ending, in lower case and without a dot.
    public let rawValue: String

    /// Reads an ending.
    ///
    /// - Parameter rawValue: The ending, in lower case and without a dot; `nil` if such files may not be handed in.
    public init?(rawValue: String) {
        guard ContentRule.isTaken(ending: rawValue, for: .submission) else { return nil }
        self.rawValue = rawValue
    }

    /// All that may be handed in, in the order of the endings.
    public static var allCases: [SubmissionFileType] {
        ContentRule.endings(for: .submission).compactMap(SubmissionFileType.init(rawValue:))
    }
}

/// An upload that somebody wants to hand in.
struct OfferedUpload: Sendable {
    let status: FileUpload.Status
    let name: String
    let byteCount: Int
    /// The file that came of it, unless it was handed in or is gone.
    let file: StoredFile.ID?

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        status = try fields.next()
        name = try fields.next()
        byteCount = try fields.next()
        file = try fields.next()
    }
}

extension AssignmentSettings {
    /// Refuses files of a type or a length that is not taken.
    func requireTaken(name: String, byteCount: Int) throws(AssignmentError) {
        guard takes != .text else { throw .filesNotTaken }
        let type = FileName(name).flatMap { SubmissionFileType(rawValue: $0.ending) }
        guard let type, fileTypes.isEmpty || fileTypes.contains(type) else { throw .fileTypeNotTaken }
        if let fileLimitInBytes, byteCount > fileLimitInBytes { throw .fileTooLarge(limitInBytes: fileLimitInBytes) }
    }

    /// Refuses a text where none is taken.
    func requireTaken(text: String) throws(AssignmentError) {
        if takes == .files, text.contains(where: { !$0.isWhitespace }) { throw .textNotTaken }
    }

    /// Refuses to have handed in what is not taken, as the settings are now; the draft may be older.
    func requireTaken(text: String, files: [SubmissionFile]) throws(AssignmentError) {
        let isBlank = !text.contains { !$0.isWhitespace }
        guard !isBlank || !files.isEmpty else { throw .empty }
        try requireTaken(text: text)
        guard files.count <= fileLimit else { throw .tooManyFiles(limit: fileLimit) }
        for file in files { try requireTaken(name: file.name, byteCount: file.byteCount) }
    }
}
