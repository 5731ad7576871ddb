// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSCryptDriver
#if Curl
    internal import LMSCurlDriver
#endif
internal import LMSEventLoop
internal import LMSKit
#if Magic
    internal import LMSMagicDriver
#endif
internal import LMSMediaDriver
internal import LMSOpenSSLDriver
#if Patterns
    internal import LMSPatternDriver
#endif
internal import LMSPostgresDriver
internal import LMSTenancy

/// Everything that a serving process holds, built once, from the configuration.
struct Platform: Sendable {
    let configuration: Configuration
    let installation: Installation
    /// What it shares with other processes.
    let shared: SharedState
    /// Where calls are counted.
    let rateLimits: any RateLimitStore
    let lms: LMSKit.LMS
    let resolution: TenantResolution
    /// Keeps the bytes of files.
    let blobs: any BlobStore
    let importer: CourseImporter
    /// Takes files.
    let uploads: Uploads
    /// Those who run the platform.
    let operators: Operators
    /// Delivers messages.
    let courier: MailCourier
    let phoneDelivery: PhoneDelivery
    let notificationTexts: NotificationTextDelivery
    /// Tells people on their devices.
    let pushDelivery: PushDelivery
    /// Tells those who watch.
    let live: LiveHub
    /// Sends events to the tenants' own servers.
    let webhookSender: WebhookSender
    private let cursorSecret: Secret<[UInt8]>
    private let earlierCursorSecrets: [Secret<[UInt8]>]
    private let compressor = ReplyCompressor()

