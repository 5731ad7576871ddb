// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP

/// A route with what every reply of it has, made once.
final class ServedRoute: Sendable {
    let route: Route
    /// Security and caching; no media type and no content policy.
    let fields: HTTPFields
    /// The same, with the policy and the media type of an API's reply.
    let jsonFields: HTTPFields

    /// Whether a reply without parameters may be kept for a moment: it is equal for everybody at the tenant's address.
    let isKept: Bool

    init(_ route: Route, security: HTTPFields) {
        self.route = route
        if case .shared = route.caching, route.method == .get, route.path.parameters.isEmpty {
            isKept = true
        } else {
            isKept = false
        }
        var fields = security
        fields.append(.cacheControl, route.caching.field)
        // A tenant may be named by a field, so a shared cache must look at it.
        if case .shared = route.caching { fields.append(.vary, "X-Tenant-ID") }
        self.fields = fields
        fields.append(contentsOf: SecurityFields.apiPolicyFields)
        fields.append(.contentType, "application/json")
        jsonFields = fields
    }
}
