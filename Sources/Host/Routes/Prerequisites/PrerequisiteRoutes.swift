// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What courses ask for before they are taken.
struct PrerequisiteRoutes: Sendable {
    let prerequisites: Prerequisites

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/courses/{courseId}/prerequisites",
                "List the courses to complete before this one",
                access: .publicRead,
                problems: [.courseNotFound],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .put,
                "/api/v1/courses/{courseId}/prerequisites",
                "Say which courses are completed before this one",
                access: .permission(.courseUpdate),
                problems: [
                    .courseNotFound, .forbidden, .preconditionFailed, .unknownPrerequisite, .prerequisiteCycle,
                ],
                handler: set
            ),
            Route(
                .get,
                "/api/v1/courses/{courseId}/prerequisites/waivers",
                "List who was let in without them, and why",
                access: .permission(.enrollmentRead),
                problems: [.courseNotFound, .forbidden, .invalidCursor],
                caching: .revalidated,
                handler: listWaivers
            ),
        ]
    }

    private func list(
        _ input: Input<CoursePath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<PrerequisitesBody> {
        reply(try await prerequisites.list(of: input.path.courseId, reader: context.reader))
    }

    private func set(
        _ input: Input<CoursePath, Nothing, PrerequisitesRequest>,
        _ context: RequestContext
    ) async throws -> Reply<PrerequisitesBody> {
        let id = input.path.courseId
        let version = try context.expectedVersion(of: id)
        return reply(
            try await context.transaction { session in
                try await prerequisites.set(input.body.courses, of: id, expecting: version, session: session)
            }
        )
    }

    private func listWaivers(
        _ input: Input<CoursePath, PrerequisiteWaiverQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<PrerequisiteWaiverBody>> {
        let page = try await prerequisites.waivers(
            of: input.path.courseId,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(PrerequisiteWaiverBody.init), nextCursor: context.cursor(page.next)))
    }

    private func reply(_ list: PrerequisiteList) -> Reply<PrerequisitesBody> {
        let body = PrerequisitesBody(list: list)
        return .ok(body, etag: body.etag)
    }
}
