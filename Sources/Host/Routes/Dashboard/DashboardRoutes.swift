// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Where learners are, and what waits for those who teach.
struct DashboardRoutes: Sendable {
    let dashboards: Dashboards

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/users/me/dashboard",
                "Show where I am in my courses, and what is due",
                access: .signedIn,
                problems: [.forbidden],
                caching: .revalidated,
                handler: learner
            ),
            Route(
                .get,
                "/api/v1/users/me/teaching",
                "Show how the courses go that I teach",
                access: .permission(.gradeRead),
                problems: [.forbidden],
                caching: .revalidated,
                handler: teaching
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/overview",
                "Show how a course goes, and which learners may not make it",
                access: .permission(.gradeRead),
                problems: [.courseNotFound, .forbidden],
                caching: .revalidated,
                handler: overview
            ),
        ]
    }

    private func learner(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<LearnerDashboardBody> {
        .ok(LearnerDashboardBody(dashboard: try await dashboards.learner(reader: context.reader)))
    }

    private func teaching(
        _ input: Input<Nothing, TeachingQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<TeachingBody> {
        let days = input.query.inactiveDays
        return .ok(
            TeachingBody(report: try await dashboards.teaching(inactiveAfterDays: days, reader: context.reader))
        )
    }

    private func overview(
        _ input: Input<GradedCoursePath, TeachingQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<CourseOverviewBody> {
        let report = try await dashboards.overview(
            of: input.path.courseId,
            inactiveAfterDays: input.query.inactiveDays,
            reader: context.reader
        )
        guard let body = CourseOverviewBody(report) else { throw DashboardError.courseNotFound }
        return .ok(body)
    }
}

/// The query of what those who teach see.
struct TeachingQuery: QueryParameters {
    /// After how many days without activity a learner counts as inactive.
    let inactiveDays: Int

    init(fields: inout FieldReader) {
        inactiveDays = fields.optional("inactiveDays", .integer(1...90), default: 7)
    }
}

extension DashboardError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .courseNotFound: Problem(.courseNotFound)
        case .database(let error): error.problem
        }
    }
}
