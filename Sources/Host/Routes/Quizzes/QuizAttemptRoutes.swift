// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Learners' attempts at quizzes.
struct QuizAttemptRoutes: Sendable {
    let quizzes: Quizzes

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/quizzes/{quizId}/attempts",
                "Begin an attempt at a quiz",
                access: .permission(.progressWrite),
                status: .created,
                problems: QuizError.startingProblems,
                idempotency: .accepted,
                handler: start
            ),
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/attempts/mine",
                "List my attempts at a quiz, and what they come to",
                access: .signedIn,
                problems: [.quizNotFound],
                handler: listOwn
            ),
            Route(
                .get,
                "/api/v1/quiz-attempts/{attemptId}",
                "Show an attempt with its questions, and go on with it",
                access: .signedIn,
                problems: [.quizAttemptNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .put,
                "/api/v1/quiz-attempts/{attemptId}/answers/{questionId}",
                "Save an answer",
                access: .permission(.progressWrite),
                problems: [.quizAttemptNotFound, .questionNotFound, .forbidden, .quizAttemptClosed],
                bodyLimit: 1_024 * 1_024,
                handler: save
            ),
            Route(
                .post,
                "/api/v1/quiz-attempts/{attemptId}/submit",
                "Submit an attempt, once",
                access: .permission(.progressWrite),
                problems: [.quizAttemptNotFound, .questionNotFound, .forbidden],
                bodyLimit: 1_024 * 1_024,
                handler: submit
            ),
        ]
    }

    private func start(
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuizAttemptBody> {
        let id = input.path.quizId
        return try await context.idempotently { session in
            let view = try await quizzes.start(id, session: session)
            let body = QuizAttemptBody(view)
            return .created(body, at: "/api/v1/quiz-attempts/\(view.attempt.id)", etag: body.etag)
        }
    }

    private func listOwn(
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<OwnQuizAttemptsBody> {
        let own = try await quizzes.ownAttempts(at: input.path.quizId, reader: context.reader)
        return .ok(
            OwnQuizAttemptsBody(
                items: own.attempts.map(QuizAttemptSummaryBody.init),
                result: own.result.map { QuizResultBody($0, of: own.quiz) }
            )
        )
    }

    private func show(
        _ input: Input<QuizAttemptPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuizAttemptBody> {
        reply(try await quizzes.attempt(input.path.attemptId, reader: context.reader))
    }

    private func save(
        _ input: Input<QuizAttemptQuestionPath, Nothing, QuizAnswerRequest>,
        _ context: RequestContext
    ) async throws -> Reply<SavedAnswerBody> {
        let saved = try await quizzes.save(
            SentAnswer(input.path.questionId, input.body.answer, sequence: input.body.sequence),
            in: input.path.attemptId,
            receivedAt: context.receivedAt,
            at: context.tenant.id,
            as: context.acting,
            tenants: context.tenants
        )
        return .ok(SavedAnswerBody(saved: saved))
    }

    private func submit(
        _ input: Input<QuizAttemptPath, Nothing, QuizSubmission>,
        _ context: RequestContext
    ) async throws -> Reply<QuizAttemptBody> {
        let (id, answers, receivedAt) = (input.path.attemptId, input.body.answers, context.receivedAt)
        return reply(
            try await context.transaction { session in
                try await quizzes.submit(id, with: answers, receivedAt: receivedAt, session: session)
            }
        )
    }

    private func reply(_ view: QuizAttemptView) -> Reply<QuizAttemptBody> {
        let body = QuizAttemptBody(view)
        return .ok(body, etag: body.etag)
    }
}
