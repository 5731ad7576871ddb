// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why progress was not recorded or shown.
@nonexhaustive
public enum ProgressError: Error, Sendable, Equatable {
    /// There is no such enrollment, or the principal may not know that there is.
    case notFound
    /// The principal may see the enrollment and may not report progress on it.
    case forbidden
    /// The enrollment is in a state in which nothing is learned.
    case notActive(Enrollment.Status)
    /// A lesson is named that the course does not have, or not for learners.
    ///
    /// Nothing was recorded.
    case lessonNotFound
    /// A lesson is completed by passing its quiz, or by handing it in, and not by saying so.
    ///
    /// Nothing was recorded.
    case quizNotPassed
    /// A lesson is completed by handing its assignment in, or by its grade, and not by saying so.
    ///
    /// Nothing was recorded.
    case assignmentNotDone
    /// A lesson is completed by watching its media, and not by saying so.
    ///
    /// Nothing was recorded.
    case mediaNotWatched
    /// A lesson is named that the learner gets at this instant, UTC.
    ///
    /// Nothing was recorded.
    case notYetAvailable(Date)
    /// More lessons are named than this.
    case tooManyLessons(limit: Int)
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension ProgressError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        default: self = .database(error)
        }
    }
}
