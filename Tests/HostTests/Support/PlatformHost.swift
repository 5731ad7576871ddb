// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSTenancy
internal import LMSTestSupport

@testable import LMSHost

/// The whole middleware over real tenants, real tokens and every route; no socket.
struct PlatformHost {
    let platform: TestPlatform
    let importer: CourseImporter
    /// Takes files.
    let uploads: Uploads
    /// Everything that is served.
    let routes: [Route]
    /// What is served at tenants' addresses; the platform's own routes are on the base domain (`OperatorTests`).
    var tenantRoutes: [Route] { routes.filter { !$0.access.isPlatform } }
    let pipeline: Pipeline
    /// Sends events to the tenants' servers through the host's client.
    let webhooks: WebhookSender
    /// Those who run the platform.
    let operators: Operators
    /// Tells those who watch.
    let live: LiveHub

    /// Everybody's password.
    static let password = "correct horse"

    static let cursorSecret = Secret<[UInt8]>(Array(repeating: 1, count: 32))

    /// A directory for files that nobody has yet.
    static func newDataDirectory() -> String {
        FileManager.default.temporaryDirectory.appending(path: "lms-tests-\(UUID().uuidString)").path
    }

    /// Serves every tenant of the test installation at `<slug>.localhost`.
    ///
    /// - Parameters:
    ///   - settings: Changes a tenant's settings as they are resolved.
    ///   - tenants: Runs transactions; the installation's if nothing else is said.
    ///   - clock: The clock; one that others have too, if several hosts stand for several processes.
    ///   - masterKeys: The master keys; one of the tests' if nothing else is said.
    ///   - serving: How the middleware behaves.
    ///   - http: Calls other servers; none answers without.
    ///   - live: Tells those who watch.
    ///   - transport: Takes the messages of tenants' own mail servers.
    ///   - pushing: Changes what telling people on their devices needs.
    ///   - certificates: What draws and keeps certificates; a press that writes what it is told, and memory, if nothing else is said.
    ///   - media: What makes and keeps media; a workshop that invents them, and the same memory, if nothing else is said.
    ///   - scanner: Looks for malware in files; nobody does without.
    ///   - pictures: Reads pictures; their structure alone is looked at without.
    ///   - store: Keeps the files; below the data directory if nothing else is said.
    ///   - direct: Whether files may be sent to the store itself.
    ///   - dataDirectory: Where its files are; nobody else's if nothing else is said.
    ///   - more: Routes that only a test has.
    /// - Throws: If the installation cannot be made.
    init(
        settings: @escaping @Sendable (inout TenantSettings) -> Void = { _ in },
        tenants: Tenants? = nil,
        clock: TestClock = TestClock(),
        masterKeys: MasterKeys? = nil,
        serving: PipelineSettings = TestHost.quiet,
        http: any HTTPClient = NoHTTPClient(),
        live: LiveHub = LiveHub(settings: LiveSettings(), broadcast: LocalBroadcast()),
        mail transport: any MailTransport = NoMailTransport(),
        pushing: (inout PushPorts) -> Void = { _ in },
        certificates: CertificatePorts = .plain(),
        media: MediaPorts = MediaPorts(store: MemoryBlobStore.shared, workshop: PlainWorkshop()),
        scanner: (any MalwareScanner)? = nil,
        pictures: (any PictureWorkshop)? = nil,
        store: (any BlobStore)? = nil,
        direct: DirectUploads = .off,
        dataDirectory: String = PlatformHost.newDataDirectory(),
        more: [Route] = []
    ) async throws {
        let installation = try await TestInstallation.shared
        let anchors = DirectoryAuditAnchors(control: installation.control)
        let platform = try TestPlatform(
            clock: clock,
            masterKeys: masterKeys,
            auditAnchors: anchors,
            http: http,
            pushing: pushing,
            certificates: certificates,
            media: media
        )
        self.platform = platform
        let resolution = TenantResolution(directory: installation.directory, baseDomains: ["localhost"])
        let tenants = tenants ?? installation.tenants
        self.live = live
        let operators = platform.lms.operators(control: installation.control)
        self.operators = operators
        let services = HostServices(
            resolveTenant: { host, header throws(TenantResolutionError) in
                try await resolution.resolve(host: host, header: header).changing { chosen in
                    // The example of the rule, which generated requests have.
                    if chosen.returnAddresses.isEmpty {
                        chosen.returnAddresses = ["https://learn.example.org/signed-in"]
                    }
                    settings(&chosen)
                }
            },
            authenticate: { token, tenant, address throws(AuthenticationError) in
                try await Authentication.of(token, at: tenant, from: address, platform.lms, tenants)
            },
            recall: { token, tenant, address throws(AuthenticationError) in
                try Authentication.recalled(token, at: tenant, from: address, platform.lms)
            },
            renew: { claim, tenant, address throws(AuthenticationError) in
                try await Authentication.renewed(claim, at: tenant, from: address, platform.lms, tenants)
            },
            platform: PlatformGate(baseDomains: ["localhost"], operators: operators),
            tenants: tenants,
            cryptography: platform.cryptography,
            cursorSecret: Self.cursorSecret,
            audit: platform.lms.audit,
            clock: platform.clock.wall,
            gzip: nil
        )
        let system = SystemRoutes(version: "1.2.3", checkComponents: { [] })
        importer = try CourseImporter(
            lms: platform.lms,
            tenants: tenants,
            cryptography: OpenSSLCryptography(),
            dataDirectory: dataDirectory,
            store: store,
            scanner: scanner
        )
        let uploads = platform.lms.uploads(
            store: importer.store,
            ports: UploadPorts(
                types: PlainContentTypes(),
                digesting: try OpenSSLCryptography(),
                scanner: scanner,
                pictures: pictures
            ),
            direct: direct
        )
        self.uploads = uploads
        let chosen = Settings(
            administration: installation.tenantAdministration,
            directory: installation.directory,
            audit: platform.lms.audit,
            clock: platform.clock.wall
        )
        let delivery = MailDelivery(
            mail: platform.lms.mail,
            transport: NoMailTransport(),
            servers: { _ in transport },
            tenants: tenants
        )
        let work = PlatformServices(
            operators: operators,
            administration: installation.tenantAdministration,
            directory: installation.directory,
            impersonations: platform.lms.impersonations,
            issuers: IssuerArchives(cell: installation.control),
            tenants: tenants
        )
        let webhooks = WebhookSender(webhooks: platform.lms.webhooks, http: http, tenants: tenants)
        self.webhooks = webhooks
        routes =
            RouteTable(
                system: system,
                lms: platform.lms,
                importer: importer,
                uploads: uploads,
                courier: MailCourier(
                    delivery: delivery,
                    sender: Mailbox(name: nil, address: try TestPlatform.email("no-reply"))
                ),
                pushDelivery: PushDelivery(platform.lms, tenants: tenants),
                platform: work,
                webhooks: webhooks,
                outbox: Outbox(cell: installation.control, installation: installation.prefix),
                settings: chosen,
                sendsSMS: true,
                live: live
            ).routes + more
        pipeline = try Pipeline(
            routes: routes,
            services: services,
            settings: serving
        )
    }

