// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `…/cohorts/{cohortId}`.
struct CohortPath: PathParameters {
    let courseId: Course.ID
    let cohortId: Cohort.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        cohortId = fields.required("cohortId", .id())
    }
}

/// `…/cohorts/{cohortId}/members/{userId}`.
struct CohortMemberPath: PathParameters {
    let courseId: Course.ID
    let cohortId: Cohort.ID
    let userId: Principal.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        cohortId = fields.required("cohortId", .id())
        userId = fields.required("userId", .id())
    }
}

/// The query of a list of members.
struct CohortMemberQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// What is said of a cohort.
struct CohortRequest: RequestBody {
    let draft: CohortDraft

    init(fields: inout FieldReader) {
        draft = CohortDraft(
            name: fields.required("name", .text(1...100, example: "Spring 2027")),
            startsAt: fields.required("startsAt", .date),
            endsAt: fields.optional("endsAt", .date),
            seatLimit: fields.optional("seatLimit", .integer(1...1_000_000)),
            instructor: fields.optional("instructorId", .id())
        )
        if let end = draft.endsAt, end <= draft.startsAt { fields.refuse("endsAt", .tooSmall) }
    }
}

/// A cohort, and whether the reader has a place in it.
struct CohortBody: ResponseBody {
    let cohort: Cohort
    let isMine: Bool

    init(_ cohort: Cohort, isMine: Bool = false) {
        self.cohort = cohort
        self.isMine = isMine
    }

    init(_ listing: CohortListing) {
        self.init(listing.cohort, isMine: listing.isMine)
    }

    private init(_ draft: CohortDraft) {
        let time = Enrollment.example.enrolledAt
        self.init(
            Cohort(
                id: Cohort.ID.example,
                course: CourseBody.example.id,
                draft: draft,
                seatsTaken: 12,
                version: 1,
                createdAt: time,
                updatedAt: time
            )
        )
    }

    static var example: CohortBody {
        let start = Enrollment.example.enrolledAt
        return CohortBody(
            CohortDraft(
                name: "Spring 2027",
                startsAt: start,
                endsAt: start.addingTimeInterval(7_776_000),
                seatLimit: 30,
                instructor: Enrollment.example.user
            )
        )
    }
    static var variations: [CohortBody] {
        [CohortBody(CohortDraft(name: "Autumn 2027", startsAt: Enrollment.example.enrolledAt))]
    }

    var etag: ETag { ETag(version: cohort.version, of: cohort.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", cohort.id)
            object.field("courseId", cohort.course)
            object.field("name", cohort.draft.name)
            object.field("startsAt", cohort.draft.startsAt)
            object.field("endsAt", cohort.draft.endsAt)
            object.field("seatLimit", cohort.draft.seatLimit)
            object.field("seatsTaken", cohort.seatsTaken)
            object.field("isFull", cohort.isFull)
            object.field("instructorId", cohort.draft.instructor)
            object.field("isMine", isMine)
            object.field("version", cohort.version)
            object.field("createdAt", cohort.createdAt)
            object.field("updatedAt", cohort.updatedAt)
        }
    }
}
