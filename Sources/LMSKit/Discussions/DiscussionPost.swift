// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A post of a thread, as somebody sees it.
public struct DiscussionPost: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<DiscussionPost>
    /// The most people that one post mentions.
    public static let mentionLimit = 20
    /// The post's identifier.
    public let id: ID
    /// The thread.
    public let thread: DiscussionThread.ID
    /// Its place in the thread: 1, 2, 3 … in the order of commits; the first one opens it.
    public let position: Int
    /// The post that it answers; `nil` if it answers the thread.
    public let parent: ID?
    /// Who wrote it; `nil` if they were erased.
    public let author: Principal.ID?
    /// The name of who wrote it.
    public let authorName: String?
    /// Whether it still says what it said.
    public let status: Status
    /// Plain text, without markup; empty if it was deleted, or hidden from the reader.
    public let body: String
    /// How many found it good.
    public let votes: Int
    /// Whether the reader did.
    public let isVoted: Bool
    /// Those whom it mentions and who may read the course.
    public let mentions: [Mention]
    /// Why it is hidden, for moderators.
    public let hiddenReason: String?
    /// When it was written, UTC.
    public let createdAt: Date
    /// When its author changed it last, UTC.
    public let editedAt: Date?

    /// Somebody who is mentioned.
    public struct Mention: Sendable, Hashable {
        /// Who.
        public let user: Principal.ID
        /// Their name.
        public let displayName: String

        package init(user: Principal.ID, displayName: String) {
            self.user = user
            self.displayName = displayName
        }
    }

    package init(
        id: ID,
        thread: DiscussionThread.ID,
        position: Int,
        parent: ID?,
        author: Principal.ID?,
        authorName: String?,
        status: Status,
        body: String,
        mentions: [Mention],
        hiddenReason: String?,
        createdAt: Date,
        editedAt: Date?
    ) {
        self.id = id
        self.thread = thread
        self.position = position
        self.parent = parent
        self.author = author
        self.authorName = authorName
        self.status = status
        self.body = body
        votes = 2
        isVoted = true
        self.mentions = mentions
        self.hiddenReason = hiddenReason
        self.createdAt = createdAt
        self.editedAt = editedAt
    }
}

extension DiscussionPost {
    /// What became of a post.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It says what it said.
        case published
        /// Its author changed it.
        case edited
        /// It was deleted, or its author was erased; its place stays.
        case deleted
        /// A moderator hid it.
        case hidden
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        thread = try fields.next()
        position = try fields.next()
        parent = try fields.next()
        author = try fields.next()
        authorName = try fields.next()
        status = try fields.next()
        body = try fields.next()
        votes = try fields.next()
        isVoted = try fields.next()
        let users: [Principal.ID] = try fields.next()
        let names: [String] = try fields.next()
        mentions = zip(users, names).map { Mention(user: $0, displayName: $1) }
        hiddenReason = try fields.next()
        createdAt = try fields.next()
        editedAt = try fields.next()
    }

    /// Finds whom a text mentions: `@` and an identifier, as in `@01890a5d-ac96-774b-bcce-b302099a8057`.
    ///
    /// - Parameter text: The text.
    /// - Returns: The identifiers, each once, as many as a post may mention; nobody has looked whether they are somebody's.
    static func mentions(in text: String) -> [Principal.ID] {
        var found: [Principal.ID] = []
        for part in text.split(separator: "@", omittingEmptySubsequences: false).dropFirst() {
            guard found.count < mentionLimit, let user = Principal.ID(part.prefix(36)), !found.contains(user) else {
                continue
            }
            found.append(user)
        }
        return found
    }
}

/// Something that a post said before.
public struct DiscussionPostVersion: Sendable, Hashable {
    /// What it said.
    public let body: String
    /// Until when, UTC.
    public let replacedAt: Date

    package init(body: String, replacedAt: Date) {
        self.body = body
        self.replacedAt = replacedAt
    }

    init(row: Row) throws(DatabaseError) {
        body = try row[0]
        replacedAt = try row[1]
    }
}

/// Posts of a thread, in the order of their positions.
public struct DiscussionPostPage: Sendable {
    /// The posts.
    public let items: [DiscussionPost]
    /// The position of the last post; there is nothing after it yet.
    public let lastPosition: Int

    package init(items: [DiscussionPost], lastPosition: Int) {
        self.items = items
        self.lastPosition = lastPosition
    }
}

/// That somebody may not write in a course's discussions for a time.
public struct DiscussionSuspension: Sendable, Hashable {
    /// Who.
    public let user: Principal.ID
    /// Their name.
    public let displayName: String
    /// Why.
    public let reason: String
    /// Since when, UTC.
    public let suspendedAt: Date
    /// Until when, UTC.
    public let endsAt: Date

    package init(user: Principal.ID, displayName: String, reason: String, suspendedAt: Date, endsAt: Date) {
        self.user = user
        self.displayName = displayName
        self.reason = reason
        self.suspendedAt = suspendedAt
        self.endsAt = endsAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        displayName = try fields.next()
        reason = try fields.next()
        suspendedAt = try fields.next()
        endsAt = try fields.next()
    }
}
