// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Sets up who vouches for a tenant's people.
///
/// Whoever does must hold `identity:manage`; without it a provider is not found. A client secret is sealed with the
/// tenant's key and never shown again.
public struct IdentityProviders: Sendable {
    let tenantKeys: TenantKeys
    let users: Users
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// How many a tenant has at most.
    static let limit = 50

    /// Lists all of the tenant's providers, the oldest first.
    ///
    /// - Parameter reader: The tenant's reader.
    /// - Returns: The providers, also those that are turned off.
    /// - Throws: `FederationError.forbidden` without `identity:manage`.
    public func list(reader: TenantReader) async throws(FederationError) -> [IdentityProvider] {
        guard reader.principal.may(.identityManage, on: .foreign) else { throw .forbidden }
        return try await FederationError.translating {
            try await reader.read(.listIdentityProviders()).map { row throws(DatabaseError) in
                try IdentityProvider(row: row)
            }
        }
    }

    /// Reads a provider.
    ///
    /// - Parameters:
    ///   - id: The provider.
    ///   - reader: The tenant's reader.
    /// - Returns: The provider.
    /// - Throws: `FederationError.notFound`, also without `identity:manage`.
    public func fetch(
        _ id: IdentityProvider.ID,
        reader: TenantReader
    ) async throws(FederationError) -> IdentityProvider {
        guard reader.principal.may(.identityManage, on: .foreign) else { throw .notFound }
        return try await FederationError.translating {
            guard let row = try await reader.read(.selectIdentityProvider(id)).only else {
                throw FederationError.notFound
            }
            return try IdentityProvider(row: row)
        }
    }

    /// Sets up a provider.
    ///
    /// - Parameters:
    ///   - settings: How.
    ///   - secret: The client secret; without one the client is a public one.
    ///   - session: The tenant's open transaction; no other provider is made until it ends.
    /// - Returns: The provider.
    /// - Throws: `FederationError.forbidden`; `.nameTaken`; `.tooMany`; `.invalid`; `.roleNotFound`; `.beyondOwnGrants`;
    ///   `.keys`.
    public func create(
        _ settings: IdentityProviderSettings,
        secret: Secret<String>?,
        session: borrowing TenantSession
    ) async throws(FederationError) -> IdentityProvider {
        guard session.principal.may(.identityManage, on: .foreign) else { throw .forbidden }
        try settings.check()
        try await authorize(settings.roleRules, session: session)
        let id: IdentityProvider.ID = identifiers.next()
        do {
            try await session.execute(.lockIdentityProviders())
            let sealed = try await seal(secret, of: id, session: session)
            let inserted = try await session.execute(
                .insertIdentityProvider(id, settings, secret: sealed, limit: Self.limit, at: clock.now())
            )
            guard !inserted.isEmpty else { throw FederationError.tooMany(limit: Self.limit) }
            let replies = try await session.batch([
                audit.recording(AuditEvent("identity_provider.created", on: id), by: session.principal),
                .selectIdentityProvider(id),
            ])
            guard let row = replies.last?.only else { throw FederationError.notFound }
            return try IdentityProvider(row: row)
        } catch {
            throw FederationError(error)
        }
    }

    /// Changes a provider.
    ///
    /// People whom it vouched for under another issuer are not known under the new one.
    ///
    /// - Parameters:
    ///   - id: The provider; its row is locked until the transaction ends.
    ///   - secret: What becomes of the client secret.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    ///   - change: Changes the settings; the kind stays.
    /// - Returns: The provider at its next version.
    /// - Throws: `FederationError.notFound`; `.versionMismatch`, and what `create` throws.
    public func update(
        _ id: IdentityProvider.ID,
        secret: Change<Secret<String>?> = .keep,
        expecting version: Int? = nil,
        session: borrowing TenantSession,
        _ change: (inout IdentityProviderSettings) -> Void
    ) async throws(FederationError) -> IdentityProvider {
        let old = try await lock(id, expecting: version, session: session)
        var settings = old.settings
        change(&settings)
        settings.kind = old.settings.kind
        try settings.check()
        try await authorize(settings.roleRules, session: session)
        do {
            if case .set(let secret) = secret {
                let sealed = try await seal(secret, of: id, session: session)
                try await session.execute(.updateClientSecret(of: id, sealed))
            }
            let replies = try await session.batch([
                .updateIdentityProvider(id, settings, at: clock.now()),
                audit.recording(AuditEvent("identity_provider.changed", on: id), by: session.principal),
                .selectIdentityProvider(id),
            ])
            guard let row = replies.last?.only else { throw FederationError.notFound }
            return try IdentityProvider(row: row)
        } catch {
            throw FederationError(error)
        }
    }

