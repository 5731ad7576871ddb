// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// Writes a draft of a quiz with one question, which somebody has to grade.
    ///
    /// - Returns: What was made.
    /// - Throws: If the tenant refuses it.
    func askQuiz(in course: Course.ID) async throws -> (
        bank: QuestionBank.ID, question: BankQuestion.ID, quiz: Quiz.ID
    ) {
        let quizzes = host.platform.lms.quizzes
        let content = try QuestionContent(
            prompt: QuestionText("<p>\(mark): why?</p>"),
            kind: .essay(EssayTask(graderNotes: QuestionText("<p>\(mark)</p>")))
        )
        return try await tenant.transaction { session in
            let bank = try await quizzes.makeBank(mark, in: course, session: session).id
            let question = try await quizzes.write(content, tags: [mark], in: bank, session: session).id
            // A list of one has no second page, whose cursor is tried; nor have those that `take` fills.
            _ = try await quizzes.write(content, in: bank, session: session)
            let quiz = try await quizzes.create(QuizSettings(title: "\(mark) quiz"), in: course, session: session).id
            _ = try await quizzes.arrange([QuizSlot(.question(question))], in: quiz, session: session)
            return (bank, question, quiz)
        }
    }

    /// Has the estate's owner, who has a place in its course, take its quiz with an extension and begin it again, with a file of theirs in
    /// it.
    ///
    /// - Throws: If the tenant refuses it.
    func take(_ estate: inout Estate, andSubmits submits: Bool = false) async throws {
        let quizzes = host.platform.lms.quizzes
        let quiz = try #require(Quiz.ID(estate[.quiz]))
        let (user, friend) = (try #require(User.ID(estate[.user])), try #require(User.ID(friend.user)))
        let question = try #require(BankQuestion.ID(estate[.question]))
        let learner = Principal(.user(user), grants: BuiltInRole.student.grants)
        try await tenant.transaction { session in
            _ = try await quizzes.setStatus(.published, of: quiz, session: session)
            _ = try await quizzes.extend(NewQuizExtension(because: mark), for: user, in: quiz, session: session)
        }
        let text = JSONValue.object([JSONMember(name: "text", value: .string("\(mark): because."))])
        let attempt = try await tenant.transaction(as: learner) { session in
            let first = try await quizzes.start(quiz, session: session).attempt.id
            _ = try await quizzes.submit(first, with: [SentAnswer(question, text, sequence: 1)], session: session)
            let second = try await quizzes.start(quiz, session: session).attempt.id
            if submits {
                _ = try await quizzes.submit(second, with: [SentAnswer(question, text, sequence: 1)], session: session)
            }
            return second
        }
        let file = try await host.storeFile(
            Array(mark.utf8),
            in: try #require(Course.ID(estate[.course])),
            of: tenant,
            store: host.importer.store
        )
        estate.ids[.quizAttempt] = attempt.description
        estate.ids[.quizAnswerFile] = file.description
        let dean = try #require(User.ID(dean.user))
        try await tenant.transaction { session in
            try await session.execute(
                """
                UPDATE files SET name = \(mark + ".txt"), use = 'submission', owner_id = \(user), attempt_id = \(attempt),
                    attempt_question_id = \(question) WHERE id = \(file)
                """
            )
            try await session.execute(
                """
                INSERT INTO quiz_results (quiz_id, user_id, score, max_score, attempts, is_provisional, updated_at)
                SELECT \(quiz), id, 0, 1000000, 1, false, now() FROM users WHERE id IN (\(friend), \(dean))
                ON CONFLICT DO NOTHING
                """
            )
            try await session.execute(
                """
                INSERT INTO quiz_score_changes (id, quiz_id, attempt_id, question_id, cause, score_before, score_after, total_before,
                    total_after, changed_at)
                SELECT gen_random_uuid(), \(quiz), \(attempt), \(question), 'regrade', 0, 0, 0, 0, now() FROM generate_series(1, 2)
                """
            )
        }
    }
}
