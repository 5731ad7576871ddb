// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

struct EnrollmentPath: PathParameters {
    let enrollmentId: Enrollment.ID

    init(fields: inout FieldReader) {
        enrollmentId = fields.required("enrollmentId", .id())
    }
}

struct EnrolledCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

struct NewEnrollment: RequestBody {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

struct EnrollmentQuery: QueryParameters {
    let page: PageQuery
    let status: Enrollment.Status?

    init(fields: inout FieldReader) {
        page = PageQuery(fields: &fields)
        status = fields.optional("status", .choice(Enrollment.Status.active))
    }
}

struct EnrollmentBody: ResponseBody {
    let id: Enrollment.ID
    let user: Principal.ID
    let course: Course.ID
    let status: Enrollment.Status
    let progressPercentage: Double
    let completedLessons: Int
    let totalLessons: Int
    let timeSpentSeconds: Int
    let lastLesson: Lesson.ID?
    let enrolledAt: Date
    let startedAt: Date?
    let completedAt: Date?
    let lastAccessedAt: Date?

    init(_ enrollment: Enrollment) {
        id = enrollment.id
        user = enrollment.user
        course = enrollment.course
        status = enrollment.status
        progressPercentage = enrollment.percentage.value
        completedLessons = enrollment.completedLessons
        totalLessons = enrollment.totalLessons
        timeSpentSeconds = enrollment.timeSpentSeconds
        lastLesson = enrollment.lastLesson
        enrolledAt = enrollment.enrolledAt
        startedAt = enrollment.startedAt
        completedAt = enrollment.completedAt
        lastAccessedAt = enrollment.lastAccessedAt
    }

    private init(at instant: Date?) {
        id = .example
        user = .example
        course = .example
        status = .active
        progressPercentage = 66.67
        completedLessons = 2
        totalLessons = 3
        timeSpentSeconds = 840
        lastLesson = instant == nil ? nil : .example
        enrolledAt = Date(timeIntervalSince1970: 1_800_000_000)
        startedAt = instant
        completedAt = instant
        lastAccessedAt = instant
    }

    static var example: EnrollmentBody { EnrollmentBody(at: Date(timeIntervalSince1970: 1_800_000_600)) }
    static var variations: [EnrollmentBody] { [EnrollmentBody(at: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in writeMembers(to: &object) }
    }

    func writeMembers(to object: inout JSONWriter) {
        object.field("id", id)
        object.field("userId", user)
        object.field("courseId", course)
        object.field("status", status.rawValue)
        object.field("progressPercentage", progressPercentage)
        object.field("completedLessons", completedLessons)
        object.field("totalLessons", totalLessons)
        object.field("timeSpentSeconds", timeSpentSeconds)
        object.field("lastLessonId", lastLesson)
        object.field("enrolledAt", enrolledAt)
        object.field("startedAt", startedAt)
        object.field("completedAt", completedAt)
        object.field("lastAccessedAt", lastAccessedAt)
    }
}

struct ParticipantBody: ResponseBody {
    let enrollment: EnrollmentBody
    let displayName: String
    let email: String

    init(_ participant: CourseLearner) {
        enrollment = EnrollmentBody(participant.enrollment)
        displayName = participant.displayName
        email = participant.email
    }

    private init(_ enrollment: EnrollmentBody) {
        self.enrollment = enrollment
        displayName = "A learner"
        email = "learner@example.org"
    }

    static var example: ParticipantBody { ParticipantBody(EnrollmentBody.example) }
    static var variations: [ParticipantBody] { EnrollmentBody.variations.map(ParticipantBody.init(_:)) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            enrollment.writeMembers(to: &object)
            object.field("displayName", displayName)
            object.field("email", email)
        }
    }
}

struct EntitlementBody: ResponseBody {
    let course: Course.ID
    let accessLevel: AccessLevel
    let isEnrolled: Bool
    let reason: Entitlement.Reason

    init(_ entitlement: Entitlement) {
        course = entitlement.course
        accessLevel = entitlement.level
        isEnrolled = entitlement.isEnrolled
        reason = entitlement.reason
    }

    private init() {
        course = .example
        accessLevel = .full
        isEnrolled = true
        reason = .enrolled
    }

    static var example: EntitlementBody { EntitlementBody() }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", course)
            object.field("accessLevel", accessLevel.rawValue)
            object.field("isEnrolled", isEnrolled)
            object.field("reason", reason.rawValue)
        }
    }
}

struct EnrollmentStatisticsBody: ResponseBody {
    let total: Int
    let active: Int
    let completed: Int
    let averageProgressPercentage: Double

    init(figures: EnrollmentStatistics) {
        total = figures.total
        active = figures.active
        completed = figures.completed
        averageProgressPercentage = Double(figures.averageProgressInHundredths) / 100
    }

    private init() {
        total = 30
        active = 20
        completed = 8
        averageProgressPercentage = 54.25
    }

    static var example: EnrollmentStatisticsBody { EnrollmentStatisticsBody() }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("total", total)
            object.field("active", active)
            object.field("completed", completed)
            object.field("averageProgressPercentage", averageProgressPercentage)
        }
    }
}

extension Identifier {
    /// What the documentation shows.
    static var example: Identifier { Identifier(UUID(high: 0x0189_0a5d_ac96_774b, low: 0xbcce_b302_099a_8057)) }
}
