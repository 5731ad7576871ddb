// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A message of a conversation.
public struct DirectMessage: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<DirectMessage>
    /// For how long its sender may change what it says, in seconds.
    public static let editSeconds: Double = 900
    /// The message's identifier.
    public let id: ID
    /// The conversation.
    public let conversation: Conversation.ID
    /// Its place in the conversation: 1, 2, 3 … in the order of commits.
    public let position: Int
    /// Who wrote it; `nil` if they were erased.
    public let sender: Principal.ID?
    /// The name of who wrote it.
    public let senderName: String?
    /// Whether it still says what it said.
    public let status: Status
    /// Plain text, without markup; empty if it was deleted or is hidden.
    public let body: String
    /// When it was written, UTC.
    public let sentAt: Date
    /// When it was last changed, UTC.
    public let editedAt: Date?

    package init(
        id: ID,
        conversation: Conversation.ID,
        position: Int,
        sender: Principal.ID?,
        senderName: String?,
        status: Status,
        body: String,
        sentAt: Date,
        editedAt: Date?
    ) {
        self.id = id
        self.conversation = conversation
        self.position = position
        self.sender = sender
        self.senderName = senderName
        self.status = status
        self.body = body
        self.sentAt = sentAt
        self.editedAt = editedAt
    }
}

extension DirectMessage {
    /// What became of a message.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It says what it said.
        case sent
        /// Its sender changed it.
        case edited
        /// Its sender deleted it, or was erased; its place stays.
        case deleted
        /// A moderator hid it.
        case hidden
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        conversation = try fields.next()
        position = try fields.next()
        sender = try fields.next()
        senderName = try fields.next()
        status = try fields.next()
        body = try fields.next()
        sentAt = try fields.next()
        editedAt = try fields.next()
    }

    /// Reads the columns of an outer join, all of which are NULL if there is none.
    init?(optional fields: inout RowFields) throws(DatabaseError) {
        var ahead = fields
        let id: ID? = try ahead.next()
        guard id != nil else { return nil }
        try self.init(fields: &fields)
    }
}

/// How much waits for somebody in all their conversations.
public struct UnreadMessages: Sendable, Hashable {
    /// In how many conversations that are not muted.
    public let conversations: Int
    /// How many messages there, each conversation's counted up to 1,000.
    public let messages: Int

    package init(conversations: Int, messages: Int) {
        self.conversations = conversations
        self.messages = messages
    }
}

/// Somebody whose direct messages a member does not want.
public struct UserBlock: Sendable, Hashable {
    /// Whose.
    public let user: Principal.ID
    /// Their name.
    public let displayName: String
    /// Since when, UTC.
    public let blockedAt: Date

    package init(user: Principal.ID, displayName: String, blockedAt: Date) {
        self.user = user
        self.displayName = displayName
        self.blockedAt = blockedAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        displayName = try fields.next()
        blockedAt = try fields.next()
    }
}
