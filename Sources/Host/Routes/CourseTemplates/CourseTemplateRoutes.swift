// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Courses that others begin with.
struct CourseTemplateRoutes: Sendable {
    let templates: CourseTemplates

    var routes: [Route] {
        [
            Route(
                .put,
                "/api/v1/courses/{courseId}/template",
                "Make a draft a template",
                access: .permission(.courseCreate),
                problems: [.courseNotFound, .forbidden, .preconditionFailed, .templateState],
                handler: mark
            ),
            Route(
                .delete,
                "/api/v1/courses/{courseId}/template",
                "Make a template a draft again",
                access: .permission(.courseCreate),
                status: .noContent,
                problems: [.courseNotFound, .forbidden, .preconditionFailed],
                handler: unmark
            ),
            Route(
                .get,
                "/api/v1/course-templates",
                "List the templates that courses begin with",
                access: .permission(.courseCreate),
                problems: [.forbidden, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/course-templates/{courseTemplateId}/courses",
                "Begin a course with a template",
                access: .permission(.courseCreate),
                status: .created,
                problems: [.courseNotFound, .forbidden, .slugTaken, .slugMissing, .tooManyEntries],
                idempotency: .accepted,
                handler: instantiate
            ),
        ]
    }

    private func mark(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        let id = input.path.courseId
        let version = try context.expectedVersion(of: id)
        let course = try await context.transaction { session in
            try await templates.mark(id, expecting: version, session: session)
        }
        let body = CourseBody(course)
        return .ok(body, etag: body.etag)
    }

    private func unmark(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        let id = input.path.courseId
        let version = try context.expectedVersion(of: id)
        try await context.transaction { session in
            _ = try await templates.unmark(id, expecting: version, session: session)
        }
        return .noContent
    }

    private func list(
        _ input: Input<Nothing, CourseTemplateQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseBody>> {
        let page = try await templates.list(
            search: input.query.search,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map { CourseBody($0.course) }, nextCursor: context.cursor(page.next)))
    }

    private func instantiate(
        _ input: Input<CourseTemplatePath, Nothing, CourseFromTemplateRequest>,
        _ context: RequestContext
    ) async throws -> Reply<CourseBody> {
        try await context.idempotently { session in
            let course = try await templates.instantiate(
                input.path.courseTemplateId,
                title: input.body.title,
                slug: input.body.slug,
                session: session
            )
            let body = CourseBody(course)
            return .created(body, at: "/api/v1/courses/\(course.id)", etag: body.etag)
        }
    }
}

/// `/course-templates/{courseTemplateId}`.
struct CourseTemplatePath: PathParameters {
    let courseTemplateId: CourseTemplate.ID

    init(fields: inout FieldReader) {
        courseTemplateId = fields.required("courseTemplateId", .id())
    }
}

/// The query of the list of templates.
struct CourseTemplateQuery: QueryParameters {
    let search: String?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        search = fields.optional("search", .text(1...100))
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/course-templates/{courseTemplateId}/courses`.
struct CourseFromTemplateRequest: RequestBody {
    let title: String
    let slug: Slug?

    init(fields: inout FieldReader) {
        title = fields.required("title", .courseTitle)
        slug = fields.optional("slug", .slug)
    }
}

extension ProblemCode {
    static let templateState = ProblemCode(
        "TEMPLATE_STATE",
        409,
        en: "A template is a draft that was never published and has no versions.",
        es: "Una plantilla es un borrador que nunca se publicó y que no tiene versiones.",
        ar: "القالب مسودة لم تُنشر قط وليست لها نسخ."
    )
}
