// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A learner's place in a course.
public struct Enrollment: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Enrollment>
    /// The enrollment's identifier.
    public let id: ID
    /// The learner.
    public let user: Principal.ID
    /// The course.
    public let course: Course.ID
    /// Where the learner stands.
    public let status: Status
    /// How many of the course's published lessons the learner completed.
    public let completedLessons: Int
    /// How many lessons of the course are published now.
    public let totalLessons: Int
    /// The time spent in lessons, in seconds.
    public let timeSpentSeconds: Int
    /// The lesson the learner was in last; `nil` before the first, and after it was deleted.
    public let lastLesson: Lesson.ID?
    /// When the learner was enrolled, UTC; again after a drop.
    public let enrolledAt: Date
    /// When the learner was first in a lesson, UTC.
    public let startedAt: Date?
    /// When the course was completed, UTC; it never changes afterwards.
    public let completedAt: Date?
    /// When the learner was last in a lesson, UTC.
    public let lastAccessedAt: Date?

    package init(
        id: ID,
        user: Principal.ID,
        course: Course.ID,
        status: Status,
        completedLessons: Int,
        totalLessons: Int,
        timeSpentSeconds: Int,
        lastLesson: Lesson.ID?,
        enrolledAt: Date,
        startedAt: Date?,
        completedAt: Date?,
        lastAccessedAt: Date?
    ) {
        self.id = id
        self.user = user
        self.course = course
        self.status = status
        self.completedLessons = completedLessons
        self.totalLessons = totalLessons
        self.timeSpentSeconds = timeSpentSeconds
        self.lastLesson = lastLesson
        self.enrolledAt = enrolledAt
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.lastAccessedAt = lastAccessedAt
    }

    /// How much of the course is done.
    public var percentage: Percentage { Percentage(completed: completedLessons, of: totalLessons) }
}

extension Enrollment {
    /// The states an enrollment moves through.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The course costs something and is not paid: previews only.
        ///
        /// Holds a seat.
        case pendingPayment = "pending_payment"
        /// The learner takes the course.
        case active
        /// The learner did enough of the course; this never changes back.
        case completed
        /// The learner left; enrolling again takes the place up again with all progress.
        case dropped
        /// The place was taken back.
        case expired
        /// The learner goes on in a later version of the course; what they did here stays readable.
        case migrated
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        user = try fields.next()
        course = try fields.next()
        status = try fields.next()
        completedLessons = try fields.next()
        totalLessons = try fields.next()
        timeSpentSeconds = try fields.next()
        lastLesson = try fields.next()
        enrolledAt = try fields.next()
        startedAt = try fields.next()
        completedAt = try fields.next()
        lastAccessedAt = try fields.next()
    }
}
