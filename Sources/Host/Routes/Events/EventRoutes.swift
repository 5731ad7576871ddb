// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What happened, for auditors, and what was given up of it, for whoever looks after the tenant.
struct EventRoutes: Sendable {
    let history: EventHistory
    let outbox: Outbox

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/admin/events",
                "List the tenant's events, the newest first",
                access: .permission(.auditRead),
                problems: [.forbidden, .invalidCursor],
                auditedAs: "event.listed",
                handler: list
            ),
            Route(
                .get,
                "/api/v1/admin/events/dead-letters",
                "List events that were given up, the last recorded first",
                access: .permission(.auditRead),
                problems: [.forbidden, .invalidCursor],
                handler: listDead
            ),
            Route(
                .post,
                "/api/v1/admin/events/dead-letters/{eventId}/replay",
                "Try an event again that was given up",
                access: .permission(.eventManage),
                status: .noContent,
                problems: [.forbidden, .eventNotFound],
                handler: replay
            ),
            Route(
                .delete,
                "/api/v1/admin/events/dead-letters/{eventId}",
                "Take an event that was given up off the list",
                access: .permission(.eventManage),
                status: .noContent,
                problems: [.forbidden, .eventNotFound],
                handler: discard
            ),
            Route(
                .post,
                "/api/v1/admin/events/replays",
                "Show a consumer the events of a time again, with notifications off",
                access: .permission(.eventManage),
                status: .accepted,
                problems: [.forbidden, .eventConsumerNotFound, .eventsNotKept],
                rate: .expensive,
                handler: replayTime
            ),
        ]
    }

    private func list(
        _ input: Input<Nothing, EventListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<EventBody>> {
        let page = try await history.list(
            input.query.query,
            after: try context.position(input.query.page.cursor),
            limit: input.query.page.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(EventBody.init), nextCursor: context.cursor(page.next)))
    }

    private func listDead(
        _ input: Input<Nothing, DeadEventListQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<DeadEventBody>> {
        let page = try await history.listDead(
            of: input.query.consumer,
            after: try context.position(input.query.page.cursor),
            limit: input.query.page.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(DeadEventBody.init), nextCursor: context.cursor(page.next)))
    }

    private func replay(
        _ input: Input<EventPath, EventConsumerQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await history.replay(input.path.eventId, for: input.query.consumer, session: session)
        }
        return .noContent
    }

    private func discard(
        _ input: Input<EventPath, EventConsumerQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await history.discard(input.path.eventId, for: input.query.consumer, session: session)
        }
        return .noContent
    }

    private func replayTime(
        _ input: Input<Nothing, Nothing, EventReplayRequest>,
        _ context: RequestContext
    ) async throws -> Reply<EventReplayBody> {
        // A name that cannot be one is nobody's.
        guard let replay = input.body.replay(of: context.tenant.id) else { throw EventHistoryError.consumerNotFound }
        let replayed = try await history.replay(
            replay,
            into: .known,
            outbox: outbox,
            tenants: context.tenants,
            as: context.acting
        )
        return .accepted(EventReplayBody(replayed))
    }
}
