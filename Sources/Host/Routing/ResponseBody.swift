// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The body of a reply: writes itself, and gives the example that its schema is derived from.
protocol ResponseBody: JSONWritable {
    /// A body with a value in every field.
    static var example: Self { get }
    /// Further bodies that show which fields may be absent or `null`.
    static var variations: [Self] { get }
    /// The media type and the bytes.
    var content: (mediaType: String, body: HTTPResponse.Body) { get }
}

extension ResponseBody {
    static var variations: [Self] { [] }

    var content: (mediaType: String, body: HTTPResponse.Body) {
        var json = JSONWriter(capacity: 1024)
        write(to: &json)
        return (WrittenReply.json, .bytes(json.bytes))
    }
}

/// A page of a list: `{"items":[…],"nextCursor":"…"}`.
struct ListBody<Item: ResponseBody>: ResponseBody {
    let items: [Item]
    /// Where the next page starts; absent on the last one.
    let nextCursor: String?

    static var example: ListBody { ListBody(items: [Item.example], nextCursor: "eyJrIjoi…") }
    static var variations: [ListBody] { [ListBody(items: Item.variations, nextCursor: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", items)
            if let nextCursor { object.field("nextCursor", nextCursor) }
        }
    }
}

extension Nothing: ResponseBody {
    static var example: Nothing { Nothing() }
    var content: (mediaType: String, body: HTTPResponse.Body) { ("", .none) }
    func write(to json: inout JSONWriter) {}
}

/// A body that is not JSON: a file, a page, a metric.
struct Content: ResponseBody {
    let mediaType: String
    let bytes: [UInt8]

    static var example: Content { Content(mediaType: "application/octet-stream", bytes: []) }
    var content: (mediaType: String, body: HTTPResponse.Body) { (mediaType, .bytes(bytes)) }
    func write(to json: inout JSONWriter) { json.raw(bytes) }
}
