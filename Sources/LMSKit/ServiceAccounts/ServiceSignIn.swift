// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Gives programs tokens for their secrets: the client credentials grant (RFC 6749 §4.4).
///
/// A token lives ten minutes and cannot be renewed: the program shows its secret again.
public struct ServiceSignIn: Sendable {
    private let keys: SigningKeys
    private let cryptography: any Cryptography
    private let clock: WallClock
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - keys: The tenants' signing keys.
    ///   - cryptography: Recognizes secrets and signs.
    ///   - clock: Dates tokens.
    ///   - audit: Records who signed in and who was refused.
    public init(keys: SigningKeys, cryptography: any Cryptography, clock: WallClock, audit: Audit) {
        self.keys = keys
        self.cryptography = cryptography
        self.clock = clock
        self.audit = audit
    }

    /// Gives a token for a secret.
    ///
    /// - Parameters:
    ///   - credentials: What the program sent.
    ///   - scope: What the token may do at most, such as `course:read:any user:read:any`; `nil` for all that the account may.
    ///   - origin: Where the call comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers, and a transaction to note that the account is used.
    /// - Returns: The token with what it may do.
    /// - Throws: `ServiceSignInError`.
    public func exchange(
        _ credentials: ClientCredentials,
        scope: String? = nil,
        from origin: RequestOrigin? = nil,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(ServiceSignInError) -> IssuedServiceToken {
        do {
            let now = clock.now()
            let ring = try await keys.ring(of: tenant, tenants: tenants)
            guard let client = try await client(credentials, at: tenant, tenants: tenants, now: now) else {
                try await audit.note(
                    AuditEvent("service_account.signed_in", outcome: .failed),
                    about: credentials.id,
                    by: Principal(.anonymous, grants: Grants(), origin: origin),
                    at: tenant,
                    tenants: tenants
                )
                throw ServiceSignInError.invalidClient
            }
            let scopes = try ServiceSignIn.narrow(client.grants, to: scope)
            let issued = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
            let token = ServiceToken(
                identifier: UUID(),
                account: client.account,
                tenant: tenant,
                scopes: scopes,
                epoch: client.epoch,
                issuedAt: issued,
                expiresAt: min(issued.addingTimeInterval(ServiceToken.lifetime), client.expiresAt)
            )
            let text = try SignedToken.sign(token, with: ring.signing, cryptography)
            let id = client.account
            let principal = Principal(.service(Principal.ID(id.uuid)), grants: Grants(), origin: origin)
            _ = try await tenants.write(
                [
                    .stampServiceAccount(id, at: now),
                    audit.recording(AuditEvent("service_account.signed_in", on: id), by: principal),
                ],
                for: tenant,
                as: ServiceSignIn.principal
            )
            return IssuedServiceToken(
                text: Secret(text),
                scopes: scopes,
                lifetimeInSeconds: Int(token.expiresAt.timeIntervalSince(issued))
            )
        } catch let error as ServiceSignInError {
            throw error
        } catch {
            throw .token(TokenError(error))
        }
    }

    /// Ends a secret that somebody has and every token of its account (RFC 7009); a text that is no secret here does nothing.
    ///
    /// - Parameters:
    ///   - text: What a program sends.
    ///   - origin: Where the call comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens a transaction.
    /// - Throws: `TokenError.database`.
    public func revoke(
        secret text: Secret<String>,
        from origin: RequestOrigin? = nil,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(TokenError) {
        guard let secret = ClientSecret(text.reveal(), cryptography) else { return }
        do {
            try await tenants.transaction(for: tenant, as: ServiceSignIn.principal) { session in
                guard let row = try await session.execute(.endClientSecret(secret.hash(cryptography))).only else {
                    return
                }
                let id: ServiceAccount.ID = try row["id"]
                // Whoever has the secret acts as the account.
                let principal = Principal(.service(Principal.ID(id.uuid)), grants: Grants(), origin: origin)
                try await session.execute(
                    audit.recording(AuditEvent("service_account.secret_revoked", on: id), by: principal)
                )
            }
        } catch {
            throw TokenError(error)
        }
    }

    private func client(
        _ credentials: ClientCredentials,
        at tenant: TenantID,
        tenants: Tenants,
        now: Date
    ) async throws -> Client? {
        guard let id = ServiceAccount.ID(credentials.id),
            let secret = ClientSecret(credentials.secret.reveal(), cryptography)
        else { return nil }
        let reader = tenants.reader(for: tenant, as: ServiceSignIn.principal)
        guard let row = try await reader.read(.selectClient(id, secret: secret.hash(cryptography))).only else {
            return nil
        }
        let isActive: Bool = try row["is_active"]
        let expiresAt: Date = try row["expires_at"]
        guard isActive, expiresAt > now else { return nil }
        return Client(
            account: id,
            epoch: try row["epoch"],
            grants: try Grants(builtIn: row["built_in"], permissions: row["permissions"]),
            expiresAt: expiresAt
        )
    }

    private struct Client {
        let account: ServiceAccount.ID
        let epoch: Int
        let grants: Grants
        let expiresAt: Date
    }

    /// What is asked for, which must be held: RFC 6749 §3.3 allows to give less than that, but who is refused knows it.
    private static func narrow(_ grants: Grants, to scope: String?) throws(ServiceSignInError) -> Grants {
        guard let scope else { return grants }
        var wanted = Grants()
        for name in scope.split(separator: " ") {
            guard let one = Grants(scope: String(name)) else { throw .invalidScope }
            wanted.formUnion(one)
        }
        guard !wanted.permissions.isEmpty, grants.cover(wanted) else { throw .invalidScope }
        return wanted
    }

    private static let principal = Principal(.system("service-accounts"), grants: Grants())
}

/// What a program shows for a token.
public struct ClientCredentials: Sendable {
    /// The account's identifier, as it was sent.
    public let id: String
    /// The account's secret, as it was sent.
    public let secret: Secret<String>

    /// Takes what was sent.
    ///
    /// - Parameters:
    ///   - id: The account's identifier.
    ///   - secret: The account's secret.
    public init(id: String, secret: Secret<String>) {
        self.id = id
        self.secret = secret
    }
}

/// A token that a program just got.
public struct IssuedServiceToken: Sendable {
    /// The token.
    public let text: Secret<String>
    /// What it may do at most.
    public let scopes: Grants
    /// How long it lives.
    public let lifetimeInSeconds: Int
}
