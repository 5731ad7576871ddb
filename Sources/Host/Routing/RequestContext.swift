// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What every handler may know of a request.
struct HostContext: Sendable {
    let facts: RequestFacts
    /// What the tenant speaks.
    let tenantLanguage: Language?

    /// The request's head: fields by name.
    var head: RequestHead { facts.head }
    /// The request's number in logs, ours or the client's.
    var requestID: String { facts.requestID }
    /// The trace it belongs to (W3C Trace Context).
    var traceID: String { facts.traceID }
    /// Where it comes from, after trusted proxies.
    var client: ClientAddress { facts.client }

    /// The language of texts in the reply: the client's wish, the tenant's, English.
    var language: Language {
        self[.acceptLanguage].flatMap(Language.init(accepting:)) ?? tenantLanguage ?? .english
    }

    /// The value of a field of the request.
    subscript(name: HTTPFieldName) -> String? { head.value(of: name) }

    /// Where the request comes from, as the audit log keeps it.
    var origin: RequestOrigin {
        RequestOrigin(address: client.text, userAgent: self["user-agent"], requestID: requestID, traceID: traceID)
    }
}

/// What a handler of the platform's own may know of a request.
struct PlatformContext: Sendable {
    /// Who asks; `nil` only where they are about to sign in.
    let session: OperatorSession?
    let host: HostContext

    /// Who asks.
    ///
    /// - Throws: `.unauthenticated` where nobody has to be known.
    var `operator`: OperatorSession {
        get throws(Problem) {
            guard let session else { throw Problem(.unauthenticated) }
            return session
        }
    }

    /// Where the call came from, for the audit log.
    var origin: RequestOrigin { host.origin }
}

/// What a handler at a tenant's address may know of a request.
///
/// The tenant was resolved from the address and the principal from a verified token of that tenant; nothing here was taken
/// from a body or an identity header.
struct RequestContext: Sendable {
    let site: Site
    let principal: Principal
    /// What the verified token says, if there was one.
    let token: TokenFacts?
    let services: HostServices
    /// The list that cursors belong to.
    let route: PathTemplate
    /// The request's `Idempotency-Key`, where the route takes one; see `idempotently`.
    var idempotency: IdempotentRequest?
    let host: HostContext
    /// When the whole request was there, before it waited for anything; `nil` for those that only read.
    var receivedAt: Date?
    /// Whether a browser's cookie says who asks, and no field.
    var isByCookie = false

    var tenant: Tenant { site.tenant }
    /// Opens transactions and readers.
    var tenants: Tenants { services.tenants }
    var clock: WallClock { services.clock }

    /// Signs and opens cursors of this list for this principal.
    var cursors: Cursors {
        Cursors(
            cryptography: services.cryptography,
            secret: services.cursorSecret,
            earlierSecrets: services.earlierCursorSecrets,
            tenant: tenant.id,
            route: route.description,
            principal: principal
        )
    }

    var requestID: String { host.requestID }
    var language: Language { host.language }

    /// The value of a field of the request.
    subscript(name: HTTPFieldName) -> String? { host[name] }

    /// A reader of the tenant's data for whoever asks.
    var reader: TenantReader { tenants.reader(for: tenant.id, as: principal) }

    /// Runs a transaction for whoever asks.
    ///
    /// - Parameter body: The statements; commits when it returns, rolls back when it throws.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` threw; `DatabaseError` if it could not begin or commit.
    func transaction<Result: Sendable>(
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        try await tenants.transaction(for: tenant.id, as: acting, body)
    }

    /// The principal with where the request comes from, as the audit log keeps it.
    ///
    /// Made where it is needed: most requests write nothing.
    var acting: Principal {
        var acting = principal
        acting.origin = host.origin
        return acting
    }

    /// Refuses an update of a version that the client has not seen (RFC 9110 §13.1.1).
    ///
    /// - Parameter current: The version there is.
    /// - Throws: `.preconditionFailed` if `If-Match` is there and does not name it.
    func requireMatch(_ current: ETag) throws(Problem) {
        guard let header = self[.ifMatch] else { return }
        guard current.matches(header, .strong) else { throw Problem(.preconditionFailed) }
    }
}

/// What a verified token says besides who it is for.
struct TokenFacts: Sendable, Hashable {
    let expiresAt: Date
    /// The sign-in that it came of, if it did.
    var session: SignInSession.ID?
    /// Whether it is good for setting up a second factor and nothing else.
    var isLimited = false
    /// When the user showed last who they are; `nil` for what nobody signed in for.
    var authenticatedAt: Date?
    /// The API key, if one was shown and no token.
    var key: APIKey.ID?
    /// What goes on after the request, such as a stream, goes on with; `nil` for programs.
    var claim: SessionClaim?
}

extension RequestHead {
    /// The value of the first field of a name, as text; bytes that are no UTF-8 are replaced.
    func value(of name: HTTPFieldName) -> String? {
        find(name).map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }
}
