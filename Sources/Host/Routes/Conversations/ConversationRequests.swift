// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/conversations/{conversationId}`.
struct ConversationPath: PathParameters {
    let conversationId: Conversation.ID

    init(fields: inout FieldReader) {
        conversationId = fields.required("conversationId", .id())
    }
}

/// `/conversations/{conversationId}/messages/{messageId}`.
struct DirectMessagePath: PathParameters {
    let conversationId: Conversation.ID
    let messageId: DirectMessage.ID

    init(fields: inout FieldReader) {
        conversationId = fields.required("conversationId", .id())
        messageId = fields.required("messageId", .id())
    }
}

/// `/users/me/blocks/{userId}`.
struct BlockedUserPath: PathParameters {
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        userId = fields.required("userId", .id())
    }
}

/// The query of my conversations.
struct ConversationListQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// The query of a conversation's messages: the last ones, those after a position, or those before one.
struct MessageQuery: QueryParameters {
    let start: Conversations.Start
    let limit: PageLimit

    init(fields: inout FieldReader) {
        let after = fields.optional("after", .position)
        let before = fields.optional("before", .position)
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        switch (after, before) {
        case (let after?, let before): start = .after(after, before: before)
        case (nil, let before?): start = .before(before)
        case (nil, nil): start = .latest
        }
    }
}

/// `POST /api/v1/conversations`.
struct NewConversationRequest: RequestBody {
    let new: NewConversation

    init(fields: inout FieldReader) {
        new = NewConversation(
            to: fields.required("userIds", .list(.id(Principal.self), 1...Conversation.memberLimit - 1)),
            title: fields.optional("title", .text(1...200, example: "The second exercise")),
            about: fields.optional("courseId", .id(Course.self)),
            body: fields.required("body", .message)
        )
    }
}

/// What a message says.
struct MessageRequest: RequestBody {
    let body: String

    init(fields: inout FieldReader) {
        body = fields.required("body", .message)
    }
}

/// `PUT /api/v1/conversations/{conversationId}/read`.
struct ReadMarkRequest: RequestBody {
    let position: Int

    init(fields: inout FieldReader) {
        position = fields.required("position", .position)
    }
}

/// `PUT /api/v1/conversations/{conversationId}/mute`.
struct MuteRequest: RequestBody {
    let notice: Conversations.Notice

    init(fields: inout FieldReader) {
        notice = fields.required("isMuted", .flag) ? .muted : .wanted
    }
}

extension FieldRule where Self == TextRule {
    fileprivate static var message: TextRule { .multilineText(1...4000, example: "May I hand it in on Monday?") }
}

extension FieldRule where Self == IntegerRule {
    /// A place in a conversation or a thread; 0 is before everything.
    static var position: IntegerRule { .integer(0...9_007_199_254_740_991) }
}