    /// Deletes a provider with everything that links people to it; who has no other way in has to be helped.
    ///
    /// - Parameters:
    ///   - id: The provider.
    ///   - session: The tenant's open transaction.
    /// - Throws: `FederationError.notFound`.
    public func delete(_ id: IdentityProvider.ID, session: borrowing TenantSession) async throws(FederationError) {
        _ = try await lock(id, expecting: nil, session: session)
        _ = try await FederationError.translating {
            try await session.batch([
                .deleteIdentityProvider(id),
                audit.recording(AuditEvent("identity_provider.deleted", on: id), by: session.principal),
            ])
        }
    }

    private func lock(
        _ id: IdentityProvider.ID,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(FederationError) -> IdentityProvider {
        guard session.principal.may(.identityManage, on: .foreign) else { throw .notFound }
        let provider = try await FederationError.translating {
            guard let row = try await session.execute(.lockIdentityProvider(id)).only else {
                throw FederationError.notFound
            }
            return try IdentityProvider(row: row)
        }
        if let version, version != provider.version { throw .versionMismatch(current: provider.version) }
        return provider
    }

    /// A rule gives nobody more than its author may do, and the tenant to nobody.
    private func authorize(
        _ rules: [IdentityProviderSettings.RoleRule],
        session: borrowing TenantSession
    ) async throws(FederationError) {
        guard !rules.isEmpty else { return }
        guard session.principal.may(.roleAssign, on: .foreign) else { throw .forbidden }
        do {
            for role in try await users.resolve(Set(rules.map(\.role)), session: session) {
                guard role.name != Role.Name(.owner), session.principal.covers(role.grants) else {
                    throw FederationError.beyondOwnGrants
                }
            }
        } catch UserError.roleNotFound(let name) {
            throw .roleNotFound(name)
        } catch {
            throw FederationError(error)
        }
    }

    private func seal(
        _ secret: Secret<String>?,
        of id: IdentityProvider.ID,
        session: borrowing TenantSession
    ) async throws -> SealedSecret? {
        guard let secret else { return nil }
        let key = try await tenantKeys.current(session: session)
        let sealed = try key.seal(Secret(Array(secret.reveal().utf8)), for: Self.purpose(id))
        return SealedSecret(key: key.id, bytes: Bytes(sealed))
    }

    static func purpose(_ id: IdentityProvider.ID) -> String { "identity_providers.client_secret:\(id)" }
}

extension IdentityProviderSettings {
    /// Holds the rules that no constraint of the table can.
    fileprivate func check() throws(FederationError) {
        guard kind == .oidc || kind == .microsoft || issuer == kind.usualIssuer else {
            throw .invalid(constraint: "identity_providers_issuer_ck")
        }
        if kind == .microsoft, !issuer.hasPrefix("https://login.microsoftonline.com/") || !issuer.hasSuffix("/v2.0") {
            throw .invalid(constraint: "identity_providers_issuer_ck")
        }
        guard kind == .microsoft || directories.isEmpty else {
            throw .invalid(constraint: "identity_providers_directories_ck")
        }
        guard kind == .facebook || scopes.contains("openid") else {
            throw .invalid(constraint: "identity_providers_scopes_ck")
        }
        guard roleRules.count <= 50 else { throw .invalid(constraint: "identity_providers_role_rules_ck") }
    }
}
