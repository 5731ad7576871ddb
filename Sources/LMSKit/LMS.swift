// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The learning platform's domain: one service for each feature.
///
/// It holds no tenant and no connection; each call brings its tenant's session or reader.
public struct LMS: Sendable {
    /// Writes the audit log.
    public let audit: Audit
    /// Shows and checks the audit log.
    public let auditLog: AuditLog
    /// Makes, finds and changes people.
    public let users: Users
    /// Makes and changes the tenants' own roles.
    public let roles: Roles
    /// Says what somebody may do, and why.
    public let permissions: Permissions
    /// Hashes passwords.
    public let passwords: Passwords
    /// Seals the tenants' secrets.
    public let tenantKeys: TenantKeys
    /// Lets new keys take over.
    public let keyRotation: KeyRotation
    /// The keys that sign access tokens.
    public let signingKeys: SigningKeys
    /// What people show besides a password.
    public let factors: SecondFactors
    /// Registers people, signs them in and out.
    public let signIn: SignIn
    /// Proves addresses, changes passwords, lets back in who forgot theirs.
    public let accounts: Accounts
    /// Lets people show that a telephone number is theirs.
    public let phones: Phones
    /// Queues messages to people in the transaction of their cause, and delivers them after it.
    public let mail: Mail
    /// Lets tenants choose who sends their mail.
    public let tenantMail: TenantMail
    /// Asks people to come.
    public let invitations: Invitations
    /// Brings people in and gives them out as a table.
    public let userTransfer: UserTransfer
    /// Says who shows an access token and what they may do.
    public let authenticator: Authenticator
    /// Makes, renews, shows and revokes the keys by which programs act for users.
    public let apiKeys: APIKeys
    /// Says who shows such a key and what it may do.
    public let apiKeyAuthenticator: APIKeyAuthenticator
    /// Makes, changes, renews and deletes the accounts of programs.
    public let serviceAccounts: ServiceAccounts
    /// Gives programs tokens for their secrets.
    public let serviceSignIn: ServiceSignIn
    /// Says which program shows an access token and what it may do.
    public let serviceAuthenticator: ServiceAuthenticator
    /// Says of a token whether it is good.
    public let introspection: Introspection
    /// Signs people in whom others vouch for.
    public let federation: Federation
    /// Makes, changes and publishes courses.
    public let courses: Courses
    /// Arranges the modules of courses.
    public let modules: Modules
    /// Writes lessons and shows them to those who are entitled to them.
    public let lessons: Lessons
    /// Gives learners places in courses.
    public let enrollments: Enrollments
    /// Says how much of a course somebody may read.
    public let entitlements: Entitlements
    /// Records what learners do in lessons.
    public let progress: ProgressRecords
    /// Writes, moderates and shows reviews of courses.
    public let reviews: Reviews

    /// Lets the platform's operators act as users where the tenant allows it.
    public let impersonations: Impersonations
    private let makeOperators: @Sendable (any Database) -> Operators

    /// The people who run the platform.
    ///
    /// - Parameter control: The control database.
    /// - Returns: The service, which counts attempts to sign in: one for each process.
    public func operators(control: any Database) -> Operators { makeOperators(control) }

