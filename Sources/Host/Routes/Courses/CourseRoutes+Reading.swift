// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

extension CourseRoutes {
    /// The routes that show courses.
    ///
    /// What everybody may see is the same for everybody, so that it may be cached.
    var readingRoutes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses",
                "List the catalog",
                access: .publicRead,
                problems: [.invalidCursor],
                caching: .shared(seconds: 30),
                handler: listCatalog
            ),
            Route(
                .get,
                "/api/v2/courses",
                "List the catalog, as version 2 writes it",
                access: .publicRead,
                problems: [.invalidCursor],
                caching: .shared(seconds: 30),
                handler: listCatalogData
            ),
            Route(
                .get,
                "/api/v1/courses/me",
                "List the courses that I teach",
                access: .signedIn,
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: listMine
            ),
            Route(
                .get,
                "/api/v1/courses/admin",
                "List the courses that I may see, drafts too",
                access: .permission(.courseRead),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: listVisible
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}",
                "Show a course with its modules and lessons",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .get,
                "/api/v1/courses/slug/{slug}",
                "Show a course by the name in its address",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: showBySlug
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/is-free",
                "Whether enrolling costs nothing",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: isFree
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/is-published",
                "Whether a course is in the catalog",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: isPublished
            ),
        ]
    }

    private func listCatalog(
        _ input: Input<Nothing, CourseListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseListBody> {
        .ok(try await list(input.query, in: .catalog, context))
    }

    private func listCatalogData(
        _ input: Input<Nothing, CourseListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseDataBody> {
        .ok(CourseDataBody(list: try await list(input.query, in: .catalog, context)))
    }

    private func listMine(
        _ input: Input<Nothing, CourseListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseListBody> {
        .ok(try await list(input.query, in: .mine, context))
    }

    private func listVisible(
        _ input: Input<Nothing, CourseListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseListBody> {
        .ok(try await list(input.query, in: .visible, context))
    }

    private func list(
        _ wanted: CourseListQuery,
        in scope: CourseQuery.Scope,
        _ context: RequestContext
    ) async throws -> CourseListBody {
        var query = wanted.query
        query.scope = scope
        guard let numbers = wanted.numbers else {
            let cursors = scope == .catalog ? context.cursors.forEverybody : context.cursors
            let position = try cursors.open(wanted.cursor)
            let limit = PageLimit(wanted.limit)
            let listing = try await courses.list(query, after: position, limit: limit, reader: context.reader)
            return CourseListBody(
                items: listing.page.items.map(CourseBody.init),
                total: listing.total,
                nextCursor: cursors.seal(listing.page.next)
            )
        }
        let listing = try await courses.list(
            query,
            limit: PageLimit(numbers.size),
            skipping: numbers.page * numbers.size,
            reader: context.reader
        )
        return CourseListBody(
            items: listing.page.items.map(CourseBody.init),
            total: listing.total,
            numbers: numbers
        )
    }

    private func show(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseDetailBody> {
        try await show(.id(input.path.courseId), context)
    }

    private func showBySlug(
        _ input: Input<SlugPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseDetailBody> {
        try await show(.slug(input.path.slug), context)
    }

    private func show(_ reference: CourseReference, _ context: RequestContext) async throws -> Reply<CourseDetailBody> {
        let body = CourseDetailBody(try await courses.outline(of: reference, reader: context.reader))
        return .ok(body, etag: body.etag)
    }

    private func isFree(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<IsFreeBody> {
        let course = try await courses.fetch(input.path.courseId, reader: context.reader)
        return .ok(IsFreeBody(courseId: course.id, isFree: course.isFree))
    }

    private func isPublished(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<IsPublishedBody> {
        let course = try await courses.fetch(input.path.courseId, reader: context.reader)
        return .ok(IsPublishedBody(courseId: course.id, isPublished: course.status == .published))
    }
}

extension CourseListQuery {
    /// The numbered page that is asked for; `nil` if the list goes by cursor.
    var numbers: PageNumbers? {
        page == nil && size == nil ? nil : PageNumbers(page: page ?? 0, size: size ?? 20)
    }
}
