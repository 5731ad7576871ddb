// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// An event as readers outside of the platform get it.
struct EventEnvelope: JSONWritable {
    let event: RecordedEvent

    /// Wraps an event.
    init(_ event: RecordedEvent) {
        self.event = event
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("eventId", event.id)
            object.field("eventType", event.type)
            object.field("tenantId", event.tenant)
            object.field("aggregateId", event.aggregate)
            object.field("version", event.version)
            object.field("timestamp", event.occurredAt)
            object.field("payload", event.payload)
            object.field(
                "metadata",
                object: { metadata in
                    metadata.field("source", "lms")
                    metadata.field("traceId", event.traceID)
                    metadata.field("userId", event.actor)
                    metadata.field("position", event.position)
                    metadata.field("isReplay", event.isReplay)
                }
            )
        }
    }

    /// The JSON text.
    var bytes: [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.value(self)
        return json.bytes
    }
}
