// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Quizzes that come with a course from outside.
extension Quizzes {
    /// How many statements are sent at once.
    private static let batchSize = 200

    /// Whether the expressions of a question's key, if it has any, can be used here.
    func canUse(_ content: QuestionContent) -> Bool {
        do {
            try content.requireUsablePatterns(patterns)
            return true
        } catch {
            return false
        }
    }

    /// Takes up the quizzes of an imported course, with banks for their questions, and publishes them.
    ///
    /// They ask in the order of the lesson. Nothing has to be passed, so each completes its lesson when it is handed in, as its problems did.
    ///
    /// - Parameters:
    ///   - quizzes: The quizzes with their lessons.
    ///   - title: What the banks are called.
    ///   - course: The course, which is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: Those that stay drafts, because the gradebook has no more room.
    /// - Throws: `QuizError.courseNotFound`; `.forbidden` without `course:update` on the course; `.invalid`.
    func adopt(
        _ quizzes: [(quiz: ImportedQuiz, lesson: Lesson.ID)],
        banksCalled title: String,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(QuizError) -> [Quiz.ID] {
        guard !quizzes.isEmpty else { return [] }
        try await standing(in: .course(course), or: .courseNotFound, session: session).requireAuthor(
            or: .courseNotFound
        )
        let now = clock.now()
        let questions = quizzes.flatMap(\.quiz.questions)
        var statements: [SQL] = []
        for start in stride(from: 0, to: questions.count, by: QuestionBank.questionLimit) {
            let bank: QuestionBank.ID = identifiers.next()
            statements.append(.insertBank(bank, title, "", in: course, at: now))
            for question in questions[start..<min(start + QuestionBank.questionLimit, questions.count)] {
                statements.append(.insertQuestion(question.id, tags: [], in: bank, of: course, at: now))
                statements.append(
                    .insertVersion(1, of: question.id, question.content, by: session.principal.user, at: now)
                )
            }
        }
        for (quiz, lesson) in quizzes {
            var settings = QuizSettings(title: quiz.title)
            settings.lesson = lesson
            settings.attemptLimit = quiz.attemptLimit
            settings.shufflesQuestions = false
            // What is said to a problem is its solution: who may try again does not get that first.
            let hasSolution = quiz.questions.contains { $0.content.feedback.general != nil }
            if hasSolution, quiz.attemptLimit != 1 { settings.feedbackReveal = .never }
            statements.append(.insertQuiz(quiz.id, settings, in: course, at: now))
            for (index, question) in quiz.questions.enumerated() {
                let slot = QuizSlot(.question(question.id), points: question.content.points)
                statements.append(.insertSlot(slot, at: index + 1, of: quiz.id, in: course))
            }
        }
        for start in stride(from: 0, to: statements.count, by: Self.batchSize) {
            let batch = Array(statements[start..<min(start + Self.batchSize, statements.count)])
            _ = try await QuizError.translating { try await session.batch(batch) }
        }
        var (left, drafts): (Int, [Quiz.ID]) = (Gradebook.itemLimit, [])
        for (quiz, _) in quizzes {
            let hasPoints = quiz.questions.contains { $0.content.points > .zero }
            guard !hasPoints || left > 0 else {
                drafts.append(quiz.id)
                continue
            }
            if hasPoints { left -= 1 }
            _ = try await setStatus(.published, of: quiz.id, session: session)
        }
        return drafts
    }
}
