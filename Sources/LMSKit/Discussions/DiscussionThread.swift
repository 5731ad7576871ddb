// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A thread of a course's discussions, as somebody sees it.
public struct DiscussionThread: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<DiscussionThread>
    /// The most tags that a thread has.
    public static let tagLimit = 10
    /// The thread's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// The lesson that it is about.
    public let lesson: Lesson.ID?
    /// Whether it discusses, asks or announces.
    public let kind: Kind
    /// The title, 1–200 characters; empty if whoever wrote it was erased.
    public let title: String
    /// Up to ten tags.
    public let tags: [String]
    /// Who opened it; `nil` if they were erased.
    public let author: Principal.ID?
    /// The name of who opened it.
    public let authorName: String?
    /// Whether it stands before the others.
    public let isPinned: Bool
    /// Whether only moderators write in it.
    public let isLocked: Bool
    /// Whether the staff recommends it.
    public let isFeatured: Bool
    /// Whether only moderators see it: its first post is hidden.
    public let isHidden: Bool
    /// The post that answers the question.
    public let acceptedPost: DiscussionPost.ID?
    /// How many found its first post good.
    public let votes: Int
    /// The position of the last post.
    public let lastPosition: Int
    /// Raised by each change of its title, tags or flags; for conditional updates.
    public let version: Int
    /// When it was opened, UTC.
    public let createdAt: Date
    /// When somebody wrote in it last, UTC.
    public let lastActivityAt: Date
    /// Whether the reader wants to hear of it.
    public let isSubscribed: Bool
    /// The position up to which the reader said they have read.
    public let readPosition: Int
    /// How many posts of others come after that position, 1,000 at most.
    public let unread: Int

    package init(
        id: ID,
        course: Course.ID,
        lesson: Lesson.ID?,
        kind: Kind,
        title: String,
        tags: [String],
        author: Principal.ID?,
        authorName: String?,
        acceptedPost: DiscussionPost.ID?,
        lastPosition: Int,
        createdAt: Date
    ) {
        self.id = id
        self.course = course
        self.lesson = lesson
        self.kind = kind
        self.title = title
        self.tags = tags
        self.author = author
        self.authorName = authorName
        isPinned = false
        isLocked = false
        isFeatured = true
        isHidden = false
        self.acceptedPost = acceptedPost
        votes = 3
        self.lastPosition = lastPosition
        version = 1
        self.createdAt = createdAt
        lastActivityAt = createdAt
        isSubscribed = true
        readPosition = 1
        unread = lastPosition - 1
    }
}

extension DiscussionThread {
    /// What a thread is for.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Anything that is worth talking about.
        case discussion
        /// A question, of which one post can be accepted as the answer.
        case question
        /// Something that the course's staff makes known.
        case announcement
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        lesson = try fields.next()
        kind = try fields.next()
        title = try fields.next()
        tags = try fields.next()
        author = try fields.next()
        authorName = try fields.next()
        isPinned = try fields.next()
        isLocked = try fields.next()
        isFeatured = try fields.next()
        isHidden = try fields.next()
        acceptedPost = try fields.next()
        votes = try fields.next()
        lastPosition = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        lastActivityAt = try fields.next()
        isSubscribed = try fields.next()
        readPosition = try fields.next()
        unread = try fields.next()
    }
}

/// What opens a thread.
public struct NewDiscussionThread: Sendable, Hashable {
    /// What it is for; only the course's staff announces.
    public var kind: DiscussionThread.Kind
    /// The title, 1–200 characters.
    public var title: String
    /// The first post, 1–10,000 characters of plain text; `@` and a user's identifier mentions them.
    public var body: String
    /// The lesson of the course that it is about.
    public var lesson: Lesson.ID?
    /// Up to ten tags of 1–50 characters.
    public var tags: [String]

    /// Describes a new thread.
    ///
    /// - Parameters:
    ///   - kind: What it is for.
    ///   - title: The title.
    ///   - body: The first post.
    ///   - lesson: The lesson that it is about.
    ///   - tags: Up to ten tags.
    public init(
        _ kind: DiscussionThread.Kind = .discussion,
        title: String,
        body: String,
        about lesson: Lesson.ID? = nil,
        tags: [String] = []
    ) {
        self.kind = kind
        self.title = title
        self.body = body
        self.lesson = lesson
        self.tags = tags
    }
}

/// What becomes of which property of a thread.
public struct DiscussionThreadChanges: Sendable, Hashable {
    /// The title; its author's and the moderators' to change.
    public var title: String?
    /// The tags; its author's and the moderators' to change.
    public var tags: [String]?
    /// Whether it stands before the others; the moderators' to change.
    public var isPinned: Bool?
    /// Whether only moderators write in it; the moderators' to change.
    public var isLocked: Bool?
    /// Whether the staff recommends it; the moderators' to change.
    public var isFeatured: Bool?

    /// Changes nothing.
    public init() {}

    var hasFlags: Bool { isPinned != nil || isLocked != nil || isFeatured != nil }

    /// Whether the thread would not be the same.
    func change(_ thread: DiscussionThread) -> Bool {
        title.map { $0 != thread.title } ?? false || tags.map { $0 != thread.tags } ?? false
            || isPinned.map { $0 != thread.isPinned } ?? false || isLocked.map { $0 != thread.isLocked } ?? false
            || isFeatured.map { $0 != thread.isFeatured } ?? false
    }
}
