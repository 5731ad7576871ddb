// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Accounts {
    /// Gives somebody another password; every session of theirs ends but the one that begins now.
    ///
    /// - Parameters:
    ///   - user: Who is signed in.
    ///   - old: The password that they have.
    ///   - new: The password that they chose.
    ///   - clientAddress: The network address that it comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and the transaction.
    ///   - origin: Where the call comes from.
    ///   - signInSession: The session of who is signed in. The new one knows of them what it does: a password alone stands for no
    ///     second factor.
    /// - Returns: The user and the tokens of the session that begins.
    /// - Throws: `AccountError.invalidCredentials`; `.throttled`; `.password`; `.busy`; `.keys`; `.database`.
    public func changePassword(
        of user: User.ID,
        from old: Secret<String>,
        to new: Password,
        clientAddress: String,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil,
        in signInSession: SignInSession.ID? = nil
    ) async throws(AccountError) -> SignedIn {
        do {
            let holder = try await confirmed(user, old, clientAddress, at: tenant, tenants: tenants)
            try PasswordPolicy(tenant, holder).check(new)
            let hashed = try await passwords.hash(new)
            let ring = try await signIn.keys.ring(of: tenant.id, tenants: tenants)
            let refreshToken = RefreshToken(cryptography)
            let principal = Principal(.user(user), grants: Grants(), origin: origin)
            let now = clock.now()
            // Who changes it is in a whole session: a limited one does not get here.
            let entrance = Entrance(user, by: [.password], from: SignInClient(origin ?? .none))
            let fresh = signIn.start(for: user, as: entrance, isLimited: false, at: now, lasting: nil)
            let (changed, epoch, started) = try await tenants.transaction(for: tenant.id, as: principal) { session in
                var started = fresh
                if let row = try await session.execute(.selectAuthentication(signInSession, of: user)).only {
                    started.methods = try row["methods"]
                    started.authenticatedAt = try row["authenticated_at"]
                    started.expiresAt = try row["expires_at"]
                }
                let replies = try await session.batch(
                    [
                        .updatePassword(hashed, of: user, epoch: holder.epoch, at: now),
                        .revokeSessions(of: user, because: .passwordChanged, at: now),
                        .forgetDevices(of: user),
                        .deleteOneTimeTokens(of: user, for: [.resetPassword, .changeEmail]),
                        audit.recording(AuditEvent("user.password_changed", on: user), by: principal),
                    ] + signIn.insertion(of: started, refreshToken, at: now) + [.selectUser(user)]
                )
                // Changed by somebody else since it was checked.
                guard let row = replies.first?.only, let userRow = replies.last?.only else {
                    throw AccountError.invalidCredentials
                }
                try await notify(.passwordChanged, row: row, of: tenant, session: session)
                let epoch: Int = try row["token_epoch"]
                return (try User(row: userRow), epoch, started)
            }
            return try signIn.signedIn(changed, started, refreshToken, epoch: epoch, tenant: tenant.id, ring: ring)
        } catch {
            throw AccountError(error)
        }
    }

    /// Mails a link to the address that somebody wants to sign in with, and a notice to the one that they have.
    ///
    /// Whether somebody else has the address is not told here: only who reads it learns that, from `confirmEmailChange`. Who has a
    /// second factor must have shown it a moment ago: codes may go to the address.
    ///
    /// - Parameters:
    ///   - email: The address that they want.
    ///   - user: Who is signed in.
    ///   - password: Their password.
    ///   - isRecent: Whether they showed who they are a moment ago.
    ///   - clientAddress: The network address that it comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and the transaction.
    ///   - origin: Where the call comes from.
    /// - Throws: `AccountError.mailNotOffered`; `.reauthenticationNeeded`; `.invalidCredentials`; `.throttled`; `.busy`; `.database`.
    public func requestEmailChange(
        to email: Email,
        of user: User.ID,
        password: Secret<String>,
        isRecent: Bool,
        clientAddress: String,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        guard mail.isOffered else { throw .mailNotOffered }
        do {
            let holder = try await confirmed(user, password, clientAddress, at: tenant, tenants: tenants)
            guard isRecent || !holder.hasFactor else { throw AccountError.reauthenticationNeeded }
            let principal = Principal(.user(user), grants: Grants(), origin: origin)
            let token = OneTimeToken(cryptography)
            let language = holder.locale ?? tenant.settings.locale
            try await tenants.transaction(for: tenant.id, as: principal) { session in
                let replies = try await session.batch([
                    audit.recording(AuditEvent(OneTimeToken.Purpose.changeEmail.requested, on: user), by: principal),
                    .insertOneTimeToken(
                        token.hash(cryptography),
                        for: .changeEmail,
                        of: user,
                        to: email,
                        at: clock.now()
                    ),
                ])
                guard replies.last?.only != nil else { return }
                let link = links.link(OneTimeToken.Purpose.changeEmail.page, token, of: tenant)
                try await mail.queue(.confirmNewEmail(link: link), to: email, language: language, session: session)
                try await mail.queue(.newEmailRequested, to: holder.email, language: language, session: session)
            }
        } catch {
            throw AccountError(error)
        }
    }

    /// Lets somebody sign in with the address that they showed to be theirs, and no longer with the one before.
    ///
    /// What was mailed to the one before is good for nothing from then on.
    ///
    /// - Parameters:
    ///   - token: What was mailed.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    ///   - origin: Where the call comes from.
    /// - Throws: `AccountError.invalidToken`; `.emailTaken`; `.database`.
    public func confirmEmailChange(
        _ token: Secret<String>,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        guard let token = OneTimeToken(token) else { throw .invalidToken }
        do {
            try await tenants.transaction(for: tenant.id, as: Accounts.principal) { session in
                let redeemed = try await redeem(token, for: .changeEmail, session: session)
                let (now, member) = (clock.now(), redeemed.principal(origin))
                let replies = try await session.batch([
                    .updateEmail(redeemed.email, of: redeemed.user, at: now),
                    .deleteOneTimeTokens(of: redeemed.user, for: [.resetPassword, .verifyEmail]),
                    audit.recording(
                        AuditEvent("user.email_changed", on: redeemed.user),
                        by: member
                    ),
                    signIn.identifiers.recordingChange(.email, of: redeemed.user, by: member, at: now),
                ])
                guard let row = replies.first?.only else { throw AccountError.invalidToken }
                try await notify(.emailChanged, row: row, of: tenant, session: session)
            }
        } catch {
            throw AccountError(error)
        }
    }

    /// Whoever is signed in and knows their password.
    private func confirmed(
        _ user: User.ID,
        _ password: Secret<String>,
        _ clientAddress: String,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws -> AccountHolder {
        // Before the password is checked, so that the epoch tells whether it was changed since.
        let reader = tenants.reader(for: tenant.id, as: Accounts.principal)
        guard let row = try await reader.read(.selectHolder(user)).only else { throw AccountError.invalidCredentials }
        try await signIn.confirm(
            user,
            password: password,
            clientAddress: clientAddress,
            at: tenant.id,
            tenants: tenants
        )
        return try AccountHolder(row: row)
    }
}
