// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// Cross-origin calls from browsers (WHATWG Fetch §3.2): only from the origins that the tenant names.
///
/// Never with cookies, which are for pages of the tenant's own address; pages of other origins send tokens.
enum CrossOrigin {
    private static let exposed =
        "ETag, Idempotent-Replayed, Link, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Tus-Resumable, Upload-Expires, Upload-Length, Upload-Offset, X-Request-ID"
    private static let allowed =
        "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Tus-Resumable, Upload-Checksum, Upload-Offset, X-Request-ID, X-Tenant-ID, traceparent"

    /// Whether a request asks for leave to make another one.
    static func isPreflight(_ head: RequestHead) -> Bool {
        head.method == .options && head.find(.origin) != nil && head.find("access-control-request-method") != nil
    }

    /// Adds what lets a page of an allowed origin read the reply.
    static func add(to fields: inout HTTPFields, origin: String, tenant: Tenant) {
        fields.append(.vary, "Origin")
        guard tenant.settings.corsOrigins.contains(origin) else { return }
        fields.append("access-control-allow-origin", origin)
        fields.append("access-control-expose-headers", exposed)
    }

    /// The reply to a preflight.
    static func preflight(origin: String, methods: [HTTPMethod], tenant: Tenant) -> HTTPResponse {
        var response = HTTPResponse(status: .noContent)
        add(to: &response.fields, origin: origin, tenant: tenant)
        guard tenant.settings.corsOrigins.contains(origin) else { return response }
        response.fields.append("access-control-allow-methods", methods.map(\.description).joined(separator: ", "))
        response.fields.append("access-control-allow-headers", allowed)
        response.fields.append("access-control-max-age", 600)
        return response
    }
}

/// Fields that every reply has.
enum SecurityFields {
    /// An API's replies are never a page: nothing may frame, sniff or script them.
    ///
    /// - Parameter strictTransport: Whether browsers are told to come back over TLS only.
    /// - Returns: The fields.
    static func make(strictTransport: Bool) -> HTTPFields {
        var fields = HTTPFields()
        fields.append("x-content-type-options", "nosniff")
        fields.append("x-frame-options", "DENY")
        fields.append("referrer-policy", "no-referrer")
        fields.append("cross-origin-resource-policy", "same-site")
        if strictTransport { fields.append("strict-transport-security", "max-age=31536000; includeSubDomains") }
        return fields
    }

    /// The policy of everything that is no page.
    static let apiPolicyFields: HTTPFields = {
        var fields = HTTPFields()
        fields.append("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
        return fields
    }()
}
