// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Says whether a token is good at this moment, for a service that was shown it (RFC 7662).
///
/// Whatever the reason, a token that is not good is `nil`: its reason would help whoever tries tokens out.
public struct Introspection: Sendable {
    private let authenticator: Authenticator
    private let cryptography: any Cryptography
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - authenticator: Judges access tokens.
    ///   - cryptography: Hashes refresh tokens.
    ///   - clock: The time.
    public init(authenticator: Authenticator, cryptography: any Cryptography, clock: WallClock) {
        self.authenticator = authenticator
        self.cryptography = cryptography
        self.clock = clock
    }

    /// Judges a token and changes nothing: a refresh token stays as unused as it was.
    ///
    /// - Parameters:
    ///   - text: The token, of either kind.
    ///   - principal: Who asks.
    ///   - tenant: The tenant at whose address they ask, with its policies; those about networks are not applied, as it is not
    ///     known from where the token is used.
    ///   - tenants: Opens readers.
    /// - Returns: The token; `nil` if it is not good here, or is somebody's of whom the principal may not ask: without
    ///   `token:introspect` for all, their own alone.
    /// - Throws: `TokenError.database` or `.keys` if it could not be judged.
    public func introspect(
        _ text: Secret<String>,
        as principal: Principal,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(TokenError) -> IntrospectedToken? {
        let token: IntrospectedToken?
        if let refresh = RefreshToken(text.reveal()) {
            token = try await judge(refresh, at: tenant.id, tenants: tenants)
        } else {
            token = try await judge(text.reveal(), at: tenant, tenants: tenants)
        }
        guard let token, principal.may(.tokenIntrospect, owner: token.user) else { return nil }
        return token
    }

    private func judge(
        _ text: String,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(TokenError) -> IntrospectedToken? {
        do throws(TokenError) {
            let known = try await authenticator.authenticate(text, at: tenant, tenants: tenants)
            return IntrospectedToken(
                kind: .access(known.token, known.principal.grants),
                user: known.token.user,
                session: known.token.session,
                expiresAt: known.token.expiresAt
            )
        } catch {
            switch error {
            case .malformed, .unknownKey, .badSignature, .foreignTenant, .expired, .revoked, .policy: return nil
            case .keys, .database: throw error
            }
        }
    }

    private func judge(
        _ token: RefreshToken,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) -> IntrospectedToken? {
        do {
            let reader = tenants.reader(for: tenant, as: SignIn.principal)
            let statement = SQL.selectGoodRefreshToken(token.hash(cryptography), at: clock.now())
            guard let row = try await reader.read(statement).only else { return nil }
            return IntrospectedToken(
                kind: .refresh,
                user: try row["user_id"],
                session: try row["session_id"],
                expiresAt: try row["expires_at"]
            )
        } catch {
            throw .database(error)
        }
    }
}

/// A token that is good.
public struct IntrospectedToken: Sendable {
    /// Which of both it is.
    public let kind: Kind
    /// Who it is for.
    public let user: User.ID
    /// The sign-in that it came of.
    public let session: SignInSession.ID
    /// Until when it is good, UTC.
    public let expiresAt: Date

    package init(kind: Kind, user: User.ID, session: SignInSession.ID, expiresAt: Date) {
        self.kind = kind
        self.user = user
        self.session = session
        self.expiresAt = expiresAt
    }

    /// The kinds of tokens.
    public enum Kind: Sendable {
        /// An access token: what it says, and what its user may do at this moment.
        case access(AccessToken, Grants)
        /// A refresh token that was not used.
        case refresh
    }
}

extension AccessToken {
    /// Who made it (`iss`).
    public var issuer: String { AccessToken.issuer(tenant) }
    /// Where it is good (`aud`).
    public var audience: String { AccessToken.audience(tenant) }
}

extension SQL {
    static func selectGoodRefreshToken(_ hash: Bytes, at instant: Date) -> SQL {
        """
        SELECT s.user_id, t.session_id, least(t.expires_at, s.expires_at) AS expires_at
        FROM refresh_tokens t
            JOIN sessions s ON s.id = t.session_id
            JOIN users u ON u.id = s.user_id
        WHERE t.token_hash = \(hash) AND t.used_at IS NULL AND t.expires_at > \(instant)
            AND s.expires_at > \(instant) AND s.revoked_at IS NULL AND u.status = 'active'
        """
    }
}
