// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Quizzes {
    /// Lists a course's quizzes, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most quizzes to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first; drafts are in it for staff.
    /// - Throws: `QuizError.courseNotFound`; `.enrollmentNeeded` and `.paymentNeeded` without entitlement; `.invalidPosition`.
    public func list(
        in course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(QuizError) -> Page<Quiz> {
        let after = try Self.place(position, "quizzes", Quiz.self)
        let standing = try await standing(in: .course(course), or: .courseNotFound, reader: reader)
        guard standing.isStaff || EntitlementPolicy.level(standing.facts, for: reader.principal) == .full else {
            throw standing.facts.isFree ? .enrollmentNeeded : .paymentNeeded
        }
        return try await QuizError.translating {
            let statement = SQL.listQuizzes(
                of: course,
                showsDrafts: standing.isStaff,
                after: after,
                limit: limit.withProbe
            )
            return Page(cutting: try await reader.read(statement).map(Quiz.init(row:)), limit: limit.count) { quiz in
                PagePosition(order: "quizzes", id: quiz.id.uuid)
            }
        }
    }

    /// Reads a quiz, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The quiz, without its questions.
    /// - Throws: `QuizError.notFound` if there is none, they are not entitled to the course, or it is a draft and they are not its staff.
    public func fetch(_ id: Quiz.ID, reader: TenantReader) async throws(QuizError) -> Quiz {
        try await find(id, reader: reader).quiz
    }

    /// Reads what a quiz asks, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The quiz, and its slots in their order.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `course:update` and `quiz:grade` on the course.
    public func slots(
        of id: Quiz.ID,
        reader: TenantReader
    ) async throws(QuizError) -> (quiz: Quiz, slots: [QuizSlot]) {
        let (quiz, standing) = try await find(id, reader: reader)
        try standing.requireKeys(or: .notFound)
        let slots = try await QuizError.translating {
            try await reader.read(.listSlots(of: id)).map(QuizSlot.init(row:))
        }
        return (quiz, slots)
    }

    /// Lists one's own attempts at a quiz and what they come to, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The last hundred, the last first, without their questions; the result if scores are shown.
    /// - Throws: `QuizError.notFound`.
    public func ownAttempts(
        at id: Quiz.ID,
        reader: TenantReader
    ) async throws(QuizError) -> (quiz: Quiz, attempts: [QuizAttemptView], result: QuizResult?) {
        let (quiz, _) = try await find(id, reader: reader)
        guard let user = reader.principal.user else { throw .notFound }
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await reader.read([
                .listOwnAttempts(of: user, in: id), .selectResult(of: user, in: id),
            ])
            let attempts = try rows[0].map { row in
                let attempt = try QuizAttempt(row: row)
                let reveal = quiz.reveal(of: attempt, at: now)
                return QuizAttemptView(attempt: attempt, reveal: reveal, questions: [], readAt: now)
            }
            let isShown = attempts.contains { $0.reveal.showsScore }
            return (quiz, attempts, isShown ? try rows[1].only.map(QuizResult.init(row:)) : nil)
        }
    }

    /// Reads an attempt with its questions and the answers that were saved, in two round trips.
    ///
    /// Whoever lost their connection goes on from here.
    ///
    /// - Parameters:
    ///   - id: The attempt.
    ///   - reader: Who reads in which tenant: the learner, or somebody who may grade.
    /// - Returns: The attempt with what may be shown of it now.
    /// - Throws: `QuizError.attemptNotFound`.
    public func attempt(_ id: QuizAttempt.ID, reader: TenantReader) async throws(QuizError) -> QuizAttemptView {
        let principal = reader.principal
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await reader.read([
                .selectAttempt(id), .selectQuiz(of: id), .selectCourse(of: .attempt(id)),
                .selectQuizPlace(of: principal.user, in: .attempt(id)), .listQuestions(of: id),
            ])
            guard let row = rows[0].only, let quizRow = rows[1].only,
                let standing = try QuizStanding(course: rows[2], place: rows[3], for: principal)
            else { throw QuizError.attemptNotFound }
            let (attempt, quiz) = (try QuizAttempt(row: row), try Quiz(row: quizRow))
            let isOwn = principal.user != nil && attempt.user == principal.user
            guard isOwn || standing.mayGrade else { throw QuizError.attemptNotFound }
            // Whoever grades sees everything of what they do not take themselves.
            let reveal = isOwn ? quiz.reveal(of: attempt, at: now) : .everything
            return try Self.view(attempt, rows[4], of: quiz, reveal, at: now)
        }
    }

    /// Lists everybody's attempts at a quiz, in two round trips; those that wait for a grader are those that are `submitted`.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - status: Only those in this state.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most attempts to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course; `.invalidPosition`.
    public func attempts(
        at id: Quiz.ID,
        status: QuizAttempt.Status? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(QuizError) -> Page<QuizAttemptView> {
        let after = try Self.place(position, "attempts", QuizAttempt.self)
        let (_, standing) = try await find(id, reader: reader)
        try standing.requireGrader(or: .notFound)
        let now = clock.now()
        return try await QuizError.translating {
            let rows = try await reader.read(
                .listAttempts(of: id, status: status, after: after, limit: limit.withProbe)
            )
            let views = try rows.map { row in
                QuizAttemptView(attempt: try QuizAttempt(row: row), reveal: .everything, questions: [], readAt: now)
            }
            return Page(cutting: views, limit: limit.count) { view in
                PagePosition(order: "attempts", id: view.attempt.id.uuid)
            }
        }
    }

    /// Lists what learners have of a quiz, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most results to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The quiz, and a page in the order of the learners' identifiers.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course; `.invalidPosition`.
    public func results(
        of id: Quiz.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(QuizError) -> (quiz: Quiz, page: Page<QuizResult>) {
        guard position.map({ $0.order == "results" }) ?? true else { throw .invalidPosition }
        let (quiz, standing) = try await find(id, reader: reader)
        try standing.requireGrader(or: .notFound)
        return try await QuizError.translating {
            let after = position.map { Principal.ID($0.id) }
            let rows = try await reader.read(.listResults(of: id, after: after, limit: limit.withProbe))
            let page = Page(cutting: try rows.map(QuizResult.init(row:)), limit: limit.count) { result in
                PagePosition(order: "results", id: result.user.uuid)
            }
            return (quiz, page)
        }
    }

    /// Lists who has an extension in a quiz, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The quiz.
    ///   - reader: Who reads in which tenant.
    /// - Returns: Up to a thousand.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course.
    public func extensions(in id: Quiz.ID, reader: TenantReader) async throws(QuizError) -> [QuizExtension] {
        let (_, standing) = try await find(id, reader: reader)
        try standing.requireGrader(or: .notFound)
        return try await QuizError.translating {
            try await reader.read(.listExtensions(of: id)).map(QuizExtension.init(row:))
        }
    }

    /// Reads how one's own attempt stands, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The attempt.
    ///   - reader: Who reads in which tenant: the learner.
    /// - Returns: Its state, its end and how many answers are saved.
    /// - Throws: `QuizError.attemptNotFound` for one that is none or another's.
    public func news(of id: QuizAttempt.ID, reader: TenantReader) async throws(QuizError) -> QuizAttemptNews {
        guard let user = reader.principal.user else { throw .attemptNotFound }
        return try await QuizError.translating {
            guard let row = try await reader.read(.selectAttemptNews(id, owner: user)).only else {
                throw QuizError.attemptNotFound
            }
            return try QuizAttemptNews(row: row)
        }
    }

    func find(_ id: Quiz.ID, reader: TenantReader) async throws(QuizError) -> (quiz: Quiz, standing: QuizStanding) {
        let rows = try await QuizError.translating {
            try await reader.read([
                .selectQuiz(id), .selectCourse(of: .quiz(id)),
                .selectQuizPlace(of: reader.principal.user, in: .quiz(id)),
            ])
        }
        return try Self.quiz(rows[0], rows[1], rows[2], for: reader.principal)
    }

    /// An attempt as its learner may see it, in the transaction that changed it.
    func view(
        _ id: QuizAttempt.ID,
        of quiz: Quiz,
        session: borrowing TenantSession
    ) async throws -> QuizAttemptView {
        let now = clock.now()
        let rows = try await session.batch([.selectAttempt(id), .listQuestions(of: id)])
        guard let row = rows[0].only else { throw QuizError.attemptNotFound }
        let attempt = try QuizAttempt(row: row)
        return try Self.view(attempt, rows[1], of: quiz, quiz.reveal(of: attempt, at: now), at: now)
    }

    static func view(
        _ attempt: QuizAttempt,
        _ rows: Rows,
        of quiz: Quiz,
        _ reveal: QuizReveal,
        at now: Date
    ) throws(DatabaseError) -> QuizAttemptView {
        let questions = try rows.map { row throws(DatabaseError) in
            try QuizAttemptView.Question(
                QuizAttemptQuestion(row: row),
                seed: attempt.seed,
                shufflesOptions: quiz.settings.shufflesOptions,
                reveal
            )
        }
        return QuizAttemptView(attempt: attempt, reveal: reveal, questions: questions, readAt: now)
    }
}