    /// Builds the graph; connections are made when they are needed.
    ///
    /// - Parameters:
    ///   - configuration: What the environment says.
    ///   - loops: The event loops.
    /// - Throws: `CommandFailure` if the configuration lacks what serving needs.
    init(configuration: Configuration, loops: EventLoopGroup) throws {
        guard let database = configuration.database.serving, let master = configuration.secrets.masterKeys.first else {
            throw CommandFailure(
                "DATABASE_URL and LMS_MASTER_KEY must be set; `lms dev` sets them by itself",
                code: .configuration
            )
        }
        self.configuration = configuration
        let sidePool = try SidePool(threads: 4, queueLimit: 256)
        shared = try SharedState(configuration.redis, loops: loops, sidePool: sidePool)
        installation = try Installation(
            database: database,
            settings: configuration.database,
            loops: loops,
            sidePool: sidePool,
            broadcast: shared.broadcast
        )
        let cryptography = installation.cryptography
        func derived(_ purpose: StaticString, from key: Configuration.NamedSecret) -> Secret<[UInt8]> {
            Secret(cryptography.hmacSHA256(Array(purpose.description.utf8), key: key.bytes.reveal()))
        }
        let keys = configuration.secrets.masterKeys.compactMap { key in
            MasterKey(name: key.name, secret: derived("lms tenant keys", from: key))
        }
        guard let current = keys.first else {
            throw CommandFailure("LMS_MASTER_KEY cannot be used", code: .configuration)
        }
        cursorSecret = derived("lms cursors", from: master)
        earlierCursorSecrets = configuration.secrets.masterKeys.dropFirst().map { derived("lms cursors", from: $0) }
        // Hashing takes a whole core for some 20 ms; it must not keep connections from being made.
        let hashingPool = try SidePool(threads: 2, queueLimit: 64, name: "hashing")
        // Whoever signs in does not wait behind what tenants have us call: endpoints and push services that they chose may hang.
        let signInHTTP = Platform.httpClient(configuration, loops)
        let http = Platform.httpClient(configuration, loops)
        let addresses = OutgoingAddresses(allowing: configuration.outgoingNetworks)
        blobs = try configuration.blobs.store(
            on: loops.next(),
            pool: try SidePool(threads: 4, queueLimit: 256, name: "blobs"),
            cryptography: cryptography
        )
        let workshop = try Platform.workshop(dataDirectory: configuration.dataDirectory)
        lms = LMSKit.LMS(
            cryptography: cryptography,
            passwordHashing: try CryptPasswordHashing(pool: hashingPool),
            masterKeys: MasterKeys(current: current, earlier: Array(keys.dropFirst())),
            auditAnchors: DirectoryAuditAnchors(control: installation.control),
            messages: configuration.mail.isOffered ? .queued : .nowhere,
            links: AccountLinks(configuration.address(of:), platform: configuration.platformAddress),
            federation: FederationPorts(
                http: signInHTTP,
                verification: cryptography,
                facebook: configuration.facebook
            ),
            push: PushPorts(
                http: http,
                cryptography: cryptography,
                addresses: addresses,
                contact: configuration.push.contact,
                services: configuration.push.services
            ),
            certificates: try Platform.certificatePorts(store: blobs),
            media: MediaPorts(store: blobs, workshop: workshop),
            attempts: shared.attempts(cryptography, secret: derived("lms shared counts", from: master)),
            outgoing: addresses,
            patterns: Platform.patterns
        )
        let standingChanges = lms.standingChanges
        installation.signals.onStandingChange { tenant in
            if let tenant { standingChanges.forget(tenant) } else { standingChanges.forgetAll() }
        }
        rateLimits = shared.rateLimits(
            seed: derived("lms rate limits", from: master),
            of: configuration.database.installation,
            on: loops.next()
        )
        pushDelivery = PushDelivery(
            lms,
            tenants: installation.tenants,
            breakers: JobBreakers(cell: installation.control, installation: installation.prefix)
        )
        // A mail server may keep a thread waiting for a minute, and one that a tenant chose must not have the others' mail wait.
        let mailPool = try SidePool(threads: 4, queueLimit: 64, name: "mail")
        let tenantMailPool = try SidePool(threads: 8, queueLimit: 256, name: "tenant mail")
        courier = MailCourier(
            delivery: MailDelivery(
                mail: lms.mail,
                transport: configuration.mail.transport(pool: mailPool),
                servers: { $0.transport(within: addresses, pool: tenantMailPool) },
                tenants: installation.tenants
            ),
            sender: configuration.mail.sender
        )
        phoneDelivery = PhoneDelivery(
            lms,
            transport: configuration.mail.smsTransport(pool: mailPool, http: http),
            tenants: installation.tenants
        )
        webhookSender = WebhookSender(webhooks: lms.webhooks, http: http, tenants: installation.tenants)
        notificationTexts = NotificationTextDelivery(
            lms.notifications,
            transport: configuration.mail.smsTransport(pool: mailPool, http: http),
            tenants: installation.tenants
        )
        let scanner = configuration.scanner(on: loops.next(), pool: sidePool)
        importer = try CourseImporter(
            lms: lms,
            tenants: installation.tenants,
            cryptography: cryptography,
            dataDirectory: configuration.dataDirectory,
            store: blobs,
            scanner: scanner
        )
        uploads = lms.uploads(
            store: blobs,
            ports: UploadPorts(
                types: try Platform.contentTypes(),
                digesting: cryptography,
                scanner: scanner,
                pictures: workshop.map { FFmpegPictures($0) }
            ),
            direct: configuration.directUploads
        )
        var watching = LiveSettings()
        // Hints reach every process then, and looking without one is for those that got lost.
        if shared.redis != nil { watching.lookInterval = .seconds(30) }
        live = LiveHub(settings: watching, broadcast: shared.broadcast, cache: shared.cache) {
            [authenticator = lms.authenticator] claims, tenants throws(DatabaseError) in
            try await authenticator.standing(among: claims, tenants: tenants)
        }
        installation.signals.onStandingChange(live.standingChanged)
        operators = lms.operators(control: installation.control)
        resolution = TenantResolution(directory: installation.directory, baseDomains: configuration.baseDomains)
    }

