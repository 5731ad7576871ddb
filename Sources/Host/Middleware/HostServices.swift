// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What the middleware needs from the rest of the platform.
final class HostServices: Sendable {
    /// Finds the tenant of a request from its host, without the port, and its `X-Tenant-ID`.
    let resolveTenant: @Sendable (_ host: String, _ header: String?) async throws(TenantResolutionError) -> Tenant
    /// Verifies an access token for a tenant, shown from a network address.
    let authenticate:
        @Sendable (_ token: String, _ tenant: Tenant, _ address: String) async throws(AuthenticationError) ->
            Authentication
    /// Does the same from memory; `nil` if something has to be read.
    let recall:
        @Sendable (_ token: String, _ tenant: Tenant, _ address: String) throws(AuthenticationError) ->
            Authentication?
    /// Says whether a sign-in still stands that something goes on with after its request.
    let renew:
        @Sendable (_ claim: SessionClaim, _ tenant: Tenant, _ address: String) async throws(AuthenticationError) ->
            Authentication
    /// Who may come in on the base domain; `nil` for a host that serves tenants alone.
    let platform: PlatformGate?
    /// Opens transactions and readers.
    let tenants: Tenants
    let cryptography: any Cryptography
    /// What each tenant's key for cursors is derived from; at least 32 bytes.
    let cursorSecret: Secret<[UInt8]>
    /// What opens cursors that were made before the master key was changed.
    let earlierCursorSecrets: [Secret<[UInt8]>]
    /// Records refusals and reads; `nil` where there is no log.
    let audit: Audit?
    let clock: WallClock
    /// Compresses a reply; `nil` if it cannot or the build has no gzip.
    let gzip: (@Sendable ([UInt8]) -> [UInt8]?)?
    /// Compresses a streamed reply; `nil` if it cannot or the build has no gzip.
    let streamedGzip: (@Sendable () -> (any HTTPContentCoder)?)?

    init(
        resolveTenant:
            @escaping @Sendable (_ host: String, _ header: String?) async throws(TenantResolutionError) -> Tenant,
        authenticate:
            @escaping @Sendable (_ token: String, _ tenant: Tenant, _ address: String) async throws(AuthenticationError)
            -> Authentication,
        recall:
            @escaping @Sendable (_ token: String, _ tenant: Tenant, _ address: String) throws(AuthenticationError)
            -> Authentication? = { _, _, _ throws(AuthenticationError) in nil },
        renew:
            @escaping @Sendable (_ claim: SessionClaim, _ tenant: Tenant, _ address: String)
            async
            throws(AuthenticationError) -> Authentication = { _, _, _ throws(AuthenticationError) in throw .invalid },
        platform: PlatformGate? = nil,
        tenants: Tenants,
        cryptography: any Cryptography,
        cursorSecret: Secret<[UInt8]>,
        earlierCursorSecrets: [Secret<[UInt8]>] = [],
        audit: Audit? = nil,
        clock: WallClock,
        gzip: (@Sendable ([UInt8]) -> [UInt8]?)?,
        streamedGzip: (@Sendable () -> (any HTTPContentCoder)?)? = nil
    ) {
        self.resolveTenant = resolveTenant
        self.authenticate = authenticate
        self.recall = recall
        self.renew = renew
        self.platform = platform
        self.tenants = tenants
        self.cryptography = cryptography
        self.cursorSecret = cursorSecret
        self.earlierCursorSecrets = earlierCursorSecrets
        self.audit = audit
        self.clock = clock
        self.gzip = gzip
        self.streamedGzip = streamedGzip
    }
}

/// Who may come in on the base domain.
struct PlatformGate: Sendable {
    /// Whether a host, without the port, is the platform's own and no tenant's.
    let isPlatformHost: @Sendable (_ host: String) -> Bool
    /// Finds the session of an operator's token.
    let authenticate: @Sendable (_ token: String) async throws(OperatorError) -> OperatorSession

    /// Lets operators in on base domains.
    ///
    /// - Parameters:
    ///   - baseDomains: The domains whose subdomains are tenants, in lower case.
    ///   - operators: Knows their sessions.
    init(baseDomains: [String], operators: Operators) {
        isPlatformHost = { baseDomains.contains($0.lowercased()) }
        authenticate = { token throws(OperatorError) in try await operators.authenticate(token) }
    }
}

/// Who a verified token is for.
struct Authentication: Sendable {
    let principal: Principal
    let token: TokenFacts
}

/// Why a token was refused.
enum AuthenticationError: Error, Sendable {
    /// It is malformed, tampered with, revoked, of another tenant, or its user is gone.
    case invalid
    case expired
    /// The tenant's policies refuse the session.
    case policy(SessionRefusal)
    case database(DatabaseError)
}

extension AuthenticationError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .invalid:
            var problem = Problem(.invalidToken)
            problem.challenge = #"Bearer error="invalid_token""#
            return problem
        case .expired:
            var problem = Problem(.tokenExpired)
            problem.challenge = #"Bearer error="invalid_token", error_description="expired""#
            return problem
        case .policy(let refusal): return refusal.problem
        case .database(let error): return error.problem
        }
    }
}
