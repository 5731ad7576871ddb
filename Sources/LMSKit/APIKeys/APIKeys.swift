// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes, renews, shows and revokes the keys by which programs act for users.
///
/// A key's secret is shown when it is made and never again: what is stored only recognizes it. Nobody but its owner gives a
/// key another secret, because whoever has the secret acts as the owner. Every change leaves the commit to the caller.
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
        guard key.owner == principal.user, principal.may(.apiKeyCreate, on: .own) else { throw .forbidden }
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

    private func lock(_ id: APIKey.ID, session: borrowing TenantSession) async throws(APIKeyError) -> APIKey {
        let principal = session.principal
        return try await APIKeyError.translating {
            let key = try await session.execute(.lockKey(id)).only.map(APIKey.init(row:))
            guard let key, APIKeys.maySee(key, principal) else { throw APIKeyError.notFound }
            return key
        }
    }

    static func maySee(_ key: APIKey, _ principal: Principal) -> Bool {
        key.owner == principal.user || principal.may(.apiKeyManage, on: .foreign)
    }

    private static func end(after days: Int, from now: Date) throws(APIKeyError) -> Date {
        guard (1...longestDays).contains(days) else { throw .invalid(constraint: "api_keys_expires_at_ck") }
        return now.addingTimeInterval(TimeInterval(days) * 86_400)
    }
}
