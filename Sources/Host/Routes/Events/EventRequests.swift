// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An event that is meant.
struct EventPath: PathParameters {
    let eventId: Event.ID

    init(fields: inout FieldReader) {
        eventId = fields.required("eventId", .id())
    }
}

/// Whose delivery of an event is meant; everybody's unless said.
struct EventConsumerQuery: QueryParameters {
    let consumer: String?

    init(fields: inout FieldReader) {
        consumer = fields.optional("consumer", .text(1...63, example: "webhooks"))
    }
}

/// `GET /api/v1/admin/events`.
struct EventListQuery: QueryParameters {
    let query: EventQuery
    let page: AuditPageQuery

    init(fields: inout FieldReader) {
        var query = EventQuery()
        query.from = fields.optional("startTime", .date)
        query.until = fields.optional("endTime", .date)
        query.type = fields.optional("eventType", .text(1...65, example: "enrollment.created"))
        query.actor = fields.optional("userId", .text(1...64, example: "01890a5d-ac96-774b-bcce-b302099a8057"))
        query.aggregate = fields.optional("aggregateId", .uuid)
        self.query = query
        page = AuditPageQuery(fields: &fields)
    }
}

/// `GET /api/v1/admin/events/dead-letters`.
struct DeadEventListQuery: QueryParameters {
    let consumer: String?
    let page: AuditPageQuery

    init(fields: inout FieldReader) {
        consumer = fields.optional("consumer", .text(1...63, example: "webhooks"))
        page = AuditPageQuery(fields: &fields)
    }
}

/// `POST /api/v1/admin/events/replays`.
struct EventReplayRequest: RequestBody {
    let consumer: String
    let from: Date
    let until: Date
    let types: [String]?

    init(fields: inout FieldReader) {
        consumer = fields.required("consumer", .text(1...63, example: "streams"))
        from = fields.required("startTime", .date)
        until = fields.required("endTime", .date)
        types = fields.optional("eventTypes", .list(.text(1...65, example: "enrollment.created"), 1...100))
        // One that could not be read has its own mistake.
        if until > DateRule().placeholder, from >= until { fields.refuse("endTime", .tooSmall) }
    }

    /// What is wanted of a tenant; `nil` if the consumer's name cannot be one.
    func replay(of tenant: TenantID) -> EventReplay? {
        EventReplay(into: consumer, of: tenant, from: from, until: until, types: types)
    }
}
