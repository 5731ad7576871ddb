// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Signs and verifies access tokens.
///
/// Verified tokens are remembered byte for byte until they expire, so that a token's signature is checked once per process
/// and not per call.
public struct AccessTokens: Sendable {
    private let keys: SigningKeys
    let cryptography: any Cryptography
    let clock: WallClock
    private let verified = BoundedCache<TokenText, VerifiedAccessToken>(capacity: 20_000)

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - keys: The tenants' signing keys.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates tokens.
    public init(keys: SigningKeys, cryptography: any Cryptography, clock: WallClock) {
        self.keys = keys
        self.cryptography = cryptography
        self.clock = clock
    }

    /// Verifies a token, but not whether it was revoked: see `Authenticator`.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - tenant: The tenant at whose address it was shown.
    ///   - tenants: Opens readers, for keys that are not in memory.
    /// - Returns: What it says.
    /// - Throws: `TokenError`.
    public func verify(
        _ text: String,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) -> AccessToken {
        let now = clock.now()
        if let known = try recall(text, at: tenant, now: now) { return known.claims }
        return try await check(text, at: tenant, tenants: tenants, now: now).claims
    }

    /// Finds a token that was verified before.
    ///
    /// - Throws: `TokenError.foreignTenant` if it is another tenant's.
    func recall(_ text: String, at tenant: TenantID, now: Date) throws(TokenError) -> VerifiedAccessToken? {
        guard let known = verified.value(for: TokenText(text), at: now) else { return nil }
        guard known.claims.tenant == tenant else { throw .foreignTenant }
        return known
    }

    /// Verifies a token that is not remembered, and remembers it.
    func check(
        _ text: String,
        at tenant: TenantID,
        tenants: Tenants,
        now: Date
    ) async throws(TokenError) -> VerifiedAccessToken {
        let token = try SignedToken<AccessToken>(text)
        let claims = token.claims
        guard claims.tenant == tenant else { throw .foreignTenant }
        guard let key = try await keys.publicKey(token.key, of: tenant, tenants: tenants) else { throw .unknownKey }
        guard cryptography.isValid(token.signature, for: token.signedBytes, publicKey: key) else { throw .badSignature }
        guard claims.expiresAt > now else { throw .expired }
        guard claims.issuedAt.timeIntervalSince(now) <= AccessToken.leeway,
            claims.expiresAt.timeIntervalSince(claims.issuedAt)
                <= (claims.actor == nil ? AccessToken.lifetime : AccessToken.impersonationLifetime)
        else { throw .malformed }
        let known = VerifiedAccessToken(claims)
        verified.store(known, for: TokenText(text), until: claims.expiresAt, at: now)
        return known
    }

    /// Signs a token for a session.
    func issue(
        for user: User,
        session: SignInSession,
        tenant: TenantID,
        epoch: Int,
        ring: KeyRing
    ) throws(KeyError) -> IssuedToken {
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let end = min(now.addingTimeInterval(AccessToken.lifetime), session.expiresAt)
        let claims = AccessToken(
            identifier: UUID(),
            user: user.id,
            tenant: tenant,
            session: session.id,
            actor: nil,
            roles: user.roles.map(\.description),
            epoch: epoch,
            methods: session.methods,
            authenticatedAt: session.authenticatedAt,
            issuedAt: now,
            expiresAt: end
        )
        return IssuedToken(
            text: Secret(try SignedToken.sign(claims, with: ring.signing, cryptography)),
            lifetimeInSeconds: Int(end.timeIntervalSince(now))
        )
    }
}

extension AccessTokens {
    /// Signs a token by which an operator acts as a user.
    func issue(
        for impersonation: Impersonation,
        roles: [Role.Name],
        tenant: TenantID,
        epoch: Int,
        ring: KeyRing
    ) throws(KeyError) -> IssuedToken {
        let now = Date(timeIntervalSince1970: clock.now().timeIntervalSince1970.rounded(.down))
        let claims = AccessToken(
            identifier: UUID(),
            user: impersonation.user,
            tenant: tenant,
            session: SignInSession.ID(impersonation.id.uuid),
            actor: impersonation.operator,
            roles: roles.map(\.description),
            epoch: epoch,
            methods: [],
            authenticatedAt: now,
            issuedAt: now,
            expiresAt: impersonation.expiresAt
        )
        return IssuedToken(
            text: Secret(try SignedToken.sign(claims, with: ring.signing, cryptography)),
            lifetimeInSeconds: Int(impersonation.expiresAt.timeIntervalSince(now))
        )
    }
}

/// An access token that was just made.
struct IssuedToken: Sendable {
    let text: Secret<String>
    let lifetimeInSeconds: Int
}
