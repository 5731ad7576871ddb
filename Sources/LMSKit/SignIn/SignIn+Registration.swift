// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What registering came to.
@nonexhaustive
public enum Registered: Sendable {
    /// They are signed in.
    case signedIn(SignedIn)
    /// They have an account, and no tokens before they showed that the address is theirs.
    case awaitsVerification(User)
}

extension SignIn {
    /// Registers a student, and signs them in unless the tenant wants to know first that the address is theirs.
    ///
    /// A message to show that is queued in the same transaction, if the installation sends mail.
    ///
    /// - Parameters:
    ///   - email: The address to sign in with.
    ///   - password: The password they chose.
    ///   - displayName: The name that others see, 1–255 characters; the start of the address without one.
    ///   - client: Where they come from.
    ///   - tenant: The tenant.
    ///   - accounts: Asks for the proof of the address.
    ///   - tenants: Opens transactions.
    /// - Returns: The user, with tokens or without.
    /// - Throws: `SignInError.registrationClosed`; `.domainNotAllowed`; `.password`; `.emailTaken`; `.mailNotOffered` if the tenant wants a proof and
    ///   the installation sends no mail; `.busy`; `.keys`; `.database`.
    public func register(
        _ email: Email,
        password: Password,
        displayName: String?,
        from client: SignInClient = SignInClient(RequestOrigin(address: "", userAgent: nil)),
        at tenant: Tenant,
        accounts: Accounts,
        tenants: Tenants
    ) async throws(SignInError) -> Registered {
        let settings = tenant.settings
        guard settings.selfRegistration, settings.passwordSignIn else { throw .registrationClosed }
        guard settings.registrationDomains.isEmpty || settings.registrationDomains.contains(email.domain) else {
            throw .domainNotAllowed
        }
        guard !settings.verifiedEmailRequired || accounts.mail.isOffered else { throw .mailNotOffered }
        do {
            try PasswordPolicy(tenant, email: email, names: [displayName]).check(password)
            let hash = try await passwords.hash(password)
            let ring = try await keys.ring(of: tenant.id, tenants: tenants)
            let new = NewUser(email: email, displayName: displayName, password: hash)
            let anonymous = Principal(.anonymous, grants: Grants(), origin: client.origin)
            return try await tenants.transaction(for: tenant.id, as: anonymous) { session in
                let user = try await users.register(new, session: session)
                try await accounts.askForProof(of: user, at: tenant, session: session)
                if settings.verifiedEmailRequired { return .awaitsVerification(user) }
                let entrance = Entrance(user.id, by: [.password], from: client)
                // Somebody who is new has no second factor to be asked for.
                guard case .signedIn(let signedIn) = try await enter(entrance, at: tenant, ring: ring, session: session)
                else { throw SignInError.inactive }
                return .signedIn(signedIn)
            }
        } catch {
            throw SignInError(error)
        }
    }
}

extension Accounts {
    /// Mails a new user the link that shows that the address is theirs, if the installation sends mail.
    func askForProof(of user: User, at tenant: Tenant, session: borrowing TenantSession) async throws(DatabaseError) {
        guard mail.isOffered, user.emailVerifiedAt == nil else { return }
        let token = OneTimeToken(cryptography)
        try await session.execute(
            .insertOneTimeToken(
                token.hash(cryptography),
                for: .verifyEmail,
                of: user.id,
                to: user.email,
                at: clock.now()
            )
        )
        try await mail.queue(
            .verifyEmail(link: links.link(OneTimeToken.Purpose.verifyEmail.page, token, of: tenant)),
            to: user.email,
            language: user.locale ?? tenant.settings.locale,
            session: session
        )
    }
}
