// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// What a service answered.
struct S3Reply {
    private let response: OutgoingResponse
    /// How often the request was sent.
    let attempts: Int
    /// What the service has against the request.
    let refusal: S3Refusal?

    init(_ response: OutgoingResponse, to method: OutgoingRequest.Method, attempts: Int) {
        self.response = response
        self.attempts = attempts
        refusal = S3Refusal(response, to: method)
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
            throw .unavailable(reason: "S3: the reply cannot be read")
        }
    }
}

/// What a service has against a request ("Error responses" of the Amazon S3 API Reference).
struct S3Refusal {
    let status: Int
    /// Its name for it; empty without.
    let code: String
    /// How long the service wants to be left alone.
    let pause: Duration?

    private static let longestError = 64 * 1024

    /// `nil` for a success.
    init?(_ reply: OutgoingResponse, to method: OutgoingRequest.Method) {
        let isSuccess = (200..<300).contains(reply.status)
        // Completing an upload may fail after "200 OK" was sent, and then the content says so. That of files says nothing.
        let root = isSuccess && method != .post ? nil : Self.root(of: reply.body)
        guard !isSuccess || root?.name == "Error" else { return nil }
        status = isSuccess ? 500 : reply.status
        code = root?.first("Code")?.text ?? ""
        pause = reply.field("retry-after").flatMap { Int($0) }.map { .seconds(max(0, $0)) }
    }

    private static func root(of body: [UInt8]) -> MarkupElement? {
        guard body.count <= longestError, body.first == UInt8(ascii: "<") else { return nil }
        // What is no XML, such as a proxy's page, has no name for what is wrong.
        return try? XMLReader.read(body).root
    }

    /// Whether the same request may succeed later.
    var isPassing: Bool {
        [408, 429, 500, 502, 503, 504].contains(status) || ["RequestTimeout", "OperationAborted"].contains(code)
    }

    var error: BlobError {
        switch (status, code) {
        case (_, "NoSuchKey"), (_, "NoSuchUpload"): .missing
        // Who asks for a head gets no content, and so no name.
        case (404, ""): .missing
        case (412, _): .changed
        case (_, "BadDigest"), (_, "InvalidDigest"), (_, "XAmzContentSHA256Mismatch"), (_, "IncompleteBody"): .damaged
        case (_, "InvalidPart"), (_, "InvalidPartOrder"), (_, "EntityTooSmall"): .incomplete
        default: .unavailable(reason: "S3: \(status) \(code)")
        }
    }
}
