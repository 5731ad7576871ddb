// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// What a service answered.
struct ServiceReply {
    /// What the service is called in reasons.
    let service: String
    private let response: OutgoingResponse
    /// How often the request was sent.
    let attempts: Int
    /// What the service has against the request.
    let refusal: ServiceRefusal?

    init(_ response: OutgoingResponse, of service: String, attempts: Int, refusal: ServiceRefusal?) {
        self.response = response
        self.service = service
        self.attempts = attempts
        self.refusal = refusal
    }

    /// The reply, for a caller who expects success.
    func success() throws(BlobError) -> OutgoingResponse {
        if let refusal { throw refusal.error }
        return response
    }

    /// The root of what a successful reply holds.
    func document() throws(BlobError) -> MarkupElement {
        let body = try success().body
        do {
            return try XMLReader.read(body).root
        } catch {
            throw .unavailable(reason: "\(service): the reply cannot be read")
        }
    }
}

/// What a service has against a request.
struct ServiceRefusal {
    /// What it is for callers.
    let error: BlobError
    /// Whether the same request may succeed later.
    let isPassing: Bool
    /// How long the service wants to be left alone.
    let pause: Duration?

    /// Describes a refusal.
    ///
    /// - Parameters:
    ///   - reply: What was answered.
    ///   - error: What it is for callers.
    ///   - isPassing: Whether the same request may succeed later, although the status does not say so.
    init(_ reply: OutgoingResponse, _ error: BlobError, isPassing: Bool = false) {
        self.error = error
        // What succeeded by its status and failed by its content failed at the service.
        let status = (200..<300).contains(reply.status) ? 500 : reply.status
        self.isPassing = isPassing || [408, 429, 500, 502, 503, 504].contains(status)
        pause = reply.field("retry-after").flatMap { Int($0) }.map { .seconds(max(0, $0)) }
    }
}
