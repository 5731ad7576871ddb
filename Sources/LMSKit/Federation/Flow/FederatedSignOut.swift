// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Signs people out at a provider, and here when they signed out there.
public struct FederatedSignOut: Sendable {
    let openID: OpenIDClient
    let signIn: SignIn
    let cryptography: any Cryptography
    let clock: WallClock
    let audit: Audit

    /// How long a logout token is remembered, which is longer than it is believed.
    static let memory = IdentityToken.age + IdentityToken.leeway

    /// Ends a session here and tells where the browser goes to end it at its provider (OpenID Connect RP-Initiated Logout §2).
    ///
    /// The session ends whether its provider signs anybody out or not. Identity tokens are not kept, so the provider may ask the
    /// person whether they mean it.
    ///
    /// - Parameters:
    ///   - session: The session of whoever asks.
    ///   - returnTo: Where the browser comes back to: one of the addresses that the tenant registered.
    ///   - appState: What the app wants back with it.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and transactions.
    ///   - origin: Where the call comes from.
    /// - Returns: The provider's address; `returnTo` itself for a session of no provider, or of one that signs nobody out or cannot
    ///   be reached.
    /// - Throws: `FederationError.returnNotRegistered`; `.signIn`; `.database`.
    public func end(
        _ session: SignInSession.ID,
        returnTo: String,
        appState: String?,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin?
    ) async throws(FederationError) -> String {
        guard tenant.settings.returnAddresses.contains(returnTo) else { throw .returnNotRegistered }
        let provider: IdentityProviderSettings?
        do {
            let reader = tenants.reader(for: tenant.id, as: FederatedSignIn.principal)
            provider = try await reader.read(.selectProvider(ofSession: session)).only
                .map { row throws(DatabaseError) in try IdentityProvider(row: row).settings }
            try await signIn.signOut(session, at: tenant.id, tenants: tenants, origin: origin)
        } catch {
            throw FederationError(error)
        }
        guard let provider, let endpoint = await openID.signOutAddress(of: provider) else {
            return appState == nil ? returnTo : FormText.append([("state", appState)], to: returnTo)
        }
        return FormText.append(
            [("client_id", provider.clientID), ("post_logout_redirect_uri", returnTo), ("state", appState)],
            to: endpoint
        )
    }

    /// Ends the sessions of whom a provider signed out (OpenID Connect Back-Channel Logout §2.6), and what of theirs waits to become
    /// one.
    ///
    /// - Parameters:
    ///   - text: The logout token; good once.
    ///   - id: The provider whose address was called.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    ///   - origin: Where the call comes from.
    /// - Throws: `FederationError.logoutTokenInvalid`; `.notFound` for a provider that is none, is turned off or has no such tokens;
    ///   `.providerUnavailable`; `.database`.
    public func end(
        _ text: Secret<String>,
        by id: IdentityProvider.ID,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin?
    ) async throws(FederationError) {
        do {
            let reader = tenants.reader(for: tenant.id, as: FederatedSignIn.principal)
            guard let row = try await reader.read(.selectIdentityProvider(id)).only else {
                throw FederationError.notFound
            }
            let settings = try IdentityProvider(row: row).settings
            guard settings.isEnabled, settings.kind == .oidc else { throw FederationError.notFound }
            let token = try await openID.logoutToken(text.reveal(), settings)
            var principal = FederatedSignIn.principal
            principal.origin = origin
            try await tenants.transaction(for: tenant.id, as: principal) { session in
                try await end(token, by: id, session: session)
            }
        } catch {
            throw FederationError(error)
        }
    }

    private func end(
        _ token: LogoutToken,
        by provider: IdentityProvider.ID,
        session: borrowing TenantSession
    ) async throws {
        let now = clock.now()
        let taken = try await session.execute(
            .takeLogoutToken(
                Bytes(cryptography.sha256(Array(token.identifier.utf8))),
                of: provider,
                until: now.addingTimeInterval(Self.memory)
            )
        )
        guard !taken.isEmpty else { throw FederationError.logoutTokenInvalid }
        let meant = SQL.isMeant(
            by: token,
            in: FederatedSession.hash(of: token.session, cryptography),
            of: provider
        )
        let ended = try await session.execute(.revokeSessions(where: meant, at: now))
        var statements: [SQL] = [
            .deleteFederatedCodes(where: meant), .deleteChallenges(where: meant), .deleteExpiredLogouts(at: now),
        ]
        for row in ended {
            let id: SignInSession.ID = try row["id"]
            statements.append(audit.recording(AuditEvent("session.signed_out", on: id), by: session.principal))
        }
        try await session.batch(statements)
    }
}

