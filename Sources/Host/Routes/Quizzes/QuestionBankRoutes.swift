// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The questions of courses, with their keys.
struct QuestionBankRoutes: Sendable {
    let quizzes: Quizzes
    private static let changing: [ProblemCode] = [
        .questionNotFound, .forbidden, .preconditionFailed, .questionKindChanged,
    ]

    var routes: [Route] { banks + questions }

    private var banks: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/question-banks",
                "List a course's banks of questions",
                access: .signedIn,
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                handler: listBanks
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/question-banks",
                "Make a bank of questions",
                access: .permission(.courseUpdate),
                status: .created,
                problems: [.courseNotFound, .forbidden],
                idempotency: .accepted,
                handler: makeBank
            ),
            Route(
                .get,
                "/api/v1/question-banks/{bankId}",
                "Show a bank of questions",
                access: .signedIn,
                problems: [.questionBankNotFound, .forbidden],
                caching: .revalidated,
                handler: showBank
            ),
            Route(
                .patch,
                "/api/v1/question-banks/{bankId}",
                "Change a bank's title or description",
                access: .permission(.courseUpdate),
                problems: [.questionBankNotFound, .forbidden, .preconditionFailed],
                handler: changeBank
            ),
            Route(
                .get,
                "/api/v1/question-banks/{bankId}/questions",
                "List a bank's questions with their keys",
                access: .signedIn,
                problems: [.questionBankNotFound, .forbidden, .invalidCursor],
                handler: listQuestions
            ),
            Route(
                .post,
                "/api/v1/question-banks/{bankId}/questions",
                "Write a question",
                access: .permission(.courseUpdate),
                status: .created,
                problems: [.questionBankNotFound, .forbidden, .questionBankFull],
                idempotency: .accepted,
                handler: write
            ),
        ]
    }

    private var questions: [Route] {
        [
            Route(
                .get,
                "/api/v1/questions/{questionId}",
                "Show a question with its key",
                access: .signedIn,
                problems: [.questionNotFound, .forbidden],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/questions/{questionId}",
                "Change a question; another content is another version",
                access: .permission(.courseUpdate),
                problems: Self.changing,
                handler: change
            ),
            Route(
                .get,
                "/api/v1/questions/{questionId}/versions",
                "Show what a question asked before",
                access: .signedIn,
                problems: [.questionNotFound, .forbidden],
                handler: listVersions
            ),
        ]
    }

    private func listBanks(
        _ input: Input<QuizCoursePath, QuizListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<QuestionBankBody>> {
        let page = try await quizzes.banks(
            of: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(QuestionBankBody.init), nextCursor: context.cursor(page.next)))
    }

    private func makeBank(
        _ input: Input<QuizCoursePath, Nothing, NewQuestionBankRequest>,
        _ context: RequestContext
    ) async throws -> Reply<QuestionBankBody> {
        let (course, wish) = (input.path.courseId, input.body)
        return try await context.idempotently { session in
            let bank = try await quizzes.makeBank(
                wish.title,
                description: wish.description,
                in: course,
                session: session
            )
            let body = QuestionBankBody(bank)
            return .created(body, at: "/api/v1/question-banks/\(bank.id)", etag: body.etag)
        }
    }

    private func showBank(
        _ input: Input<QuestionBankPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<QuestionBankBody> {
        let body = QuestionBankBody(try await quizzes.bank(input.path.bankId, reader: context.reader))
        return .ok(body, etag: body.etag)
    }

    private func changeBank(
        _ input: Input<QuestionBankPath, Nothing, QuestionBankUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<QuestionBankBody> {
        let (id, wish) = (input.path.bankId, input.body)
        let version = try context.expectedVersion(of: id)
        let body = QuestionBankBody(
            try await context.transaction { session in
                try await quizzes.changeBank(
                    id,
                    title: wish.title,
                    description: wish.description,
                    expecting: version,
                    session: session
                )
            }
        )
        return .ok(body, etag: body.etag)
    }

    private func listQuestions(
        _ input: Input<QuestionBankPath, BankQuestionListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<BankQuestionBody>> {
        let page = try await quizzes.questions(
            in: input.path.bankId,
            tag: input.query.tag,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(BankQuestionBody.init), nextCursor: context.cursor(page.next)))
    }

    private func write(
        _ input: Input<QuestionBankPath, Nothing, NewQuestionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<BankQuestionBody> {
        let (bank, tags) = (input.path.bankId, input.body.tags)
        let content = try Self.content(input.body.content)
        return try await context.idempotently { session in
            let question = try await quizzes.write(content, tags: tags, in: bank, session: session)
            let body = BankQuestionBody(question)
            return .created(body, at: "/api/v1/questions/\(question.id)", etag: body.etag)
        }
    }

    private func show(
        _ input: Input<BankQuestionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<BankQuestionBody> {
        reply(try await quizzes.question(input.path.questionId, reader: context.reader))
    }

    private func change(
        _ input: Input<BankQuestionPath, Nothing, QuestionUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<BankQuestionBody> {
        let id = input.path.questionId
        var wish = BankQuestionChanges()
        wish.content = try input.body.content.map(Self.content)
        (wish.tags, wish.isRetired) = (input.body.tags, input.body.isRetired)
        let (changes, revision) = (wish, try context.expectedVersion(of: id))
        return reply(
            try await context.transaction { session in
                try await quizzes.changeQuestion(id, changes, expecting: revision, session: session)
            }
        )
    }

    private func listVersions(
        _ input: Input<BankQuestionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<BankQuestionBody>> {
        let versions = try await quizzes.versions(of: input.path.questionId, reader: context.reader)
        return .ok(ListBody(items: versions.map(BankQuestionBody.init), nextCursor: nil))
    }

    private func reply(_ question: BankQuestion) -> Reply<BankQuestionBody> {
        let body = BankQuestionBody(question)
        return .ok(body, etag: body.etag)
    }

    private static func content(_ json: JSONValue) throws(QuizError) -> QuestionContent {
        do {
            return try QuestionContent(json: json)
        } catch .invalid(let issues) {
            throw .invalidQuestion(issues)
        } catch {
            throw .invalidQuestion([])
        }
    }
}
