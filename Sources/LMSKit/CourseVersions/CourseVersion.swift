// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A version of a course, as the list of versions shows it: a course of its own.
public struct CourseVersion: Sendable {
    /// The version.
    public let course: Course
    /// Where the reader stands in it; `nil` without a place.
    public let enrollment: Enrollment.Status?

    /// Whether it is the one that is offered.
    public var isCurrent: Bool { course.status == .published }

    package init(course: Course, enrollment: Enrollment.Status?) {
        self.course = course
        self.enrollment = enrollment
    }
}

/// What becomes of a learner, or would, when their place moves to another version.
public struct VersionMove: Sendable, Hashable {
    /// The learner.
    public let user: Principal.ID
    /// Their place in the version that they leave; `nil` if they have none.
    public let enrollment: Enrollment.ID?
    /// What becomes of it.
    public let outcome: Outcome
    /// The place in the other version; `nil` unless they were moved now or before.
    public let target: Enrollment.ID?
    /// How many of the lessons that they completed are in the other version too.
    public let carriedLessons: Int
    /// How many are not.
    public let lostLessons: Int

    package init(
        user: Principal.ID,
        enrollment: Enrollment.ID?,
        outcome: Outcome,
        target: Enrollment.ID?,
        carriedLessons: Int,
        lostLessons: Int
    ) {
        self.user = user
        self.enrollment = enrollment
        self.outcome = outcome
        self.target = target
        self.carriedLessons = carriedLessons
        self.lostLessons = lostLessons
    }

    /// What becomes of a place.
    @nonexhaustive
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// It moves.
        case moved
        /// It was moved before.
        case alreadyMoved = "already_moved"
        /// They have a place in the other version, or had one.
        case hasPlace = "has_place"
        /// They completed the course: what is completed stays where it is.
        case completed
        /// It waits for its payment.
        case paymentPending = "payment_pending"
        /// An attempt at a quiz goes on.
        case inAttempt = "in_attempt"
        /// There is no place, or it was left or taken back.
        case notEnrolled = "not_enrolled"
    }
}

/// What became of some learners of a version.
public struct VersionMoves: Sendable {
    /// Each of them.
    public let moves: [VersionMove]
    /// Whether learners are left who can be moved; asking again moves the next.
    public let hasMore: Bool
}

/// Whose places move.
public enum MovedLearners: Sendable, Hashable {
    /// Everybody's that can, as many as fit.
    case all
    /// These users', at most 200.
    case users([Principal.ID])
}
