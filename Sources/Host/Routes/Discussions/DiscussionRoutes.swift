// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What is said in courses.
struct DiscussionRoutes: Sendable {
    let discussions: Discussions

    var routes: [Route] {
        ofCourses + single + following + DiscussionPostRoutes(discussions: discussions).routes
    }

    private var ofCourses: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/threads",
                "List a course's threads",
                access: .signedIn,
                problems: [.courseNotFound, .enrollmentNeeded, .paymentNeeded, .invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/threads",
                "Open a thread: discuss, ask or announce",
                access: .permission(.discussionWrite),
                status: .created,
                problems: [
                    .courseNotFound, .lessonNotFound, .forbidden, .enrollmentNeeded, .paymentNeeded, .courseArchived,
                    .discussionSuspended,
                ],
                idempotency: .accepted,
                handler: open
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/discussion-blocks",
                "List who may not write in a course's discussions",
                access: .permission(.discussionModerate),
                problems: [.courseNotFound, .forbidden],
                handler: listSuspensions
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/discussion-blocks/{userId}",
                "Keep somebody from writing in a course's discussions for a time",
                access: .permission(.discussionModerate),
                status: .noContent,
                problems: [.courseNotFound, .courseMemberNotFound, .forbidden],
                handler: suspend
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/discussion-blocks/{userId}",
                "Let somebody write in a course's discussions again",
                access: .permission(.discussionModerate),
                status: .noContent,
                problems: [.courseNotFound, .courseMemberNotFound, .forbidden],
                handler: lift
            ),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get,
                "/api/v1/threads/{threadId}",
                "Show a thread",
                access: .signedIn,
                problems: [.threadNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/threads/{threadId}",
                "Change a thread's title or tags; pin, lock or feature it",
                access: .permission(.discussionWrite),
                problems: DiscussionError.writingProblems + [.preconditionFailed],
                handler: change
            ),
            Route(
                .delete,
                "/api/v1/threads/{threadId}",
                "Delete a thread with everything in it",
                access: .permission(.discussionWrite),
                status: .noContent,
                problems: [.threadNotFound, .forbidden, .threadAnswered, .courseArchived],
                handler: delete
            ),
            Route(
                .put,
                "/api/v1/threads/{threadId}/answer",
                "Accept a post as the answer to a question",
                access: .permission(.discussionWrite),
                problems: [
                    .threadNotFound, .postNotFound, .forbidden, .notAnAnswer, .courseArchived, .discussionSuspended,
                ],
                handler: accept
            ),
            Route(
                .delete,
                "/api/v1/threads/{threadId}/answer",
                "Accept no post as the answer any more",
                access: .permission(.discussionWrite),
                problems: [.threadNotFound, .forbidden, .notAnAnswer, .courseArchived, .discussionSuspended],
                handler: withdraw
            ),
        ]
    }

    private var following: [Route] {
        [
            interest(.put, "Hear of what is written in a thread", .subscribed),
            interest(.delete, "Hear no more of what is written in a thread", .none),
            Route(
                .put,
                "/api/v1/threads/{threadId}/read",
                "Say up to where I have read",
                access: .permission(.discussionWrite),
                problems: DiscussionError.partProblems,
                handler: markRead
            ),
        ]
    }

    private func interest(_ method: HTTPMethod, _ summary: String, _ interest: Discussions.Interest) -> Route {
        Route(
            method,
            "/api/v1/threads/{threadId}/subscription",
            summary,
            access: .permission(.discussionWrite),
            status: .noContent,
            problems: DiscussionError.partProblems
        ) {
            (input: Input<DiscussionThreadPath, Nothing, Nothing>, context: RequestContext) async throws
                -> Reply<Nothing> in
            try await context.transaction { session in
                try await discussions.set(interest, in: input.path.threadId, session: session)
            }
            return .noContent
        }
    }

    private func list(
        _ input: Input<DiscussedCoursePath, DiscussionListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<DiscussionThreadBody>> {
        let page = try await discussions.list(
            input.query.query,
            in: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(
            ListBody(items: page.items.map(DiscussionThreadBody.init), nextCursor: context.cursor(page.next))
        )
    }

    private func open(
        _ input: Input<DiscussedCoursePath, Nothing, NewThreadRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionThreadBody> {
        try await context.idempotently { session in
            let thread = try await discussions.open(input.body.new, in: input.path.courseId, session: session)
            let body = DiscussionThreadBody(thread)
            return .created(body, at: "/api/v1/threads/\(thread.id)", etag: body.etag)
        }
    }

    private func listSuspensions(
        _ input: Input<DiscussedCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionSuspensionsBody> {
        let suspensions = try await discussions.suspensions(in: input.path.courseId, reader: context.reader)
        return .ok(DiscussionSuspensionsBody(suspensions: suspensions))
    }

    private func suspend(
        _ input: Input<SuspensionPath, Nothing, SuspensionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let (path, body) = (input.path, input.body)
        try await context.transaction { session in
            try await discussions.suspend(
                path.userId,
                from: path.courseId,
                days: body.days,
                because: body.reason,
                session: session
            )
        }
        return .noContent
    }

    private func lift(
        _ input: Input<SuspensionPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await discussions.lift(suspensionOf: path.userId, from: path.courseId, session: session)
        }
        return .noContent
    }

    private func show(
        _ input: Input<DiscussionThreadPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionThreadBody> {
        reply(try await discussions.fetch(input.path.threadId, reader: context.reader))
    }

    private func change(
        _ input: Input<DiscussionThreadPath, Nothing, ThreadUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionThreadBody> {
        let (id, changes) = (input.path.threadId, input.body.changes)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await discussions.change(changes, of: id, expecting: version, session: session)
            }
        )
    }

    private func delete(
        _ input: Input<DiscussionThreadPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await discussions.delete(input.path.threadId, session: $0) }
        return .noContent
    }

    private func accept(
        _ input: Input<DiscussionThreadPath, Nothing, AnswerRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionThreadBody> {
        let (id, post) = (input.path.threadId, input.body.post)
        return reply(try await context.transaction { try await discussions.accept(post, in: id, session: $0) })
    }

    private func withdraw(
        _ input: Input<DiscussionThreadPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionThreadBody> {
        let id = input.path.threadId
        return reply(try await context.transaction { try await discussions.accept(nil, in: id, session: $0) })
    }

    private func markRead(
        _ input: Input<DiscussionThreadPath, Nothing, ReadMarkRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionThreadBody> {
        let (id, position) = (input.path.threadId, input.body.position)
        return reply(
            try await context.transaction { session in
                try await discussions.markRead(id, through: position, session: session)
            }
        )
    }

    private func reply(_ thread: DiscussionThread) -> Reply<DiscussionThreadBody> {
        let body = DiscussionThreadBody(thread)
        return .ok(body, etag: body.etag)
    }
}
