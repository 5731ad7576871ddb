// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes, changes, renews and deletes the accounts of programs.
///
/// Nobody gives an account what they do not hold themselves, nor touches one that may do more than they: whoever has its secret
/// acts as it. Its secret is shown when it is made and never again. Every change leaves the commit to the caller.
public struct ServiceAccounts: Sendable {
    /// How long a secret is good unless said, in days: as long as an API key's.
    public static let defaultDays = APIKeys.defaultDays
    /// The longest that a secret is good, in days.
    public static let longestDays = APIKeys.longestDays
    /// The most accounts that a tenant may have.
    public static let limit = 200
    /// How long the secret before is good after a rotation, in seconds.
    static let overlap = APIKeys.overlap

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

    /// Makes an account.
    ///
    /// - Parameters:
    ///   - new: What is said of it.
    ///   - session: The tenant's open transaction.
    /// - Returns: The account with its secret.
    /// - Throws: `ServiceAccountError.forbidden` without `service_account:manage`, for all if somebody else is to answer for it;
    ///   `.beyondOwnGrants`; `.roleNotFound`; `.ownerNotFound`; `.nameTaken`; `.tooMany`; `.invalid`.
    public func create(
        _ new: NewServiceAccount,
        session: borrowing TenantSession
    ) async throws(ServiceAccountError) -> IssuedServiceAccount {
        let principal = session.principal
        let owner = new.owner ?? principal.user
        guard principal.may(.serviceAccountManage, owner: owner) else { throw .forbidden }
        let now = clock.now()
        let end = try ServiceAccounts.end(after: new.days, from: now)
        if let owner, owner != principal.user { try await requireOwner(owner, session: session) }
        let (rights, grants) = try await resolve(new.rights, session: session)
        guard principal.covers(grants) else { throw .beyondOwnGrants }
        let secret = ClientSecret(cryptography)
        let id: ServiceAccount.ID = identifiers.next()
        return try await ServiceAccountError.translating {
            let statement = SQL.insertServiceAccount(
                id,
                new,
                owner: owner,
                rights: rights,
                hint: secret.hint(cryptography),
                limit: ServiceAccounts.limit,
                until: end,
                at: now
            )
            guard try await session.execute(statement).only != nil else {
                throw ServiceAccountError.tooMany(limit: ServiceAccounts.limit)
            }
            let account = try await ServiceAccounts.run(
                [
                    .insertClientSecret(secret.hash(cryptography), of: id, until: end),
                    audit.recording(AuditEvent("service_account.created", on: id), by: principal),
                ],
                returning: id,
                session: session
            )
            return IssuedServiceAccount(account: account, secret: secret.text(cryptography))
        }
    }

