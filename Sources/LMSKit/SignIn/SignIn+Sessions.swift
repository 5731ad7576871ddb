// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension SignIn {
    /// Ends the session of a token.
    ///
    /// Its access tokens are refused within a second on every node. A token that is unknown or over does nothing.
    ///
    /// - Parameters:
    ///   - refreshToken: The refresh token that the client had.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    ///   - origin: Where the call comes from.
    /// - Throws: `SignInError.database`.
    public func signOut(
        refreshToken: Secret<String>,
        at tenant: TenantID,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(SignInError) {
        guard let token = RefreshToken(refreshToken.reveal()) else { return }
        let hash = token.hash(cryptography)
        try await end(.revokeSession(ofToken: hash, because: .signedOut, at: clock.now()), tenant, tenants, origin)
    }

    /// Ends a session.
    ///
    /// Its access tokens are refused within a second on every node. One that ended already stays as it is.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    ///   - origin: Where the call comes from.
    /// - Throws: `SignInError.database`.
    public func signOut(
        _ session: SignInSession.ID,
        at tenant: TenantID,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(SignInError) {
        try await end(.revokeSession(session, because: .signedOut, at: clock.now()), tenant, tenants, origin)
    }

    /// Finds the session that a refresh token is of, whether the token was used or not.
    ///
    /// - Parameters:
    ///   - refreshToken: The refresh token.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers.
    /// - Returns: The session; `nil` if the token is unknown, or its session is over or was ended.
    /// - Throws: `SignInError.database`.
    public func session(
        ofRefreshToken refreshToken: Secret<String>,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(SignInError) -> SignInSession.ID? {
        guard let token = RefreshToken(refreshToken.reveal()) else { return nil }
        do {
            let reader = tenants.reader(for: tenant, as: SignIn.principal)
            return try await reader.read(.selectSession(ofToken: token.hash(cryptography), at: clock.now())).only?["id"]
        } catch {
            throw SignInError(error)
        }
    }

    private func end(
        _ statement: SQL,
        _ tenant: TenantID,
        _ tenants: Tenants,
        _ origin: RequestOrigin?
    ) async throws(SignInError) {
        do {
            try await tenants.transaction(for: tenant, as: SignIn.principal) { session in
                guard let row = try await session.execute(statement).only else { return }
                let (id, user): (SignInSession.ID, User.ID) = (try row["id"], try row["user_id"])
                let principal = Principal(.user(user), grants: Grants(), origin: origin)
                try await session.execute(audit.recording(AuditEvent("session.signed_out", on: id), by: principal))
            }
        } catch {
            throw SignInError(error)
        }
    }

    func insertion(of session: SignInSession, _ token: RefreshToken, at now: Date) -> [SQL] {
        [
            .insertSession(session, at: now),
            .insertRefreshToken(
                token.hash(cryptography),
                of: session.id,
                at: now,
                until: min(now.addingTimeInterval(SignIn.refreshLifetime), session.expiresAt)
            ),
        ]
    }

    func signedIn(
        _ user: User,
        _ session: SignInSession,
        _ refreshToken: RefreshToken,
        epoch: Int,
        tenant: TenantID,
        ring: KeyRing
    ) throws(KeyError) -> SignedIn {
        let issued = try tokens.issue(for: user, session: session, tenant: tenant, epoch: epoch, ring: ring)
        return SignedIn(
            user: user,
            tokens: TokenPair(
                accessToken: issued.text,
                expiresInSeconds: issued.lifetimeInSeconds,
                refreshToken: refreshToken.text,
                session: session.id
            ),
            isLimited: session.isLimited
        )
    }
}
