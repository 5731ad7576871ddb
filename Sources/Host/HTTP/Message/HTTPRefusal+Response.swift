// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension HTTPRefusal {
    /// The answer: a problem document (RFC 9457) with the raw value as its code.
    public var response: HTTPResponse {
        var response = HTTPResponse(status: status)
        response.fields.append(.contentType, "application/problem+json")
        response.fields.append(.cacheControl, "no-store")
        let body =
            #"{"type":"about:blank","title":"\#(status.reason)","status":\#(status.rawValue),"code":"\#(rawValue)"}"#
        response.body = .bytes(Array(body.utf8))
        return response
    }
}
