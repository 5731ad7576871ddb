// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Says who shows an access token and what they may do at this moment.
///
/// What the token says about roles is not believed: status, session and roles are read from the tenant's data in one
/// round trip and
/// used for less than a second, so that signing out, deactivation and a change of role are seen on every node within
/// one.
public struct Authenticator: Sendable {
    private let tokens: AccessTokens
    private let clock: WallClock

    /// Counted from before the read, so that no answer is older than a second when it is used last.
    private static let lifetime: TimeInterval = 0.8

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - tokens: Verifies tokens.
    ///   - clock: The time.
    public init(tokens: AccessTokens, clock: WallClock) {
        self.tokens = tokens
        self.clock = clock
    }

    /// Verifies a token and reads what its user may do.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - tenant: The tenant at whose address it was shown, with its policies.
    ///   - address: The network address that it was shown from; without one no policy about networks is applied.
    ///   - tenants: Opens readers.
    /// - Returns: Who acts, and what the token says.
    /// - Throws: `TokenError`; `.revoked` if the session was ended or the user may not sign in; `.policy` if the tenant's policies
    ///   refuse the session.
    public func authenticate(
        _ text: String,
        at tenant: Tenant,
        from address: String? = nil,
        tenants: Tenants
    ) async throws(TokenError) -> Authenticated {
        let now = clock.now()
        let token: VerifiedToken
        if let known = try tokens.recall(text, at: tenant.id, now: now) {
            if let standing = known.standing(at: now) {
                return try admit(known.claims, standing, at: tenant, from: address)
            }
            token = known
        } else {
            token = try await tokens.check(text, at: tenant.id, tenants: tenants, now: now)
        }
        let standing = try await readStanding(of: token.claims, at: tenant, from: address, tenants: tenants)
        token.keep(standing, until: now.addingTimeInterval(Authenticator.lifetime))
        return try admit(token.claims, standing, at: tenant, from: address)
    }

    /// Does the same for a token that was shown a moment ago, from memory.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - tenant: The tenant at whose address it was shown, with its policies.
    ///   - address: The network address that it was shown from.
    /// - Returns: Who acts, and what the token says; `nil` if something has to be read.
    /// - Throws: `TokenError`, as `authenticate` does.
    public func recall(
        _ text: String,
        at tenant: Tenant,
        from address: String? = nil
    ) throws(TokenError) -> Authenticated? {
        let now = clock.now()
        guard let known = try tokens.recall(text, at: tenant.id, now: now), let standing = known.standing(at: now)
        else { return nil }
        return try admit(known.claims, standing, at: tenant, from: address)
    }

    private func admit(
        _ token: AccessToken,
        _ standing: Standing,
        at tenant: Tenant,
        from address: String?
    ) throws(TokenError) -> Authenticated {
        guard standing.isGood, standing.epoch == token.epoch else { throw .revoked }
        if let refusal = standing.refusal(at: tenant, from: address) { throw .policy(refusal) }
        // A role that asks for a second factor may have been given after signing in without one.
        let isLimited = standing.isLimited || standing.lacksFactor(at: tenant)
        // A limited session may do nothing but what needs no permission.
        let grants = isLimited ? Grants() : standing.grants
        var principal = Principal(.user(token.user), grants: grants, impersonator: token.actor)
        principal.isReadOnly = standing.isReadOnly
        return Authenticated(
            principal: principal,
            token: token,
            isLimited: isLimited,
            authenticatedAt: standing.authenticatedAt
        )
    }

    private func readStanding(
        of token: AccessToken,
        at tenant: Tenant,
        from address: String?,
        tenants: Tenants
    ) async throws(TokenError) -> Standing {
        do {
            let reader = tenants.reader(for: token.tenant, as: Principal(.user(token.user), grants: Grants()))
            let now = clock.now()
            let zone = tenant.settings.timeZone
            let statement: SQL =
                if let actor = token.actor {
                    .selectStanding(of: token.user, impersonation: Impersonation.ID(token.session.uuid), by: actor)
                } else {
                    .selectStanding(of: token.user, session: token.session, at: now, in: zone)
                }
            guard let row = try await reader.read(statement).only else { return .none }
            let standing = try Standing(row: row, at: now)
            // What is refused is no use: who comes too late would be in time with the next call.
            if standing.isGood, standing.isToBeTouched, standing.refusal(at: tenant, from: address) == nil {
                _ = try await tenants.write(
                    [.touchSession(token.session, at: now)],
                    for: token.tenant,
                    as: reader.principal
                )
            }
            return standing
        } catch {
            throw .database(error)
        }
    }
}

/// Who showed a token.
public struct Authenticated: Sendable {
    /// Who acts, and what they may do.
    public let principal: Principal
    /// What the token says.
    public let token: AccessToken
    /// Whether the session is good for setting up a second factor and nothing else.
    public let isLimited: Bool
    /// When the user showed last who they are, in UTC.
    public let authenticatedAt: Date
}
