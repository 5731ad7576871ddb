// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What the gradebook has of a quiz.
extension Quizzes {
    /// What brings up to date what learners have of a quiz, also in the gradebook; their places in the course, and the quiz, are locked.
    ///
    /// - Parameters:
    ///   - users: The learners; `nil` for all.
    ///   - quiz: The quiz.
    ///   - now: When.
    ///   - principal: Who acts.
    /// - Returns: Statements for a batch.
    func results(of users: [Principal.ID]?, in quiz: Quiz.ID, at now: Date, by principal: Principal) -> [SQL] {
        [.refreshResults(of: users, in: quiz, at: now), gradebook.recordingResults(of: quiz, users, by: principal)]
    }

    /// Keeps the item of a quiz that is, or was, published.
    ///
    /// One without points has none. The course and the quiz are locked.
    func keepGradeItem(of quiz: Quiz, session: borrowing TenantSession) async throws {
        let subject = GradeSubject(.quiz, quiz.id.uuid)
        guard quiz.points > .zero else {
            try await session.batch(gradebook.removingItem(for: subject, in: quiz.course, by: session.principal))
            return
        }
        let draft = GradeItemDraft(
            title: quiz.settings.title,
            maxPoints: quiz.points,
            dueAt: quiz.settings.closesAt
        )
        let statements = gradebook.puttingItem(for: subject, in: quiz.course, draft, by: session.principal)
        guard try await session.batch(statements).first?.only != nil else {
            throw QuizError.tooManyGradeItems(limit: Gradebook.itemLimit)
        }
    }

    /// Lets learners see their grades in a quiz, or keeps them from it, as the quiz says; its course and it are locked.
    func showGrades(of quiz: Quiz, at now: Date, session: borrowing TenantSession) async throws {
        guard quiz.status != .draft else { return }
        let isShown = quiz.shows(quiz.settings.scoreReveal, at: now)
        try await gradebook.show(
            GradeSubject(.quiz, quiz.id.uuid),
            isShown ? .released : .muted,
            in: quiz.course,
            session: session
        )
    }
}

extension QuizSettings {
    /// Whether grades may be shown at another time than by other settings.
    func shows(unlike other: QuizSettings) -> Bool {
        scoreReveal != other.scoreReveal || scoreReveal == .afterClose && closesAt != other.closesAt
    }
}
