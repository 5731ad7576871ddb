// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Registers people, signs them in and out, and keeps their sessions.
///
/// Unlike other services it opens its transactions itself: a password takes as long as a hundred of them and is checked
/// while none
/// is open.
public struct SignIn: Sendable {
    let users: Users
    let passwords: Passwords
    let keys: SigningKeys
    let tokens: AccessTokens
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit
    let factors: SecondFactors
    let throttle: SignInThrottle

    /// How long a refresh token is good if it is not used.
    static let refreshLifetime: TimeInterval = 7 * 86_400
    /// The same in whole seconds, for what keeps one.
    public static var refreshLifetimeInSeconds: Int { Int(refreshLifetime) }
    /// How long a device is remembered, in seconds.
    public static var deviceLifetimeInSeconds: Int { Int(RememberedDevice.lifetime) }
    /// How long a session can be refreshed altogether.
    static let sessionLifetime: TimeInterval = 30 * 86_400
    /// How many sessions a user has at once; the oldest make room.
    static let sessionsPerUser = 50
    /// How long a refresh may be repeated with its retry key.
    static let retryWindow: TimeInterval = 60

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - users: Makes users.
    ///   - passwords: Checks passwords.
    ///   - keys: The tenants' signing keys.
    ///   - tokens: Signs access tokens.
    ///   - cryptography: The cryptographic primitives.
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records who signed in, out, and who could not.
    ///   - factors: Looks at second factors.
    ///   - attempts: Counts attempts for several processes; this one counts for itself without.
    public init(
        users: Users,
        passwords: Passwords,
        keys: SigningKeys,
        tokens: AccessTokens,
        cryptography: any Cryptography,
        clock: WallClock,
        identifiers: IdentifierSource,
        audit: Audit,
        factors: SecondFactors,
        attempts: (any AttemptLedger)? = nil
    ) {
        throttle = SignInThrottle(sharing: attempts)
        self.users = users
        self.passwords = passwords
        self.keys = keys
        self.tokens = tokens
        self.cryptography = cryptography
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        self.factors = factors
    }

