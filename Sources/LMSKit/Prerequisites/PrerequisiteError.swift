// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why prerequisites were not shown or changed.
@nonexhaustive
public enum PrerequisiteError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// The principal may see the course and may not do this to it.
    case forbidden
    /// The course was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// A course is named that is none, or that the principal may not know of.
    case unknownPrerequisite
    /// The course would have to be completed before itself.
    case cycle
    /// A course has at most this many.
    case tooMany(limit: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)
}

extension PrerequisiteError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, name: "course_prerequisites_prerequisite_id_ck"): self = .cycle
        default: self = .database(error)
        }
    }

    init(_ error: CourseError) {
        switch error {
        case .forbidden: self = .forbidden
        case .versionMismatch(let current): self = .versionMismatch(current: current)
        case .database(let error): self = .database(error)
        default: self = .courseNotFound
        }
    }
}
