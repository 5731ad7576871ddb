// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Says whether a token is good at this moment, for a service that was shown it (RFC 7662).
///
/// Whatever the reason, a token that is not good is `nil`: its reason would help whoever tries tokens out.
public struct Introspection: Sendable {
    private let authenticator: Authenticator
    private let services: ServiceAuthenticator
    private let apiKeys: APIKeyAuthenticator
    private let cryptography: any Cryptography
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - authenticator: Judges access tokens of people.
    ///   - services: Judges those of programs.
    ///   - apiKeys: Judges API keys.
    ///   - cryptography: Hashes refresh tokens.
    ///   - clock: The time.
    public init(
        authenticator: Authenticator,
        services: ServiceAuthenticator,
        apiKeys: APIKeyAuthenticator,
        cryptography: any Cryptography,
        clock: WallClock
    ) {
        self.authenticator = authenticator
        self.services = services
        self.apiKeys = apiKeys
        self.cryptography = cryptography
        self.clock = clock
    }

    /// Judges a token or an API key and changes nothing: a refresh token stays as unused as it was.
    ///
    /// - Parameters:
    ///   - text: The token, of any kind, or the key.
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
        } else if APIKeySecret.isOne(text.reveal()) {
            token = try await Introspection.unlessRefused { () throws(TokenError) in
                let known = try await apiKeys.authenticate(text.reveal(), at: tenant.id, tenants: tenants, isUse: false)
                return IntrospectedToken(
                    kind: .apiKey(known.key, known.principal.grants),
                    subject: known.principal,
                    session: nil,
                    expiresAt: known.expiresAt
                )
            }
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
        // No token is of both kinds: what one cannot read is at most the other's.
        let person = try await Introspection.unlessRefused { () throws(TokenError) in
            let known = try await authenticator.authenticate(text, at: tenant, tenants: tenants)
            return IntrospectedToken(
                kind: .access(known.token, known.principal.grants),
                subject: known.principal,
                session: known.token.session,
                expiresAt: known.token.expiresAt
            )
        }
        if let person { return person }
        return try await Introspection.unlessRefused { () throws(TokenError) in
            let known = try await services.authenticate(text, at: tenant.id, tenants: tenants)
            return IntrospectedToken(
                kind: .service(known.token, known.principal.grants),
                subject: known.principal,
                session: nil,
                expiresAt: known.token.expiresAt
            )
        }
    }

    /// Judges a token; one that is refused, for whatever reason, is none.
    private static func unlessRefused(
        _ judge: () async throws(TokenError) -> IntrospectedToken
    ) async throws(TokenError) -> IntrospectedToken? {
        do throws(TokenError) {
            return try await judge()
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
                subject: Principal(.user(try row["user_id"]), grants: Grants()),
                session: try row["session_id"],
                expiresAt: try row["expires_at"]
            )
        } catch {
            throw .database(error)
        }
    }
}

/// A token or key that is good.
public struct IntrospectedToken: Sendable {
    /// Which it is.
    public let kind: Kind
    /// Whom it lets act: a user or a service account.
    public let subject: Principal
    /// The sign-in that it came of, if it came of one.
    public let session: SignInSession.ID?
    /// Until when it is good, UTC.
    public let expiresAt: Date

    /// The user whom it lets act, if it is one's.
    public var user: User.ID? { subject.user }

    package init(kind: Kind, subject: Principal, session: SignInSession.ID?, expiresAt: Date) {
        self.kind = kind
        self.subject = subject
        self.session = session
        self.expiresAt = expiresAt
    }

    /// The kinds of tokens.
    public enum Kind: Sendable {
        /// A person's access token: what it says, and what they may do at this moment.
        case access(AccessToken, Grants)
        /// A refresh token that was not used.
        case refresh
        /// A program's access token: what it says, and what it may do at this moment.
        case service(ServiceToken, Grants)
        /// An API key, and what it may do at this moment.
        case apiKey(APIKey.ID, Grants)
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
