// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about a cohort was refused.
@nonexhaustive
public enum CohortError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The course has no such cohort.
    case notFound
    /// The user has no place in the course, or none in the cohort.
    case memberNotFound
    /// The principal may see the course and may not do this to it.
    case forbidden
    /// The cohort was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// Another cohort of the course has the name.
    case nameTaken
    /// Who shall lead it has no role in the course.
    case unknownInstructor
    /// More seats are taken than the new limit allows.
    case seatLimitBelowTaken
    /// Every seat is taken.
    case full
    /// Somebody has a place in it.
    case inUse
    /// A course has at most this many.
    case tooMany(limit: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension CohortError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.unique, name: "course_cohorts_course_id_name_uq"): self = .nameTaken
        case .constraint(.foreignKey, name: "course_cohorts_instructor_id_fk"): self = .unknownInstructor
        case .constraint(.foreignKey, name: "enrollments_cohort_id_fk"): self = .inUse
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
