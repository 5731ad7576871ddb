// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Grades as a table, in and out.
struct GradeTableRoutes: Sendable {
    let gradebook: Gradebook

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/grades/export",
                "Give out a course's grades as a table",
                access: .permission(.gradeRead),
                problems: [.courseNotFound, .forbidden],
                rate: .expensive,
                handler: giveOut
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/grade-imports",
                "Show what a table of grades would change",
                access: .permission(.gradeManage),
                status: .created,
                problems: [.courseNotFound, .forbidden, .unreadableGradeTable, .tooManyEntries],
                rate: .expensive,
                idempotency: .accepted,
                bodyLimit: 1 << 20,
                handler: preview
            ),
            Route(
                .get,
                "/api/v1/grade-imports/{gradeImportId}",
                "Show my import of grades with what it changes",
                access: .permission(.gradeManage),
                problems: [.gradeImportNotFound, .invalidCursor],
                handler: show
            ),
            Route(
                .post,
                "/api/v1/grade-imports/{gradeImportId}/apply",
                "Apply my import of grades as it was shown",
                access: .permission(.gradeManage),
                problems: [.gradeImportNotFound, .forbidden, .gradeImportOutdated, .gradeImportHasMistakes],
                rate: .expensive,
                handler: apply
            ),
        ]
    }

    private func giveOut(
        _ input: Input<GradedCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Content> {
        let bytes = try await context.transaction { try await gradebook.giveOut(input.path.courseId, session: $0) }
        var reply = Reply.ok(Content(mediaType: "text/csv; charset=utf-8; header=present", bytes: bytes))
        var fields = HTTPFields()
        fields.append("content-disposition", "attachment; filename=grades.csv")
        reply.fields = fields
        return reply
    }

    private func preview(
        _ input: Input<GradedCoursePath, Nothing, GradeImportRequest>,
        _ context: RequestContext
    ) async throws -> Reply<GradeImportBody> {
        try await context.idempotently { session in
            let found = try await gradebook.preview(input.body.table, for: input.path.courseId, session: session)
            return .created(GradeImportBody(found), at: "/api/v1/grade-imports/\(found.import.id)")
        }
    }

    private func show(
        _ input: Input<GradeImportPath, GradeHistoryQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GradeImportBody> {
        let position = try context.position(input.query.cursor)
        let found = try await context.transaction { session in
            try await gradebook.fetch(
                input.path.gradeImportId,
                after: position,
                limit: input.query.limit,
                session: session
            )
        }
        return .ok(GradeImportBody(found, nextCursor: context.cursor(found.page.next)))
    }

    private func apply(
        _ input: Input<GradeImportPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GradeImportBody> {
        let found = try await context.transaction { session in
            try await gradebook.apply(input.path.gradeImportId, session: session)
        }
        return .ok(GradeImportBody(found))
    }
}

/// `/grade-imports/{gradeImportId}`.
struct GradeImportPath: PathParameters {
    let gradeImportId: GradeImport.ID

    init(fields: inout FieldReader) {
        gradeImportId = fields.required("gradeImportId", .id())
    }
}

/// `POST /api/v1/courses/{courseId}/grade-imports`.
struct GradeImportRequest: RequestBody {
    let table: String

    init(fields: inout FieldReader) {
        table = fields.required(
            "csv",
            .multilineText(6...900_000, example: "userId\n01890a5d-ac96-774b-bcce-b302099a8057")
        )
    }
}

/// A table of grades that was brought in, with some of what it changes.
struct GradeImportBody: ResponseBody {
    private let found: GradeImport
    private let changes: [GradeImportChange]
    private let nextCursor: String?

    init(_ listing: GradeImportListing, nextCursor: String? = nil) {
        self.init(listing.import, listing.page.items, nextCursor)
    }

    private init(_ found: GradeImport, _ changes: [GradeImportChange], _ nextCursor: String?) {
        self.found = found
        self.changes = changes
        self.nextCursor = nextCursor
    }

    static var example: GradeImportBody {
        GradeImportBody(
            .example(appliedAt: Date(timeIntervalSince1970: 1_800_000_000), issues: []),
            [.example(before: Points(7), after: Points("7.5"))],
            "AYkKXayWd0u8…"
        )
    }
    static var variations: [GradeImportBody] {
        let issue = GradeImportIssue(line: 3, column: "userId", code: .unknownLearner)
        return [
            GradeImportBody(.example(appliedAt: nil, issues: [issue]), [.example(before: nil, after: nil)], nil)
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", found.id)
            object.field("courseId", found.course)
            object.field("createdAt", found.createdAt)
            object.field("appliedAt", found.appliedAt)
            object.field("changeCount", found.changeCount)
            object.field("outdatedCount", found.outdatedCount)
            object.field("issues", found.issues.map(IssueBody.init))
            object.field("changes", changes.map(ChangeBody.init))
            if let nextCursor { object.field("nextCursor", nextCursor) }
        }
    }

    private struct IssueBody: JSONWritable {
        let issue: GradeImportIssue

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("line", issue.line)
                object.field("column", issue.column)
                object.field("code", issue.code.rawValue)
            }
        }
    }

    private struct ChangeBody: JSONWritable {
        let change: GradeImportChange

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("line", change.line)
                object.field("userId", change.learner)
                object.field("gradeItemId", change.item)
                object.field("before", change.before?.json)
                object.field("beforeStatus", change.beforeStatus.rawValue)
                object.field("after", change.after?.json)
                object.field("afterStatus", change.afterStatus.rawValue)
                object.field("isOutdated", change.isOutdated)
            }
        }
    }
}

extension GradeImport {
    fileprivate static func example(appliedAt: Date?, issues: [GradeImportIssue]) -> GradeImport {
        GradeImport(
            id: .example,
            course: .example,
            createdAt: Date(timeIntervalSince1970: 1_800_000_000),
            appliedAt: appliedAt,
            issues: issues,
            changeCount: 1,
            outdatedCount: 0
        )
    }
}

extension GradeImportChange {
    fileprivate static func example(before: Points?, after: Points?) -> GradeImportChange {
        GradeImportChange(
            position: 1,
            line: 2,
            learner: .example,
            item: .example,
            before: before,
            beforeStatus: before == nil ? .ungraded : .graded,
            after: after,
            afterStatus: after == nil ? .excused : .graded
        )
    }
}
