// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Endpoints and deliveries under the paths of an earlier platform, for programs that were written for it.
struct WebhookSubscriptionRoutes: Sendable {
    let webhooks: Webhooks

    var routes: [Route] {
        [
            Route(
                .post,
                "/api/v1/notifications/webhooks/subscriptions",
                "Have one type of events sent to an endpoint; its secret is shown now and never again",
                access: .permission(.webhookManage),
                status: .created,
                problems: WebhookError.writeProblems + [.tooManyWebhookEndpoints],
                handler: create
            ),
            Route(
                .get,
                "/api/v1/notifications/webhooks/subscriptions",
                "List the endpoints that events are sent to, by their earlier path",
                access: .permission(.webhookRead),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .delete,
                "/api/v1/notifications/webhooks/subscriptions/{webhookEndpointId}",
                "Delete an endpoint, by its earlier path",
                access: .permission(.webhookManage),
                status: .noContent,
                problems: [.webhookEndpointNotFound],
                handler: delete
            ),
            Route(
                .patch,
                "/api/v1/notifications/webhooks/subscriptions/{webhookEndpointId}/toggle",
                "Enable a disabled endpoint, or disable an enabled one",
                access: .permission(.webhookManage),
                problems: [.webhookEndpointNotFound],
                handler: toggle
            ),
            Route(
                .get,
                "/api/v1/notifications/webhooks/history",
                "List what was sent to endpoints, by its earlier path",
                access: .permission(.webhookRead),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: history
            ),
        ]
    }

    private func create(
        _ input: Input<Nothing, Nothing, WebhookSubscriptionRequest>,
        _ context: RequestContext
    ) async throws -> Reply<IssuedWebhookEndpointBody> {
        let issued = try await context.transaction { try await webhooks.create(input.body.endpoint, session: $0) }
        return .created(
            IssuedWebhookEndpointBody(issued: issued),
            at: "/api/v1/webhooks/endpoints/\(issued.endpoint.id)"
        )
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

    private func delete(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<Nothing> {
        try await context.transaction { try await webhooks.delete(input.path.webhookEndpointId, session: $0) }
        return .noContent
    }

    private func toggle(
        _ input: Input<WebhookEndpointPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookEndpointBody> {
        let endpoint = try await context.transaction { session in
            try await webhooks.toggle(input.path.webhookEndpointId, session: session)
        }
        return .ok(WebhookEndpointBody(endpoint))
    }

    private func history(
        _ input: Input<Nothing, WebhookDeliveryQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<WebhookDeliveryBody>> {
        let page = try await webhooks.deliveries(
            input.query.filter,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map { WebhookDeliveryBody($0) }, nextCursor: context.cursor(page.next)))
    }
}