    /// Changes an account; disabled, it gets no token and those that it has are refused within a second on every node.
    ///
    /// - Parameters:
    ///   - id: The account; its row is locked until the transaction ends.
    ///   - changes: What becomes different.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The account at its next version.
    /// - Throws: `ServiceAccountError.notFound`; `.forbidden`, `.beyondOwnGrants`, `.roleNotFound`, `.ownerNotFound` as `create`
    ///   does; `.beyondOwnGrants` also if it may do more now; `.versionMismatch`; `.nameTaken`; `.invalid`.
    public func update(
        _ id: ServiceAccount.ID,
        _ changes: ServiceAccountChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(ServiceAccountError) -> ServiceAccount {
        let principal = session.principal
        let old = try await lock(id, expecting: version, session: session)
        var owner = old.owner
        if case .set(let new) = changes.owner, new != owner {
            guard principal.may(.serviceAccountManage, owner: new) else { throw .forbidden }
            try await requireOwner(new, session: session)
            owner = new
        }
        let (rights, grants) = try await resolve(changes.rights.applied(to: old.rights), session: session)
        guard principal.covers(grants) else { throw .beyondOwnGrants }
        let status = changes.status.applied(to: old.status)
        var events: [AuditEvent] = [AuditEvent("service_account.changed", on: id)]
        if status != old.status {
            events.append(
                status == .active
                    ? AuditEvent("service_account.enabled", on: id) : AuditEvent("service_account.disabled", on: id)
            )
        }
        let statement = SQL.updateServiceAccount(
            id,
            name: changes.name.applied(to: old.name),
            description: changes.description.applied(to: old.description),
            owner: owner,
            rights: rights,
            status: status,
            endsTokens: status != .active && old.status == .active,
            at: clock.now()
        )
        return try await ServiceAccountError.translating {
            try await ServiceAccounts.run(
                [statement] + events.map { audit.recording($0, by: principal) },
                returning: id,
                session: session
            )
        }
    }

    /// Gives an account another secret; the one before is good for 48 hours more, or to its end.
    ///
    /// There are two at most: what was good before the one before is over.
    ///
    /// - Parameters:
    ///   - id: The account; its row is locked until the transaction ends.
    ///   - days: How long the new secret is good, 1–366 days.
    ///   - overlapping: Whether the one before is good for a while; `false` for one that leaked, and every token that the
    ///     account has is then over too.
    ///   - session: The tenant's open transaction.
    /// - Returns: The account with its new secret.
    /// - Throws: `ServiceAccountError.notFound`; `.forbidden`; `.beyondOwnGrants` if it may do more than the principal;
    ///   `.invalid`.
    public func rotate(
        _ id: ServiceAccount.ID,
        days: Int = ServiceAccounts.defaultDays,
        overlapping: Bool = true,
        session: borrowing TenantSession
    ) async throws(ServiceAccountError) -> IssuedServiceAccount {
        let principal = session.principal
        _ = try await lock(id, expecting: nil, session: session)
        let now = clock.now()
        let end = try ServiceAccounts.end(after: days, from: now)
        let secret = ClientSecret(cryptography)
        let statements =
            SQL.endClientSecrets(
                of: id,
                after: overlapping ? now.addingTimeInterval(ServiceAccounts.overlap) : now,
                at: now
            )
            + [
                .insertClientSecret(secret.hash(cryptography), of: id, until: end),
                .renewServiceAccount(
                    id,
                    hint: secret.hint(cryptography),
                    until: end,
                    endsTokens: !overlapping,
                    at: now
                ),
                audit.recording(AuditEvent("service_account.rotated", on: id), by: principal),
            ]
        return try await ServiceAccountError.translating {
            IssuedServiceAccount(
                account: try await ServiceAccounts.run(statements, returning: id, session: session),
                secret: secret.text(cryptography)
            )
        }
    }

    /// Deletes an account with its secrets; its tokens are refused within a second on every node.
    ///
    /// - Parameters:
    ///   - id: The account.
    ///   - session: The tenant's open transaction.
    /// - Throws: `ServiceAccountError.notFound`; `.forbidden`; `.beyondOwnGrants` if it may do more than the principal.
    public func delete(_ id: ServiceAccount.ID, session: borrowing TenantSession) async throws(ServiceAccountError) {
        let principal = session.principal
        _ = try await lock(id, expecting: nil, session: session)
        try await ServiceAccountError.translating {
            _ = try await session.batch([
                .deleteServiceAccount(id),
                audit.recording(AuditEvent("service_account.deleted", on: id), by: principal),
            ])
        }
    }

    static func maySee(_ account: ServiceAccount, _ principal: Principal) -> Bool {
        principal.may(.serviceAccountManage, owner: account.owner)
    }

    private func lock(
        _ id: ServiceAccount.ID,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(ServiceAccountError) -> ServiceAccount {
        let principal = session.principal
        let found = try await ServiceAccountError.translating {
            try await session.execute(.lockServiceAccount(id)).only.map(ServiceAccount.init(row:))
        }
        guard let account = found, ServiceAccounts.maySee(account, principal) else { throw .notFound }
        if let version, version != account.version { throw .versionMismatch(current: account.version) }
        guard principal.covers(account.grants) else { throw .beyondOwnGrants }
        return account
    }

    private func requireOwner(_ id: User.ID, session: borrowing TenantSession) async throws(ServiceAccountError) {
        guard session.principal.may(.userRead, owner: id) else { throw .ownerNotFound }
        let found = try await ServiceAccountError.translating {
            try await session.execute(.shareActiveUser(id)).only != nil
        }
        guard found else { throw .ownerNotFound }
    }

    /// Finds what rights come to, and keeps a role of the tenant's own as it is until the transaction ends.
    private func resolve(
        _ rights: ServiceAccount.Rights,
        session: borrowing TenantSession
    ) async throws(ServiceAccountError) -> (stored: StoredRights, grants: Grants) {
        switch rights {
        case .permissions(let grants): return (StoredRights(permissions: grants.stored), grants)
        case .role(let name):
            if let builtIn = name.builtIn { return (StoredRights(builtIn: builtIn), builtIn.grants) }
            let role = try await ServiceAccountError.translating {
                try await session.execute(.shareRoles(named: [name])).only.map { row throws(DatabaseError) in
                    try Role(row: row)
                }
            }
            guard let role else { throw .roleNotFound(name) }
            return (StoredRights(role: role.id), role.grants)
        }
    }

    private static func run(
        _ statements: [SQL],
        returning id: ServiceAccount.ID,
        session: borrowing TenantSession
    ) async throws -> ServiceAccount {
        let replies = try await session.batch(statements + [.selectServiceAccount(id)])
        guard let row = replies.last?.only else { throw ServiceAccountError.notFound }
        return try ServiceAccount(row: row)
    }

    private static func end(after days: Int, from now: Date) throws(ServiceAccountError) -> Date {
        guard (1...longestDays).contains(days) else { throw .invalid(constraint: "service_accounts_expires_at_ck") }
        return now.addingTimeInterval(TimeInterval(days) * 86_400)
    }
}
