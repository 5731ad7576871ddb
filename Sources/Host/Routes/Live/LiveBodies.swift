// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSTenancy

/// What opens a stream for a browser.
struct StreamTokenBody: ResponseBody {
    let token: String
    let expiresAt: Date

    static var example: StreamTokenBody {
        StreamTokenBody(
            token: "AAAAAGtJ0gABiQpdrJZ3S7zOswKZoIBX…",
            expiresAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("token", token)
            object.field("expiresAt", expiresAt)
        }
    }
}

/// Where a stream goes on, and who listens.
struct StreamQuery: QueryParameters {
    /// What a client sends that cannot send `Last-Event-ID`.
    let lastEventID: Int?

    init(fields: inout FieldReader) {
        // The pipeline reads it.
        _ = fields.optional("token", .text(1...200))
        lastEventID = fields.optional("lastEventId", .integer(0...Int.max))
    }
}

/// A reply that stays open.
struct EventStreamBody: ResponseBody {
    let body: HTTPResponse.Body

    static let mediaType = "text/event-stream"
    static var example: EventStreamBody { EventStreamBody(body: .none) }
    var content: (mediaType: String, body: HTTPResponse.Body) { (EventStreamBody.mediaType, body) }

    func write(to json: inout JSONWriter) {
        json.raw(Array("id: 1".utf8))
    }
}
