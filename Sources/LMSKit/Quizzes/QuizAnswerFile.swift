// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A file that answers a question of an attempt.
public struct QuizAnswerFile: Sendable, Identifiable, Hashable {
    /// The identifier.
    public typealias ID = Identifier<QuizAnswerFile>
    /// The identifier, under which the file is stored too; answers name it.
    public let id: ID
    /// The attempt.
    public let attempt: QuizAttempt.ID
    /// The question.
    public let question: BankQuestion.ID
    /// The name that readers see.
    public let name: String
    /// What it is, such as `application/pdf`; decided by the server.
    public let mediaType: String
    /// How long it is, in bytes.
    public let byteCount: Int

    package init(
        id: ID,
        attempt: QuizAttempt.ID,
        question: BankQuestion.ID,
        name: String,
        mediaType: String,
        byteCount: Int
    ) {
        self.id = id
        self.attempt = attempt
        self.question = question
        self.name = name
        self.mediaType = mediaType
        self.byteCount = byteCount
    }

    /// What the blob store knows its bytes by.
    var stored: StoredFile.ID { StoredFile.ID(id.uuid) }
}

extension QuizAnswerFile {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        attempt = try fields.next()
        question = try fields.next()
        name = try fields.next()
        mediaType = try fields.next()
        byteCount = try fields.next()
    }

    /// Reads what `SQL.answerFiles` gives.
    static func list(column: JSONText) throws(DatabaseError) -> [QuizAnswerFile] {
        guard case .array(let files) = try column.parsed() else { return [] }
        return try files.map { file throws(DatabaseError) in
            guard let id = file["id"]?.text.flatMap({ ID($0) }),
                let attempt = file["attempt"]?.text.flatMap({ QuizAttempt.ID($0) }),
                let question = file["question"]?.text.flatMap({ BankQuestion.ID($0) }),
                let name = file["name"]?.text, let mediaType = file["mediaType"]?.text,
                let byteCount = file["byteCount"]?.integer
            else { throw .undecodable(column: "files", expected: "files of an answer") }
            return QuizAnswerFile(
                id: id,
                attempt: attempt,
                question: question,
                name: name,
                mediaType: mediaType,
                byteCount: byteCount
            )
        }
    }
}

/// A file that somebody names in an answer, as it is under the lock under which it is taken.
struct OfferedAnswerFile: Sendable {
    /// Whether it is still being received or looked at.
    let isUnfinished: Bool
    /// What it is; `nil` for what is not theirs to answer with.
    let mediaType: String?
    let byteCount: Int?

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        isUnfinished = try fields.next()
        mediaType = try fields.next()
        byteCount = try fields.next()
    }
}

extension UploadTask {
    /// Refuses files that are not the learner's to answer with, or of a type or a length that is not taken.
    ///
    /// How many there are was looked at when the answer was read.
    func requireTaken(_ files: [OfferedAnswerFile]) throws(QuizError) {
        var issues: [QuestionIssue] = []
        for (index, file) in files.enumerated() {
            if file.isUnfinished { throw .uploadUnfinished }
            guard let mediaType = file.mediaType, let byteCount = file.byteCount else {
                issues.append(QuestionIssue("files[\(index)]", .unknownReference))
                continue
            }
            if !mediaTypes.isEmpty, !mediaTypes.contains(mediaType) {
                issues.append(QuestionIssue("files[\(index)]", .notAllowed))
            }
            if byteCount > maximumBytes { issues.append(QuestionIssue("files[\(index)]", .tooLarge)) }
        }
        guard issues.isEmpty else { throw .invalidAnswer(issues) }
    }
}
