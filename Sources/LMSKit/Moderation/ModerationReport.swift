// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// That somebody wants a moderator to look at a message or a post.
public struct ModerationReport: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<ModerationReport>
    /// The report's identifier.
    public let id: ID
    /// What was reported.
    public let kind: Kind
    /// The message, while there is one.
    public let message: DirectMessage.ID?
    /// The post, while there is one.
    public let post: DiscussionPost.ID?
    /// The thread of the post.
    public let thread: DiscussionThread.ID?
    /// The course whose staff decides besides those who moderate everything.
    public let course: Course.ID?
    /// Who reported it; `nil` if they were erased.
    public let reporter: Principal.ID?
    /// Who wrote it; `nil` if they were erased.
    public let author: Principal.ID?
    /// The name of who wrote it.
    public let authorName: String?
    /// Why.
    public let reason: Reason
    /// What the reporter adds.
    public let note: String
    /// What it said when it was reported; empty if whoever wrote it was erased.
    public let quotation: String
    /// What it said before, the last first.
    public let earlier: [String]
    /// What became of the report.
    public let status: Status
    /// Why it was decided so.
    public let verdict: String?
    /// When it was reported, UTC.
    public let createdAt: Date
    /// When it was decided last, UTC.
    public let decidedAt: Date?

    package init(id: ID, kind: Kind, status: Status, createdAt: Date) {
        let isWhole = status != .open
        self.id = id
        self.kind = kind
        message = kind == .message ? .init(id.uuid) : nil
        post = kind == .post ? .init(id.uuid) : nil
        thread = kind == .post ? .init(id.uuid) : nil
        course = isWhole ? .init(id.uuid) : nil
        reporter = isWhole ? .init(id.uuid) : nil
        author = isWhole ? .init(id.uuid) : nil
        authorName = isWhole ? "Ada Lovelace" : nil
        reason = .abuse
        note = "The second time this week."
        quotation = "You are all fools."
        earlier = ["You are fools."]
        self.status = status
        verdict = isWhole ? "An insult" : nil
        self.createdAt = createdAt
        decidedAt = isWhole ? createdAt : nil
    }
}

extension ModerationReport {
    /// What a report is about.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// A message of a conversation.
        case message
        /// A post of a thread.
        case post
    }

    /// Why something was reported.
    @nonexhaustive
    public enum Reason: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It insults, threatens or harasses.
        case abuse
        /// It advertises.
        case spam
        /// It gives solutions away.
        case cheating
        /// It tells what is somebody's own.
        case privacy
        /// Another reason, which the note says.
        case other
    }

    /// What became of a report.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It waits for a moderator.
        case open
        /// What was reported is hidden.
        case upheld
        /// What was reported stays.
        case dismissed
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        kind = try fields.next()
        message = try fields.next()
        post = try fields.next()
        thread = try fields.next()
        course = try fields.next()
        reporter = try fields.next()
        author = try fields.next()
        authorName = try fields.next()
        reason = try fields.next()
        note = try fields.next()
        quotation = try fields.next()
        earlier = try fields.next()
        status = try fields.next()
        verdict = try fields.next()
        createdAt = try fields.next()
        decidedAt = try fields.next()
    }
}

/// Why something about a report was refused.
@nonexhaustive
public enum ModerationError: Error, Sendable, Equatable {
    /// There is no such report, or none that the principal decides on.
    case notFound
    /// There is nothing of the kind that the principal may see and that says something.
    case objectNotFound(ModerationReport.Kind)
    /// The principal decides on no reports.
    case forbidden
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension ModerationError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
