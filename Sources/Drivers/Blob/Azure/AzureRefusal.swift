// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// What the service has against a request ("Status and error codes" of the Azure Storage REST API Reference).
enum AzureRefusal {
    /// Reads a reply; `nil` for a success.
    static func read(_ reply: OutgoingResponse) -> ServiceRefusal? {
        guard !(200..<300).contains(reply.status) else { return nil }
        // In the head of every reply, also of those without content.
        let code = reply.field("x-ms-error-code") ?? ""
        return ServiceRefusal(reply, error(reply.status, code))
    }

    private static func error(_ status: Int, _ code: String) -> BlobError {
        switch (status, code) {
        // A container that is missing is not a file that is missing.
        case (404, "BlobNotFound"), (404, "ResourceNotFound"): .missing
        case (412, _), (409, "BlobAlreadyExists"): .changed
        case (400, "Crc64Mismatch"), (400, "Md5Mismatch"), (400, "InvalidMd5"): .damaged
        case (400, "InvalidBlockList"), (400, "InvalidBlobOrBlock"), (400, "InvalidBlockId"): .incomplete
        default: .unavailable(reason: "Azure: \(status) \(code)")
        }
    }
}
