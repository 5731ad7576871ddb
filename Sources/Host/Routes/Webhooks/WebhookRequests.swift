// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/webhooks/endpoints/{webhookEndpointId}`.
struct WebhookEndpointPath: PathParameters {
    let webhookEndpointId: WebhookEndpoint.ID

    init(fields: inout FieldReader) {
        webhookEndpointId = fields.required("webhookEndpointId", .id())
    }
}

/// `/webhooks/deliveries/{webhookDeliveryId}`.
struct WebhookDeliveryPath: PathParameters {
    let webhookDeliveryId: WebhookDelivery.ID

    init(fields: inout FieldReader) {
        webhookDeliveryId = fields.required("webhookDeliveryId", .id())
    }
}

/// The query of a list of endpoints.
struct WebhookEndpointQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// The query of a list of deliveries.
struct WebhookDeliveryQuery: QueryParameters {
    let filter: WebhookDeliveryFilter
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        filter = WebhookDeliveryFilter(
            endpoint: fields.optional("endpointId", .id(WebhookEndpoint.self)),
            status: fields.optional("status", .choice(WebhookDelivery.Status.failed)),
            type: fields.optional("type", .text(1...100, example: "enrollment.created")),
            from: fields.optional("from", .date),
            to: fields.optional("to", .date)
        )
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/webhooks/endpoints`.
struct NewWebhookEndpointRequest: RequestBody {
    let endpoint: NewWebhookEndpoint

    init(fields: inout FieldReader) {
        let url = fields.required("url", .webhookURL)
        let description = fields.optional("description", .text(0...500), default: "")
        let names = fields.optional("eventTypes", .list(.eventType, 1...WebhookFilter.limit))
        endpoint = NewWebhookEndpoint(
            url,
            description: description,
            filter: names.flatMap { WebhookFilter($0) } ?? .everything,
            isOrdered: fields.optional("ordered", .flag, default: false)
        )
    }
}

/// `PATCH /api/v1/webhooks/endpoints/{webhookEndpointId}`.
struct WebhookEndpointUpdate: RequestBody {
    let changes: WebhookEndpointChanges

    init(fields: inout FieldReader) {
        var changes = WebhookEndpointChanges()
        if let url = fields.optional("url", .webhookURL) { changes.url = .set(url) }
        if let description = fields.optional("description", .text(0...500)) { changes.description = .set(description) }
        let names = fields.optional("eventTypes", .list(.eventType, 1...WebhookFilter.limit))
        if let names, let filter = WebhookFilter(names) { changes.filter = .set(filter) }
        if let isOrdered = fields.optional("ordered", .flag) { changes.isOrdered = .set(isOrdered) }
        if let isEnabled = fields.optional("enabled", .flag) { changes.isEnabled = .set(isEnabled) }
        self.changes = changes
    }
}

/// `POST /api/v1/webhooks/endpoints/{webhookEndpointId}/replay`.
struct WebhookReplayRequest: RequestBody {
    let filter: WebhookDeliveryFilter

    init(fields: inout FieldReader) {
        filter = WebhookDeliveryFilter(
            status: fields.optional("status", .choice(WebhookDelivery.Status.failed)),
            type: fields.optional("type", .text(1...100, example: "enrollment.created")),
            from: fields.required("from", .date),
            to: fields.required("to", .date)
        )
    }
}

/// `POST /api/v1/notifications/webhooks/subscriptions`: an endpoint by its earlier names.
struct WebhookSubscriptionRequest: RequestBody {
    let endpoint: NewWebhookEndpoint

    init(fields: inout FieldReader) {
        let name = fields.required("eventType", .eventType)
        let url = fields.required("targetUrl", .webhookURL)
        // Secrets are made here, so that they are long and nobody else's.
        fields.ignored("secret")
        endpoint = NewWebhookEndpoint(url, filter: WebhookFilter([name]) ?? .everything)
    }
}

extension FieldRule where Self == ParsedRule<WebhookURL> {
    /// Where an endpoint is.
    fileprivate static var webhookURL: ParsedRule<WebhookURL> {
        .parsed(
            format: "uri",
            10...WebhookURL.limit,
            example: WebhookURL.example.description,
            placeholder: .example
        ) {
            WebhookURL($0)
        }
    }
}

extension FieldRule where Self == TextRule {
    /// The name of a type of events, or `*`.
    fileprivate static var eventType: TextRule { .text(1...100, example: "*") }
}
