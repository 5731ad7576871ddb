// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Webhooks {
    private static let order = "newest"

    /// Reads an endpoint in one round trip.
    ///
    /// - Parameters:
    ///   - id: The endpoint.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The endpoint.
    /// - Throws: `WebhookError.notFound`, also without `webhook:read`; `.database`.
    public func fetch(_ id: WebhookEndpoint.ID, reader: TenantReader) async throws(WebhookError) -> WebhookEndpoint {
        guard Webhooks.maySee(reader.principal) else { throw .notFound }
        let now = clock.now()
        let found = try await WebhookError.translating {
            try await reader.read(.selectWebhookEndpoint(id, at: now)).only.map(WebhookEndpoint.init(row:))
        }
        guard let found else { throw .notFound }
        return found
    }

    /// Lists endpoints, the newest first.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most endpoints to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `WebhookError.forbidden` without `webhook:read`; `.invalidPosition`; `.database`.
    public func list(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(WebhookError) -> Page<WebhookEndpoint> {
        guard Webhooks.maySee(reader.principal) else { throw .forbidden }
        if let position, position.order != Webhooks.order { throw .invalidPosition }
        let statement = SQL.listWebhookEndpoints(
            after: position.map { WebhookEndpoint.ID($0.id) },
            limit: limit.withProbe,
            at: clock.now()
        )
        return try await WebhookError.translating {
            Page(cutting: try await reader.read(statement).map(WebhookEndpoint.init(row:)), limit: limit.count) {
                PagePosition(order: Webhooks.order, id: $0.id.uuid)
            }
        }
    }

    /// Reads a delivery with what became of each attempt.
    ///
    /// - Parameters:
    ///   - id: The delivery.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The delivery and its attempts, the first one first.
    /// - Throws: `WebhookError.deliveryNotFound`, also without `webhook:read`; `.database`.
    public func fetch(
        _ id: WebhookDelivery.ID,
        reader: TenantReader
    ) async throws(WebhookError) -> (delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        guard Webhooks.maySee(reader.principal) else { throw .deliveryNotFound }
        return try await WebhookError.translating {
            let replies = try await reader.read([.selectWebhookDelivery(id), .selectWebhookAttempts(of: id)])
            guard let row = replies[0].only else { throw WebhookError.deliveryNotFound }
            return (try WebhookDelivery(row: row), try replies[1].map(WebhookAttempt.init(row:)))
        }
    }

    /// Lists deliveries, the newest first.
    ///
    /// - Parameters:
    ///   - filter: Which ones.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most deliveries to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `WebhookError.forbidden` without `webhook:read`; `.invalidPosition`; `.database`.
    public func deliveries(
        _ filter: WebhookDeliveryFilter = WebhookDeliveryFilter(),
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(WebhookError) -> Page<WebhookDelivery> {
        guard Webhooks.maySee(reader.principal) else { throw .forbidden }
        if let position, position.order != Webhooks.order { throw .invalidPosition }
        let statement = SQL.listWebhookDeliveries(
            filter,
            after: position.map { WebhookDelivery.ID($0.id) },
            limit: limit.withProbe
        )
        return try await WebhookError.translating {
            Page(cutting: try await reader.read(statement).map(WebhookDelivery.init(row:)), limit: limit.count) {
                PagePosition(order: Webhooks.order, id: $0.id.uuid)
            }
        }
    }

    static func maySee(_ principal: Principal) -> Bool {
        principal.may(.webhookRead, on: .foreign) || principal.may(.webhookManage, on: .foreign)
    }
}
