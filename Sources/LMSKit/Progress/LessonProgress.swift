// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a learner did in one lesson.
public struct LessonProgress: Sendable, Hashable {
    /// The lesson.
    public let lesson: Lesson.ID
    /// How far the learner is.
    public let status: Status
    /// Where the learner stopped, in seconds from the start; it goes back with the learner.
    public let positionSeconds: Int
    /// The time spent in the lesson, in seconds; it never falls.
    public let timeSpentSeconds: Int
    /// When the learner was first in the lesson, UTC.
    public let startedAt: Date
    /// When the learner first completed it, UTC; it never changes afterwards.
    public let completedAt: Date?
    /// When the learner was last in it, UTC.
    public let lastAccessedAt: Date

    package init(
        lesson: Lesson.ID,
        status: Status,
        positionSeconds: Int,
        timeSpentSeconds: Int,
        startedAt: Date,
        completedAt: Date?,
        lastAccessedAt: Date
    ) {
        self.lesson = lesson
        self.status = status
        self.positionSeconds = positionSeconds
        self.timeSpentSeconds = timeSpentSeconds
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.lastAccessedAt = lastAccessedAt
    }

    /// How far a learner is in a lesson that they have been in.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Begun.
        case inProgress = "in_progress"
        /// Completed; this never changes back.
        case completed
    }
}

/// What a learner reports about one lesson.
///
/// All values are absolute, so that a report may be sent again.
public struct LessonReport: Sendable, Hashable {
    /// The lesson.
    public var lesson: Lesson.ID
    /// Whether the lesson is done; a report that says nothing of it never undoes that.
    public var outcome: Outcome
    /// Where the learner stopped, in seconds from the start; `nil` if it did not change.
    public var positionSeconds: Int?
    /// All the time spent in the lesson so far, in seconds; `nil` if unknown.
    ///
    /// Less than before changes nothing.
    public var timeSpentSeconds: Int?

    /// Whether a lesson is done.
    public enum Outcome: Sendable, Hashable {
        /// It goes on.
        case inProgress
        /// It is done.
        case completed
    }

    /// Describes a report.
    ///
    /// - Parameters:
    ///   - lesson: The lesson.
    ///   - outcome: Whether the lesson is done.
    ///   - positionSeconds: Where the learner stopped, in seconds from the start.
    ///   - timeSpentSeconds: All the time spent in the lesson so far, in seconds.
    public init(
        on lesson: Lesson.ID,
        outcome: Outcome = .inProgress,
        positionSeconds: Int? = nil,
        timeSpentSeconds: Int? = nil
    ) {
        self.lesson = lesson
        self.outcome = outcome
        self.positionSeconds = positionSeconds
        self.timeSpentSeconds = timeSpentSeconds
    }
}

/// What a report led to.
public struct RecordedProgress: Sendable {
    /// The enrollment after it.
    public let enrollment: Enrollment
    /// The lesson after it.
    public let lesson: LessonProgress
    /// Whether this report completed the course.
    public let completedCourse: Bool
}

extension LessonProgress {
    init(fields: inout RowFields) throws(DatabaseError) {
        lesson = try fields.next()
        status = try fields.next()
        positionSeconds = try fields.next()
        timeSpentSeconds = try fields.next()
        startedAt = try fields.next()
        completedAt = try fields.next()
        lastAccessedAt = try fields.next()
    }
}
