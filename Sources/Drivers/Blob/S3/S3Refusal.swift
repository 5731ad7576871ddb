// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// What a service has against a request ("Error responses" of the Amazon S3 API Reference).
enum S3Refusal {
    private static let longestError = 64 * 1024

    /// Reads a reply; `nil` for a success.
    static func read(_ reply: OutgoingResponse, to method: OutgoingRequest.Method) -> ServiceRefusal? {
        let isSuccess = (200..<300).contains(reply.status)
        // Completing an upload may fail after "200 OK" was sent, and then the content says so. That of files says nothing.
        let root = isSuccess && method != .post ? nil : root(of: reply.body)
        guard !isSuccess || root?.name == "Error" else { return nil }
        let code = root?.first("Code")?.text ?? ""
        return ServiceRefusal(
            reply,
            error(isSuccess ? 500 : reply.status, code),
            isPassing: ["RequestTimeout", "OperationAborted"].contains(code)
        )
    }

    private static func root(of body: [UInt8]) -> MarkupElement? {
        guard body.count <= longestError, body.first == UInt8(ascii: "<") else { return nil }
        // What is no XML, such as a proxy's page, has no name for what is wrong.
        return try? XMLReader.read(body).root
    }

    private static func error(_ status: Int, _ code: String) -> BlobError {
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
