// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An enrollment, with what its learner sees of the course where that is known.
struct EnrollmentBody: ResponseBody {
    let enrollment: Enrollment
    var course: CourseSummary?
    var learner: LearnerSummary?

    struct CourseSummary: Sendable {
        let title: String
        let slug: String
        let thumbnailURL: String?
    }

    struct LearnerSummary: Sendable {
        let displayName: String
        let email: String
        let avatarURL: String?
    }

    init(_ enrollment: Enrollment) {
        self.enrollment = enrollment
    }

    init(_ listing: EnrollmentListing) {
        enrollment = listing.enrollment
        course = CourseSummary(
            title: listing.courseTitle,
            slug: listing.courseSlug.description,
            thumbnailURL: listing.courseThumbnail
        )
    }

    init(_ learner: CourseLearner) {
        enrollment = learner.enrollment
        self.learner = LearnerSummary(
            displayName: learner.displayName,
            email: learner.email,
            avatarURL: learner.avatarURL
        )
    }

    static var example: EnrollmentBody {
        var body = EnrollmentBody(.example)
        body.course = CourseSummary(title: "Introduction to Swift", slug: "introduction-to-swift", thumbnailURL: nil)
        return body
    }
    static var variations: [EnrollmentBody] {
        var body = EnrollmentBody(.example)
        body.learner = LearnerSummary(displayName: "Ada Lovelace", email: "ada@example.org", avatarURL: nil)
        return [body]
    }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    /// Writes the members alone, for a body that has more.
    func writeFields(to object: inout JSONWriter) {
        object.field("id", enrollment.id)
        object.field("userId", enrollment.user)
        object.field("courseId", enrollment.course)
        enrollment.writeStanding(to: &object)
        object.field("timeSpentSeconds", enrollment.timeSpentSeconds)
        object.field("lastLessonId", enrollment.lastLesson)
        object.field("enrolledAt", enrollment.enrolledAt)
        object.field("startedAt", enrollment.startedAt)
        object.field("lastAccessedAt", enrollment.lastAccessedAt)
        if let course {
            object.field("courseTitle", course.title)
            object.field("courseSlug", course.slug)
            object.field("courseThumbnailUrl", course.thumbnailURL)
        }
        if let learner {
            object.field("user") { user in
                user.field("id", enrollment.user)
                user.field("displayName", learner.displayName)
                user.field("email", learner.email)
                user.field("avatarUrl", learner.avatarURL)
            }
        }
    }
}

extension Enrollment {
    /// Writes how far the learner is.
    func writeStanding(to object: inout JSONWriter) {
        object.field("status", status.rawValue)
        object.field("progressPercent", percentage.value)
        object.field("completedLessons", completedLessons)
        object.field("totalLessons", totalLessons)
        object.field("completedAt", completedAt)
    }
}

/// An enrollment with the learner's lessons.
struct EnrollmentDetailBody: ResponseBody {
    let enrollment: EnrollmentBody
    let lessons: [LessonProgressBody]

    static var example: EnrollmentDetailBody {
        EnrollmentDetailBody(enrollment: .example, lessons: [.example])
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            enrollment.writeFields(to: &object)
            object.field("lessonProgress", lessons)
        }
    }
}

/// One of my enrollments as `/api/v2` shows it: with the lesson to go on with.
struct NextLessonEnrollmentBody: ResponseBody {
    let enrollment: EnrollmentBody
    let nextLessonID: Lesson.ID?
    let nextLessonTitle: String?

    init(_ listing: EnrollmentListing) {
        enrollment = EnrollmentBody(listing)
        nextLessonID = listing.nextLesson?.id
        nextLessonTitle = listing.nextLesson?.title
    }

    private init(nextLessonTitle: String) {
        enrollment = .example
        nextLessonID = Enrollment.example.lastLesson
        self.nextLessonTitle = nextLessonTitle
    }

    static var example: NextLessonEnrollmentBody { NextLessonEnrollmentBody(nextLessonTitle: "Variables") }

    func write(to json: inout JSONWriter) {
        json.object { object in
            enrollment.writeFields(to: &object)
            object.field("nextLessonId", nextLessonID)
            object.field("nextLessonTitle", nextLessonTitle)
        }
    }
}

/// `{"data":[…],"metadata":{"total":…,"nextCursor":…}}`.
struct EnrollmentDataBody: ResponseBody {
    let items: [NextLessonEnrollmentBody]
    let total: Int
    let nextCursor: String?

    static var example: EnrollmentDataBody {
        EnrollmentDataBody(items: [.example], total: 1, nextCursor: "AYkKXayWd0u8…")
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("data", items)
            object.field("metadata") { metadata in
                metadata.field("total", total)
                metadata.field("nextCursor", nextCursor)
            }
        }
    }
}

/// How a course's learners stand.
struct EnrollmentStatisticsBody: ResponseBody {
    let statistics: EnrollmentStatistics

    static var example: EnrollmentStatisticsBody { EnrollmentStatisticsBody(statistics: .example) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("total", statistics.total)
            object.field("pendingPayment", statistics.pendingPayment)
            object.field("active", statistics.active)
            object.field("completed", statistics.completed)
            object.field("dropped", statistics.dropped)
            object.field("expired", statistics.expired)
            object.field("averageProgressPercent", Double(statistics.averageProgressInHundredths) / 100)
        }
    }
}

/// How much of a course somebody may read.
struct EntitlementBody: ResponseBody {
    let user: Principal.ID?
    let course: Course.ID
    let level: AccessLevel
    let isEnrolled: Bool
    let reason: Entitlement.Reason

    static var example: EntitlementBody {
        EntitlementBody(
            user: Enrollment.example.user,
            course: Enrollment.example.course,
            level: .full,
            isEnrolled: true,
            reason: .enrolled
        )
    }
    static var variations: [EntitlementBody] {
        [
            EntitlementBody(
                user: nil,
                course: Enrollment.example.course,
                level: .preview,
                isEnrolled: false,
                reason: .notEnrolled
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", user)
            object.field("courseId", course)
            object.field("accessLevel", level.rawValue)
            object.field("isEnrolled", isEnrolled)
            object.field("reason", reason.rawValue)
        }
    }
}
