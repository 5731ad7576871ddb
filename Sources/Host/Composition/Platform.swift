// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSCryptDriver
#if Curl
    internal import LMSCurlDriver
#endif
internal import LMSEventLoop
internal import LMSKit
internal import LMSOpenSSLDriver
internal import LMSPostgresDriver
internal import LMSTenancy

/// Everything that a serving process holds, built once, from the configuration.
struct Platform: Sendable {
    let configuration: Configuration
    let installation: Installation
    let lms: LMSKit.LMS
    let resolution: TenantResolution
    let importer: CourseImporter
    /// Those who run the platform.
    let operators: Operators
    /// Delivers messages.
    let courier: MailCourier
    let phoneDelivery: PhoneDelivery
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
        installation = try Installation(
            database: database,
            settings: configuration.database,
            loops: loops,
            sidePool: try SidePool(threads: 4, queueLimit: 256)
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
        lms = LMSKit.LMS(
            cryptography: cryptography,
            passwordHashing: try CryptPasswordHashing(pool: hashingPool),
            masterKeys: MasterKeys(current: current, earlier: Array(keys.dropFirst())),
            auditAnchors: DirectoryAuditAnchors(control: installation.control),
            messages: configuration.mail.isOffered ? .queued : .nowhere,
            links: AccountLinks(configuration.address(of:)),
            federation: FederationPorts(
                http: try Platform.httpClient(configuration),
                verification: cryptography,
                facebook: configuration.facebook
            )
        )
        // A mail server may keep a thread waiting for a minute.
        let mailPool = try SidePool(threads: 4, queueLimit: 64, name: "mail")
        let addresses = OutgoingAddresses(allowing: configuration.outgoingNetworks)
        courier = MailCourier(
            delivery: MailDelivery(
                mail: lms.mail,
                transport: configuration.mail.transport(pool: mailPool),
                servers: { $0.transport(within: addresses, pool: mailPool) },
                tenants: installation.tenants
            ),
            sender: configuration.mail.sender
        )
        phoneDelivery = PhoneDelivery(
            lms,
            transport: configuration.mail.smsTransport(pool: mailPool),
            tenants: installation.tenants
        )
        importer = try CourseImporter(
            lms: lms,
            tenants: installation.tenants,
            cryptography: cryptography,
            dataDirectory: configuration.dataDirectory
        )
        operators = lms.operators(control: installation.control)
        resolution = TenantResolution(directory: installation.directory, baseDomains: configuration.baseDomains)
    }

    /// Calls other servers; fails where the build has no client.
    private static func httpClient(_ configuration: Configuration) throws -> any HTTPClient {
        #if Curl
            CurlHTTPClient(
                pool: try SidePool(threads: 8, queueLimit: 64, name: "outgoing"),
                addresses: OutgoingAddresses(allowing: configuration.outgoingNetworks)
            )
        #else
            NoHTTPClient()
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
            platform: PlatformGate(baseDomains: configuration.baseDomains, operators: operators),
            tenants: tenants,
            cryptography: installation.cryptography,
            cursorSecret: cursorSecret,
            earlierCursorSecrets: earlierCursorSecrets,
            audit: lms.audit,
            clock: .system,
            gzip: compressor.compress
        )
    }

    /// What operators work with.
    var platformServices: PlatformServices {
        PlatformServices(
            operators: operators,
            administration: installation.administration,
            directory: installation.directory,
            impersonations: lms.impersonations,
            tenants: installation.tenants
        )
    }

    /// The routes with everything behind them.
    var routes: [Route] {
        let checks = ComponentChecks(installation: installation, isolation: configuration.isolation)
        let table = RouteTable(
            system: SystemRoutes(version: BuildInformation.version, checkComponents: checks.run),
            lms: lms,
            importer: importer,
            courier: courier,
            platform: platformServices,
            settings: Settings(
                administration: installation.administration,
                directory: installation.directory,
                audit: lms.audit
            ),
            sendsSMS: configuration.mail.smsOutbox != nil
        )
        return configuration.showsReference ? table.routesWithReference : table.routes
    }
}

extension Configuration {
    /// Where a tenant's pages are: at its own domain, else at its subdomain of the first base domain.
    fileprivate func address(of tenant: Tenant) -> String {
        if let domain = tenant.domains.sorted().first { return "https://\(domain)" }
        let host = "\(tenant.slug).\(baseDomains.first ?? "localhost")"
        let isPlain = environment == .development && http.certificateFile == nil
        return isPlain ? "http://\(host):\(http.port)" : "https://\(host)"
    }
}