    /// Sends a request to a tenant.
    func send(
        _ method: String = "GET",
        _ target: String,
        to tenant: TestTenant,
        fields: [String] = [],
        token: String? = nil,
        json: String? = nil,
        form: String? = nil,
        upload: String? = nil,
        content: [UInt8]? = nil,
        peer: String = "192.0.2.1"
    ) async throws -> TestReply {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(tenant.tenant.slug).localhost:8080"] + fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        if json != nil { lines.append("Content-Type: application/json") }
        if form != nil { lines.append("Content-Type: application/x-www-form-urlencoded") }
        let body = content ?? (json ?? form ?? upload).map { Array($0.utf8) }
        if let body { lines.append("Content-Length: \(body.count)") }
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
        return TestReply(await pipeline.respond(to: try HTTPRequest(parsing: bytes, peerAddress: peer)))
    }

    /// Registers somebody.
    ///
    /// - Returns: The reply's tokens and the user's identifier.
    func register(_ name: String, at tenant: TestTenant) async throws -> Session {
        let json = #"{"email":"\#(name)@example.org","password":"\#(Self.password)"}"#
        return try Session(try await send("POST", "/api/v1/auth/register", to: tenant, json: json))
    }

    /// Makes a user of some roles and signs them in.
    func member(_ name: String, _ roles: BuiltInRole..., of tenant: TestTenant) async throws -> Session {
        try await member(name, holding: roles.map(\.name), of: tenant)
    }

