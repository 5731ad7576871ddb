// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// How courses are graded, and what is graded in them.
struct GradebookRoutes: Sendable {
    let gradebook: Gradebook

    var routes: [Route] { ofCourses + ofItems }

    private var ofCourses: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/gradebook",
                "Show how a course is graded, and what is graded in it",
                access: .permission(.gradeRead),
                problems: [.courseNotFound, .forbidden],
                handler: show
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/gradebook",
                "Replace how a course is graded",
                access: .permission(.gradeManage),
                problems: [
                    .courseNotFound, .forbidden, .gradeCategoryNotFound, .unsoundGradingScheme, .preconditionFailed,
                ],
                handler: arrange
            ),
            visibility("/api/v1/courses/{courseId}/gradebook/release", "Let learners see a course's grades", .released),
            visibility("/api/v1/courses/{courseId}/gradebook/mute", "Keep learners from a course's grades", .muted),
            Route(
                .post,
                "/api/v1/courses/{courseId}/grade-items",
                "Put something that is graded by hand into a course",
                access: .permission(.gradeManage),
                status: .created,
                problems: [.courseNotFound, .forbidden, .gradeCategoryNotFound, .tooManyGradeItems],
                idempotency: .accepted,
                handler: add
            ),
        ]
    }

    private var ofItems: [Route] {
        [
            Route(
                .get,
                "/api/v1/grade-items/{gradeItemId}",
                "Show what is graded",
                access: .permission(.gradeRead),
                problems: [.gradeItemNotFound],
                handler: showItem
            ),
            Route(
                .put,
                "/api/v1/grade-items/{gradeItemId}",
                "Replace what is graded, or how it counts",
                access: .permission(.gradeManage),
                problems: [.gradeItemNotFound, .forbidden, .gradeCategoryNotFound, .preconditionFailed],
                handler: updateItem
            ),
            Route(
                .delete,
                "/api/v1/grade-items/{gradeItemId}",
                "Delete what is graded by hand and nobody has a grade in",
                access: .permission(.gradeManage),
                status: .noContent,
                problems: [.gradeItemNotFound, .forbidden, .gradeItemInUse],
                handler: deleteItem
            ),
            itemVisibility(
                "/api/v1/grade-items/{gradeItemId}/release",
                "Let learners see the grades of an item",
                .released
            ),
            itemVisibility(
                "/api/v1/grade-items/{gradeItemId}/mute",
                "Keep learners from the grades of an item",
                .muted
            ),
        ]
    }

    private func visibility(_ path: StaticString, _ summary: String, _ visibility: Gradebook.Visibility) -> Route {
        Route(
            .post,
            path,
            summary,
            access: .permission(.gradeManage),
            problems: [.courseNotFound, .forbidden]
        ) {
            (
                input: Input<GradedCoursePath, Nothing, Nothing>,
                context: RequestContext
            ) async throws -> Reply<GradebookBody> in
            reply(
                try await context.transaction { session in
                    try await gradebook.show(input.path.courseId, visibility, session: session)
                }
            )
        }
    }

    private func itemVisibility(_ path: StaticString, _ summary: String, _ visibility: Gradebook.Visibility) -> Route {
        Route(
            .post,
            path,
            summary,
            access: .permission(.gradeManage),
            problems: [.gradeItemNotFound, .forbidden]
        ) {
            (input: Input<GradeItemPath, Nothing, Nothing>, context: RequestContext) async throws -> Reply<
                GradeItemBody
            > in
            reply(
                try await context.transaction { session in
                    try await gradebook.show(input.path.gradeItemId, visibility, session: session)
                }
            )
        }
    }

    private func show(
        _ input: Input<GradedCoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GradebookBody> {
        reply(try await gradebook.fetch(input.path.courseId, reader: context.reader))
    }

    private func arrange(
        _ input: Input<GradedCoursePath, Nothing, GradebookRequest>,
        _ context: RequestContext
    ) async throws -> Reply<GradebookBody> {
        let course = input.path.courseId
        let version = try context.expectedVersion(of: course)
        let setup = try input.body.setup(IdentifierSource(clock: context.clock))
        return reply(
            try await context.transaction { session in
                try await gradebook.arrange(
                    setup,
                    of: course,
                    keeping: input.body.kept,
                    expecting: version,
                    session: session
                )
            }
        )
    }

    private func add(
        _ input: Input<GradedCoursePath, Nothing, GradeItemRequest>,
        _ context: RequestContext
    ) async throws -> Reply<GradeItemBody> {
        try await context.idempotently { session in
            let item = try await gradebook.add(input.body.draft, to: input.path.courseId, session: session)
            let body = GradeItemBody(item)
            return .created(body, at: "/api/v1/grade-items/\(item.id)", etag: body.etag)
        }
    }

    private func showItem(
        _ input: Input<GradeItemPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<GradeItemBody> {
        reply(try await gradebook.fetch(input.path.gradeItemId, reader: context.reader))
    }

    private func updateItem(
        _ input: Input<GradeItemPath, Nothing, GradeItemRequest>,
        _ context: RequestContext
    ) async throws -> Reply<GradeItemBody> {
        let id = input.path.gradeItemId
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await gradebook.update(id, input.body.draft, expecting: version, session: session)
            }
        )
    }

    private func deleteItem(
        _ input: Input<GradeItemPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await gradebook.delete(input.path.gradeItemId, session: $0) }
        return .noContent
    }

    private func reply(_ book: CourseGradebook) -> Reply<GradebookBody> {
        let body = GradebookBody(book)
        return .ok(body, etag: body.etag)
    }

    private func reply(_ item: GradeItem) -> Reply<GradeItemBody> {
        let body = GradeItemBody(item)
        return .ok(body, etag: body.etag)
    }
}
