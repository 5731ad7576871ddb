// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Quizzes {
    /// Lists a course's banks of questions, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most banks to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first.
    /// - Throws: `QuizError.courseNotFound`; `.forbidden` for staff without `course:update` and `quiz:grade` on the course;
    ///   `.invalidPosition`.
    public func banks(
        of course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(QuizError) -> Page<QuestionBank> {
        let after = try Self.place(position, "banks", QuestionBank.self)
        try await standing(in: .course(course), or: .courseNotFound, reader: reader).requireKeys(or: .courseNotFound)
        return try await QuizError.translating {
            let rows = try await reader.read(.listBanks(of: course, after: after, limit: limit.withProbe))
            return Page(cutting: try rows.map(QuestionBank.init(row:)), limit: limit.count) { bank in
                PagePosition(order: "banks", id: bank.id.uuid)
            }
        }
    }

    /// Reads a bank, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The bank.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The bank, without its questions.
    /// - Throws: `QuizError.bankNotFound`; `.forbidden` as `banks`.
    public func bank(_ id: QuestionBank.ID, reader: TenantReader) async throws(QuizError) -> QuestionBank {
        try await standing(in: .bank(id), or: .bankNotFound, reader: reader).requireKeys(or: .bankNotFound)
        return try await QuizError.translating {
            guard let row = try await reader.read(.selectBank(id)).only else { throw QuizError.bankNotFound }
            return try QuestionBank(row: row)
        }
    }

    /// Makes a bank of questions.
    ///
    /// - Parameters:
    ///   - title: The title, 1–200 characters.
    ///   - description: What it is for, up to 2,000 characters.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The bank, without questions.
    /// - Throws: `QuizError.courseNotFound`; `.forbidden` without `course:update` on the course; `.invalid`.
    public func makeBank(
        _ title: String,
        description: String = "",
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuestionBank {
        try await standing(in: .course(course), or: .courseNotFound, session: session).requireAuthor(
            or: .courseNotFound
        )
        let id: QuestionBank.ID = identifiers.next()
        return try await QuizError.translating {
            let replies = try await session.batch([
                .insertBank(id, title, description, in: course, at: clock.now()), .selectBank(id),
            ])
            guard let row = replies[1].only else { throw QuizError.bankNotFound }
            return try QuestionBank(row: row)
        }
    }

    /// Changes a bank's title or description.
    ///
    /// - Parameters:
    ///   - id: The bank.
    ///   - title: The title; `nil` to keep it.
    ///   - description: What it is for; `nil` to keep it.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The bank.
    /// - Throws: `QuizError.bankNotFound`; `.forbidden`; `.versionMismatch`; `.invalid`.
    public func changeBank(
        _ id: QuestionBank.ID,
        title: String? = nil,
        description: String? = nil,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuestionBank {
        try await standing(in: .bank(id), or: .bankNotFound, session: session).requireAuthor(or: .bankNotFound)
        return try await QuizError.translating {
            let rows = try await session.batch([.lockBank(id), .selectBank(id)])
            guard let row = rows[1].only else { throw QuizError.bankNotFound }
            let bank = try QuestionBank(row: row)
            if let version, version != bank.version { throw QuizError.versionMismatch(current: bank.version) }
            guard title.map({ $0 != bank.title }) ?? false || description.map({ $0 != bank.description }) ?? false
            else {
                return bank
            }
            let replies = try await session.batch([
                .updateBank(id, title: title, description: description, at: clock.now()), .selectBank(id),
            ])
            guard let row = replies[1].only else { throw QuizError.bankNotFound }
            return try QuestionBank(row: row)
        }
    }

    /// Lists a bank's questions with their keys, in two round trips.
    ///
    /// - Parameters:
    ///   - bank: The bank.
    ///   - tag: Only those with this tag.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most questions to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first.
    /// - Throws: `QuizError.bankNotFound`; `.forbidden` for staff without `course:update` and `quiz:grade` on the course;
    ///   `.invalidPosition`.
    public func questions(
        in bank: QuestionBank.ID,
        tag: String? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(QuizError) -> Page<BankQuestion> {
        let after = try Self.place(position, "questions", BankQuestion.self)
        try await standing(in: .bank(bank), or: .bankNotFound, reader: reader).requireKeys(or: .bankNotFound)
        return try await QuizError.translating {
            let rows = try await reader.read(.listQuestions(of: bank, tag: tag, after: after, limit: limit.withProbe))
            return Page(cutting: try rows.map(BankQuestion.init(row:)), limit: limit.count) { question in
                PagePosition(order: "questions", id: question.id.uuid)
            }
        }
    }

    /// Reads a question with its key, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The question.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The question in its newest version.
    /// - Throws: `QuizError.questionNotFound`; `.forbidden` as `questions`.
    public func question(_ id: BankQuestion.ID, reader: TenantReader) async throws(QuizError) -> BankQuestion {
        try await standing(in: .question(id), or: .questionNotFound, reader: reader).requireKeys(or: .questionNotFound)
        return try await QuizError.translating {
            guard let row = try await reader.read(.selectQuestion(id)).only else { throw QuizError.questionNotFound }
            return try BankQuestion(row: row)
        }
    }

    /// Reads what a question asked before, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The question.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The last hundred versions, the newest first.
    /// - Throws: `QuizError.questionNotFound`; `.forbidden` as `questions`.
    public func versions(of id: BankQuestion.ID, reader: TenantReader) async throws(QuizError) -> [BankQuestion] {
        try await standing(in: .question(id), or: .questionNotFound, reader: reader).requireKeys(or: .questionNotFound)
        return try await QuizError.translating {
            try await reader.read(.listVersions(of: id)).map(BankQuestion.init(row:))
        }
    }

    /// Writes a question.
    ///
    /// - Parameters:
    ///   - content: What it asks, and which answers are right.
    ///   - tags: By which quizzes choose among a bank's questions, up to ten.
    ///   - bank: The bank, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The question.
    /// - Throws: `QuizError.bankNotFound`; `.forbidden`; `.bankFull`; `.invalidQuestion` for expressions that cannot be
    ///   used; `.invalid`.
    public func write(
        _ content: QuestionContent,
        tags: [String] = [],
        in bank: QuestionBank.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> BankQuestion {
        let standing = try await standing(in: .bank(bank), or: .bankNotFound, session: session)
        try standing.requireAuthor(or: .bankNotFound)
        try BankQuestion.check(tags)
        try requireUsable(content)
        let id: BankQuestion.ID = identifiers.next()
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await session.batch([.lockBank(bank), .countQuestions(of: bank)])
            let count: Int = try rows[1].only?[0] ?? 0
            guard count < QuestionBank.questionLimit else {
                throw QuizError.bankFull(limit: QuestionBank.questionLimit)
            }
            let replies = try await session.batch([
                .insertQuestion(id, tags: tags, in: bank, of: standing.course.id, at: now),
                .insertVersion(1, of: id, content, by: session.principal.user, at: now), .selectQuestion(id),
            ])
            guard let row = replies[2].only else { throw QuizError.questionNotFound }
            return try BankQuestion(row: row)
        }
    }

    /// Changes a question; other content is a new version, which new attempts ask.
    ///
    /// Attempts keep the version that they asked; `regrade` grades those that are submitted by the new key.
    ///
    /// - Parameters:
    ///   - id: The question.
    ///   - changes: What becomes of what.
    ///   - revision: The revision that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The question.
    /// - Throws: `QuizError.questionNotFound`; `.forbidden`; `.versionMismatch`; `.kindChanged`; `.invalidQuestion`;
    ///   `.invalid`.
    public func changeQuestion(
        _ id: BankQuestion.ID,
        _ changes: BankQuestionChanges,
        expecting revision: Int? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> BankQuestion {
        try await standing(in: .question(id), or: .questionNotFound, session: session)
            .requireAuthor(or: .questionNotFound)
        if let tags = changes.tags { try BankQuestion.check(tags) }
        if let content = changes.content { try requireUsable(content) }
        return try await QuizError.translating {
            let rows = try await session.batch([.lockQuestion(id), .selectQuestion(id)])
            guard let row = rows[1].only else { throw QuizError.questionNotFound }
            let question = try BankQuestion(row: row)
            if let revision, revision != question.revision {
                throw QuizError.versionMismatch(current: question.revision)
            }
            var statements: [SQL] = []
            var version = question.version
            if let content = changes.content, content != question.content {
                guard content.kind.name == question.content.kind.name else { throw QuizError.kindChanged }
                version += 1
                statements.append(
                    .insertVersion(version, of: id, content, by: session.principal.user, at: clock.now())
                )
                statements.append(audit.recording(AuditEvent("question.changed", on: id), by: session.principal))
            }
            let isChanged =
                version != question.version || changes.tags.map { $0 != question.tags } ?? false
                || changes.isRetired.map { $0 != question.isRetired } ?? false
            guard isChanged else { return question }
            statements.append(
                .updateQuestion(
                    id,
                    version: version,
                    tags: changes.tags,
                    isRetired: changes.isRetired,
                    at: clock.now()
                )
            )
            guard let row = try await session.batch(statements + [.selectQuestion(id)]).last?.only else {
                throw QuizError.questionNotFound
            }
            return try BankQuestion(row: row)
        }
    }
}

extension Quizzes {
    private func requireUsable(_ content: QuestionContent) throws(QuizError) {
        do {
            try content.requireUsablePatterns(patterns)
        } catch .invalid(let issues) {
            throw .invalidQuestion(issues)
        } catch {
            throw .invalidQuestion([])
        }
    }
}

extension BankQuestion {
    /// Holds the rule that no constraint of the table can.
    static func check(_ tags: [String]) throws(QuizError) {
        guard tags.count <= tagLimit, tags.allSatisfy({ (1...50).contains($0.unicodeScalars.count) }) else {
            throw .invalid(constraint: "bank_questions_tags_ck")
        }
    }
}
