// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The work that a tenant's changes left to be done after them.
struct JobRoutes: Sendable {
    let jobs: TenantJobs

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/jobs",
                "List the tenant's jobs, the last enqueued first",
                access: .permission(.jobRead),
                problems: [.forbidden, .invalidCursor],
                handler: list
            ),
            Route(
                .get,
                "/api/v1/jobs/{jobId}",
                "Show a job and how far it is",
                access: .permission(.jobRead),
                problems: [.forbidden, .jobNotFound],
                handler: show
            ),
            Route(
                .post,
                "/api/v1/jobs/{jobId}/retry",
                "Try a job again at once",
                access: .permission(.jobManage),
                problems: [.forbidden, .jobNotFound, .jobNotInState],
                handler: retry
            ),
            Route(
                .post,
                "/api/v1/jobs/{jobId}/cancel",
                "Cancel a job that waits or runs",
                access: .permission(.jobManage),
                problems: [.forbidden, .jobNotFound, .jobNotInState],
                handler: cancel
            ),
            Route(
                .delete,
                "/api/v1/jobs/{jobId}",
                "Delete a job that does not run",
                access: .permission(.jobManage),
                status: .noContent,
                problems: [.forbidden, .jobNotFound, .jobNotInState],
                handler: discard
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, JobListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<JobBody>> {
        let page = try await jobs.list(
            input.query.filter,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(JobBody.init), nextCursor: context.cursor(page.next)))
    }

    private func show(
        _ input: Input<JobPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<JobBody> {
        .ok(JobBody(try await jobs.fetch(input.path.jobId, reader: context.reader)))
    }

    private func retry(
        _ input: Input<JobPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<JobBody> {
        .ok(
            JobBody(
                try await context.transaction { session in try await jobs.retry(input.path.jobId, session: session) }
            )
        )
    }

    private func cancel(
        _ input: Input<JobPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<JobBody> {
        .ok(
            JobBody(
                try await context.transaction { session in try await jobs.cancel(input.path.jobId, session: session) }
            )
        )
    }

    private func discard(
        _ input: Input<JobPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in try await jobs.discard(input.path.jobId, session: session) }
        return .noContent
    }
}
