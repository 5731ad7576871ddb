// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// What a handler answers.
struct Reply<Body: ResponseBody>: Sendable {
    var status: HTTPStatus
    var body: Body
    /// The version of what is shown, if the body's bytes are not to decide.
    var etag: ETag?
    /// Where the new resource is.
    var location: String?
    /// Further fields.
    var fields: HTTPFields?

    init(_ status: HTTPStatus, _ body: Body, etag: ETag? = nil, location: String? = nil) {
        self.status = status
        self.body = body
        self.etag = etag
        self.location = location
    }

    /// 200.
    static func ok(_ body: Body, etag: ETag? = nil) -> Reply { Reply(.ok, body, etag: etag) }

    /// 201, with where the new resource is.
    static func created(_ body: Body, at location: String, etag: ETag? = nil) -> Reply {
        Reply(.created, body, etag: etag, location: location)
    }

    /// 202.
    static func accepted(_ body: Body) -> Reply { Reply(.accepted, body) }
}

extension Reply where Body == Nothing {
    /// 204.
    static var noContent: Reply { Reply(.noContent, Nothing()) }
}

/// A reply with its body written.
struct WrittenReply: Sendable {
    var status: HTTPStatus
    /// The media type; empty without content.
    var mediaType: String
    var body: HTTPResponse.Body
    var etag: ETag?
    var location: String?
    var fields: HTTPFields?

    static let json = "application/json"

    init<Body>(_ reply: Reply<Body>) {
        status = reply.status
        etag = reply.etag
        location = reply.location
        fields = reply.fields
        (mediaType, body) = reply.body.content
    }
}
