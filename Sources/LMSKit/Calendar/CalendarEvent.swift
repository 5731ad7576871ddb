// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A moment that matters to a learner: when work is due, or a part of a course comes.
public struct CalendarEvent: Sendable, Hashable {
    /// What happens then.
    public let kind: Kind
    /// The quiz, the assignment, the module or the cohort that it is of.
    public let subject: UUID
    /// The course.
    public let course: Course.ID
    /// The course's title.
    public let courseTitle: String
    /// The title of what it is of; of a cohort its name.
    public let title: String
    /// When, UTC, with what the learner was granted besides.
    public let at: Date
    /// When anything of it changed last, UTC.
    public let changedAt: Date

    package init(
        _ kind: Kind,
        of subject: UUID,
        in course: Course.ID,
        courseTitle: String,
        title: String,
        at instant: Date,
        changedAt: Date
    ) {
        self.kind = kind
        self.subject = subject
        self.course = course
        self.courseTitle = courseTitle
        self.title = title
        at = instant
        self.changedAt = changedAt
    }

    /// What may happen.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// A quiz takes no attempt any more.
        case quizCloses = "quiz_closes"
        /// An assignment is due.
        case assignmentDue = "assignment_due"
        /// An assignment takes nothing any more.
        case assignmentCloses = "assignment_closes"
        /// A module is there from then on.
        case moduleAvailable = "module_available"
        /// The learner's cohort starts.
        case courseStarts = "course_starts"
        /// The learner's cohort ends.
        case courseEnds = "course_ends"
    }
}

/// What a calendar has in a span of time.
public struct CalendarSpan: Sendable {
    /// The events, the first first.
    public let events: [CalendarEvent]
    /// Whether there are more, after the last of them.
    public let isCut: Bool
}

/// A secret address that was made for a calendar, which is shown this once.
public struct CalendarFeed: Sendable {
    /// The address.
    public let url: Secret<String>
    /// When it was made, UTC.
    public let createdAt: Date

    package init(url: Secret<String>, createdAt: Date) {
        self.url = url
        self.createdAt = createdAt
    }
}

extension CalendarEvent {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        kind = try fields.next()
        subject = try fields.next()
        course = try fields.next()
        courseTitle = try fields.next()
        title = try fields.next()
        at = try fields.next()
        changedAt = try fields.next()
    }
}
