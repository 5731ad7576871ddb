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
    ///   - tenant: The tenant at whose address it was shown.
    ///   - tenants: Opens readers.
    /// - Returns: Who acts, and what the token says.
    /// - Throws: `TokenError`; `.revoked` if the session was ended or the user may not sign in.
    public func authenticate(
        _ text: String,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) -> Authenticated {
        let now = clock.now()
        let token: VerifiedToken
        if let known = try tokens.recall(text, at: tenant, now: now) {
            if let standing = known.standing(at: now) { return try admit(known.claims, standing) }
            token = known
        } else {
            token = try await tokens.check(text, at: tenant, tenants: tenants, now: now)
        }
        let standing = try await readStanding(of: token.claims, tenants: tenants)
        token.keep(standing, until: now.addingTimeInterval(Authenticator.lifetime))
        return try admit(token.claims, standing)
    }

    /// Does the same for a token that was shown a moment ago, from memory.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - tenant: The tenant at whose address it was shown.
    /// - Returns: Who acts, and what the token says; `nil` if something has to be read.
    /// - Throws: `TokenError`, as `authenticate` does.
    public func recall(_ text: String, at tenant: TenantID) throws(TokenError) -> Authenticated? {
        let now = clock.now()
        guard let known = try tokens.recall(text, at: tenant, now: now), let standing = known.standing(at: now) else {
            return nil
        }
        return try admit(known.claims, standing)
    }

    private func admit(_ token: AccessToken, _ standing: Standing) throws(TokenError) -> Authenticated {
        guard standing.isGood, standing.epoch == token.epoch else { throw .revoked }
        // A limited session may do nothing but what needs no permission.
        let grants = standing.isLimited ? Grants() : standing.grants
        var principal = Principal(.user(token.user), grants: grants, impersonator: token.actor)
        principal.isReadOnly = standing.isReadOnly
        return Authenticated(
            principal: principal,
            token: token,
            isLimited: standing.isLimited,
            authenticatedAt: standing.authenticatedAt
        )
    }

    private func readStanding(of token: AccessToken, tenants: Tenants) async throws(TokenError) -> Standing {
        do {
            let reader = tenants.reader(for: token.tenant, as: Principal(.user(token.user), grants: Grants()))
            let now = clock.now()
            let statement: SQL =
                if let actor = token.actor {
                    .selectStanding(of: token.user, impersonation: Impersonation.ID(token.session.uuid), by: actor)
                } else {
                    .selectStanding(of: token.user, session: token.session, at: now)
                }
            guard let row = try await reader.read(statement).only else { return .none }
            let standing = try Standing(row: row)
            if standing.isGood, standing.isToBeTouched {
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

/// What a user may do at a moment.
struct Standing: Sendable {
    let isGood: Bool
    let epoch: Int
    let grants: Grants
    let isLimited: Bool
    let authenticatedAt: Date
    /// Whether it was not noted for a minute that the session is used.
    let isToBeTouched: Bool
    let isReadOnly: Bool

    static let none = Standing(
        isGood: false,
        epoch: -1,
        grants: Grants(),
        isLimited: true,
        authenticatedAt: .distantPast,
        isToBeTouched: false,
        isReadOnly: true
    )
}

extension Standing {
    init(row: Row) throws(DatabaseError) {
        isGood = try row["is_good"]
        epoch = try row["token_epoch"]
        var grants = try Grants(builtIn: row["built_in"], permissions: row["permissions"])
        grants.formUnion(courseRoles: try row["course_roles"])
        self.grants = grants
        isLimited = try row["is_limited"]
        let authenticatedAt: Date? = try row["authenticated_at"]
        self.authenticatedAt = authenticatedAt ?? .distantPast
        isToBeTouched = try row["is_to_be_touched"]
        isReadOnly = try row["is_read_only"]
    }
}

extension SQL {
    static func selectStanding(of user: User.ID, session: SignInSession.ID, at instant: Date) -> SQL {
        """
        SELECT u.token_epoch,
            u.status = 'active' AND s.id IS NOT NULL AND s.revoked_at IS NULL
                AND coalesce(s.allowed_until > \(instant), true)
                AND coalesce(s.last_used_at + make_interval(secs => s.idle_seconds) > \(instant), true) AS is_good,
            coalesce(s.is_limited, false) AS is_limited, coalesce(s.authenticated_at, s.created_at) AS authenticated_at,
            coalesce(s.last_used_at < \(instant)::timestamptz - interval '1 minute', true) AS is_to_be_touched,
            ARRAY(SELECT ur.built_in FROM user_roles ur
                  WHERE ur.user_id = u.id AND ur.built_in IS NOT NULL) AS built_in,
            ARRAY(SELECT unnest(r.permissions) FROM user_roles ur JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id) AS permissions,
            ARRAY(SELECT DISTINCT i.role FROM course_instructors i WHERE i.user_id = u.id) AS course_roles,
            false AS is_read_only
        FROM users u LEFT JOIN sessions s ON s.id = \(session) AND s.user_id = u.id
        WHERE u.id = \(user)
        """
    }

    /// The same for an operator who acts as the user; nothing is good once the impersonation was ended, and the user never
    /// showed who they are.
    static func selectStanding(of user: User.ID, impersonation: Impersonation.ID, by actor: Principal.ID) -> SQL {
        """
        SELECT u.token_epoch, u.status = 'active' AND p.ended_at IS NULL AS is_good,
            ARRAY(SELECT ur.built_in FROM user_roles ur
                  WHERE ur.user_id = u.id AND ur.built_in IS NOT NULL) AS built_in,
            ARRAY(SELECT unnest(r.permissions) FROM user_roles ur JOIN roles r ON r.id = ur.role_id
                  WHERE ur.user_id = u.id) AS permissions,
            ARRAY(SELECT DISTINCT i.role FROM course_instructors i WHERE i.user_id = u.id) AS course_roles,
            p.access = 'read' AS is_read_only, false AS is_limited, NULL::timestamptz AS authenticated_at,
            false AS is_to_be_touched
        FROM users u JOIN impersonations p ON p.user_id = u.id
        WHERE u.id = \(user) AND p.id = \(impersonation) AND p.operator_id = \(actor)
        """
    }
}
