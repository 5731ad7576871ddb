// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// One route: the single source of serving, validation, OpenAPI, the permission matrix and the isolation suite.
struct Route: Sendable {
    let method: HTTPMethod
    let path: PathTemplate
    let summary: String
    /// Who may call it.
    let access: Access
    /// How sure it must be of whoever signed in.
    let assurance: Assurance
    /// What a program that shows an API key may do.
    let keys: KeyUse
    let rateClass: RateClass
    /// What it may answer besides the problems that every route of its kind has.
    let problems: [ProblemCode]
    let caching: CachePolicy
    let idempotency: Idempotency
    /// What the audit log calls a read by this route; `nil` if it is not recorded.
    let auditedAs: StaticString?
    /// How long its body may be, in bytes.
    let bodyLimit: Int
    /// How its refusals are written.
    let problemFormat: ProblemFormat
    let successStatus: HTTPStatus
    /// What it reads and writes, for the reference and for generated requests.
    let shape: Shape
    let handler: Handler
    /// Whether a ticket for streams says who asks, where no field does.
    var takesTickets = false

    enum ProblemFormat: Sendable, Hashable {
        /// RFC 9457.
        case problemJSON
        /// RFC 6749 §5.2, where a standard demands it.
        case oauth
    }

    enum Handler: Sendable {
        /// Has no tenant.
        case host(@Sendable (RawInput, HostContext) async throws -> WrittenReply)
        /// Is the platform's own, on the base domain.
        case platform(@Sendable (RawInput, PlatformContext) async throws -> WrittenReply)
        case tenant(@Sendable (RawInput, RequestContext) async throws -> WrittenReply)
        /// Reads its body piece by piece.
        case upload(@Sendable (RawInput, HTTPRequest, RequestContext) async throws -> WrittenReply)
    }

    /// What a route reads and writes.
    struct Shape: Sendable {
        let path: [FieldDescription]
        let query: [FieldDescription]
        let body: [FieldDescription]
        let bodyName: String
        let bodyFormats: [String]
        let responseName: String
        /// Bodies that show the reply's schema; none for an empty reply.
        let responseExamples: [JSONValue]
        let responseMediaType: String
    }

    /// `METHOD /path`, the route's name.
    var name: String { "\(method) \(path)" }
}