    /// Makes a user of some roles, the tenant's own ones too, and signs them in.
    func member(_ name: String, holding roles: [Role.Name], of tenant: TestTenant) async throws -> Session {
        let session = try await register(name, at: tenant)
        guard let id = User.ID(session.user) else { throw TestFailure("no user") }
        try await tenant.transaction { transaction in
            _ = try await platform.lms.users.replaceRoles(of: id, with: roles, session: transaction)
        }
        return session
    }

    /// Makes a service account of a role, for which nobody answers.
    ///
    /// - Returns: A token that it just got.
    func program(_ role: BuiltInRole, of tenant: TestTenant) async throws -> String {
        let issued = try await tenant.transaction { transaction in
            try await platform.lms.serviceAccounts.create(
                NewServiceAccount("Program", rights: .role(role.name)),
                session: transaction
            )
        }
        return try await platform.lms.serviceSignIn.exchange(
            ClientCredentials(id: issued.account.id.description, secret: issued.secret),
            at: tenant.id,
            tenants: tenant.tenants
        ).text.reveal()
    }

    /// Has everything mailed to somebody that can be.
    ///
    /// - Returns: The session with the tokens.
    func withMail(_ session: Session, at tenant: TestTenant) async throws -> Session {
        var session = session
        let wish = "new-\(session.email)"
        let tenants = tenant.tenants
        let accounts = platform.lms.accounts
        guard let email = Email(session.email), let other = Email(wish), let id = User.ID(session.user) else {
            throw TestFailure("no address")
        }
        try await accounts.requestPasswordReset(email, at: tenant.tenant, tenants: tenants)
        try await accounts.requestEmailChange(
            to: other,
            of: id,
            password: Secret(Self.password),
            isRecent: true,
            clientAddress: "192.0.2.1",
            at: tenant.tenant,
            tenants: tenants
        )
        if let guest = Email("guest-\(session.email)") {
            try await tenant.transaction { transaction in
                _ = try await platform.lms.invitations.invite(
                    NewInvitation(email: guest),
                    at: tenant.tenant,
                    session: transaction
                )
            }
            session.mailed["InvitationAcceptance"] = platform.mail.sent(to: guest.address).last?.token
        }
        for sent in platform.mail.sent(to: session.email) + platform.mail.sent(to: wish) {
            switch sent.message {
            case .verifyEmail: session.mailed["VerificationRequest"] = sent.token
            case .resetPassword: session.mailed["PasswordResetRequest"] = sent.token
            case .confirmNewEmail: session.mailed["EmailChangeConfirmation"] = sent.token
            default: break
            }
        }
        return session
    }

    /// What signing in gave.
    struct Session: Sendable {
        let user: String
        let email: String
        var access: String
        let refresh: String
        /// What a page of a browser that keeps the session shows.
        let csrfToken: String
        /// What was mailed to them, by the name of the body that it is sent back in.
        var mailed: [String: String] = [:]

        init(_ reply: TestReply) throws {
            guard let user = reply.json["user"]?["id"]?.text, let email = reply.json["user"]?["email"]?.text,
                let access = reply.json["accessToken"]?.text,
                let refresh = reply.json["refreshToken"]?.text
            else { throw TestFailure("not signed in: \(reply.status) \(reply.text)") }
            self.user = user
            self.email = email
            self.access = access
            self.refresh = refresh
            let payload = access.split(separator: ".").dropFirst().first.flatMap { Base64URL.decode($0) }
            guard let payload, case let claims = try JSONValue.parse(payload),
                let session = claims["sid"]?.text.flatMap({ SignInSession.ID($0) }),
                let tenant = claims["tid"]?.text.flatMap({ TenantID($0) })
            else { throw TestFailure("no session") }
            csrfToken = CSRFTokens(
                cryptography: try OpenSSLCryptography(),
                secret: PlatformHost.cursorSecret,
                earlierSecrets: [],
                tenant: tenant
            ).make(for: session)
        }
    }
}

extension Tenant {
    fileprivate func changing(_ change: (inout TenantSettings) -> Void) -> Tenant {
        var settings = settings
        change(&settings)
        return Tenant(
            slug: slug,
            name: name,
            status: status,
            settings: settings,
            placement: placement,
            domains: domains,
            createdAt: createdAt
        )
    }
}

extension TestReply {
    /// The body without what differs between any two requests.
    var comparable: JSONValue {
        guard case .object(let members) = json else { return json }
        return .object(members.filter { $0.name != "traceId" && $0.name != "instance" })
    }
}