extension OpenIDClient {
    /// Where a provider signs people out, if it does and can be asked.
    fileprivate func signOutAddress(of provider: IdentityProviderSettings) async -> String? {
        guard provider.isEnabled, provider.kind != .facebook else { return nil }
        do {
            return try await documents.metadata(of: provider.issuer, kind: provider.kind).endSessionEndpoint
        } catch {
            // Who signed out here goes back to the app: a provider that does not work must not keep them.
            return nil
        }
    }

    /// Reads and checks a logout token; a key that is not known may be new.
    fileprivate func logoutToken(_ text: String, _ provider: IdentityProviderSettings) async throws -> LogoutToken {
        let token = try ForeignToken(text)
        let metadata = try await documents.metadata(of: provider.issuer, kind: provider.kind)
        func read(_ keys: JSONWebKeySet) throws(ForeignTokenError) -> LogoutToken {
            try LogoutToken(
                token,
                keys: keys,
                issuer: metadata.issuer,
                clientID: provider.clientID,
                algorithms: metadata.algorithms,
                at: clock.now(),
                verification
            )
        }
        let known = try await documents.keys(at: metadata.keySetAddress)
        do {
            return try read(known)
        } catch .unknownKey {
            return try read(try await documents.keys(at: metadata.keySetAddress, rereading: true))
        }
    }
}

extension SQL {
    /// Whose word a session came of.
    fileprivate static func selectProvider(ofSession session: SignInSession.ID) -> SQL {
        """
        SELECT \(.identityProviderColumns) FROM identity_providers p JOIN sessions s ON s.provider_id = p.id
        WHERE s.id = \(session)
        """
    }

    /// Returns no row if the token was taken before.
    fileprivate static func takeLogoutToken(_ hash: Bytes, of provider: IdentityProvider.ID, until end: Date) -> SQL {
        """
        INSERT INTO federated_logouts (provider_id, token_hash, expires_at) VALUES (\(provider), \(hash), \(end))
        ON CONFLICT ON CONSTRAINT federated_logouts_provider_id_token_hash_key DO NOTHING
        RETURNING token_hash
        """
    }

    /// What a logout token is about, in any table that has a user, a provider and its session.
    ///
    /// A session whose provider never told its name is ended with all of its user's there.
    fileprivate static func isMeant(
        by token: LogoutToken,
        in session: Bytes?,
        of provider: IdentityProvider.ID
    ) -> SQL {
        """
        provider_id = \(provider)
            AND (\(session)::bytea IS NULL OR provider_session_hash = \(session)
                OR provider_session_hash IS NULL AND \(token.subject)::text IS NOT NULL)
            AND (\(token.subject)::text IS NULL OR user_id IN (
                SELECT i.user_id FROM federated_identities i
                WHERE i.provider_id = \(provider) AND i.issuer = \(token.issuer) AND i.subject = \(token.subject)))
        """
    }

    fileprivate static func revokeSessions(where meant: SQL, at instant: Date) -> SQL {
        """
        UPDATE sessions SET revoked_at = \(instant), revoked_because = 'signed_out'
        WHERE \(meant) AND revoked_at IS NULL
        RETURNING id
        """
    }

    fileprivate static func deleteFederatedCodes(where meant: SQL) -> SQL {
        "DELETE FROM federated_codes WHERE \(meant)"
    }

    fileprivate static func deleteChallenges(where meant: SQL) -> SQL {
        "DELETE FROM sign_in_challenges WHERE \(meant)"
    }

    /// Deletes a few that are over: each that is taken brings one and takes more than one.
    fileprivate static func deleteExpiredLogouts(at instant: Date) -> SQL {
        """
        DELETE FROM federated_logouts
        WHERE (provider_id, token_hash) IN (
            SELECT provider_id, token_hash FROM federated_logouts WHERE expires_at <= \(instant)
            ORDER BY expires_at LIMIT 5 FOR UPDATE SKIP LOCKED)
        """
    }
}
