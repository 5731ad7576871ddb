// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `PUT /api/v1/courses/{courseId}/prerequisites`.
struct PrerequisitesRequest: RequestBody {
    let courses: [Course.ID]

    init(fields: inout FieldReader) {
        courses = fields.required("prerequisiteIds", .list(.id(Course.self), 0...Prerequisites.limit))
    }
}

/// The query of a list that goes by cursor.
struct PrerequisiteWaiverQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// What a course asks for.
struct PrerequisitesBody: ResponseBody {
    let list: PrerequisiteList

    static var example: PrerequisitesBody {
        PrerequisitesBody(
            list: PrerequisiteList(
                course: CourseBody.example.id,
                version: 3,
                prerequisites: [
                    Prerequisite(
                        course: CourseBody.example.id,
                        title: "Introduction to Swift",
                        slug: .example,
                        status: .published,
                        isMet: false
                    )
                ]
            )
        )
    }

    var etag: ETag { ETag(version: list.version, of: list.course, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", list.course)
            object.field("items", list.prerequisites.map(PrerequisiteBody.init))
        }
    }
}

private struct PrerequisiteBody: JSONWritable {
    let prerequisite: Prerequisite

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", prerequisite.course)
            object.field("title", prerequisite.title)
            object.field("slug", prerequisite.slug.description)
            object.field("status", prerequisite.status.rawValue)
            object.field("isInForce", prerequisite.isInForce)
            object.field("isCompleted", prerequisite.isMet)
        }
    }
}

/// A place that was given although something was missing.
struct PrerequisiteWaiverBody: ResponseBody {
    let waiver: PrerequisiteWaiver

    init(_ waiver: PrerequisiteWaiver) {
        self.waiver = waiver
    }

    private init(grantedBy: Principal.ID?) {
        waiver = PrerequisiteWaiver(
            enrollment: Enrollment.ID.example,
            learner: Enrollment.example.user,
            learnerName: "Ada Lovelace",
            reason: "Examined at the interview.",
            grantedBy: grantedBy,
            grantedAt: Enrollment.example.enrolledAt
        )
    }

    static var example: PrerequisiteWaiverBody { PrerequisiteWaiverBody(grantedBy: Enrollment.example.user) }
    static var variations: [PrerequisiteWaiverBody] { [PrerequisiteWaiverBody(grantedBy: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("enrollmentId", waiver.enrollment)
            object.field("userId", waiver.learner)
            object.field("displayName", waiver.learnerName)
            object.field("reason", waiver.reason)
            object.field("grantedBy", waiver.grantedBy)
            object.field("grantedAt", waiver.grantedAt)
        }
    }
}
