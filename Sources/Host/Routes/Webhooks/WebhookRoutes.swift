// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Where an organization has its events sent.
struct WebhookRoutes: Sendable {
    let webhooks: Webhooks
    let sender: WebhookSender

    var routes: [Route] { endpoints + acts }

    private var endpoints: [Route] {
        [
            Route(
                .get,
                "/api/v1/webhooks/event-types",
                "List the types of events that endpoints can ask for",
                access: .permission(.webhookRead),
                caching: .revalidated,
                handler: types
            ),
            Route(
                .get,
                "/api/v1/webhooks/endpoints",
                "List the endpoints that events are sent to",
                access: .permission(.webhookRead),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/webhooks/endpoints",
                "Have events sent to an endpoint; its secret is shown now and never again",
                access: .permission(.webhookManage),
                status: .created,
                problems: WebhookError.writeProblems + [.tooManyWebhookEndpoints],
                handler: create
            ),
            Route(
                .get,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}",
                "Show an endpoint without its secret",
                access: .permission(.webhookRead),
                problems: [.webhookEndpointNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .patch,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}",
                "Change, disable or enable an endpoint",
                access: .permission(.webhookManage),
                problems: WebhookError.writeProblems + [.webhookEndpointNotFound, .preconditionFailed],
                handler: update
            ),
            Route(
                .delete,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}",
                "Delete an endpoint with all that was sent to it",
                access: .permission(.webhookManage),
                status: .noContent,
                problems: [.webhookEndpointNotFound],
                handler: delete
            ),
        ]
    }

    private var acts: [Route] {
        [
            Route(
                .post,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}/secret/rotate",
                "Give an endpoint another secret; the one before signs beside it for 24 hours more",
                access: .permission(.webhookManage),
                problems: [.webhookEndpointNotFound],
                keys: .refused,
                handler: rotate
            ),
            Route(
                .delete,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}/secret/previous",
                "End the secret from before the last rotation at once",
                access: .permission(.webhookManage),
                status: .noContent,
                problems: [.webhookEndpointNotFound],
                handler: revoke
            ),
            Route(
                .post,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}/test",
                "Send a test event to an endpoint now, and tell what it answered",
                access: .permission(.webhookManage),
                problems: [.webhookEndpointNotFound],
                rate: .expensive,
                handler: test
            ),
            Route(
                .post,
                "/api/v1/webhooks/endpoints/{webhookEndpointId}/replay",
                "Send the events of a time to an endpoint once more",
                access: .permission(.webhookManage),
                status: .accepted,
                problems: [.webhookEndpointNotFound, .webhookEndpointDisabled],
                rate: .expensive,
                handler: replay
            ),
        ]
    }

    private func types(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookTypesBody> {
        .ok(WebhookTypesBody(types: webhooks.types))
    }

    private func list(
        _ input: Input<Nothing, WebhookEndpointQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<WebhookEndpointBody>> {
        let page = try await webhooks.list(
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map { WebhookEndpointBody($0) }, nextCursor: context.cursor(page.next)))
    }

    private func create(
        _ input: Input<Nothing, Nothing, NewWebhookEndpointRequest>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedWebhookEndpointBody> {
        let issued = try await context.transaction { try await webhooks.create(input.body.endpoint, session: $0) }
        return .created(
            IssuedWebhookEndpointBody(issued: issued),
            at: "/api/v1/webhooks/endpoints/\(issued.endpoint.id)",
            etag: issued.endpoint.etag
        )
    }

    private func show(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookEndpointBody> {
        let endpoint = try await webhooks.fetch(input.path.webhookEndpointId, reader: context.reader)
        return .ok(WebhookEndpointBody(endpoint), etag: endpoint.etag)
    }

    private func update(
        _ input: Input<WebhookEndpointPath, Nothing, WebhookEndpointUpdate>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookEndpointBody> {
        let id = input.path.webhookEndpointId
        let version = try context.expectedVersion(of: id)
        let endpoint = try await context.transaction { session in
            try await webhooks.update(id, input.body.changes, expecting: version, session: session)
        }
        return .ok(WebhookEndpointBody(endpoint), etag: endpoint.etag)
    }

    private func delete(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await webhooks.delete(input.path.webhookEndpointId, session: $0) }
        return .noContent
    }

    private func rotate(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedWebhookEndpointBody> {
        let issued = try await context.transaction { session in
            try await webhooks.rotate(input.path.webhookEndpointId, session: session)
        }
        return .ok(IssuedWebhookEndpointBody(issued: issued), etag: issued.endpoint.etag)
    }

    private func revoke(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { session in
            try await webhooks.revokePreviousSecret(input.path.webhookEndpointId, session: session)
        }
        return .noContent
    }

    private func test(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookHistoryBody> {
        let queued = try await context.transaction { session in
            try await webhooks.queueTest(of: input.path.webhookEndpointId, session: session)
        }
        _ = try await sender.deliver(queued.job, of: context.tenant.id)
        let (delivery, attempts) = try await webhooks.fetch(queued.delivery, reader: context.reader)
        return .ok(WebhookHistoryBody(delivery: delivery, attempts: attempts))
    }

    private func replay(
        _ input: Input<WebhookEndpointPath, Nothing, WebhookReplayRequest>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookReplayBody> {
        let count = try await context.transaction { session in
            try await webhooks.replay(input.body.filter, to: input.path.webhookEndpointId, session: session)
        }
        return .accepted(WebhookReplayBody(count: count))
    }
}

extension WebhookEndpoint {
    /// Of what is shown: what is counted has no version.
    fileprivate var etag: ETag { ETag(version: version, of: id, showing: WebhookEndpointBody(self)) }
}

extension WebhookSender {
    /// Sends nothing, for what only describes the routes.
    static func describing(_ lms: LMSKit.LMS) -> WebhookSender {
        let nowhere = Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil })
        return WebhookSender(webhooks: lms.webhooks, http: NoHTTPClient(), tenants: nowhere)
    }
}
