// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Says who shows an access token and what they may do at this moment.
///
/// What the token says about roles is not believed: status, session and roles are read from the tenant's data in one
/// round trip and
/// used for less than a second, so that signing out, deactivation and a change of role are seen on every node within
/// one, and at once where `StandingChanges` is told of them.
public struct Authenticator: Sendable {
    private let tokens: AccessTokens
    private let clock: WallClock
    private let changes: StandingChanges

    /// Counted from before the read, so that no answer is older than a second when it is used last.
    private static let lifetime: TimeInterval = 0.8

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - tokens: Verifies tokens.
    ///   - clock: The time.
    ///   - changes: Whose standing changed.
    public init(tokens: AccessTokens, clock: WallClock, changes: StandingChanges = StandingChanges()) {
        self.changes = changes
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
        let token: VerifiedAccessToken
        if let known = try tokens.recall(text, at: tenant.id, now: now) {
            if let standing = known.standing(at: now, of: tenant.id, changes) {
                return try admit(known.claims, standing, at: tenant, from: address)
            }
            token = known
        } else {
            token = try await tokens.check(text, at: tenant.id, tenants: tenants, now: now)
        }
        let stamp = changes.stamp
        let standing = try await readStanding(of: token.claims.claim, at: tenant, from: address, tenants: tenants)
        token.keep(standing, until: now.addingTimeInterval(Authenticator.lifetime), stamp)
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
        guard let known = try tokens.recall(text, at: tenant.id, now: now),
            let standing = known.standing(at: now, of: tenant.id, changes)
        else { return nil }
        return try admit(known.claims, standing, at: tenant, from: address)
    }

    /// Says whether a sign-in still stands, and what its user may do at this moment, for what outlives the request that began it.
    ///
    /// - Parameters:
    ///   - claim: The sign-in.
    ///   - tenant: The tenant, with its policies as they are now.
    ///   - address: The network address that it is used from.
    ///   - tenants: Opens readers.
    /// - Returns: Who acts, and what they may do; read in one round trip, never from memory.
    /// - Throws: `TokenError`, as `authenticate` does; `.foreignTenant` for another tenant's; `.expired` once the token is over that the
    ///   claim came from.
    public func renew(
        _ claim: SessionClaim,
        at tenant: Tenant,
        from address: String? = nil,
        tenants: Tenants
    ) async throws(TokenError) -> RenewedSession {
        guard claim.tenant == tenant.id else { throw .foreignTenant }
        guard clock.now() < claim.expiresAt else { throw .expired }
        let standing = try await readStanding(of: claim, at: tenant, from: address, tenants: tenants)
        let (principal, isLimited) = try admit(claim, standing, at: tenant, from: address)
        return RenewedSession(principal: principal, isLimited: isLimited, authenticatedAt: standing.authenticatedAt)
    }

    /// Says which of several sign-ins still stand, in one round trip: a coarse look at many, before `renew` judges single ones.
    ///
    /// - Parameters:
    ///   - claims: The sign-ins, 1000 at most, all of one tenant.
    ///   - tenants: Opens readers.
    /// - Returns: Those that were not ended and whose users may sign in; what the tenant's policies say is not looked at.
    /// - Throws: `DatabaseError`.
    public func standing(among claims: [SessionClaim], tenants: Tenants) async throws(DatabaseError) -> Set<
        SessionClaim
    > {
        guard let tenant = claims.first?.tenant else { return [] }
        let rows = try await tenants.read(
            [.selectStandingSessions(claims.map(\.session.uuid))],
            for: tenant,
            as: Principal(.system("live"), grants: Grants())
        )
        var epochs: [UUID: Int] = [:]
        for row in rows[0] { epochs[try row["id"]] = try row["token_epoch"] }
        return Set(claims.filter { $0.tenant == tenant && epochs[$0.session.uuid] == $0.epoch })
    }

    private func admit(
        _ token: AccessToken,
        _ standing: Standing,
        at tenant: Tenant,
        from address: String?
    ) throws(TokenError) -> Authenticated {
        let (principal, isLimited) = try admit(token.claim, standing, at: tenant, from: address)
        return Authenticated(
            principal: principal,
            token: token,
            isLimited: isLimited,
            authenticatedAt: standing.authenticatedAt
        )
    }

    private func admit(
        _ token: SessionClaim,
        _ standing: Standing,
        at tenant: Tenant,
        from address: String?
    ) throws(TokenError) -> (Principal, isLimited: Bool) {
        guard standing.isGood, standing.epoch == token.epoch else { throw .revoked }
        if let refusal = standing.refusal(at: tenant, from: address) { throw .policy(refusal) }
        // A role that asks for a second factor may have been given after signing in without one.
        let isLimited = standing.isLimited || standing.lacksFactor(at: tenant)
        // A limited session may do nothing but what needs no permission.
        let grants = isLimited ? Grants() : standing.grants
        var principal = Principal(.user(token.user), grants: grants, impersonator: token.actor)
        principal.isReadOnly = standing.isReadOnly
        return (principal, isLimited)
    }

    private func readStanding(
        of token: SessionClaim,
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
                    .selectStanding(
                        of: token.user,
                        impersonation: Impersonation.ID(token.session.uuid),
                        by: actor,
                        mayBeOwner: tenant.settings.impersonationOfOwners
                    )
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

/// A sign-in that still stands.
public struct RenewedSession: Sendable {
    /// Who acts, and what they may do.
    public let principal: Principal
    /// Whether the session is good for setting up a second factor and nothing else.
    public let isLimited: Bool
    /// When the user showed last who they are, in UTC.
    public let authenticatedAt: Date
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
