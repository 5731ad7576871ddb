// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a learner gets besides what everybody has.
public struct NewQuizExtension: Sendable, Hashable {
    /// By how much longer each attempt lasts, 0 seconds through 30 days.
    public var extraSeconds = 0
    /// How many attempts more they have, 0–1000.
    public var extraAttempts = 0
    /// Until when they take the quiz, if that is later than for the others, UTC.
    public var closesAt: Date?
    /// Why, 1–500 characters.
    public var reason: String

    /// Gives nothing yet.
    ///
    /// - Parameter reason: Why.
    public init(because reason: String) {
        self.reason = reason
    }
}

extension Quizzes {
    /// Gives a learner more time or attempts, in place of what they were given before; the end of an attempt of theirs that goes on moves.
    ///
    /// - Parameters:
    ///   - granted: What they get.
    ///   - user: The learner.
    ///   - id: The quiz, which is locked with its course, as is the learner's place in it.
    ///   - session: The tenant's open transaction.
    /// - Returns: The extension.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course; `.learnerNotFound` for who has no place in it;
    ///   `.invalid`.
    public func extend(
        _ granted: NewQuizExtension,
        for user: Principal.ID,
        in id: Quiz.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> QuizExtension {
        let quiz = try await lockForGrading(id, withCourse: .locked, session: session)
        let (now, principal) = (clock.now(), session.principal)
        return try await QuizError.translating {
            let rows = try await session.batch([
                .lockPlace(of: user, in: id), .putExtension(of: user, in: id, granted, by: principal.user, at: now),
                .selectExtension(of: user, in: id),
                audit.recording(AuditEvent("quiz.extended", on: user), by: principal),
            ])
            guard !rows[1].isEmpty, let row = rows[2].only else { throw QuizError.learnerNotFound }
            try await moveDeadlines(in: id, of: user, at: now, session: session)
            try await settleAgain(quiz, at: now, session: session)
            return try QuizExtension(row: row)
        }
    }

    /// Takes an extension back; an attempt that goes on ends when it would have without, and not before now.
    ///
    /// - Parameters:
    ///   - user: The learner.
    ///   - id: The quiz, which is locked with its course, as is the learner's place in it.
    ///   - session: The tenant's open transaction.
    /// - Throws: `QuizError.notFound`; `.forbidden` without `quiz:grade` on the course; `.learnerNotFound` for who has none.
    public func withdraw(
        extensionOf user: Principal.ID,
        in id: Quiz.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) {
        let quiz = try await lockForGrading(id, withCourse: .locked, session: session)
        let (now, principal) = (clock.now(), session.principal)
        try await QuizError.translating {
            let rows = try await session.batch([
                .lockPlace(of: user, in: id), .deleteExtension(of: user, in: id),
                audit.recording(AuditEvent("quiz.extension_withdrawn", on: user), by: principal),
            ])
            guard !rows[1].isEmpty else { throw QuizError.learnerNotFound }
            try await moveDeadlines(in: id, of: user, at: now, session: session)
            try await settleAgain(quiz, at: now, session: session)
        }
    }

    /// Where a quiz closes at another time after extensions changed, has what waits for it come then.
    private func settleAgain(_ former: Quiz, at now: Date, session: borrowing TenantSession) async throws {
        guard let row = try await session.execute(.selectQuiz(former.id)).only else { return }
        let quiz = try Quiz(row: row)
        guard quiz.lastStart != former.lastStart else { return }
        if quiz.settings.scoreReveal == .afterClose { try await showGrades(of: quiz, at: now, session: session) }
        try await settleLater(quiz, at: now, session: session)
    }

    /// Moves the deadlines of attempts that go on, and says so to whoever looks at them; the quiz's row is locked.
    func moveDeadlines(
        in id: Quiz.ID,
        of learner: Principal.ID?,
        at now: Date,
        session: borrowing TenantSession
    ) async throws {
        for row in try await session.execute(.moveDeadlines(in: id, of: learner, at: now)) {
            let attempt: QuizAttempt.ID = try row[0]
            session.announce(.news(of: attempt.uuid))
        }
    }

    /// Whether a quiz's course is locked with it, and before it: where the quiz's item in the gradebook may change.
    enum CourseLock { case locked, open }

    /// Locks a quiz for who may grade it.
    func lockForGrading(
        _ id: Quiz.ID,
        withCourse lock: CourseLock = .open,
        session: borrowing TenantSession
    ) async throws(QuizError) -> Quiz {
        let rows = try await QuizError.translating {
            if lock == .locked { try await session.execute(.lockCourse(ofQuiz: id)) }
            return try await session.batch([
                .lockQuiz(id), .selectQuiz(id), .selectCourse(of: .quiz(id)),
                .selectQuizPlace(of: session.principal.user, in: .quiz(id)),
            ])
        }
        let (quiz, standing) = try Self.quiz(rows[1], rows[2], rows[3], for: session.principal)
        try standing.requireGrader(or: .notFound)
        return quiz
    }
}
