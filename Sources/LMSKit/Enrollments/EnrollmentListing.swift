// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// An enrollment with what its learner sees of the course.
public struct EnrollmentListing: Sendable {
    /// The enrollment.
    public let enrollment: Enrollment
    /// The course's title.
    public let courseTitle: String
    /// The course's slug.
    public let courseSlug: Slug
    /// The address of the course's picture.
    public let courseThumbnail: String?
    /// The first published lesson that is there for the learner and not completed; `nil` if there is none or it was not asked for.
    public let nextLesson: NextLesson?

    /// The lesson to go on with.
    public struct NextLesson: Sendable, Hashable {
        /// The lesson.
        public let id: Lesson.ID
        /// Its title.
        public let title: String

        package init(id: Lesson.ID, title: String) {
            self.id = id
            self.title = title
        }
    }

    package init(
        enrollment: Enrollment,
        courseTitle: String,
        courseSlug: Slug,
        courseThumbnail: String?,
        nextLesson: NextLesson?
    ) {
        self.enrollment = enrollment
        self.courseTitle = courseTitle
        self.courseSlug = courseSlug
        self.courseThumbnail = courseThumbnail
        self.nextLesson = nextLesson
    }
}

/// An enrollment with its learner, as the course's staff see it.
public struct CourseLearner: Sendable {
    /// The enrollment.
    public let enrollment: Enrollment
    /// The learner's name.
    public let displayName: String
    /// The learner's address.
    public let email: String
    /// The address of the learner's picture.
    public let avatarURL: String?
}

/// How a course's learners stand.
public struct EnrollmentStatistics: Sendable, Hashable {
    /// All enrollments.
    public let total: Int
    /// Those that wait for a payment.
    public let pendingPayment: Int
    /// Those that go on.
    public let active: Int
    /// Those that are completed.
    public let completed: Int
    /// Those that were left.
    public let dropped: Int
    /// Those that were taken back.
    public let expired: Int
    /// The average percentage of the active and completed ones times one hundred, rounded half up.
    public let averageProgressInHundredths: Int

    package init(
        total: Int,
        pendingPayment: Int,
        active: Int,
        completed: Int,
        dropped: Int,
        expired: Int,
        averageProgressInHundredths: Int
    ) {
        self.total = total
        self.pendingPayment = pendingPayment
        self.active = active
        self.completed = completed
        self.dropped = dropped
        self.expired = expired
        self.averageProgressInHundredths = averageProgressInHundredths
    }
}

extension EnrollmentListing {
    init(row: Row, withNextLesson hasNextLesson: Bool = false) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields, withNextLesson: hasNextLesson)
    }

    init(fields: inout RowFields, withNextLesson hasNextLesson: Bool = false) throws(DatabaseError) {
        enrollment = try Enrollment(fields: &fields)
        courseTitle = try fields.next()
        courseSlug = try fields.next()
        courseThumbnail = try fields.next()
        guard hasNextLesson else {
            nextLesson = nil
            return
        }
        let id: Lesson.ID? = try fields.next()
        let title: String? = try fields.next()
        if let id, let title { nextLesson = NextLesson(id: id, title: title) } else { nextLesson = nil }
    }
}

extension CourseLearner {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        enrollment = try Enrollment(fields: &fields)
        displayName = try fields.next()
        email = try fields.next()
        avatarURL = try fields.next()
    }
}

extension EnrollmentStatistics {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        total = try fields.next()
        pendingPayment = try fields.next()
        active = try fields.next()
        completed = try fields.next()
        dropped = try fields.next()
        expired = try fields.next()
        let sum: Int = try fields.next()
        let learners = active + completed
        averageProgressInHundredths = learners > 0 ? (2 * sum + learners) / (2 * learners) : 0
    }
}
