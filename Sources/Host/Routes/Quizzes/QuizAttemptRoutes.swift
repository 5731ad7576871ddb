// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Learners' attempts at quizzes.
struct QuizAttemptRoutes: Sendable {
    let quizzes: Quizzes
    let files: Files

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
                problems: [
                    .quizAttemptNotFound, .questionNotFound, .forbidden, .quizAttemptClosed, .uploadUnfinished,
                ],
                bodyLimit: 1_024 * 1_024,
                handler: save
            ),
            Route(
                .get,
                "/api/v1/quiz-attempts/{attemptId}/answers/{questionId}/files/{fileId}",
                "Read a file of an answer",
                access: .signedIn,
                problems: [
                    .quizAttemptNotFound, .quizAnswerFileNotFound, .fileNotFound, .rangeNotSatisfiable, .unavailable,
                ],
                caching: .revalidated,
                handler: read
            ),
            Route(
                .post,
                "/api/v1/quiz-attempts/{attemptId}/submit",
                "Submit an attempt, once",
                access: .permission(.progressWrite),
                problems: [.quizAttemptNotFound, .questionNotFound, .forbidden, .uploadUnfinished],
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

    private func read(
        _ input: Input<QuizAnswerFilePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<FileContent> {
        let path = input.path
        let file = try await quizzes.file(
            path.fileId,
            to: path.questionId,
            of: path.attemptId,
            reader: context.reader
        )
        let content = try await files.open(file, reader: context.reader)
        // Whatever it is: whoever grades saves it before they open it.
        return try await context.giving(content, of: file.id, as: file.mediaType, named: file.name, isShown: false)
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
