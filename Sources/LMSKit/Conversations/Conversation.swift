// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A conversation between members, as one of them sees it.
public struct Conversation: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Conversation>
    /// The most members that a conversation has.
    public static let memberLimit = 20
    /// The conversation's identifier.
    public let id: ID
    /// Whether it is between two or among several.
    public let kind: Kind
    /// What let it begin.
    public let basis: Basis
    /// The course that it is about, while there is one.
    public let course: Course.ID?
    /// The title of a group.
    public let title: String?
    /// Who takes part, but for those who left or were erased.
    public let members: [Member]
    /// The position of the last message that the reader may see.
    public let lastPosition: Int
    /// The last message that the reader may see.
    public let lastMessage: DirectMessage?
    /// When the last message was written, UTC.
    public let lastMessageAt: Date
    /// The position up to which the reader said they have read.
    public let readPosition: Int
    /// How many messages of others after that position they may read, 1,000 at most.
    public let unread: Int
    /// Whether the reader wants no notice of what is written.
    public let isMuted: Bool
    /// Whether the reader left.
    public let hasLeft: Bool
    /// When it began, UTC.
    public let createdAt: Date

    package init(
        id: ID,
        kind: Kind,
        basis: Basis,
        course: Course.ID?,
        title: String?,
        members: [Member],
        lastMessage: DirectMessage?,
        readPosition: Int,
        unread: Int,
        createdAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.basis = basis
        self.course = course
        self.title = title
        self.members = members
        lastPosition = lastMessage?.position ?? 0
        self.lastMessage = lastMessage
        lastMessageAt = lastMessage?.sentAt ?? createdAt
        self.readPosition = readPosition
        self.unread = unread
        isMuted = false
        hasLeft = false
        self.createdAt = createdAt
    }
}

extension Conversation {
    /// How many take part.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Two; there is one conversation for each pair.
        case direct
        /// Several, who were chosen when it began.
        case group
    }

    /// What let a conversation begin, and lets it go on.
    @nonexhaustive
    public enum Basis: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// A course in which one teaches and the other learns, or both teach.
        case course
        /// The tenant lets learners of a course write to each other.
        case peers
        /// Who began it may write to everybody.
        case office
    }

    /// Somebody who takes part.
    public struct Member: Sendable, Hashable {
        /// Who.
        public let user: Principal.ID
        /// Their name.
        public let displayName: String

        package init(user: Principal.ID, displayName: String) {
            self.user = user
            self.displayName = displayName
        }
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        kind = try fields.next()
        basis = try fields.next()
        course = try fields.next()
        title = try fields.next()
        let users: [Principal.ID] = try fields.next()
        let names: [String] = try fields.next()
        members = zip(users, names).map { Member(user: $0, displayName: $1) }
        lastPosition = try fields.next()
        lastMessageAt = try fields.next()
        readPosition = try fields.next()
        unread = try fields.next()
        isMuted = try fields.next()
        hasLeft = try fields.next()
        createdAt = try fields.next()
        lastMessage = try DirectMessage(optional: &fields)
    }
}

/// What begins a conversation.
public struct NewConversation: Sendable, Hashable {
    /// To whom: 1 through 19 others.
    public var recipients: [Principal.ID]
    /// The title of a group, 1–200 characters; a direct conversation has none.
    public var title: String?
    /// The course that it is about, in which the writer must have to do with everybody.
    public var course: Course.ID?
    /// The first message, 1–4000 characters of plain text.
    public var body: String

    /// Addresses a first message.
    ///
    /// - Parameters:
    ///   - recipients: To whom: 1 through 19 others.
    ///   - title: The title of a group.
    ///   - course: The course that it is about.
    ///   - body: The first message, 1–4000 characters of plain text.
    public init(to recipients: [Principal.ID], title: String? = nil, about course: Course.ID? = nil, body: String) {
        self.recipients = recipients
        self.title = title
        self.course = course
        self.body = body
    }
}
