// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets people show that an address is theirs, choose another password and get back in without one.
///
/// What proves who somebody is comes by mail: a token of 256 bits that is good once, for a short time and one purpose, and is stored as its SHA-256.
/// Whoever asks for a mail learns nothing: an address without an account gets the same reply after the same work.
/// Like `SignIn` it opens its transactions itself, because passwords are hashed while none is open.
public struct Accounts: Sendable {
    let signIn: SignIn
    let passwords: Passwords
    let audit: Audit
    let mail: any AccountMail
    let links: AccountLinks
    let cryptography: any Cryptography
    let clock: WallClock

    /// Mails somebody who forgot their password a link to choose a new one.
    ///
    /// - Parameters:
    ///   - email: The address that was typed.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    ///   - origin: Where the call comes from.
    /// - Throws: `AccountError.mailNotOffered`, whatever the address; `.database`.
    public func requestPasswordReset(
        _ email: Email,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        try await request(.resetPassword, email, at: tenant, tenants: tenants, origin: origin)
    }

    /// Mails somebody a link that shows that the address is theirs; not if it was shown already.
    ///
    /// - Parameters:
    ///   - email: The address that was typed.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    ///   - origin: Where the call comes from.
    /// - Throws: `AccountError.mailNotOffered`, whatever the address; `.database`.
    public func requestVerification(
        of email: Email,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        try await request(.verifyEmail, email, at: tenant, tenants: tenants, origin: origin)
    }

    /// Takes a token as the proof that an address is its user's.
    ///
    /// - Parameters:
    ///   - token: What was mailed.
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transaction.
    ///   - origin: Where the call comes from.
    /// - Throws: `AccountError.invalidToken`; `.database`.
    public func confirmEmail(
        _ token: Secret<String>,
        at tenant: TenantID,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        guard let token = OneTimeToken(token) else { throw .invalidToken }
        do {
            try await tenants.transaction(for: tenant, as: Accounts.principal) { session in
                let redeemed = try await redeem(token, for: .verifyEmail, session: session)
                let (now, member) = (clock.now(), redeemed.principal(origin))
                let replies = try await session.batch([
                    .verifyEmail(redeemed.email, of: redeemed.user, at: now),
                    audit.recording(AuditEvent("user.email_verified", on: redeemed.user), by: member),
                    signIn.identifiers.recordingChange(.emailVerified, of: redeemed.user, by: member, at: now),
                ])
                guard replies.first?.only != nil else { throw AccountError.invalidToken }
            }
        } catch {
            throw AccountError(error)
        }
    }

    /// Gives somebody the password that they chose, against the token that they were mailed.
    ///
    /// Every session of theirs ends, every access token within a second; the address counts as shown to be theirs. They are not signed in: whatever
    /// signing in asks for besides the password is asked.
    ///
    /// - Parameters:
    ///   - token: What was mailed. It is not used up by a password that may not be.
    ///   - password: The password that they chose.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and the transaction.
    ///   - origin: Where the call comes from.
    /// - Throws: `AccountError.invalidToken`; `.password`; `.busy`; `.database`.
    public func resetPassword(
        _ token: Secret<String>,
        to password: Password,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        guard let token = OneTimeToken(token) else { throw .invalidToken }
        do {
            let reader = tenants.reader(for: tenant.id, as: Accounts.principal)
            let hash = token.hash(cryptography)
            guard
                let found = try await reader.read(.selectOneTimeToken(hash, for: .resetPassword, at: clock.now())).only
                    .map({ row throws(DatabaseError) in try RedeemedToken(row: row) }),
                let holder = try await reader.read(.selectHolder(found.user)).only
                    .map({ row throws(DatabaseError) in try AccountHolder(row: row) })
            else { throw AccountError.invalidToken }
            try PasswordPolicy(tenant, holder).check(password)
            let hashed = try await passwords.hash(password)
            try await tenants.transaction(for: tenant.id, as: Accounts.principal) { session in
                let redeemed = try await redeem(token, for: .resetPassword, session: session)
                let now = clock.now()
                let replies = try await session.batch([
                    .updatePassword(hashed, of: redeemed.user, at: now),
                    .verifyEmail(redeemed.email, of: redeemed.user, at: now),
                    .revokeSessions(of: redeemed.user, because: .passwordChanged, at: now),
                    .forgetDevices(of: redeemed.user),
                    .deleteOneTimeTokens(of: redeemed.user, for: [.changeEmail]),
                    audit.recording(
                        AuditEvent("user.password_reset", on: redeemed.user),
                        by: redeemed.principal(origin)
                    ),
                ])
                // Suspended since, or the mail went to an address that is no longer theirs.
                guard replies.count > 1, let row = replies[0].only, replies[1].only != nil else {
                    throw AccountError.invalidToken
                }
                try await notify(.passwordChanged, row: row, of: tenant, session: session)
            }
        } catch {
            throw AccountError(error)
        }
    }

