// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Says which program shows an access token and what it may do at this moment.
///
/// Like a person's, the standing of an account is read in one round trip and used for less than a second, so that disabling it, a
/// change of its rights and the end of a token are seen on every node within one.
public struct ServiceAuthenticator: Sendable {
    private let keys: SigningKeys
    private let cryptography: any Cryptography
    private let clock: WallClock
    private let audit: Audit
    private let changes: StandingChanges
    private let verified = BoundedCache<TokenText, VerifiedServiceToken>(capacity: 20_000)

    /// Counted from before the read, so that no answer is older than a second when it is used last.
    private static let lifetime: TimeInterval = 0.8

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - keys: The tenants' signing keys.
    ///   - cryptography: Checks signatures.
    ///   - clock: The time.
    ///   - audit: Records who ended a token.
    ///   - changes: Whose standing changed.
    public init(
        keys: SigningKeys,
        cryptography: any Cryptography,
        clock: WallClock,
        audit: Audit,
        changes: StandingChanges = StandingChanges()
    ) {
        self.changes = changes
        self.keys = keys
        self.cryptography = cryptography
        self.clock = clock
        self.audit = audit
    }

    /// Verifies a token and reads what its account may do.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - tenant: The tenant at whose address it was shown.
    ///   - tenants: Opens readers.
    /// - Returns: Who acts, and what the token says.
    /// - Throws: `TokenError`; `.malformed` for a token of a person; `.revoked` if it was ended or the account is disabled or gone.
    public func authenticate(
        _ text: String,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) -> AuthenticatedService {
        if let known = try recall(text, at: tenant) { return known }
        let now = clock.now()
        let token: VerifiedServiceToken
        if let known = verified.value(for: TokenText(text), at: now) {
            token = known
        } else {
            token = VerifiedServiceToken(try await check(text, at: tenant, tenants: tenants, now: now))
            verified.store(token, for: TokenText(text), until: token.claims.expiresAt, at: now)
        }
        let stamp = changes.stamp
        let standing = try await readStanding(of: token.claims, tenants: tenants)
        token.keep(standing, until: now.addingTimeInterval(ServiceAuthenticator.lifetime), stamp)
        return try ServiceAuthenticator.admit(token.claims, standing)
    }

    /// Does the same for a token that was shown a moment ago, from memory.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - tenant: The tenant at whose address it was shown.
    /// - Returns: Who acts, and what the token says; `nil` if something has to be read.
    /// - Throws: `TokenError`, as `authenticate` does.
    public func recall(_ text: String, at tenant: TenantID) throws(TokenError) -> AuthenticatedService? {
        let now = clock.now()
        guard let known = verified.value(for: TokenText(text), at: now) else { return nil }
        guard known.claims.tenant == tenant else { throw .foreignTenant }
        guard let standing = known.standing(at: now, of: tenant, changes) else { return nil }
        return try ServiceAuthenticator.admit(known.claims, standing)
    }

    /// Ends a token before its time (RFC 7009); one that is not good does nothing.
    ///
    /// - Parameters:
    ///   - text: The token.
    ///   - origin: Where the call comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens a transaction.
    /// - Throws: `TokenError.database` or `.keys`.
    public func revoke(
        _ text: Secret<String>,
        from origin: RequestOrigin? = nil,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) {
        let known: AuthenticatedService
        do throws(TokenError) {
            known = try await authenticate(text.reveal(), at: tenant, tenants: tenants)
        } catch {
            switch error {
            case .malformed, .unknownKey, .badSignature, .foreignTenant, .expired, .revoked, .policy: return
            case .keys, .database: throw error
            }
        }
        var principal = known.principal
        principal.origin = origin
        let event = AuditEvent("service_account.token_revoked", on: known.token.account)
        let statements =
            SQL.revokeServiceToken(known.token.identifier, until: known.token.expiresAt, at: clock.now())
            + [audit.recording(event, by: principal)]
        do {
            _ = try await tenants.write(statements, for: tenant, as: principal)
        } catch {
            throw .database(error)
        }
    }

    private func check(
        _ text: String,
        at tenant: TenantID,
        tenants: Tenants,
        now: Date
    ) async throws(TokenError) -> ServiceToken {
        let token = try SignedToken<ServiceToken>(text)
        let claims = token.claims
        guard claims.tenant == tenant else { throw .foreignTenant }
        guard let key = try await keys.publicKey(token.key, of: tenant, tenants: tenants) else { throw .unknownKey }
        guard cryptography.isValid(token.signature, for: token.signedBytes, publicKey: key) else { throw .badSignature }
        guard claims.expiresAt > now else { throw .expired }
        guard claims.issuedAt.timeIntervalSince(now) <= AccessToken.leeway,
            claims.expiresAt.timeIntervalSince(claims.issuedAt) <= ServiceToken.lifetime
        else { throw .malformed }
        return claims
    }

    private func readStanding(of token: ServiceToken, tenants: Tenants) async throws(TokenError) -> ServiceStanding {
        do {
            let reader = tenants.reader(for: token.tenant, as: ServiceAuthenticator.principal)
            let statement = SQL.selectServiceStanding(of: token.account, token: token.identifier)
            guard let row = try await reader.read(statement).only else { return .none }
            return try ServiceStanding(row: row)
        } catch {
            throw .database(error)
        }
    }

    private static func admit(
        _ token: ServiceToken,
        _ standing: ServiceStanding
    ) throws(TokenError) -> AuthenticatedService {
        guard standing.isGood, standing.epoch == token.epoch else { throw .revoked }
        let grants = standing.grants.intersection(token.scopes)
        return AuthenticatedService(
            principal: Principal(.service(Principal.ID(token.account.uuid)), grants: grants),
            token: token
        )
    }

    private static let principal = Principal(.system("service-accounts"), grants: Grants())
}

/// Which program showed a token.
public struct AuthenticatedService: Sendable {
    /// The account, with what the token may do for it.
    public let principal: Principal
    /// What the token says.
    public let token: ServiceToken
}

/// What an account may do at a moment.
struct ServiceStanding: Sendable {
    let isGood: Bool
    let epoch: Int
    let grants: Grants

    static let none = ServiceStanding(isGood: false, epoch: -1, grants: Grants())
}

extension ServiceStanding {
    init(row: Row) throws(DatabaseError) {
        let (isActive, isRevoked): (Bool, Bool) = (try row["is_active"], try row["is_revoked"])
        isGood = isActive && !isRevoked
        epoch = try row["epoch"]
        grants = try Grants(builtIn: row["built_in"], permissions: row["permissions"])
    }
}
