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
    /// Is told whose sessions, people or keys changed, so that they are read anew.
    public let standingChanges = StandingChanges()
    /// Shows events, and what was given up of them.
    public let events: EventHistory
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
    /// Tells people on their devices.
    public let push: Push
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
    /// Says which courses are completed before another one is taken.
    public let prerequisites: Prerequisites
    /// Has courses approved before they are published.
    public let approvals: Approvals
    /// Writes versions of courses, and moves learners between them.
    public let courseVersions: CourseVersions
    /// Keeps courses that others begin with.
    public let courseTemplates: CourseTemplates
    /// Puts the categories and tags of courses in order.
    public let courseLabels: CourseLabels
    /// Keeps the courses that people mean to take.
    public let wishes: Wishes
    /// Says which courses most learners began lately.
    public let trending: Trending
    /// Makes cohorts of courses, and moves learners between them.
    public let cohorts: Cohorts
    /// Shows learners what is due and what comes.
    public let calendars: Calendars
    /// Shows learners where they are, and those who teach what waits for them.
    public let dashboards: Dashboards
    /// Arranges the modules of courses.
    public let modules: Modules
    /// Writes lessons and shows them to those who are entitled to them.
    public let lessons: Lessons
    /// Gives learners places in courses.
    public let enrollments: Enrollments
    /// Says how much of a course somebody may read.
    public let entitlements: Entitlements
    /// Completes courses whose rule asks for more than lessons.
    public let completions: Completions
    /// Records what learners do in lessons.
    public let progress: ProgressRecords
    /// Shows a tenant its jobs.
    public let jobs: TenantJobs
    /// Writes, moderates and shows reviews of courses.
    public let reviews: Reviews
    /// Issues certificates, takes them back and shows them.
    public let certificates: Certificates
    /// Designs how certificates look.
    public let certificateTemplates: CertificateTemplates
    /// Makes video and audio of lessons playable, and shows it.
    public let media: Media
    /// Keeps and shows learners' grades.
    public let gradebook: Gradebook
    /// Tells people what happened, by the channels that they want.
    public let notifications: Notifications
    /// Lets members write to each other.
    public let conversations: Conversations
    /// Lets those who may read a course talk about it.
    public let discussions: Discussions
    /// Lets members report what others wrote, and moderators decide on it.
    public let moderation: Moderation
    /// Sets work, takes what learners hand in, and grades it.
    public let assignments: Assignments
    /// Has learners review each other's work.
    public let peerReviews: PeerReviews
    /// Writes questions and quizzes, lets learners take them, and grades them.
    public let quizzes: Quizzes

    /// Has events sent to the tenants' own servers.
    public let webhooks: Webhooks

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
    ///   - pushing: What telling people on their devices needs; without it nobody is told there.
    ///   - certificatePorts: What draws and keeps certificates; without it none are drawn.
    ///   - mediaPorts: What makes and keeps what players get of media; without it none are made.
    ///   - attempts: Counts attempts at passwords for several processes; each counts for itself without.
    ///   - addresses: What may be connected to where a tenant chose the address; the public Internet unless said.
    ///   - patterns: Matches the regular expressions of keys of questions; without it keys have none.
    public init(
        cryptography: any Cryptography,
        passwordHashing: any PasswordHashing,
        masterKeys: MasterKeys,
        clock: WallClock = .system,
        auditAnchors: (any AuditAnchorStore)? = nil,
        keyManagement: (any KeyManagement)? = nil,
        messages: Messages = .nowhere,
        links: AccountLinks = AccountLinks(),
        federation ports: FederationPorts = .none,
        push pushing: PushPorts = .none,
        certificates certificatePorts: CertificatePorts = .none,
        media mediaPorts: MediaPorts = .none,
        attempts: (any AttemptLedger)? = nil,
        outgoing addresses: OutgoingAddresses = OutgoingAddresses(),
        patterns: (any TextPatterns)? = nil
    ) {
        let identifiers = IdentifierSource(clock: clock)
        audit = Audit(clock: clock, identifiers: identifiers)
        events = EventHistory(audit: audit, clock: clock)
        users = Users(clock: clock, identifiers: identifiers, audit: audit)
        roles = Roles(clock: clock, identifiers: identifiers, audit: audit)
        permissions = Permissions(clock: clock)
        courses = Courses(clock: clock, identifiers: identifiers, audit: audit)
        prerequisites = Prerequisites(courses: courses)
        approvals = Approvals(courses: courses)
        courseVersions = CourseVersions(courses: courses)
        courseTemplates = CourseTemplates(courses: courses)
        courseLabels = CourseLabels(courses: courses)
        wishes = Wishes(clock: clock, identifiers: identifiers)
        trending = Trending(clock: clock)
        cohorts = Cohorts(courses: courses)
        calendars = Calendars(links: links, cryptography: cryptography, clock: clock, audit: audit)
        dashboards = Dashboards(clock: clock)
        modules = Modules(courses: courses)
        lessons = Lessons(courses: courses) { HTMLSanitizer().sanitize($0) }
        entitlements = Entitlements()
        progress = ProgressRecords(clock: clock)
        completions = Completions(clock: clock)
        jobs = TenantJobs(audit: audit)
        reviews = Reviews(clock: clock, identifiers: identifiers, audit: audit)
        gradebook = Gradebook(clock: clock, identifiers: identifiers, audit: audit)
        conversations = Conversations(clock: clock, identifiers: identifiers)
        discussions = Discussions(clock: clock, identifiers: identifiers, audit: audit)
        moderation = Moderation(clock: clock, identifiers: identifiers, audit: audit, discussions: discussions)
        quizzes = Quizzes(
            clock: clock,
            identifiers: identifiers,
            audit: audit,
            gradebook: gradebook,
            patterns: patterns
        )
        enrollments = Enrollments(clock: clock, identifiers: identifiers, audit: audit, quizzes: quizzes)
        assignments = Assignments(clock: clock, identifiers: identifiers, audit: audit, gradebook: gradebook)
        peerReviews = PeerReviews(assignments: assignments)
        passwords = Passwords(passwordHashing)
        tenantKeys = TenantKeys(
            management: keyManagement
                ?? ConfiguredKeyManagement(masterKeys: masterKeys, cryptography: cryptography),
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers
        )
        certificates = Certificates(
            ports: certificatePorts,
            tenantKeys: tenantKeys,
            links: links,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        media = Media(
            ports: mediaPorts,
            tenantKeys: tenantKeys,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        certificateTemplates = CertificateTemplates(
            ports: certificatePorts,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        auditLog = AuditLog(
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            clock: clock,
            anchors: auditAnchors
        )
        mail = Mail(tenantKeys: tenantKeys, clock: clock, identifiers: identifiers, links: links)
        notifications = Notifications(
            mail: mail,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        tenantMail = TenantMail(tenantKeys: tenantKeys, clock: clock, identifiers: identifiers, audit: audit)
        push = Push(
            ports: pushing,
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit
        )
        let (accountMail, codes) = messages.ports(mail, notifications)
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
                identifiers: identifiers,
                attempts: attempts
            )
        }
        authenticator = Authenticator(tokens: tokens, clock: clock, changes: standingChanges)
        apiKeys = APIKeys(cryptography: cryptography, clock: clock, identifiers: identifiers, audit: audit)
        apiKeyAuthenticator = APIKeyAuthenticator(
            cryptography: cryptography,
            clock: clock,
            changes: standingChanges
        )
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
            audit: audit,
            changes: standingChanges
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
            factors: factors,
            attempts: attempts
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
        webhooks = Webhooks(
            tenantKeys: tenantKeys,
            cryptography: cryptography,
            clock: clock,
            identifiers: identifiers,
            audit: audit,
            notices: accountMail,
            notifications: notifications,
            addresses: addresses,
            types: EventType.all
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
