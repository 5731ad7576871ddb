// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The catalog, and the courses of those who write them.
struct CourseRoutes: Sendable {
    let courses: Courses

    var routes: [Route] { readingRoutes + writingRoutes }

    private var writingRoutes: [Route] {
        [
            Route(
                .post,
                "/api/v1/courses",
                "Draft a course",
                access: .permission(.courseCreate),
                status: .created,
                problems: [.forbidden, .slugTaken, .slugMissing, .unknownInstructor, .pricedAndOpen],
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .patch,
                "/api/v1/courses/{courseId}",
                "Change a course",
                access: .permission(.courseUpdate),
                problems: CourseError.updateProblems,
                handler: update
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}",
                "Replace what a course says of itself",
                access: .permission(.courseUpdate),
                problems: CourseError.updateProblems,
                handler: replace
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}",
                "Delete a course with all that is in it",
                access: .permission(.courseDelete),
                status: .noContent,
                problems: [.courseNotFound, .forbidden, .preconditionFailed, .versionInUse],
                handler: delete
            ),
            status("/api/v1/courses/{courseId}/publish", "Offer a course", .coursePublish, .published),
            status("/api/v1/courses/{courseId}/draft", "Take a course back into work", .courseUpdate, .draft),
            status("/api/v1/courses/{courseId}/archive", "Put a course away", .courseUpdate, .archived),
            Route(
                .post,
                "/api/v1/courses/{courseId}/duplicate",
                "Copy a course into a new draft",
                access: .permission(.courseCreate),
                status: .created,
                problems: [.courseNotFound, .forbidden, .slugTaken, .tooManyEntries],
                idempotency: .accepted,
                handler: duplicate
            ),
            Route(
                .patch,
                "/api/v1/courses/admin/bulk-status",
                "Give several courses a status: all or none",
                access: .permission(.courseUpdate),
                problems: [
                    .courseNotFound, .forbidden, .approvalNeeded, .courseSuperseded, .versionInProgress, .templateState,
                ],
                handler: changeStatuses
            ),
            Route(
                .post,
                "/api/v1/courses/admin/bulk-status",
                "Give several courses a status: each for itself",
                access: .permission(.courseUpdate),
                problems: [.versionInProgress],
                handler: changeEachStatus
            ),
        ]
    }

    private func status(
        _ path: StaticString,
        _ summary: String,
        _ permission: Permission,
        _ status: Course.Status
    ) -> Route {
        Route(
            .post,
            path,
            summary,
            access: .permission(permission),
            problems: [.courseNotFound, .forbidden, .preconditionFailed, .versionInProgress, .templateState]
                + (status == .published ? [.approvalNeeded] : [])
                + (status == .archived ? [] : [.courseSuperseded])
        ) {
            (input: Input<CoursePath, Nothing, Nothing>, context: RequestContext)
                async throws -> Reply<CourseBody> in
            let id = input.path.courseId
            let version = try context.expectedVersion(of: id)
            let course = try await context.transaction { session in
                try await courses.setStatus(status, of: id, expecting: version, session: session)
            }
            return reply(course)
        }
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewCourseRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        try await context.idempotently { session in
            created(try await courses.create(input.body.course, session: session))
        }
    }

    private func update(
        _ input: Input<CoursePath, Nothing, CourseUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        try await update(input.path.courseId, input.body.changes, context)
    }

    private func replace(
        _ input: Input<CoursePath, Nothing, CourseReplacement>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        try await update(input.path.courseId, input.body.changes, context)
    }

    private func update(
        _ id: Course.ID,
        _ changes: CourseChanges,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        let version = try context.expectedVersion(of: id)
        let course = try await context.transaction { session in
            try await courses.update(id, changes, expecting: version, session: session)
        }
        return reply(course)
    }

    private func delete(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.courseId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { try await courses.delete(id, expecting: version, session: $0) }
        return .noContent
    }

    private func duplicate(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        try await context.idempotently { session in
            created(try await courses.duplicate(input.path.courseId, session: session))
        }
    }

    private func changeStatuses(
        _ input: Input<Nothing, Nothing, BulkStatusRequest>,
        _ context: RequestContext
    ) async throws -> Reply<BulkStatusBody> {
        let changed = try await context.transaction { session in
            try await courses.setStatus(input.body.status, ofAll: input.body.courses, session: session)
        }
        return .ok(BulkStatusBody(changed: changed.sorted()))
    }

    private func changeEachStatus(
        _ input: Input<Nothing, Nothing, BulkStatusRequest>,
        _ context: RequestContext
    ) async throws -> Reply<BulkStatusResultsBody> {
        let results = try await context.transaction { session in
            try await courses.setStatus(input.body.status, ofEach: input.body.courses, session: session)
        }
        return .ok(BulkStatusResultsBody(results: results))
    }

    private func reply(_ course: Course) -> Reply<CourseBody> {
        let body = CourseBody(course)
        return .ok(body, etag: body.etag)
    }

    private func created(_ course: Course) -> Reply<CourseBody> {
        let body = CourseBody(course)
        return .created(body, at: "/api/v1/courses/\(course.id)", etag: body.etag)
    }
}
