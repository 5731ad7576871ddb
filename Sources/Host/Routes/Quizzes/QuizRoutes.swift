// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The quizzes of courses.
struct QuizRoutes: Sendable {
    let quizzes: Quizzes
    let files: Files
    private static let changing: [ProblemCode] = [.quizNotFound, .forbidden, .preconditionFailed]

    var routes: [Route] {
        authoring + states + extensions + QuestionBankRoutes(quizzes: quizzes).routes
            + QuizAttemptRoutes(quizzes: quizzes, files: files).routes + QuizGradingRoutes(quizzes: quizzes).routes
    }

    private var authoring: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/quizzes",
                "List a course's quizzes",
                access: .signedIn,
                problems: [.courseNotFound, .enrollmentNeeded, .paymentNeeded, .invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/quizzes",
                "Make a quiz",
                access: .permission(.courseUpdate),
                status: .created,
                problems: [.courseNotFound, .lessonNotFound, .forbidden],
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/quizzes/{quizId}",
                "Show a quiz",
                access: .signedIn,
                problems: [.quizNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/quizzes/{quizId}",
                "Change how a quiz is called and goes",
                access: .permission(.courseUpdate),
                problems: Self.changing + [.lessonNotFound, .tooManyGradeItems],
                handler: change
            ),
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/slots",
                "Show what a quiz asks",
                access: .signedIn,
                problems: [.quizNotFound, .forbidden],
                handler: listSlots
            ),
            Route(
                .put,
                "/api/v1/quizzes/{quizId}/slots",
                "Say what a quiz asks",
                access: .permission(.courseUpdate),
                problems: Self.changing + [.quizHasAttempts, .quizSlotImpossible, .quizEmpty, .tooManyGradeItems],
                handler: arrange
            ),
        ]
    }

    private var states: [Route] {
        [
            Route(
                .post,
                "/api/v1/quizzes/{quizId}/publish",
                "Publish a quiz",
                access: .permission(.courseUpdate),
                problems: [
                    .quizNotFound, .forbidden, .quizEmpty, .quizSlotImpossible, .quizNotPublished, .tooManyGradeItems,
                ],
                handler: { try await setStatus(.published, $0, $1) }
            ),
            Route(
                .post,
                "/api/v1/quizzes/{quizId}/archive",
                "Let nobody begin a quiz any more",
                access: .permission(.courseUpdate),
                problems: [.quizNotFound, .forbidden, .quizNotPublished],
                handler: { try await setStatus(.archived, $0, $1) }
            ),
        ]
    }

    private var extensions: [Route] {
        [
            Route(
                .get,
                "/api/v1/quizzes/{quizId}/extensions",
                "List who has more time or attempts",
                access: .permission(.quizGrade),
                problems: [.quizNotFound, .forbidden],
                handler: listExtensions
            ),
            Route(
                .put,
                "/api/v1/quizzes/{quizId}/extensions/{userId}",
                "Give a learner more time or attempts",
                access: .permission(.quizGrade),
                problems: [.quizNotFound, .quizLearnerNotFound, .forbidden],
                handler: extend
            ),
            Route(
                .delete,
                "/api/v1/quizzes/{quizId}/extensions/{userId}",
                "Take more time or attempts back",
                access: .permission(.quizGrade),
                status: .noContent,
                problems: [.quizNotFound, .quizLearnerNotFound, .forbidden],
                handler: withdraw
            ),
        ]
    }

    private func list(
        _ input: Input<QuizCoursePath, QuizListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<QuizBody>> {
        let page = try await quizzes.list(
            in: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(QuizBody.init), nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<QuizCoursePath, Nothing, NewQuizRequest>,
        _ context: RequestContext
    ) async throws -> Reply<QuizBody> {
        let (course, settings) = (input.path.courseId, input.body.settings)
        return try await context.idempotently { session in
            let quiz = try await quizzes.create(settings, in: course, session: session)
            let body = QuizBody(quiz)
            return .created(body, at: "/api/v1/quizzes/\(quiz.id)", etag: body.etag)
        }
    }

    private func show(
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuizBody> {
        reply(try await quizzes.fetch(input.path.quizId, reader: context.reader))
    }

    private func change(
        _ input: Input<QuizPath, Nothing, QuizUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<QuizBody> {
        let (id, update) = (input.path.quizId, input.body)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await quizzes.change(id, expecting: version, session: session) { update.apply(to: &$0) }
            }
        )
    }

    private func listSlots(
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuizSlotsBody> {
        let (quiz, slots) = try await quizzes.slots(of: input.path.quizId, reader: context.reader)
        let body = QuizSlotsBody(slots: slots)
        return .ok(body, etag: ETag(version: quiz.version, of: quiz.id, showing: body))
    }

    private func arrange(
        _ input: Input<QuizPath, Nothing, QuizSlotsRequest>,
        _ context: RequestContext
    ) async throws -> Reply<QuizBody> {
        let (id, slots) = (input.path.quizId, input.body.slots)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await quizzes.arrange(slots, in: id, expecting: version, session: session)
            }
        )
    }

    private func setStatus(
        _ status: Quiz.Status,
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuizBody> {
        let id = input.path.quizId
        return reply(try await context.transaction { try await quizzes.setStatus(status, of: id, session: $0) })
    }

    private func listExtensions(
        _ input: Input<QuizPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<QuizExtensionBody>> {
        let granted = try await quizzes.extensions(in: input.path.quizId, reader: context.reader)
        return .ok(ListBody(items: granted.map(QuizExtensionBody.init), nextCursor: nil))
    }

    private func extend(
        _ input: Input<QuizExtensionPath, Nothing, QuizExtensionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<QuizExtensionBody> {
        let (path, granted) = (input.path, input.body.granted)
        let given = try await context.transaction { session in
            try await quizzes.extend(granted, for: path.userId, in: path.quizId, session: session)
        }
        return .ok(QuizExtensionBody(given))
    }

    private func withdraw(
        _ input: Input<QuizExtensionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await quizzes.withdraw(extensionOf: path.userId, in: path.quizId, session: session)
        }
        return .noContent
    }

    private func reply(_ quiz: Quiz) -> Reply<QuizBody> {
        let body = QuizBody(quiz)
        return .ok(body, etag: body.etag)
    }
}
