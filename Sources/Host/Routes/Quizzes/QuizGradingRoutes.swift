// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Everybody's attempts at quizzes, for those who grade them.
struct QuizGradingRoutes: Sendable {
    let quizzes: Quizzes
    private static let reading: [ProblemCode] = [.quizNotFound, .forbidden, .invalidCursor]

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/attempts",
                "List everybody's attempts, also those that wait for a grader",
                access: .permission(.quizGrade),
                problems: Self.reading,
                handler: listAttempts
            ),
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/results",
                "List what learners have of a quiz",
                access: .permission(.quizGrade),
                problems: Self.reading,
                handler: listResults
            ),
            Route(
                .put,
                "/api/v1/quiz-attempts/{attemptId}/grades/{questionId}",
                "Give an answer its score",
                access: .permission(.quizGrade),
                problems: [
                    .quizAttemptNotFound, .questionNotFound, .forbidden, .quizAttemptNotSubmitted, .preconditionFailed,
                ],
                handler: grade
            ),
            Route(
                .post,
                "/api/v1/quizzes/{quizId}/regrade",
                "Grade submitted attempts again by the keys that there are now",
                access: .permission(.quizGrade),
                problems: [.quizNotFound, .questionNotFound, .forbidden],
                rate: .expensive,
                handler: regrade
            ),
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/score-changes",
                "List which scores graders and regrading changed",
                access: .permission(.quizGrade),
                problems: Self.reading,
                handler: listChanges
            ),
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/item-analysis",
                "Show how a quiz's questions worked",
                access: .permission(.quizGrade),
                problems: [.quizNotFound, .forbidden],
                rate: .expensive,
                handler: analyze
            ),
        ]
    }

    private func listAttempts(
        _ input: Input<QuizPath, QuizAttemptListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<QuizAttemptSummaryBody>> {
        let page = try await quizzes.attempts(
            at: input.path.quizId,
            status: input.query.status,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(QuizAttemptSummaryBody.init), nextCursor: context.cursor(page.next)))
    }

    private func listResults(
        _ input: Input<QuizPath, QuizListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<QuizResultBody>> {
        let (quiz, page) = try await quizzes.results(
            of: input.path.quizId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map { QuizResultBody($0, of: quiz) }, nextCursor: context.cursor(page.next))
        )
    }

    private func grade(
        _ input: Input<QuizAttemptQuestionPath, Nothing, QuizGradeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<QuizAttemptBody> {
        let (path, wish) = (input.path, input.body)
        let version = try context.expectedVersion(of: path.attemptId)
        let view = try await context.transaction { session in
            try await quizzes.grade(
                path.questionId,
                of: path.attemptId,
                score: wish.points,
                comment: wish.comment,
                expecting: version,
                session: session
            )
        }
        let body = QuizAttemptBody(view)
        return .ok(body, etag: body.etag)
    }

    private func regrade(
        _ input: Input<QuizPath, Nothing, QuizRegradeRequest>,
        _ context: RequestContext
    ) async throws -> Reply<QuizRegradeBody> {
        let (id, question) = (input.path.quizId, input.body.question)
        let regrade = try await context.transaction { session in
            try await quizzes.regrade(id, question: question, session: session)
        }
        return .ok(QuizRegradeBody(regrade: regrade))
    }

    private func listChanges(
        _ input: Input<QuizPath, QuizListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<QuizScoreChangeBody>> {
        let page = try await quizzes.scoreChanges(
            of: input.path.quizId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(QuizScoreChangeBody.init), nextCursor: context.cursor(page.next)))
    }

    private func analyze(
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuizAnalysisBody> {
        .ok(QuizAnalysisBody(try await quizzes.analyze(input.path.quizId, reader: context.reader)))
    }
}
