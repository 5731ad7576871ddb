// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The assignments of courses, and their rubrics.
struct AssignmentRoutes: Sendable {
    let assignments: Assignments
    let files: Files
    private static let changing: [ProblemCode] = [.assignmentNotFound, .forbidden, .preconditionFailed]

    var routes: [Route] {
        authoring + states + rubrics + SubmissionRoutes(assignments: assignments).routes
            + CourseGroupRoutes(assignments: assignments).routes
            + SubmissionFileRoutes(assignments: assignments, files: files).routes
            + SubmissionGradingRoutes(assignments: assignments).routes
    }

    private var authoring: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/assignments",
                "List a course's assignments",
                access: .signedIn,
                problems: [.courseNotFound, .enrollmentNeeded, .paymentNeeded, .invalidCursor],
                handler: list
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/assignments",
                "Set an assignment",
                access: .permission(.assignmentManage),
                status: .created,
                problems: [.courseNotFound, .lessonNotFound, .rubricNotFound, .groupSetNotFound, .forbidden],
                idempotency: .accepted,
                handler: create
            ),
            Route(
                .get,
                "/api/v1/assignments/{assignmentId}",
                "Show an assignment with the criteria of its rubric",
                access: .signedIn,
                problems: [.assignmentNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/assignments/{assignmentId}",
                "Change an assignment",
                access: .permission(.assignmentManage),
                problems: Self.changing + [
                    .lessonNotFound, .rubricNotFound, .groupSetNotFound, .assignmentHasGrades,
                    .assignmentHasSubmissions,
                ],
                handler: change
            ),
            Route(
                .delete,
                "/api/v1/assignments/{assignmentId}",
                "Delete an assignment that nobody has begun",
                access: .permission(.assignmentManage),
                status: .noContent,
                problems: Self.changing + [.assignmentHasSubmissions],
                handler: delete
            ),
        ]
    }

    private var states: [Route] {
        [
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/publish",
                "Publish an assignment, and put it into the gradebook",
                access: .permission(.assignmentManage),
                problems: [.assignmentNotFound, .forbidden, .assignmentNotPublished, .assignmentLimitReached],
                handler: { try await setStatus(.published, $0, $1) }
            ),
            Route(
                .post,
                "/api/v1/assignments/{assignmentId}/archive",
                "Take nothing for an assignment any more",
                access: .permission(.assignmentManage),
                problems: [.assignmentNotFound, .forbidden, .assignmentNotPublished],
                handler: { try await setStatus(.archived, $0, $1) }
            ),
        ]
    }

    private var rubrics: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/rubrics",
                "List a course's rubrics",
                access: .signedIn,
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                handler: listRubrics
            ),
            Route(
                .post,
                "/api/v1/courses/{courseId}/rubrics",
                "Write a rubric",
                access: .permission(.assignmentManage),
                status: .created,
                problems: [.courseNotFound, .forbidden, .assignmentLimitReached],
                idempotency: .accepted,
                handler: writeRubric
            ),
            Route(
                .get,
                "/api/v1/rubrics/{rubricId}",
                "Show a rubric",
                access: .signedIn,
                problems: [.rubricNotFound, .forbidden],
                caching: .revalidated,
                handler: showRubric
            ),
            Route(
                .put,
                "/api/v1/rubrics/{rubricId}",
                "Give a rubric another version",
                access: .permission(.assignmentManage),
                problems: [.rubricNotFound, .forbidden, .preconditionFailed],
                handler: rewriteRubric
            ),
        ]
    }

    private func list(
        _ input: Input<AssignmentCoursePath, AssignmentListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<AssignmentBody>> {
        let page = try await assignments.list(
            in: input.path.courseId,
            lesson: input.query.lesson,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(AssignmentBody.init), nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<AssignmentCoursePath, Nothing, NewAssignmentRequest>,
        _ context: RequestContext
    ) async throws -> Reply<AssignmentBody> {
        let (course, settings) = (input.path.courseId, input.body.settings)
        return try await context.idempotently { session in
            let assignment = try await assignments.create(settings, in: course, session: session)
            let body = AssignmentBody(assignment)
            return .created(body, at: "/api/v1/assignments/\(assignment.id)", etag: body.etag)
        }
    }

    private func show(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<AssignmentBody> {
        reply(try await assignments.fetch(input.path.assignmentId, reader: context.reader))
    }

    private func change(
        _ input: Input<AssignmentPath, Nothing, AssignmentUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<AssignmentBody> {
        let (id, update) = (input.path.assignmentId, input.body)
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await assignments.change(id, expecting: version, session: session) { update.apply(to: &$0) }
            }
        )
    }

    private func delete(
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.assignmentId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { try await assignments.delete(id, expecting: version, session: $0) }
        return .noContent
    }

    private func setStatus(
        _ status: Assignment.Status,
        _ input: Input<AssignmentPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<AssignmentBody> {
        let id = input.path.assignmentId
        return reply(try await context.transaction { try await assignments.setStatus(status, of: id, session: $0) })
    }

    private func listRubrics(
        _ input: Input<AssignmentCoursePath, AssignmentPageQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<RubricBody>> {
        let page = try await assignments.rubrics(
            of: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(RubricBody.init), nextCursor: context.cursor(page.next)))
    }

    private func writeRubric(
        _ input: Input<AssignmentCoursePath, Nothing, RubricRequest>,
        _ context: RequestContext
    ) async throws -> Reply<RubricBody> {
        let (course, wish) = (input.path.courseId, input.body)
        return try await context.idempotently { session in
            let rubric = try await assignments.writeRubric(wish.title, wish.criteria, in: course, session: session)
            let body = RubricBody(rubric)
            return .created(body, at: "/api/v1/rubrics/\(rubric.id)", etag: body.etag)
        }
    }

    private func showRubric(
        _ input: Input<RubricPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<RubricBody> {
        let body = RubricBody(try await assignments.rubric(input.path.rubricId, reader: context.reader))
        return .ok(body, etag: body.etag)
    }

    private func rewriteRubric(
        _ input: Input<RubricPath, Nothing, RubricRequest>,
        _ context: RequestContext
    ) async throws -> Reply<RubricBody> {
        let (id, wish) = (input.path.rubricId, input.body)
        let version = try context.expectedVersion(of: id)
        let rubric = try await context.transaction { session in
            try await assignments.rewriteRubric(
                id,
                wish.title,
                wish.criteria,
                expecting: version,
                session: session
            )
        }
        let body = RubricBody(rubric)
        return .ok(body, etag: body.etag)
    }

    private func reply(_ assignment: Assignment) -> Reply<AssignmentBody> {
        let body = AssignmentBody(assignment)
        return .ok(body, etag: body.etag)
    }
}
