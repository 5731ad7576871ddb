// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A conversation as the member who asks sees it.
struct ConversationBody: ResponseBody {
    let conversation: Conversation

    init(_ conversation: Conversation) {
        self.conversation = conversation
    }

    static var example: ConversationBody { ConversationBody(.example(.group, last: .example)) }
    static var variations: [ConversationBody] { [ConversationBody(.example(.direct, last: nil))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", conversation.id)
            object.field("kind", conversation.kind.rawValue)
            object.field("title", conversation.title)
            object.field("courseId", conversation.course)
            object.field("members", conversation.members.map(MemberBody.init))
            object.field("lastPosition", conversation.lastPosition)
            object.field("lastMessage", conversation.lastMessage.map(DirectMessageBody.init))
            object.field("lastMessageAt", conversation.lastMessageAt)
            object.field("readPosition", conversation.readPosition)
            object.field("unread", conversation.unread)
            object.field("isMuted", conversation.isMuted)
            object.field("hasLeft", conversation.hasLeft)
            object.field("createdAt", conversation.createdAt)
        }
    }
}

private struct MemberBody: JSONWritable {
    let member: Conversation.Member

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", member.user)
            object.field("displayName", member.displayName)
        }
    }
}

/// A message.
struct DirectMessageBody: ResponseBody {
    let message: DirectMessage

    init(_ message: DirectMessage) {
        self.message = message
    }

    static var example: DirectMessageBody { DirectMessageBody(.example) }
    static var variations: [DirectMessageBody] {
        let message = DirectMessage(
            id: .example,
            conversation: .example,
            position: 3,
            sender: nil,
            senderName: nil,
            status: .deleted,
            body: "",
            sentAt: Date(timeIntervalSince1970: 1_800_000_000),
            editedAt: nil
        )
        return [DirectMessageBody(message)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", message.id)
            object.field("conversationId", message.conversation)
            object.field("position", message.position)
            object.field("senderId", message.sender)
            object.field("senderName", message.senderName)
            object.field("status", message.status.rawValue)
            object.field("body", message.body)
            object.field("sentAt", message.sentAt)
            object.field("editedAt", message.editedAt)
        }
    }
}

/// Messages in the order of their positions.
struct MessagePageBody: ResponseBody {
    let page: MessagePage

    static var example: MessagePageBody { MessagePageBody(page: MessagePage(items: [.example], lastPosition: 12)) }
    static var variations: [MessagePageBody] {
        [MessagePageBody(page: MessagePage(items: DirectMessageBody.variations.map(\.message), lastPosition: 12))]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", page.items.map(DirectMessageBody.init))
            object.field("lastPosition", page.lastPosition)
        }
    }
}

/// What waits for who asks.
struct UnreadMessagesBody: ResponseBody {
    let unread: UnreadMessages

    static var example: UnreadMessagesBody {
        UnreadMessagesBody(unread: UnreadMessages(conversations: 2, messages: 5))
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("conversations", unread.conversations)
            object.field("messages", unread.messages)
        }
    }
}

/// Whom who asks blocks.
struct UserBlocksBody: ResponseBody {
    let blocks: [UserBlock]

    static var example: UserBlocksBody {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return UserBlocksBody(blocks: [UserBlock(user: .example, displayName: "Ada Lovelace", blockedAt: time)])
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", blocks.map(UserBlockBody.init)) }
    }
}

struct UserBlockBody: JSONWritable {
    let block: UserBlock

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", block.user)
            object.field("displayName", block.displayName)
            object.field("blockedAt", block.blockedAt)
        }
    }
}

extension DirectMessage {
    fileprivate static var example: DirectMessage {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return DirectMessage(
            id: .example,
            conversation: .example,
            position: 12,
            sender: .example,
            senderName: "Ada Lovelace",
            status: .edited,
            body: "May I hand it in on Monday?",
            sentAt: time,
            editedAt: time
        )
    }
}

extension Conversation {
    fileprivate static func example(_ kind: Kind, last message: DirectMessage?) -> Conversation {
        Conversation(
            id: .example,
            kind: kind,
            basis: .course,
            course: kind == .group ? .example : nil,
            title: kind == .group ? "The second exercise" : nil,
            members: [Member(user: .example, displayName: "Ada Lovelace")],
            lastMessage: message,
            readPosition: 10,
            unread: 2,
            createdAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }
}