    /// Puts the services together.
    ///
    /// - Parameters:
    ///   - cryptography: The cryptographic primitives.
    ///   - passwordHashing: Hashes passwords, off the event loops.
    ///   - masterKeys: The keys of the configuration, under which the tenants' keys are sealed.
    ///   - clock: Dates what happens.
    ///   - auditAnchors: Where the ends of the audit logs are written down.
    ///   - keyManagement: Seals the tenants' keys in place of the master keys.
    ///   - messages: Whether there is somebody who delivers mail, see `MailDelivery`, or what else takes it.
    ///   - links: Where the pages are that mailed links lead to.
    ///   - ports: What signing in by others needs; without it that fails.
    public init(
        cryptography: any Cryptography,
        passwordHashing: any PasswordHashing,
        masterKeys: MasterKeys,
        clock: WallClock = .system,
        auditAnchors: (any AuditAnchorStore)? = nil,
        keyManagement: (any KeyManagement)? = nil,
        messages: Messages = .nowhere,
        links: AccountLinks = AccountLinks(),
        federation ports: FederationPorts = .none
    ) {
        let identifiers = IdentifierSource(clock: clock)
        audit = Audit(clock: clock, identifiers: identifiers)
        users = Users(clock: clock, identifiers: identifiers, audit: audit)
        roles = Roles(clock: clock, identifiers: identifiers, audit: audit)
        permissions = Permissions()
        courses = Courses(clock: clock, identifiers: identifiers, audit: audit)
        modules = Modules(courses: courses)
        lessons = Lessons(courses: courses) { HTMLSanitizer().sanitize($0) }
        enrollments = Enrollments(clock: clock, identifiers: identifiers, audit: audit)
        entitlements = Entitlements()
        progress = ProgressRecords(clock: clock)
        reviews = Reviews(clock: clock, identifiers: identifiers, audit: audit)
        passwords = Passwords(passwordHashing)
        tenantKeys = TenantKeys(
            management: keyManagement
                ?? ConfiguredKeyManagement(masterKeys: masterKeys, cryptography: cryptography),
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers
        )
        auditLog = AuditLog(
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            clock: clock,
            anchors: auditAnchors
        )
        mail = Mail(tenantKeys: tenantKeys, clock: clock, identifiers: identifiers)
        tenantMail = TenantMail(tenantKeys: tenantKeys, clock: clock, identifiers: identifiers, audit: audit)
        let (accountMail, codes) = messages.ports(mail)
        signingKeys = SigningKeys(
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers
        )
        keyRotation = KeyRotation(tenantKeys: tenantKeys, signingKeys: signingKeys, audit: audit)
        let tokens = AccessTokens(keys: signingKeys, cryptography: cryptography, clock: clock)
        impersonations = Impersonations(
            tokens: tokens,
            keys: signingKeys,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        let passwords = passwords
        makeOperators = { control in
            Operators(
                control: control,
                masterKeys: masterKeys,
                passwords: passwords,
                cryptography: cryptography,
                clock: clock,
                identifiers: identifiers
            )
        }
        authenticator = Authenticator(tokens: tokens, clock: clock)
        apiKeys = APIKeys(cryptography: cryptography, clock: clock, identifiers: identifiers, audit: audit)
        apiKeyAuthenticator = APIKeyAuthenticator(cryptography: cryptography, clock: clock)
        serviceAccounts = ServiceAccounts(
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        serviceSignIn = ServiceSignIn(keys: signingKeys, cryptography: cryptography, clock: clock, audit: audit)
        serviceAuthenticator = ServiceAuthenticator(
            keys: signingKeys,
            cryptography: cryptography,
            clock: clock,
            audit: audit
        )
        introspection = Introspection(
            authenticator: authenticator,
            services: serviceAuthenticator,
            apiKeys: apiKeyAuthenticator,
            cryptography: cryptography,
            clock: clock
        )
        factors = SecondFactors(
            tenantKeys: tenantKeys,
            keys: signingKeys,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit,
            mail: codes,
            notices: accountMail
        )
        signIn = SignIn(
            users: users,
            passwords: passwords,
            keys: signingKeys,
            tokens: tokens,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit,
            factors: factors
        )
        invitations = Invitations(
            users: users,
            passwords: passwords,
            audit: audit,
            mail: accountMail,
            links: links,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers
        )
        userTransfer = UserTransfer(users: users, invitations: invitations, audit: audit)
        accounts = Accounts(
            signIn: signIn,
            passwords: passwords,
            audit: audit,
            mail: accountMail,
            links: links,
            cryptography: cryptography,
            clock: clock
        )
        phones = Phones(factors: factors, audit: audit)
        federation = Federation(
            ports: ports,
            tenantKeys: tenantKeys,
            users: users,
            signIn: signIn,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
    }
}
