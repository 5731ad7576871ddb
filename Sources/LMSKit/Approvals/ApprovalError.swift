// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about the approval of a course was refused.
@nonexhaustive
public enum ApprovalError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The principal may know of it and may not do this.
    case forbidden
    /// The principal teaches or helps in the course, or submitted it.
    case ownWork
    /// The course is published or archived.
    case notSubmittable(Course.Status)
    /// This version of the course waits already.
    case alreadySubmitted
    /// Nothing waits for a decision.
    case notSubmitted
    /// The course was changed since it was submitted; it is at this version now.
    case outdated(current: Int)
    /// What is changed was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension ApprovalError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, name: "course_submissions_decided_by_ck"): self = .ownWork
        case .constraint(.unique, name: "course_submissions_course_id_uq"): self = .alreadySubmitted
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