    /// Calls other servers; fails where the build has no client.
    private static func httpClient(_ configuration: Configuration, _ loops: EventLoopGroup) -> any HTTPClient {
        #if Curl
            CurlHTTPClient(
                loop: loops.next(),
                addresses: OutgoingAddresses(allowing: configuration.outgoingNetworks),
                certificateFile: configuration.outgoingCertificateFile
            )
        #else
            NoHTTPClient()
        #endif
    }

    /// Matches the regular expressions of keys of questions; none where the build has no engine.
    private static var patterns: (any TextPatterns)? {
        #if Patterns
            PCREPatterns()
        #else
            nil
        #endif
    }

    /// Tells files apart by their content; none where the build has no rules.
    private static func contentTypes() throws -> (any ContentTypes)? {
        #if Magic
            MagicContentTypes(pool: try SidePool(threads: 1, queueLimit: 64, name: "magic"))
        #else
            nil
        #endif
    }

    /// What the middleware needs.
    var services: HostServices {
        let resolution = resolution
        let lms = lms
        let tenants = installation.tenants
        return HostServices(
            resolveTenant: { host, header throws(TenantResolutionError) in
                try await resolution.resolve(host: host, header: header)
            },
            authenticate: { token, tenant, address throws(AuthenticationError) in
                try await Authentication.of(token, at: tenant, from: address, lms, tenants)
            },
            recall: { token, tenant, address throws(AuthenticationError) in
                try Authentication.recalled(token, at: tenant, from: address, lms)
            },
            renew: { claim, tenant, address throws(AuthenticationError) in
                try await Authentication.renewed(claim, at: tenant, from: address, lms, tenants)
            },
            platform: PlatformGate(baseDomains: configuration.baseDomains, operators: operators),
            tenants: tenants,
            cryptography: installation.cryptography,
            cursorSecret: cursorSecret,
            earlierCursorSecrets: earlierCursorSecrets,
            audit: lms.audit,
            clock: .system,
            gzip: compressor.compress,
            streamedGzip: compressor.coder
        )
    }

    /// What stays of badges when their tenant is purged.
    var issuers: IssuerArchives { IssuerArchives(cell: installation.control) }

    /// What operators work with.
    var platformServices: PlatformServices {
        PlatformServices(
            operators: operators,
            administration: installation.administration,
            directory: installation.directory,
            impersonations: lms.impersonations,
            issuers: issuers,
            tenants: installation.tenants
        )
    }

    /// The routes with everything behind them.
    var routes: [Route] {
        let checks = ComponentChecks(
            installation: installation,
            isolation: configuration.isolation,
            shared: shared
        )
        let table = RouteTable(
            system: SystemRoutes(version: BuildInformation.version, checkComponents: checks.run),
            lms: lms,
            importer: importer,
            uploads: uploads,
            courier: courier,
            pushDelivery: pushDelivery,
            platform: platformServices,
            webhooks: webhookSender,
            outbox: outbox,
            settings: Settings(
                administration: installation.administration,
                directory: installation.directory,
                audit: lms.audit
            ),
            sendsSMS: configuration.mail.sendsSMS,
            live: live
        )
        return configuration.showsReference ? table.routesWithReference : table.routes
    }
}

extension Configuration {
    /// Where a tenant's pages are: at its own domain, else at its subdomain of the first base domain.
    fileprivate func address(of tenant: Tenant) -> String {
        if let domain = tenant.domains.sorted().first { return "https://\(domain)" }
        return address(ofHost: "\(tenant.slug).\(baseDomains.first ?? "localhost")")
    }

    /// Where the platform itself is: at the first base domain.
    fileprivate var platformAddress: String { address(ofHost: baseDomains.first ?? "localhost") }

    private func address(ofHost host: String) -> String {
        let isPlain = environment == .development && http.certificateFile == nil
        return isPlain ? "http://\(host):\(http.port)" : "https://\(host)"
    }
}
