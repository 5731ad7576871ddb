// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a review was refused.
@nonexhaustive
public enum ReviewError: Error, Sendable, Equatable {
    /// There is no such review, or the principal may not know that there is.
    case notFound
    /// There is no such enrollment, or it is somebody else's.
    case enrollmentNotFound
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The principal may see it and may not do this.
    case forbidden
    /// The enrollment is in a state in which nothing is reviewed.
    case notActive(Enrollment.Status)
    /// Less of the course is done than a review needs.
    case tooEarly(needed: Percentage)
    /// The enrollment has a review already.
    case alreadyReviewed(Review.ID)
    /// Nobody votes for their own review.
    case ownReview
    /// The review was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension ReviewError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "course_review_votes_review_id_fk"): self = .notFound
        default: self = .database(error)
        }
    }
}