    /// Signs somebody in with a password.
    ///
    /// An unknown address takes as long as a wrong password.
    ///
    /// - Parameters:
    ///   - credentials: What they typed.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and transactions.
    /// - Returns: The user and their tokens, or a challenge.
    /// - Throws: `SignInError.invalidCredentials`; `.inactive`; `.emailUnverified`; `.passwordSignInOff`; `.throttled`;
    ///   `.busy`; `.keys`; `.database`.
    public func signIn(
        _ credentials: Credentials,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(SignInError) -> SignInOutcome {
        do {
            let account = try await check(credentials, at: tenant.id, tenants: tenants)
            guard account.status == .active else { throw SignInError.inactive }
            let settings = tenant.settings
            let isBreakGlass = !settings.passwordSignIn
            // Who was named when they were an owner and is none any more has no way in for emergencies either.
            guard !isBreakGlass || account.isOwner && settings.breakGlassUsers.contains(account.id.description) else {
                throw SignInError.passwordSignInOff
            }
            guard account.isVerified || !tenant.settings.verifiedEmailRequired else {
                throw SignInError.emailUnverified
            }
            let rehashed = account.needsRehash ? try await passwords.hash(credentials.password) : nil
            var entrance = Entrance(
                account.id,
                by: [.password],
                from: credentials.client,
                epoch: account.epoch,
                rehashed: rehashed
            )
            entrance.isBreakGlass = isBreakGlass
            return try await enter(entrance, at: tenant, tenants: tenants)
        } catch {
            throw SignInError(error)
        }
    }

    /// Signs somebody in by the `password` grant of RFC 6749, if the tenant offers it.
    ///
    /// - Parameters:
    ///   - credentials: What they typed.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers and transactions.
    /// - Returns: The user and their tokens.
    /// - Throws: `SignInError.passwordGrantOff`; `.secondFactorNeeded`, as the grant has no place for one; and what
    ///   `signIn` throws.
    public func grantByPassword(
        _ credentials: Credentials,
        at tenant: Tenant,
        tenants: Tenants
    ) async throws(SignInError) -> SignedIn {
        guard tenant.settings.passwordGrant else { throw .passwordGrantOff }
        switch try await signIn(credentials, at: tenant, tenants: tenants) {
        case .signedIn(let signedIn): return signedIn
        case .challenged: throw .secondFactorNeeded
        }
    }

    /// Makes sure that whoever is signed in knows their password, before something that cannot be undone.
    ///
    /// - Parameters:
    ///   - user: Who is signed in.
    ///   - password: What they typed.
    ///   - clientAddress: The network address that it comes from.
    ///   - tenant: The tenant.
    ///   - tenants: Opens readers.
    /// - Throws: `SignInError.invalidCredentials`; `.throttled`; `.busy`; `.database`.
    public func confirm(
        _ user: User.ID,
        password: Secret<String>,
        clientAddress: String,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(SignInError) {
        do {
            let reader = tenants.reader(for: tenant, as: SignIn.principal)
            guard let email: String = try await reader.read(.selectEmail(of: user)).only?["email"] else {
                throw SignInError.invalidCredentials
            }
            let credentials = Credentials(email: email, password: password, clientAddress: clientAddress)
            _ = try await check(credentials, at: tenant, tenants: tenants)
        } catch {
            throw SignInError(error)
        }
    }

    private func check(_ credentials: Credentials, at tenant: TenantID, tenants: Tenants) async throws -> Account {
        let name = credentials.email.prefix(254).lowercased()
        let address = credentials.clientAddress
        let device = try await self.device(credentials, at: tenant, tenants: tenants)
        do {
            try await throttle.attempt(name, at: tenant, from: address, device: device, now: clock.now())
        } catch {
            try await note(nil, .refused, credentials, at: tenant, tenants: tenants)
            throw error
        }
        var account: Account?
        if let name = SignInName(credentials.email) {
            let reader = tenants.reader(for: tenant, as: SignIn.principal)
            account = try await reader.read(.selectAccount(name)).only
                .map { row throws(DatabaseError) in try Account(row: row) }
        }
        // Also without an account or a hash: the time must not tell which it was.
        let verdict = try await passwords.verify(credentials.password, against: account?.passwordHash?.reveal())
        guard var account, verdict != .mismatch else {
            try await note(account?.id, .failed, credentials, at: tenant, tenants: tenants)
            throw SignInError.invalidCredentials
        }
        await throttle.succeed(name, at: tenant, from: address, device: device)
        account.needsRehash = verdict == .matchToRehash
        return account
    }

    /// Records that somebody was not let in; repetitions are counted.
    private func note(
        _ account: User.ID?,
        _ outcome: AuditEvent.Outcome,
        _ credentials: Credentials,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws {
        let nobody = Principal(.anonymous, grants: Grants(), origin: credentials.origin)
        let event =
            account.map { AuditEvent("user.signed_in", on: $0, outcome: outcome) }
            ?? AuditEvent("user.signed_in", outcome: outcome)
        let name = credentials.email.prefix(254).lowercased()
        try await audit.note(event, about: name, by: nobody, at: tenant, tenants: tenants)
    }

    static let principal = Principal(.system("sign-in"), grants: Grants())
}

/// What signing in needs to know of a user.
struct Account: Sendable {
    let id: User.ID
    let passwordHash: Secret<String>?
    let status: User.Status
    let epoch: Int
    /// Whether they showed that the address is theirs.
    let isVerified: Bool
    /// Whether they are an owner of the tenant.
    let isOwner: Bool
    var needsRehash = false

    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        let hash: String? = try row["password_hash"]
        passwordHash = hash.map { Secret($0) }
        status = try row["status"]
        epoch = try row["token_epoch"]
        isVerified = try row["is_verified"]
        isOwner = try row["is_owner"]
    }
}
