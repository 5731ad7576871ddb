// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What most learners began lately.
struct TrendingRoutes: Sendable {
    let trending: Trending

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/trending",
                "List the courses that most learners began in the last 14 days",
                access: .publicRead,
                caching: .shared(seconds: 60),
                handler: list
            )
        ]
    }

    private func list(
        _ input: Input<Nothing, TrendingQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseBody>> {
        let courses = try await trending.list(input.query.limit, reader: context.reader)
        return .ok(ListBody(items: courses.map(CourseBody.init), nextCursor: nil))
    }
}

/// The query of the list.
struct TrendingQuery: QueryParameters {
    let limit: Int

    init(fields: inout FieldReader) {
        limit = fields.optional("limit", .integer(1...Trending.limit), default: 20)
    }
}
