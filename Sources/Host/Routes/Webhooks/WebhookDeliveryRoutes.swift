// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What became of the events that were sent to an organization's endpoints.
struct WebhookDeliveryRoutes: Sendable {
    let webhooks: Webhooks

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/webhooks/deliveries",
                "List what was sent to endpoints, the newest first",
                access: .permission(.webhookRead),
                problems: [.invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .get,
                "/api/v1/webhooks/deliveries/{webhookDeliveryId}",
                "Show a delivery with its payload and what became of each attempt",
                access: .permission(.webhookRead),
                problems: [.webhookDeliveryNotFound],
                caching: .revalidated,
                handler: show
            ),
            Route(
                .post,
                "/api/v1/webhooks/deliveries/{webhookDeliveryId}/replay",
                "Send a delivery that is over once more, with the same webhook-id",
                access: .permission(.webhookManage),
                status: .accepted,
                problems: [.webhookDeliveryNotFound, .webhookDeliveryPending, .webhookEndpointDisabled],
                handler: replay
            ),
        ]
    }

    private func list(
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

    private func show(
        _ input: Input<WebhookDeliveryPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookHistoryBody> {
        let (delivery, attempts) = try await webhooks.fetch(input.path.webhookDeliveryId, reader: context.reader)
        return .ok(WebhookHistoryBody(delivery: delivery, attempts: attempts))
    }

    private func replay(
        _ input: Input<WebhookDeliveryPath, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<WebhookDeliveryBody> {
        let delivery = try await context.transaction { session in
            try await webhooks.replay(input.path.webhookDeliveryId, session: session)
        }
        return .accepted(WebhookDeliveryBody(delivery))
    }
}
