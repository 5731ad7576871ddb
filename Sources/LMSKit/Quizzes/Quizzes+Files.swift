// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Quizzes {
    /// Finds a file of an answer for who may see the answer, in one round trip.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - question: The question that it answers.
    ///   - id: The attempt.
    ///   - reader: Who reads in which tenant: the learner, or somebody who may grade.
    /// - Returns: The file, for `Files.open`.
    /// - Throws: `QuizError.attemptNotFound` for one that is none or another's; `.fileNotFound`, also for another answer's.
    public func file(
        _ file: QuizAnswerFile.ID,
        to question: BankQuestion.ID,
        of id: QuizAttempt.ID,
        reader: TenantReader
    ) async throws(QuizError) -> QuizAnswerFile {
        let principal = reader.principal
        return try await QuizError.translating {
            let rows = try await reader.read([
                .selectAttempt(id), .selectCourse(of: .attempt(id)),
                .selectQuizPlace(of: principal.user, in: .attempt(id)), .selectFile(file, to: question, of: id),
            ])
            guard let row = rows[0].only, case let attempt = try QuizAttempt(row: row),
                let standing = try QuizStanding(course: rows[1], place: rows[2], for: principal),
                principal.user != nil && attempt.user == principal.user || standing.mayGrade
            else { throw QuizError.attemptNotFound }
            guard let found = rows[3].only else { throw QuizError.fileNotFound }
            return try QuizAnswerFile(row: found)
        }
    }

    /// Saves an answer of files, and attaches them to it; those that it named before are the learner's again, for other answers.
    ///
    /// - Parameters:
    ///   - answer: The files; `nil` for none.
    ///   - task: What the question takes.
    ///   - sent: What was sent.
    ///   - id: The attempt, which is locked; the files are too until the transaction ends.
    ///   - user: The learner, whose attempt it is.
    ///   - now: When the answer came.
    ///   - session: The tenant's open transaction.
    /// - Returns: What counts now, as `saveAnswer` says it.
    /// - Throws: `QuizError.uploadUnfinished`; `.invalidAnswer`; `.database`.
    func save(
        _ answer: QuestionAnswer?,
        takenBy task: UploadTask,
        _ sent: SentAnswer,
        in id: QuizAttempt.ID,
        of user: Principal.ID,
        at now: Date,
        session: borrowing TenantSession
    ) async throws -> Rows {
        if case .files(let files)? = answer {
            let replies = try await session.batch([
                .lockFiles(files, of: user), .selectOffered(files, to: sent.question, of: id, owner: user),
            ])
            try task.requireTaken(try replies[1].map(OfferedAnswerFile.init(row:)))
        }
        return try await session.batch([
            .saveAnswer(answer, to: sent.question, sequence: sent.sequence, in: id, owner: user, at: now),
            .detachFiles(from: sent.question, of: id), .attachFiles(to: sent.question, of: id, owner: user),
        ])[0]
    }
}
