// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Quizzes {
    /// The most attempts that one call regrades.
    public static let regradedAtATime = 200
    private static let changesAtATime = 2_000

    /// Gives an answer of a submitted attempt a score; it is the grader's from then on, and no regrading changes it.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - id: The attempt, which is locked with the learner's place in the course.
    ///   - score: What it earned, from 0 through what it is worth.
    ///   - comment: What the learner is told, up to 5,000 characters.
    ///   - version: The attempt's version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The attempt with everything.
    /// - Throws: `QuizError.attemptNotFound`; `.forbidden` for one's own; `.questionNotFound`; `.notSubmitted`; `.invalidScore`;
    ///   `.versionMismatch`; `.invalid`.
    public func grade(
        _ question: BankQuestion.ID,
        of id: QuizAttempt.ID,
        score: Points,
        comment: String? = nil,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuizAttemptView {
        let principal = session.principal
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await session.batch([
                .shareQuiz(of: id), .lockPlace(of: id, owner: nil), .lockAttempt(id, owner: nil), .selectAttempt(id),
                .selectQuiz(of: id), .selectCourse(of: .attempt(id)),
                .selectQuizPlace(of: principal.user, in: .attempt(id)), .listQuestions(of: id),
            ])
            guard let row = rows[3].only, let quizRow = rows[4].only,
                let standing = try QuizStanding(course: rows[5], place: rows[6], for: principal)
            else { throw QuizError.attemptNotFound }
            let (attempt, quiz) = (try QuizAttempt(row: row), try Quiz(row: quizRow))
            let isOwn = principal.user != nil && attempt.user == principal.user
            guard standing.mayGrade else { throw isOwn ? QuizError.forbidden : .attemptNotFound }
            guard !isOwn else { throw QuizError.forbidden }
            if let version, version != attempt.version { throw QuizError.versionMismatch(current: attempt.version) }
            let asked = try rows[7].map(QuizAttemptQuestion.init(row:))
            guard let graded = asked.first(where: { $0.id == question }) else { throw QuizError.questionNotFound }
            guard attempt.status != .inProgress else { throw QuizError.notSubmitted }
            guard score >= .zero, score <= graded.points else { throw QuizError.invalidScore }
            let isSame = graded.gradedAt != nil && graded.score == score && graded.comment == comment
            if !isSame {
                let before = graded.score ?? .zero
                var statements: [SQL] = [
                    .gradeQuestion(question, of: id, score: score, comment: comment, by: principal.user, at: now),
                    .recountAttempts([id], at: now),
                    audit.recording(AuditEvent("quiz_attempt.graded", on: id), by: principal),
                ]
                if before != score {
                    let change = ScoreChange(
                        id: identifiers.next(),
                        attempt: attempt,
                        question: question,
                        versions: nil,
                        before: before,
                        after: score
                    )
                    statements.append(
                        .insertScoreChanges([change].text, of: quiz.id, cause: .manual, by: principal.user, at: now)
                    )
                }
                let replies = try await session.batch(statements + [.selectAttempt(id)])
                guard let row = replies.last?.only else { throw QuizError.attemptNotFound }
                try await tell(try QuizAttempt(row: row), of: quiz, isSubmission: false, at: now, session: session)
            }
            let after = try await session.batch([.selectAttempt(id), .listQuestions(of: id)])
            guard let row = after[0].only else { throw QuizError.attemptNotFound }
            return try Self.view(try QuizAttempt(row: row), after[1], of: quiz, .everything, at: now)
        }
    }

    /// Grades submitted attempts again by the keys that there are now.
    ///
    /// Each changed score leaves a row that says what it was; what a grader decided stays. Doing it again changes nothing. At most
    /// 200 attempts are looked at in one call, so that no transaction takes long.
    ///
    /// - Parameters:
    ///   - id: The quiz, whose row is locked.
    ///   - question: Only this question; `nil` for all.
    ///   - session: The tenant's open transaction.
    /// - Returns: What it came to.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course.
    public func regrade(
        _ id: Quiz.ID,
        question: BankQuestion.ID? = nil,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuizRegrade {
        let quiz = try await lockForGrading(id, session: session)
        let (now, principal) = (clock.now(), session.principal)
        return try await QuizError.translating {
            if let question {
                let isOfCourse = try await session.execute(.selectQuestion(question, ofCourseOf: id)).only != nil
                guard isOfCourse else { throw QuizError.questionNotFound }
            }
            let limit = Self.regradedAtATime
            let places = try await session.execute(.lockStalePlaces(of: id, question: question, limit: limit + 1))
            let stale: [QuizAttempt.ID] = try places.map { try $0[0] }.sorted()
            let chosen = Array(stale.prefix(limit))
            guard !chosen.isEmpty else {
                return QuizRegrade(attempts: 0, changes: 0, totalBefore: .zero, totalAfter: .zero, hasMore: false)
            }
            let rows = try await session.batch([.lockAttempts(chosen), .selectAttempts(chosen)])
            let before = try rows[1].map(QuizAttempt.init(row:))
            let attempts = Dictionary(before.map { ($0.id, $0) }) { $1 }
            let changes = try await regrade(attempts, question: question, session: session)
            try await session.execute(.recountAttempts(chosen, at: now))
            for start in stride(from: 0, to: changes.count, by: Self.changesAtATime) {
                let page = Array(changes[start..<min(start + Self.changesAtATime, changes.count)])
                try await session.execute(
                    .insertScoreChanges(page.text, of: id, cause: .regrade, by: principal.user, at: now)
                )
            }
            let replies = try await session.batch([
                audit.recording(AuditEvent("quiz.regraded", on: id), by: principal), .selectAttempts(chosen),
            ])
            let after = try replies[1].map(QuizAttempt.init(row:))
            // A question that no longer waits for a grader may end an attempt without changing its score.
            let changed = after.filter { attempt in
                let former = attempts[attempt.id]
                return attempt.score != former?.score || attempt.status != former?.status
            }
            try await tell(changed, of: quiz, at: now, session: session)
            return QuizRegrade(
                attempts: chosen.count,
                changes: changes.count,
                totalBefore: before.reduce(.zero) { $0 + ($1.score ?? .zero) },
                totalAfter: after.reduce(.zero) { $0 + ($1.score ?? .zero) },
                hasMore: stale.count > limit
            )
        }
    }

    /// Grades what is stale in attempts that are locked, in pages: answers and keys may be long.
    private func regrade(
        _ attempts: [QuizAttempt.ID: QuizAttempt],
        question: BankQuestion.ID?,
        session: borrowing TenantSession
    ) async throws -> [ScoreChange] {
        var changes: [ScoreChange] = []
        while true {
            // What was graded is stale no more, so the first page is always the next one.
            let stale = SQL.listStaleQuestions(of: attempts.keys.sorted(), question: question)
            let page = try await session.execute(stale).map(StaleQuestion.init(row:))
            guard !page.isEmpty else { return changes }
            var grades: [RegradedQuestion] = []
            for question in page {
                let result = question.regraded(by: grading)
                grades.append(RegradedQuestion(question: question, result: result))
                guard result.score != question.score, let attempt = attempts[question.attempt] else { continue }
                changes.append(
                    ScoreChange(
                        id: identifiers.next(),
                        attempt: attempt,
                        question: question.id,
                        versions: (question.gradedVersion, question.version),
                        before: question.score,
                        after: result.score
                    )
                )
            }
            var json = JSONWriter(capacity: 4_096)
            json.value(grades)
            try await session.execute(.regradeQuestions(JSONText(json.bytes)))
        }
    }

    /// Lists changes of scores, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most changes to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the newest first.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course; `.invalidPosition`.
    public func scoreChanges(
        of id: Quiz.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(QuizError) -> Page<QuizScoreChange> {
        let after = try Self.place(position, "score-changes", QuizScoreChange.self)
        let (_, standing) = try await find(id, reader: reader)
        try standing.requireGrader(or: .notFound)
        return try await QuizError.translating {
            let rows = try await reader.read(.listScoreChanges(of: id, after: after, limit: limit.withProbe))
            return Page(cutting: try rows.map(QuizScoreChange.init(row:)), limit: limit.count) { change in
                PagePosition(order: "score-changes", id: change.id.uuid)
            }
        }
    }

    private func tell(
        _ attempts: [QuizAttempt],
        of quiz: Quiz,
        at now: Date,
        session: borrowing TenantSession
    ) async throws {
        guard !attempts.isEmpty else { return }
        var statements = results(
            of: Array(Set(attempts.map(\.user))),
            in: quiz.id,
            at: now,
            by: session.principal
        )
        for attempt in attempts where attempt.status == .graded {
            let graded = event(.quizAttemptGraded, of: attempt.id, quiz, user: attempt.user, score: attempt, at: now)
            statements.append(.recordEvent(graded, by: session.principal))
            statements += completing(attempt, of: quiz, at: now, session: session)
        }
        try await session.batch(statements)
        for attempt in attempts { session.announce(.news(of: attempt.id.uuid)) }
    }
}

/// A question of a submitted attempt whose key is another one now.
private struct StaleQuestion {
    let attempt: QuizAttempt.ID
    let id: BankQuestion.ID
    let points: Points
    let answer: QuestionAnswer?
    let score: Points
    let gradedVersion: Int
    let version: Int
    let content: QuestionContent

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        attempt = try fields.next()
        id = try fields.next()
        points = Points(millionths: try fields.next())
        let stored: JSONText? = try fields.next()
        score = Points(millionths: try fields.next())
        gradedVersion = try fields.next()
        version = try fields.next()
        content = try QuestionContent(column: fields.next())
        answer = if let stored { try QuestionAnswer.read(column: stored, kind: content.kind.name) } else { nil }
    }

    func regraded(by grading: QuestionGrading) -> QuestionResult {
        grading.grade(answer, to: content, points: points)
    }
}

private struct RegradedQuestion: JSONWritable {
    let question: StaleQuestion
    let result: QuestionResult

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("attempt", question.attempt)
            object.field("id", question.id)
            object.field("version", question.version)
            object.field("score", result.score.millionths)
            object.field("needsGrading", result.needsManualGrading)
            object.field("result", result)
        }
    }
}

/// A change of a score, for a statement.
private struct ScoreChange: JSONWritable {
    let id: QuizScoreChange.ID
    let attempt: QuizAttempt
    let question: BankQuestion.ID
    let versions: (before: Int, after: Int)?
    let before: Points
    let after: Points

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("attempt", attempt.id)
            object.field("question", question)
            object.field("versionBefore", versions?.before)
            object.field("versionAfter", versions?.after)
            object.field("scoreBefore", before.millionths)
            object.field("scoreAfter", after.millionths)
            object.field("totalBefore", (attempt.score ?? .zero).millionths)
        }
    }
}

extension [ScoreChange] {
    fileprivate var text: JSONText {
        var json = JSONWriter(capacity: 1_024)
        json.value(self)
        return JSONText(json.bytes)
    }
}
