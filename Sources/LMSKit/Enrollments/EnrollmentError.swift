// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about an enrollment was refused.
@nonexhaustive
public enum EnrollmentError: Error, Sendable, Equatable {
    /// There is no such enrollment, or the principal may not know that there is.
    case notFound
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The principal may know of it and may not do this.
    case forbidden
    /// The course is not offered.
    case notPublished(Course.ID)
    /// The learner already has a place in the course.
    case alreadyEnrolled(Enrollment.ID)
    /// These have to be completed first.
    case prerequisitesMissing([MissingPrerequisite])
    /// The course has no such cohort.
    case cohortNotFound
    /// The cohort has ended.
    case cohortOver
    /// Every seat of the cohort is taken.
    case cohortFull
    /// Every seat of the course is taken.
    case courseFull
    /// A completed course cannot be dropped.
    case alreadyCompleted
    /// The enrollment is in a state that does not allow this.
    case notActive(Enrollment.Status)
    /// The learner is not a user of the tenant.
    case unknownUser
    /// The position belongs to another list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)
}

extension EnrollmentError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, name: "courses_seats_taken_ck"): self = .courseFull
        case .constraint(.foreignKey, name: "enrollments_user_id_fk"): self = .unknownUser
        default: self = .database(error)
        }
    }
}
