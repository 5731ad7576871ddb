// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why something about a discussion was refused.
@nonexhaustive
public enum DiscussionError: Error, Sendable, Equatable {
    /// There is no such thread, or the principal may not know that there is.
    case notFound
    /// The thread has no such post, or none that can be answered.
    case postNotFound
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The course has no such lesson that the principal may know of.
    case lessonNotFound
    /// Nobody of that identifier takes part in the course.
    case memberNotFound
    /// The discussions are for those who are enrolled, and the course is free to enroll in.
    case enrollmentNeeded
    /// The discussions are for those who have paid for the course.
    case paymentNeeded
    /// The principal may see it and may not do this.
    case forbidden
    /// The course is archived: what was said is read and nothing more is.
    case archived
    /// Only moderators write in the thread.
    case locked
    /// The principal may not write in the course's discussions until then.
    case suspended(until: Date)
    /// The thread asks nothing, or the post cannot be an answer.
    case notAnAnswer
    /// Nobody votes for their own post.
    case ownPost
    /// Others wrote in the thread, which only moderators delete then.
    case answered
    /// The post was deleted, or hidden, and cannot be changed.
    case gone
    /// The thread was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension DiscussionError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "discussion_posts_parent_id_fk"): self = .postNotFound
        default: self = .database(error)
        }
    }
}
