// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/enrollments/{enrollmentId}`.
struct EnrollmentPath: PathParameters {
    let enrollmentId: Enrollment.ID

    init(fields: inout FieldReader) {
        enrollmentId = fields.required("enrollmentId", .id())
    }
}

/// A course whose learners are meant.
struct EnrolledCoursePath: PathParameters {
    let courseId: Course.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
    }
}

/// The query of the lists of enrollments.
struct EnrollmentListQuery: QueryParameters {
    let status: Enrollment.Status?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        status = fields.optional("status", .choice(Enrollment.Status.active))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/enrollments`.
struct EnrollmentRequest: RequestBody {
    let course: Course.ID
    let user: Principal.ID?
    let cohort: Cohort.ID?
    let overrideReason: String?

    init(fields: inout FieldReader) {
        course = fields.required("courseId", .id())
        user = fields.optional("userId", .id())
        cohort = fields.optional("cohortId", .id())
        overrideReason = fields.optional("overrideReason", .text(3...500, example: "Examined at the interview."))
    }
}
