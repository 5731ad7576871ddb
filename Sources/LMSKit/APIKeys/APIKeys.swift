// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes, renews, shows and revokes the keys by which programs act for users and as service accounts.
///
/// A key's secret is shown when it is made and never again: what is stored only recognizes it. Nobody but its owner gives a
/// key another secret, because whoever has the secret acts as the owner; those of a service account are for who may renew that
/// one's. Every change leaves the commit to the caller.
public struct APIKeys: Sendable {
    /// How long a secret is good unless said, in days.
    public static let defaultDays = 90
    /// The longest that a secret is good, in days.
    public static let longestDays = 366
    /// The most keys that are good that one user may have.
    public static let limit = 50
    /// How long the secret before is good after a rotation, in seconds.
    static let overlap: TimeInterval = 48 * 3600

    private let cryptography: any Cryptography
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - cryptography: Makes and hashes secrets.
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records who did what.
    public init(cryptography: any Cryptography, clock: WallClock, identifiers: IdentifierSource, audit: Audit) {
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Makes a key that acts for the principal.
    ///
    /// - Parameters:
    ///   - name: What they call it, 1–100 characters.
    ///   - scopes: What it may do at most; at least one permission, each of which they hold.
    ///   - days: How long it is good, 1–366 days.
    ///   - session: The tenant's open transaction.
    /// - Returns: The key with its secret.
    /// - Throws: `APIKeyError.forbidden` without `api_key:create`, or if no user acts; `.beyondOwnGrants`; `.tooMany`;
    ///   `.invalid`.
    public func create(
        _ name: String,
        scopes: Grants,
        days: Int = APIKeys.defaultDays,
        session: borrowing TenantSession
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let principal = session.principal
        guard let owner = principal.user, principal.may(.apiKeyCreate, on: .own) else { throw .forbidden }
        guard principal.covers(scopes) else { throw .beyondOwnGrants }
        return try await make(name, of: .user(owner), scopes: scopes, days: days, session: session)
    }

    /// Makes a key that acts as a service account.
    ///
    /// - Parameters:
    ///   - name: What it is called, 1–100 characters.
    ///   - account: The account; its row is locked until the transaction ends.
    ///   - scopes: What it may do at most; at least one permission, each of which the account holds.
    ///   - days: How long it is good, 1–366 days.
    ///   - session: The tenant's open transaction.
    /// - Returns: The key with its secret.
    /// - Throws: `APIKeyError.accountNotFound`; `.beyondOwnGrants` if the account may do more than the principal, or less than the
    ///   scopes; `.tooMany`; `.invalid`.
    public func create(
        _ name: String,
        for account: ServiceAccount.ID,
        scopes: Grants,
        days: Int = APIKeys.defaultDays,
        session: borrowing TenantSession
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let grants = try await requireManaging(account, session: session)
        guard grants.cover(scopes) else { throw .beyondOwnGrants }
        return try await make(name, of: .service(account), scopes: scopes, days: days, session: session)
    }

    /// What an account may do whose secrets the principal may renew: whoever has one acts as it.
    private func requireManaging(
        _ id: ServiceAccount.ID,
        session: borrowing TenantSession
    ) async throws(APIKeyError) -> Grants {
        let principal = session.principal
        let account = try await APIKeyError.translating {
            try await session.execute(.lockServiceAccount(id)).only.map(ServiceAccount.init(row:))
        }
        guard let account, ServiceAccounts.maySee(account, principal) else { throw .accountNotFound }
        guard principal.covers(account.grants) else { throw .beyondOwnGrants }
        return account.grants
    }

    private func make(
        _ name: String,
        of owner: APIKey.Owner,
        scopes: Grants,
        days: Int,
        session: borrowing TenantSession
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let principal = session.principal
        let now = clock.now()
        let end = try APIKeys.end(after: days, from: now)
        let secret = APIKeySecret(cryptography)
        let key = APIKey(
            id: identifiers.next(),
            owner: owner,
            name: name,
            scopes: scopes,
            hint: secret.hint(cryptography),
            createdAt: now,
            expiresAt: end
        )
        return try await APIKeyError.translating {
            let inserted = try await session.execute(.insertKey(key, limit: APIKeys.limit))
            guard inserted.only != nil else { throw APIKeyError.tooMany(limit: APIKeys.limit) }
            _ = try await session.batch([
                .insertSecret(secret.hash(cryptography), of: key.id, until: end),
                audit.recording(AuditEvent("api_key.created", on: key.id), by: principal),
            ])
            return IssuedAPIKey(key: key, secret: secret.text(cryptography))
        }
    }

    /// Gives a key of the principal's own another secret; the one before is good for 48 hours more, or to its end.
    ///
    /// - Parameters:
    ///   - id: The key; its row is locked until the transaction ends.
    ///   - days: How long the new secret is good, 1–366 days.
    ///   - session: The tenant's open transaction.
    /// - Returns: The key with its new secret.
    /// - Throws: `APIKeyError.notFound`; `.forbidden` without `api_key:create`, or for another's key; `.over`.
    public func rotate(
        _ id: APIKey.ID,
        days: Int = APIKeys.defaultDays,
        session: borrowing TenantSession
    ) async throws(APIKeyError) -> IssuedAPIKey {
        let principal = session.principal
        let key = try await lock(id, session: session)
        switch key.owner {
        case .user(let owner):
            guard owner == principal.user, principal.may(.apiKeyCreate, on: .own) else { throw .forbidden }
        case .service(let account):
            _ = try await requireManaging(account, session: session)
        }
        let now = clock.now()
        guard key.revokedAt == nil, key.expiresAt > now else { throw .over }
        let end = try APIKeys.end(after: days, from: now)
        let secret = APIKeySecret(cryptography)
        return try await APIKeyError.translating {
            let replies = try await session.batch([
                .deleteSecrets(of: id, before: now),
                .endSecrets(of: id, at: now.addingTimeInterval(APIKeys.overlap)),
                .insertSecret(secret.hash(cryptography), of: id, until: end),
                .renewKey(id, hint: secret.hint(cryptography), until: end, at: now),
                audit.recording(AuditEvent("api_key.rotated", on: id), by: principal),
                .selectKey(id),
            ])
            guard let row = replies.last?.only else { throw APIKeyError.notFound }
            return IssuedAPIKey(key: try APIKey(row: row), secret: secret.text(cryptography))
        }
    }

    /// Ends a key with all its secrets: it is refused within a second on every node.
    ///
    /// One that was revoked stays as it is.
    ///
    /// - Parameters:
    ///   - id: The key; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Throws: `APIKeyError.notFound`, also for another's key without `api_key:manage`.
    public func revoke(_ id: APIKey.ID, session: borrowing TenantSession) async throws(APIKeyError) {
        let principal = session.principal
        let key = try await lock(id, session: session)
        guard key.revokedAt == nil else { return }
        try await APIKeyError.translating {
            _ = try await session.batch([
                .revokeKey(id, at: clock.now()), .deleteSecrets(of: id),
                audit.recording(AuditEvent("api_key.revoked", on: id), by: principal),
            ])
        }
    }

    /// Ends the key of a secret that somebody has, such as one that was found where it should not be (RFC 7009).
    ///
    /// A text that is no secret of a key that is good does nothing.
    ///
    /// - Parameters:
    ///   - text: What a program sends.
    ///   - origin: Where the call comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens a transaction.
    /// - Throws: `APIKeyError.database`.
    public func revoke(
        secret text: Secret<String>,
        from origin: RequestOrigin? = nil,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(APIKeyError) {
        guard let secret = APIKeySecret(text.reveal(), cryptography) else { return }
        let statement = SQL.revokeKey(ofSecret: secret.hash(cryptography), at: clock.now())
        try await APIKeyError.translating {
            try await tenants.transaction(for: tenant, as: APIKeys.principal) { session in
                guard let row = try await session.execute(statement).only else { return }
                let id: APIKey.ID = try row["id"]
                // Whoever has the secret acts as the owner.
                var principal = try APIKey.Owner(user: row["user_id"], service: row["service_account_id"])
                    .principal(Grants())
                principal.origin = origin
                _ = try await session.batch([
                    .deleteSecrets(of: id),
                    audit.recording(AuditEvent("api_key.revoked", on: id), by: principal),
                ])
            }
        }
    }

    private static let principal = Principal(.system("api-keys"), grants: Grants())

    private func lock(_ id: APIKey.ID, session: borrowing TenantSession) async throws(APIKeyError) -> APIKey {
        let principal = session.principal
        return try await APIKeyError.translating {
            let key = try await session.execute(.lockKey(id)).only.map(APIKey.init(row:))
            guard let key, APIKeys.maySee(key, principal) else { throw APIKeyError.notFound }
            return key
        }
    }

    static func maySee(_ key: APIKey, _ principal: Principal) -> Bool {
        if principal.may(.apiKeyManage, on: .foreign) { return true }
        return switch key.owner {
        case .user(let owner): owner == principal.user
        case .service: principal.may(.serviceAccountManage, owner: key.answerable)
        }
    }

    private static func end(after days: Int, from now: Date) throws(APIKeyError) -> Date {
        guard (1...longestDays).contains(days) else { throw .invalid(constraint: "api_keys_expires_at_ck") }
        return now.addingTimeInterval(TimeInterval(days) * 86_400)
    }
}
