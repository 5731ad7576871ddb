// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/courses/{courseId}/versions/{version}`.
struct CourseVersionPath: PathParameters {
    let courseId: Course.ID
    let version: Int

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        version = fields.required("version", .integer(1...CourseVersions.limit))
    }
}

/// The query of a preview.
struct MigrationPreviewQuery: QueryParameters {
    let from: Int
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        from = fields.required("from", .integer(1...CourseVersions.limit))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/courses/{courseId}/versions/{version}/migrate`.
struct LearnerMigrationRequest: RequestBody {
    let from: Int
    let learners: MovedLearners

    init(fields: inout FieldReader) {
        from = fields.required("from", .integer(1...CourseVersions.limit))
        let isEverybody = fields.optional("all", .flag, default: false)
        let users = fields.optional("userIds", .list(.id(Principal.self), 1...CourseVersions.batchLimit))
        switch (isEverybody, users) {
        case (false, let users?): learners = .users(users)
        case (true, nil): learners = .all
        case (true, _?):
            fields.refuse("all", .unknownField)
            learners = .all
        case (false, nil):
            fields.refuse("userIds", .required)
            learners = .users([])
        }
    }
}

/// A version of a course.
struct CourseVersionBody: ResponseBody {
    private let id: Course.ID
    private let number: Int
    private let title: String
    private let slug: String
    private let status: Course.Status
    private let enrollment: Enrollment.Status?
    private let publishedAt: Date?
    private let supersededAt: Date?

    init(_ version: CourseVersion) {
        let course = version.course
        (id, number, title, slug) = (course.id, course.edition, course.title, course.slug.description)
        (status, enrollment) = (course.status, version.enrollment)
        (publishedAt, supersededAt) = (course.publishedAt, course.supersededAt)
    }

    private init(_ status: Course.Status, _ enrollment: Enrollment.Status?, publishedAt: Date?, supersededAt: Date?) {
        id = CourseBody.example.id
        (number, title, slug) = (2, "Introduction to Swift", Slug.example.description)
        (self.status, self.enrollment) = (status, enrollment)
        (self.publishedAt, self.supersededAt) = (publishedAt, supersededAt)
    }

    static var example: CourseVersionBody {
        let instant = Enrollment.example.enrolledAt
        return CourseVersionBody(.archived, .active, publishedAt: instant, supersededAt: instant)
    }
    static var variations: [CourseVersionBody] {
        [CourseVersionBody(.draft, nil, publishedAt: nil, supersededAt: nil)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", id)
            object.field("version", number)
            object.field("title", title)
            object.field("slug", slug)
            object.field("status", status.rawValue)
            object.field("isCurrent", status == .published)
            object.field("enrollmentStatus", enrollment?.rawValue)
            object.field("publishedAt", publishedAt)
            object.field("supersededAt", supersededAt)
        }
    }
}

/// What becomes of a learner who moves to another version.
struct VersionMoveBody: ResponseBody {
    let move: VersionMove

    init(_ move: VersionMove) {
        self.move = move
    }

    static var example: VersionMoveBody {
        VersionMoveBody(
            VersionMove(
                user: Enrollment.example.user,
                enrollment: Enrollment.example.id,
                outcome: .moved,
                target: Enrollment.example.id,
                carriedLessons: 7,
                lostLessons: 1
            )
        )
    }
    static var variations: [VersionMoveBody] {
        [
            VersionMoveBody(
                VersionMove(
                    user: Enrollment.example.user,
                    enrollment: nil,
                    outcome: .notEnrolled,
                    target: nil,
                    carriedLessons: 0,
                    lostLessons: 0
                )
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", move.user)
            object.field("enrollmentId", move.enrollment)
            object.field("outcome", move.outcome.rawValue)
            object.field("targetEnrollmentId", move.target)
            object.field("carriedLessons", move.carriedLessons)
            object.field("lostLessons", move.lostLessons)
        }
    }
}

/// What became of learners, and whether there are more.
struct VersionMovesBody: ResponseBody {
    let moves: [VersionMoveBody]
    let hasMore: Bool

    init(_ moves: VersionMoves) {
        self.init(moves: moves.moves.map(VersionMoveBody.init), hasMore: moves.hasMore)
    }

    private init(moves: [VersionMoveBody], hasMore: Bool) {
        (self.moves, self.hasMore) = (moves, hasMore)
    }

    static var example: VersionMovesBody { VersionMovesBody(moves: [.example], hasMore: false) }
    static var variations: [VersionMovesBody] { [VersionMovesBody(moves: VersionMoveBody.variations, hasMore: true)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", moves)
            object.field("hasMore", hasMore)
        }
    }
}
