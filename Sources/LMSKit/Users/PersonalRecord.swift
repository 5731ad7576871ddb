// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a tenant keeps of one user, for that user (GDPR, articles 15 and 20).
///
/// It has no secrets: neither the password's hash nor tokens. The audit log is the tenant's own record and is not in it.
public struct PersonalRecord: Sendable {
    /// The profile with the names of the roles.
    public let user: User
    /// The sign-ins that are kept.
    public let sessions: [Session]
    /// The enrollments with what was done in each lesson.
    public let places: [Place]
    /// The reviews, whatever their status.
    public let reviews: [Review]
    /// The reviews of others that they found helpful.
    public let votes: [Vote]
    /// The courses that they teach.
    public let taughtCourses: [TaughtCourse]
    /// The courses that they imported.
    public let imports: [Import]
    /// The keys that act for them, also those that are over; without their secrets.
    public let apiKeys: [APIKey]
    /// When operators of the platform acted as them, and why.
    public let impersonations: [Impersonation]
    /// The direct messages that they wrote.
    public let messages: [DirectMessage]
    /// Whom they block.
    public let blocks: [UserBlock]
    /// What they wrote in discussions of courses.
    public let posts: [DiscussionPost]
    /// What they wrote for assignments, with what their files are and the grades that they may see.
    public let submissions: [SubmissionView]
    /// What they said to others' work, or were asked to.
    public let peerReviews: [PeerReviewTask]
    /// What they watched.
    public let watches: [WatchedMedium]

    /// A sign-in.
    public struct Session: Sendable {
        /// The sign-in.
        public let id: SignInSession.ID
        /// When it began, UTC.
        public let startedAt: Date
        /// Until when it can be refreshed, UTC.
        public let expiresAt: Date
        /// When it ended before that, UTC.
        public let endedAt: Date?
        /// Why it did.
        public let end: SignInSession.End?

        package init(id: SignInSession.ID, startedAt: Date, expiresAt: Date, endedAt: Date?, end: SignInSession.End?) {
            self.id = id
            self.startedAt = startedAt
            self.expiresAt = expiresAt
            self.endedAt = endedAt
            self.end = end
        }
    }

    /// An enrollment with its lessons.
    public struct Place: Sendable {
        /// The enrollment with its course.
        public let listing: EnrollmentListing
        /// What was done in each lesson, by lesson.
        public let lessons: [LessonProgress]
    }

    /// A vote for a review.
    public struct Vote: Sendable {
        /// The review.
        public let review: Review.ID
        /// When they voted, UTC.
        public let votedAt: Date

        package init(review: Review.ID, votedAt: Date) {
            self.review = review
            self.votedAt = votedAt
        }
    }

    /// A course that they teach.
    public struct TaughtCourse: Sendable {
        /// The course.
        public let course: Course.ID
        /// Its title.
        public let title: String
        /// Since when, UTC.
        public let assignedAt: Date

        package init(course: Course.ID, title: String, assignedAt: Date) {
            self.course = course
            self.title = title
            self.assignedAt = assignedAt
        }
    }

    /// An import of a course.
    public struct Import: Sendable {
        /// The import.
        public let id: CourseImport.ID
        /// The course that came of it, while there is one.
        public let course: Course.ID?
        /// When it was, UTC.
        public let createdAt: Date

        package init(id: CourseImport.ID, course: Course.ID?, createdAt: Date) {
            self.id = id
            self.course = course
            self.createdAt = createdAt
        }
    }
}
