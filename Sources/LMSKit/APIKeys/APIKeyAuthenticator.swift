// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Says who shows a key and what it may do at this moment.
///
/// Like a token's, a key's standing is read in one round trip and used for less than a second, so that revoking it, suspending
/// its owner and a change of their roles are seen on every node within one.
public struct APIKeyAuthenticator: Sendable {
    private let cryptography: any Cryptography
    private let clock: WallClock
    private let changes: StandingChanges
    private let known = BoundedCache<Shown, Known>(capacity: 20_000)

    /// Counted from before the read, so that no answer is older than a second when it is used last.
    private static let lifetime: TimeInterval = 0.8
    /// How often it is noted that a key is used, in seconds.
    private static let stampInterval: TimeInterval = 60

    private struct Known: Sendable {
        let standing: KeyStanding
        let stamp: UInt64
    }

    private struct Shown: Hashable {
        let tenant: TenantID
        let text: TokenText
    }

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cryptography: Recognizes secrets.
    ///   - clock: The time.
    ///   - changes: Whose standing changed.
    public init(cryptography: any Cryptography, clock: WallClock, changes: StandingChanges = StandingChanges()) {
        self.changes = changes
        self.cryptography = cryptography
        self.clock = clock
    }

    /// Recognizes a key and reads what it may do: what its scopes and its owner's roles both allow.
    ///
    /// - Parameters:
    ///   - text: What the program sent.
    ///   - tenant: The tenant at whose address it was shown.
    ///   - tenants: Opens readers, and a transaction once a minute to note that the key is used.
    ///   - isUse: Whether the key is used by this, so that it is noted; `false` for who only asks about it.
    /// - Returns: Who acts, and by which key.
    /// - Throws: `TokenError.malformed` before anything is read; `.revoked` if there is no such key here, it was revoked or its
    ///   owner is not active; `.expired`; `.database`.
    public func authenticate(
        _ text: String,
        at tenant: TenantID,
        tenants: Tenants,
        isUse: Bool = true
    ) async throws(TokenError) -> AuthenticatedKey {
        if let known = try recall(text, at: tenant) { return known }
        guard let secret = APIKeySecret(text, cryptography) else { throw .malformed }
        let now = clock.now()
        let seen = changes.stamp
        do {
            let reader = tenants.reader(for: tenant, as: APIKeyAuthenticator.principal)
            guard let row = try await reader.read(.selectKeyStanding(secret.hash(cryptography))).only else {
                throw TokenError.revoked
            }
            let standing = try KeyStanding(row: row)
            let shown = Shown(tenant: tenant, text: TokenText(text))
            let until = now.addingTimeInterval(APIKeyAuthenticator.lifetime)
            known.store(Known(standing: standing, stamp: seen), for: shown, until: until, at: now)
            let authenticated = try standing.admit(at: now)
            if isUse { try await stamp(standing, at: now, tenant, tenants) }
            return authenticated
        } catch {
            throw TokenError(error)
        }
    }

    /// Does the same for a key that was shown a moment ago, from memory.
    ///
    /// - Parameters:
    ///   - text: What the program sent.
    ///   - tenant: The tenant at whose address it was shown.
    /// - Returns: Who acts, and by which key; `nil` if something has to be read.
    /// - Throws: `TokenError`, as `authenticate` does.
    public func recall(_ text: String, at tenant: TenantID) throws(TokenError) -> AuthenticatedKey? {
        let now = clock.now()
        guard let known = known.value(for: Shown(tenant: tenant, text: TokenText(text)), at: now),
            changes.isCurrent(known.stamp, of: tenant)
        else { return nil }
        return try known.standing.admit(at: now)
    }

    private func stamp(
        _ standing: KeyStanding,
        at now: Date,
        _ tenant: TenantID,
        _ tenants: Tenants
    ) async throws(DatabaseError) {
        let earlier = now.addingTimeInterval(-APIKeyAuthenticator.stampInterval)
        if let last = standing.lastUsedAt, last > earlier { return }
        let statement = SQL.stampKey(standing.key, at: now, unlessSince: earlier)
        _ = try await tenants.write([statement], for: tenant, as: APIKeyAuthenticator.principal)
    }

    private static let principal = Principal(.system("api-keys"), grants: Grants())
}

/// Who showed a key.
public struct AuthenticatedKey: Sendable {
    /// The owner, with what the key may do for them.
    public let principal: Principal
    /// The key.
    public let key: APIKey.ID
    /// Until when the secret that was shown is good, in UTC.
    public let expiresAt: Date
}

/// What a key may do at a moment.
private struct KeyStanding: Sendable {
    let key: APIKey.ID
    let owner: APIKey.Owner
    let expiresAt: Date
    let lastUsedAt: Date?
    let isGood: Bool
    let grants: Grants

    init(row: Row) throws(DatabaseError) {
        key = try row["id"]
        owner = try APIKey.Owner(user: row["user_id"], service: row["service_account_id"])
        expiresAt = try row["expires_at"]
        lastUsedAt = try row["last_used_at"]
        isGood = try row["is_good"]
        var held = try Grants(builtIn: row["built_in"], permissions: row["permissions"])
        held.formUnion(courseRoles: try row["course_roles"])
        grants = held.intersection(Grants(stored: try row["scopes"]))
    }

    func admit(at now: Date) throws(TokenError) -> AuthenticatedKey {
        guard isGood else { throw .revoked }
        guard expiresAt > now else { throw .expired }
        return AuthenticatedKey(principal: owner.principal(grants), key: key, expiresAt: expiresAt)
    }
}