    /// Does the same work for an address that has an account and for one that has none.
    private func request(
        _ purpose: OneTimeToken.Purpose,
        _ email: Email,
        at tenant: Tenant,
        tenants: Tenants,
        origin: RequestOrigin? = nil
    ) async throws(AccountError) {
        guard mail.isOffered else { throw .mailNotOffered }
        let asking = Principal(.anonymous, grants: Grants(), origin: origin)
        let never: User.ID = signIn.identifiers.next()
        do {
            try await tenants.transaction(for: tenant.id, as: Accounts.principal) { session in
                let holder = try await session.execute(.selectHolder(email)).only
                    .map { row throws(DatabaseError) in try AccountHolder(row: row) }
                let isNeeded = holder.map { purpose != .verifyEmail || !$0.isVerified } ?? false
                let token = OneTimeToken(cryptography)
                let user = holder?.user ?? never
                let statement: SQL =
                    isNeeded
                    ? .insertOneTimeToken(
                        token.hash(cryptography),
                        for: purpose,
                        of: user,
                        to: holder?.email ?? email,
                        at: clock.now()
                    )
                    : .selectOneTimeToken(token.hash(cryptography), for: purpose, at: clock.now())
                let replies = try await session.batch([
                    audit.recording(AuditEvent(purpose.requested, on: user), by: asking), statement,
                ])
                if let holder, replies.last?.only != nil {
                    let message = purpose.message(links.link(purpose.page, token, of: tenant))
                    try await mail.queue(
                        message,
                        to: holder.email,
                        language: holder.locale ?? tenant.settings.locale,
                        session: session
                    )
                } else {
                    try await session.execute(.nothing())
                }
            }
        } catch {
            throw AccountError(error)
        }
    }

    func redeem(
        _ token: OneTimeToken,
        for purpose: OneTimeToken.Purpose,
        session: borrowing TenantSession
    ) async throws -> RedeemedToken {
        let statement = SQL.redeemOneTimeToken(token.hash(cryptography), for: purpose, at: clock.now())
        guard let row = try await session.execute(statement).only else { throw AccountError.invalidToken }
        return try RedeemedToken(row: row)
    }

    /// Tells the owner of an account what happened to it, if the installation sends mail.
    func notify(
        _ message: AccountMessage,
        row: Row,
        of tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        guard mail.isOffered else { return }
        let email: Email = try row["email"]
        let locale: String? = try row["locale"]
        try await mail.queue(message, to: email, language: locale ?? tenant.settings.locale, session: session)
    }

    static let principal = Principal(.system("accounts"), grants: Grants())
}

extension RedeemedToken {
    /// Who acts: whoever reads the mailbox is taken for its owner.
    func principal(_ origin: RequestOrigin?) -> Principal {
        Principal(.user(user), grants: Grants(), origin: origin)
    }
}

extension PasswordPolicy {
    init(_ tenant: Tenant, _ holder: AccountHolder) {
        self.init(tenant, email: holder.email, names: [holder.displayName, holder.username?.text])
    }
}

extension OneTimeToken.Purpose {
    var page: StaticString {
        switch self {
        case .verifyEmail: "verify-email"
        case .resetPassword: "reset-password"
        case .changeEmail: "confirm-email"
        }
    }

    var requested: StaticString {
        switch self {
        case .verifyEmail: "user.verification_requested"
        case .resetPassword: "user.password_reset_requested"
        case .changeEmail: "user.email_change_requested"
        }
    }

    func message(_ link: Secret<String>) -> AccountMessage {
        switch self {
        case .verifyEmail: .verifyEmail(link: link)
        case .resetPassword: .resetPassword(link: link)
        case .changeEmail: .confirmNewEmail(link: link)
        }
    }
}
