// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a conversation was refused.
@nonexhaustive
public enum ConversationError: Error, Sendable, Equatable {
    /// There is no such conversation, or the principal takes no part in it.
    case notFound
    /// The conversation has no such message that the principal may see.
    case messageNotFound
    /// There is nobody of that identifier to whom the principal may write.
    ///
    /// Who does not exist, who may not be written to and who does not want to be written to are the same.
    case recipientNotFound
    /// There is no such course.
    case courseNotFound
    /// The principal blocked who they want to write to.
    case recipientBlocked
    /// A conversation is with 1 through 19 others.
    case recipientCount
    /// The principal may read the conversation and write no more.
    case closed
    /// The principal may not do this.
    case forbidden
    /// The message cannot be changed any more.
    case tooLate
    /// The principal began this many conversations within a day.
    case tooManyConversations(limit: Int)
    /// The principal blocks this many others.
    case tooManyBlocks(limit: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension ConversationError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "conversations_course_id_fk"): self = .courseNotFound
        default: self = .database(error)
        }
    }
}
