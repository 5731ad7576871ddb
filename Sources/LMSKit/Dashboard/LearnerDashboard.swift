// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Where a learner stands in all of their courses.
public struct LearnerDashboard: Sendable {
    /// What they did in all of them.
    public let summary: Summary
    /// The courses that they are in, the one they were in last first, each with the lesson to go on with.
    public let courses: [EnrollmentListing]
    /// What is to be handed in, the soonest first; what is late and still taken comes first.
    public let due: [DueWork]
    /// The courses that they completed last.
    public let completed: [EnrollmentListing]
    /// Their newest certificates that are valid.
    public let certificates: [Award]
    /// How much they did on each of the last 30 days (UTC) on which they did something, the last first.
    public let activity: [Day]
    /// How many notifications they have not read.
    public let unreadNotifications: Int

    package init(
        summary: Summary,
        courses: [EnrollmentListing],
        due: [DueWork],
        completed: [EnrollmentListing],
        certificates: [Award],
        activity: [Day],
        unreadNotifications: Int
    ) {
        self.summary = summary
        self.courses = courses
        self.due = due
        self.completed = completed
        self.certificates = certificates
        self.activity = activity
        self.unreadNotifications = unreadNotifications
    }

    /// What somebody did in all of their courses that they may read.
    public struct Summary: Sendable, Hashable {
        /// The courses that they are in.
        public let active: Int
        /// Those that they completed.
        public let completed: Int
        /// The average percentage of both times one hundred, rounded half up.
        public let averageProgressInHundredths: Int
        /// The lessons that they completed.
        public let completedLessons: Int
        /// The time that they spent in lessons, in seconds.
        public let timeSpentSeconds: Int

        package init(
            active: Int,
            completed: Int,
            averageProgressInHundredths: Int,
            completedLessons: Int,
            timeSpentSeconds: Int
        ) {
            self.active = active
            self.completed = completed
            self.averageProgressInHundredths = averageProgressInHundredths
            self.completedLessons = completedLessons
            self.timeSpentSeconds = timeSpentSeconds
        }
    }

    /// A certificate of theirs.
    public struct Award: Sendable, Hashable {
        /// The certificate.
        public let id: Certificate.ID
        /// Its number.
        public let number: CertificateNumber
        /// The course; `nil` once it was deleted.
        public let course: Course.ID?
        /// The course's title, as it was.
        public let courseTitle: String
        /// When it was issued, UTC.
        public let issuedAt: Date
        /// When it is not valid any more, UTC.
        public let expiresAt: Date?

        package init(
            id: Certificate.ID,
            number: CertificateNumber,
            course: Course.ID?,
            courseTitle: String,
            issuedAt: Date,
            expiresAt: Date?
        ) {
            self.id = id
            self.number = number
            self.course = course
            self.courseTitle = courseTitle
            self.issuedAt = issuedAt
            self.expiresAt = expiresAt
        }
    }

    /// What somebody did on a day.
    public struct Day: Sendable, Hashable {
        /// The day in UTC, such as `2026-01-31`.
        public let date: String
        /// The lessons that they completed.
        public let completedLessons: Int
        /// The attempts at quizzes that they submitted.
        public let submittedQuizzes: Int
        /// The assignments that they handed in.
        public let submittedAssignments: Int

        package init(date: String, completedLessons: Int, submittedQuizzes: Int, submittedAssignments: Int) {
            self.date = date
            self.completedLessons = completedLessons
            self.submittedQuizzes = submittedQuizzes
            self.submittedAssignments = submittedAssignments
        }
    }
}

/// A quiz or an assignment that a learner has to hand in, at the dates that hold for them.
public struct DueWork: Sendable, Hashable {
    /// Which of both.
    public let kind: Kind
    /// The quiz or the assignment.
    public let subject: UUID
    /// The course.
    public let course: Course.ID
    /// The course's title.
    public let courseTitle: String
    /// Its title.
    public let title: String
    /// From when on it can be taken, UTC.
    public let opensAt: Date?
    /// When it is due, UTC.
    public let dueAt: Date?
    /// When nothing is taken any more, UTC.
    public let closesAt: Date?
    /// Whether the learner handed in, and is not asked for another version.
    public let isSubmitted: Bool

    package init(
        _ kind: Kind,
        _ subject: UUID,
        in course: Course.ID,
        courseTitle: String,
        title: String,
        opensAt: Date?,
        dueAt: Date?,
        closesAt: Date?,
        isSubmitted: Bool
    ) {
        self.kind = kind
        self.subject = subject
        self.course = course
        self.courseTitle = courseTitle
        self.title = title
        self.opensAt = opensAt
        self.dueAt = dueAt
        self.closesAt = closesAt
        self.isSubmitted = isSubmitted
    }

    /// What is handed in.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// An attempt at a quiz.
        case quiz
        /// Work for an assignment.
        case assignment
    }
}
