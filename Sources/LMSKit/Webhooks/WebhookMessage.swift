// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import FoundationEssentials
package import LMSTenancy

/// What is sent of an event: the envelope of Standard Webhooks, with what our events have besides.
package struct WebhookMessage: Sendable {
    let id: Event.ID
    let type: String
    let version: Int
    let aggregate: UUID
    /// The event's place among the events of its cell.
    let position: Int
    /// What is signed and sent.
    let payload: String

    init(_ event: RecordedEvent) {
        self.init(
            id: event.id,
            type: event.type,
            version: event.version,
            tenant: event.tenant,
            aggregate: event.aggregate,
            position: event.position,
            data: event.payload,
            occurredAt: event.occurredAt
        )
    }

    package init(
        id: Event.ID,
        type: String,
        version: Int = 1,
        tenant: TenantID,
        aggregate: UUID,
        position: Int = 0,
        data: JSONValue,
        occurredAt: Date
    ) {
        self.id = id
        self.type = type
        self.version = version
        self.aggregate = aggregate
        self.position = position
        var json = JSONWriter()
        json.object { envelope in
            envelope.field("type", type)
            envelope.field("timestamp", occurredAt)
            envelope.field("id", id)
            envelope.field("version", version)
            envelope.field("tenantId", tenant.uuid)
            envelope.field("aggregateId", aggregate)
            envelope.field("data", data)
        }
        payload = String(decoding: json.bytes, as: UTF8.self)
    }
}
