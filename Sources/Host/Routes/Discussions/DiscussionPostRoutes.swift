// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The posts of threads.
struct DiscussionPostRoutes: Sendable {
    let discussions: Discussions

    var routes: [Route] { posts + votes + moderation }

    private var posts: [Route] {
        [
            Route(
                .get,
                "/api/v1/threads/{threadId}/posts",
                "Read posts, also those after a position",
                access: .signedIn,
                problems: [.threadNotFound],
                handler: read
            ),
            Route(
                .post,
                "/api/v1/threads/{threadId}/posts",
                "Write in a thread, or answer a post of it",
                access: .permission(.discussionWrite),
                status: .created,
                problems: DiscussionError.writingProblems + [.postNotFound],
                idempotency: .accepted,
                handler: write
            ),
            Route(
                .patch,
                "/api/v1/threads/{threadId}/posts/{postId}",
                "Change what my post says",
                access: .permission(.discussionWrite),
                problems: DiscussionError.writingProblems + [.postNotFound, .postGone],
                handler: edit
            ),
            Route(
                .delete,
                "/api/v1/threads/{threadId}/posts/{postId}",
                "Delete what my post says, or one that is mine to moderate",
                access: .permission(.discussionWrite),
                status: .noContent,
                problems: [.threadNotFound, .postNotFound, .forbidden, .courseArchived, .postGone],
                handler: delete
            ),
        ]
    }

    private var votes: [Route] {
        [
            vote(.put, "Say that a post is good", .up),
            vote(.delete, "Take back that a post is good", .none),
        ]
    }

    private var moderation: [Route] {
        [
            Route(
                .put,
                "/api/v1/threads/{threadId}/posts/{postId}/hidden",
                "Hide a post from everybody but moderators",
                access: .permission(.discussionModerate),
                problems: [.threadNotFound, .postNotFound, .forbidden, .postGone],
                handler: hide
            ),
            Route(
                .delete,
                "/api/v1/threads/{threadId}/posts/{postId}/hidden",
                "Show a hidden post again",
                access: .permission(.discussionModerate),
                problems: [.threadNotFound, .postNotFound, .forbidden],
                handler: restore
            ),
            Route(
                .get,
                "/api/v1/threads/{threadId}/posts/{postId}/versions",
                "List what a post said before",
                access: .signedIn,
                problems: [.threadNotFound, .postNotFound, .forbidden],
                handler: versions
            ),
        ]
    }

    private func vote(_ method: HTTPMethod, _ summary: String, _ vote: Discussions.Vote) -> Route {
        Route(
            method,
            "/api/v1/threads/{threadId}/posts/{postId}/vote",
            summary,
            access: .permission(.discussionWrite),
            problems: DiscussionError.partProblems
                + [.postNotFound, .ownPost, .postGone, .courseArchived, .discussionSuspended]
        ) {
            (input: Input<DiscussionPostPath, Nothing, Nothing>, context: RequestContext) async throws
                -> Reply<DiscussionPostBody> in
            let path = input.path
            return try await context.transaction { session in
                let post = try await discussions.vote(vote, for: path.postId, in: path.threadId, session: session)
                return .ok(DiscussionPostBody(post))
            }
        }
    }

    private func read(
        _ input: Input<DiscussionThreadPath, DiscussionPostQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionPostPageBody> {
        let page = try await discussions.posts(
            of: input.path.threadId,
            after: input.query.after,
            before: input.query.before,
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(DiscussionPostPageBody(page: page))
    }

    private func write(
        _ input: Input<DiscussionThreadPath, Nothing, NewPostRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionPostBody> {
        let (id, new) = (input.path.threadId, input.body)
        return try await context.idempotently { session in
            let post = try await discussions.reply(new.body, in: id, answering: new.parent, session: session)
            let place = "/api/v1/threads/\(id)/posts?after=\(post.position - 1)&limit=1"
            return .created(DiscussionPostBody(post), at: place)
        }
    }

    private func edit(
        _ input: Input<DiscussionPostPath, Nothing, PostRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionPostBody> {
        let (path, body) = (input.path, input.body.body)
        return try await context.transaction { session in
            let post = try await discussions.edit(path.postId, in: path.threadId, to: body, session: session)
            return .ok(DiscussionPostBody(post))
        }
    }

    private func delete(
        _ input: Input<DiscussionPostPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await discussions.delete(path.postId, in: path.threadId, session: session)
        }
        return .noContent
    }

    private func hide(
        _ input: Input<DiscussionPostPath, Nothing, HidingRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionPostBody> {
        let (path, reason) = (input.path, input.body.reason)
        return try await context.transaction { session in
            let post = try await discussions.hide(path.postId, in: path.threadId, because: reason, session: session)
            return .ok(DiscussionPostBody(post))
        }
    }

    private func restore(
        _ input: Input<DiscussionPostPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionPostBody> {
        let path = input.path
        return try await context.transaction { session in
            let post = try await discussions.restore(path.postId, in: path.threadId, session: session)
            return .ok(DiscussionPostBody(post))
        }
    }

    private func versions(
        _ input: Input<DiscussionPostPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<DiscussionVersionsBody> {
        let path = input.path
        let versions = try await discussions.versions(of: path.postId, in: path.threadId, reader: context.reader)
        return .ok(DiscussionVersionsBody(versions: versions))
    }
}
