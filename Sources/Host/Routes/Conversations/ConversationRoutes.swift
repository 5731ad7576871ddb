// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What members write to each other.
struct ConversationRoutes: Sendable {
    let conversations: Conversations

    var routes: [Route] { all + single + messages + blocks }

    private var all: [Route] {
        [
            Route(
                .get,
                "/api/v1/conversations",
                "List my conversations",
                access: .signedIn,
                problems: [.invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/conversations",
                "Begin a conversation, or go on with the one that I have with somebody",
                access: .permission(.messageWrite),
                status: .created,
                problems: [
                    .recipientNotFound, .courseNotFound, .recipientBlocked, .recipientCount, .tooManyConversations,
                ],
                idempotency: .accepted,
                handler: begin
            ),
            Route(
                .get,
                "/api/v1/conversations/unread",
                "Count the messages that wait for me",
                access: .signedIn,
                handler: unread
            ),
        ]
    }

    private var single: [Route] {
        [
            Route(
                .get,
                "/api/v1/conversations/{conversationId}",
                "Show a conversation of mine",
                access: .signedIn,
                problems: [.conversationNotFound],
                handler: show
            ),
            Route(
                .put,
                "/api/v1/conversations/{conversationId}/read",
                "Say up to where I have read",
                access: .signedIn,
                problems: [.conversationNotFound],
                handler: markRead
            ),
            Route(
                .put,
                "/api/v1/conversations/{conversationId}/mute",
                "Say whether I want notice of what is written",
                access: .signedIn,
                problems: [.conversationNotFound],
                handler: mute
            ),
            Route(
                .delete,
                "/api/v1/conversations/{conversationId}/members/me",
                "Leave a conversation",
                access: .signedIn,
                status: .noContent,
                problems: [.conversationNotFound],
                handler: leave
            ),
        ]
    }

    private var messages: [Route] {
        [
            Route(
                .get,
                "/api/v1/conversations/{conversationId}/messages",
                "Read messages, also those after a position",
                access: .signedIn,
                problems: [.conversationNotFound],
                handler: read
            ),
            Route(
                .post,
                "/api/v1/conversations/{conversationId}/messages",
                "Write a message",
                access: .permission(.messageWrite),
                status: .created,
                problems: ConversationError.writingProblems,
                idempotency: .accepted,
                handler: send
            ),
            Route(
                .patch,
                "/api/v1/conversations/{conversationId}/messages/{messageId}",
                "Change what my message says, within 15 minutes",
                access: .permission(.messageWrite),
                problems: ConversationError.writingProblems + [.messageNotFound, .messageTooOld],
                handler: edit
            ),
            Route(
                .delete,
                "/api/v1/conversations/{conversationId}/messages/{messageId}",
                "Delete what my message says",
                access: .signedIn,
                status: .noContent,
                problems: [.conversationNotFound, .messageNotFound, .forbidden],
                handler: delete
            ),
        ]
    }

    private var blocks: [Route] {
        [
            Route(.get, "/api/v1/users/me/blocks", "List whom I block", access: .signedIn, handler: listBlocks),
            Route(
                .put,
                "/api/v1/users/me/blocks/{userId}",
                "Refuse the direct messages of somebody with whom I have a conversation",
                access: .signedIn,
                status: .noContent,
                problems: [.recipientNotFound, .tooManyEntries],
                handler: block
            ),
            Route(
                .delete,
                "/api/v1/users/me/blocks/{userId}",
                "Take somebody's direct messages again",
                access: .signedIn,
                status: .noContent,
                problems: [.recipientNotFound],
                handler: unblock
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, ConversationListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<ConversationBody>> {
        let page = try await conversations.list(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(ConversationBody.init), nextCursor: context.cursor(page.next)))
    }

    private func begin(
        _ input: Input<Nothing, Nothing, NewConversationRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ConversationBody> {
        try await context.idempotently { session in
            let begun = try await conversations.begin(input.body.new, at: context.tenant, session: session)
            return .created(ConversationBody(begun), at: "/api/v1/conversations/\(begun.id)")
        }
    }

    private func unread(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UnreadMessagesBody> {
        .ok(UnreadMessagesBody(unread: try await conversations.unread(reader: context.reader)))
    }

    private func show(
        _ input: Input<ConversationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ConversationBody> {
        .ok(ConversationBody(try await conversations.fetch(input.path.conversationId, reader: context.reader)))
    }

    private func markRead(
        _ input: Input<ConversationPath, Nothing, ReadMarkRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ConversationBody> {
        let (id, position) = (input.path.conversationId, input.body.position)
        return try await context.transaction { session in
            .ok(ConversationBody(try await conversations.markRead(id, through: position, session: session)))
        }
    }

    private func mute(
        _ input: Input<ConversationPath, Nothing, MuteRequest>,
        _ context: RequestContext
    ) async throws -> Reply<ConversationBody> {
        let (id, notice) = (input.path.conversationId, input.body.notice)
        return try await context.transaction { session in
            .ok(ConversationBody(try await conversations.set(notice, for: id, session: session)))
        }
    }

    private func leave(
        _ input: Input<ConversationPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await conversations.leave(input.path.conversationId, session: $0) }
        return .noContent
    }

    private func read(
        _ input: Input<ConversationPath, MessageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<MessagePageBody> {
        let page = try await conversations.messages(
            of: input.path.conversationId,
            input.query.start,
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(MessagePageBody(page: page))
    }

    private func send(
        _ input: Input<ConversationPath, Nothing, MessageRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DirectMessageBody> {
        let id = input.path.conversationId
        return try await context.idempotently { session in
            let sent = try await conversations.send(input.body.body, in: id, at: context.tenant, session: session)
            let place = "/api/v1/conversations/\(id)/messages?after=\(sent.position - 1)&limit=1"
            return .created(DirectMessageBody(sent), at: place)
        }
    }

    private func edit(
        _ input: Input<DirectMessagePath, Nothing, MessageRequest>,
        _ context: RequestContext
    ) async throws -> Reply<DirectMessageBody> {
        let (path, body) = (input.path, input.body.body)
        return try await context.transaction { session in
            let edited = try await conversations.edit(
                path.messageId,
                in: path.conversationId,
                to: body,
                at: context.tenant,
                session: session
            )
            return .ok(DirectMessageBody(edited))
        }
    }

    private func delete(
        _ input: Input<DirectMessagePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let path = input.path
        try await context.transaction { session in
            try await conversations.delete(path.messageId, in: path.conversationId, session: session)
        }
        return .noContent
    }

    private func listBlocks(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<UserBlocksBody> {
        .ok(UserBlocksBody(blocks: try await conversations.blocks(reader: context.reader)))
    }

    private func block(
        _ input: Input<BlockedUserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await conversations.block(input.path.userId, session: $0) }
        return .noContent
    }

    private func unblock(
        _ input: Input<BlockedUserPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await conversations.unblock(input.path.userId, session: $0) }
        return .noContent
    }
}
