// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension SignIn {
    /// Exchanges a refresh token for the next pair of tokens.
    ///
    /// A refresh token is good once. Shown a second time, somebody else has it too, and as nobody can tell who is the
    /// thief, the whole
    /// session ends. A client that wants to repeat a call whose reply was lost sends a retry key with it: the same
    /// token with the same
    /// key within a minute gets the same next token again, as long as that was not used. Of calls at the same moment
    /// one wins and
    /// the others are refused without ending the session.
    ///
    /// - Parameters:
    ///   - text: The refresh token.
    ///   - retryKey: What the client sends again if it repeats the call (`Idempotency-Key`).
    ///   - tenant: The tenant, with its policies.
    ///   - tenants: Opens transactions.
    ///   - origin: Where the call comes from.
    /// - Returns: The user as they are now, and the next tokens.
    /// - Throws: `SignInError.invalidRefreshToken`; `.refreshTokenReused`; `.refreshInProgress`; `.policy`, which leaves the token good if
    ///   the session may be used elsewhere or later, and ends it if it is over; `.keys`; `.database`.
    public func refresh(
        _ text: Secret<String>,
        retryKey: String? = nil,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(SignInError) -> SignedIn {
        guard let token = RefreshToken(text.reveal()) else { throw .invalidRefreshToken }
        do {
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            let candidates = retryKey.map { key in
                ring.refreshSecrets.map { RefreshToken(after: token, retryKey: key, secret: $0, cryptography) }
            }
            var principal = SignIn.principal
            principal.origin = origin
            let outcome = try await tenants.transaction(for: tenant.id, as: principal) { session in
                try await exchange(
                    token,
                    for: candidates ?? [RefreshToken(cryptography)],
                    retryKey: retryKey,
                    at: tenant,
                    session: session
                )
            }
            switch outcome {
            case .refused(let error): throw error
            case .exchanged(let user, let next, let session, let epoch):
                return try signedIn(user, session, next, epoch: epoch, tenant: tenant.id, ring: ring)
            }
        } catch DatabaseError.lockTimeout {
            throw .refreshInProgress
        } catch {
            throw SignInError(error)
        }
    }

    /// What an exchange did; a refusal is no error here, because what it wrote must be committed.
    private enum Outcome: Sendable {
        case refused(SignInError)
        case exchanged(User, RefreshToken, SignInSession, epoch: Int)
    }

    private func exchange(
        _ token: RefreshToken,
        for candidates: [RefreshToken],
        retryKey: String?,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws -> Outcome {
        let hash = token.hash(cryptography)
        let now = clock.now()
        guard let row = try await session.execute(.lockRefreshToken(hash)).only else {
            return .refused(.invalidRefreshToken)
        }
        var stored = try StoredToken(row: row)
        guard var next = candidates.first, stored.isGood(at: now) else { return .refused(.invalidRefreshToken) }
        let retryHash = retryKey.map { Bytes(cryptography.sha256(Array($0.utf8))) }
        var statements: [SQL] = []
        if let usedAt = stored.usedAt {
            let isRetry =
                retryHash != nil && retryHash == stored.retryHash
                && now.timeIntervalSince(usedAt) <= SignIn.retryWindow
            let given =
                isRetry ? try await unused(among: candidates, of: stored.session.id, session: session) : nil
            guard let given else {
                try await session.batch([
                    .revokeSession(stored.session.id, because: .tokenReused, at: now),
                    audit.recording(
                        AuditEvent("session.token_reused", on: stored.session.id, outcome: .refused),
                        by: session.principal
                    ),
                ])
                return .refused(.refreshTokenReused)
            }
            next = given
        } else {
            let end = min(now.addingTimeInterval(SignIn.refreshLifetime), stored.session.expiresAt)
            statements = [
                .markUsed(hash, retryHash: retryHash, at: now),
                .touchSession(stored.session.id, at: now),
                .insertRefreshToken(next.hash(cryptography), of: stored.session.id, at: now, until: end),
            ]
        }
        if let refusal = try await judge(&stored.session, at: tenant, now: now, session: session) { return refusal }
        let replies = try await session.batch(statements + [.selectUser(stored.session.user)])
        guard let userRow = replies.last?.only else { return .refused(.invalidRefreshToken) }
        return .exchanged(try User(row: userRow), next, stored.session, epoch: stored.epoch)
    }

    /// Looks at what the tenant's policies say of the session by now; one that is over ends.
    private func judge(
        _ used: inout SignInSession,
        at tenant: Tenant,
        now: Date,
        session: borrowing TenantSession
    ) async throws -> Outcome? {
        let settings = tenant.settings
        guard !settings.sessionPolicies.isEmpty || !settings.secondFactorRoles.isEmpty else { return nil }
        let statement = SQL.selectStanding(of: used.user, session: used.id, at: now, in: settings.timeZone)
        guard let row = try await session.execute(statement).only else { return .refused(.invalidRefreshToken) }
        let standing = try Standing(row: row, at: now)
        if standing.lacksFactor(at: tenant) { used.isLimited = true }
        // Who calls from nowhere, such as a job, is in no network.
        guard let refusal = standing.refusal(at: tenant, from: session.principal.origin?.address ?? "") else {
            return nil
        }
        if refusal.isFinal {
            try await session.batch([
                .revokeSession(used.id, because: .policy, at: now),
                audit.recording(
                    AuditEvent("session.ended_by_policy", on: used.id, outcome: .refused),
                    by: session.principal
                ),
            ])
        }
        return .refused(.policy(refusal))
    }

    /// The token that was given before, if it was not used; each of the tenant's keys derives another one.
    private func unused(
        among candidates: [RefreshToken],
        of id: SignInSession.ID,
        session: borrowing TenantSession
    ) async throws -> RefreshToken? {
        for candidate in candidates {
            let row = try await session.execute(.selectUnused(candidate.hash(cryptography), of: id)).only
            if let row, try row["unused"] { return candidate }
        }
        return nil
    }
}

/// A refresh token as it is stored, with what decides whether it is good.
private struct StoredToken {
    var session: SignInSession
    let expiresAt: Date
    let usedAt: Date?
    let retryHash: Bytes?
    let isRevoked: Bool
    let status: User.Status
    let epoch: Int

    init(row: Row) throws(DatabaseError) {
        session = SignInSession(
            id: try row["session_id"],
            user: try row["user_id"],
            expiresAt: try row["session_expires_at"],
            methods: try row["methods"],
            authenticatedAt: try row["authenticated_at"],
            isLimited: try row["is_limited"],
            origin: nil
        )
        expiresAt = try row["expires_at"]
        usedAt = try row["used_at"]
        retryHash = try row["retry_key_hash"]
        isRevoked = try row["is_revoked"]
        status = try row["status"]
        epoch = try row["token_epoch"]
    }

    func isGood(at now: Date) -> Bool {
        !isRevoked && status == .active && expiresAt > now && session.expiresAt > now
    }
}
