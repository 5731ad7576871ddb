// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

extension Configuration {
    /// Reads the environment.
    ///
    /// - Parameter variables: The environment's variables.
    /// - Throws: `ConfigurationError` with every problem there is.
    init(_ variables: [String: String]) throws(ConfigurationError) {
        var reader = EnvironmentReader(variables)
        environment =
            reader.value("LMS_ENV", "development or production", Deployment.init(rawValue:)) ?? .development
        dataDirectory = reader.text("LMS_DATA_DIR") ?? ".lms"
        baseDomains = Configuration.baseDomains(&reader)
        showsReference = reader.toggle("LMS_DOCS", default: environment == .development)
        isolation =
            reader.value("LMS_ISOLATION", "hardened or unhardened", Isolation.init(rawValue:)) ?? .hardened
        outgoingNetworks =
            reader.value("LMS_OUTGOING_ALLOW_NETWORKS", "a list of addresses and networks", NetworkRange.list) ?? []
        outgoingCertificateFile =
            reader.value("LMS_OUTGOING_CA_FILE", "a file of certificates in PEM that can be read") { path in
                FileManager.default.isReadableFile(atPath: path) ? path : nil
            }
        facebook = Configuration.facebook(&reader)
        logsRequests = reader.toggle("LMS_LOG_REQUESTS", default: true)
        rateLimits = Configuration.rateLimits(&reader)
        auditAnchorSeconds = reader.integer("LMS_AUDIT_ANCHOR_SECONDS", 15...86_400, default: 600)
        jobQueues =
            reader.value("LMS_JOB_QUEUES", "none, or a list of queues such as default,mail") { text in
                text == "none" ? [] : JobQueue.list(text)
            } ?? JobQueue.allCases
        http = HTTP(&reader)
        database = Database(&reader)
        secrets = Secrets(&reader)
        redis = Redis(&reader)
        mail = Mail(&reader, environment: environment, dataDirectory: dataDirectory, baseDomains: baseDomains)
        blobs = Blobs(&reader, environment: environment, dataDirectory: dataDirectory)
        directUploads = Configuration.directUploads(&reader, blobs: blobs)
        clamd = Configuration.clamd(&reader, environment: environment)
        push = Push(&reader, environment: environment, sender: mail.sender)
        _ = reader.text("LMS_SUPERVISED")  // read by the supervisor's child
        let isDebugging = reader.toggle("LMS_DEBUG", default: false)
        warnings =
            reader.unknown.map { "\($0) is no setting of this version and was ignored" }
            + mail.warnings(in: environment)
        if environment == .production {
            for problem in productionProblems(isDebugging: isDebugging) { reader.refuse(problem) }
        }
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    }

    private static func facebook(_ reader: inout EnvironmentReader) -> FacebookEndpoints {
        var endpoints = FacebookEndpoints()
        endpoints.version =
            reader.value("LMS_FACEBOOK_API_VERSION", "a version such as v21.0") { text in
                let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
                return text.hasPrefix("v") && parts.count == 2 && parts.allSatisfy { UInt8($0) != nil } ? text : nil
            } ?? endpoints.version
        return endpoints
    }

    /// How many jobs of each queue a serving process does at a time.
    var jobLanes: [JobQueue: Int] { JobRunner.lanes.filter { jobQueues.contains($0.key) } }

    private static func baseDomains(_ reader: inout EnvironmentReader) -> [String] {
        let domains = reader.value("LMS_BASE_DOMAINS", "a list of domains, such as example.org,example.net") { text in
            let domains = text.split(separator: ",").map { $0.trimmingBlanks.lowercased() }
            let isSound = domains.allSatisfy { domain in
                !domain.isEmpty && domain.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: ".") }
            }
            return isSound && !domains.isEmpty ? domains : nil
        }
        return domains ?? ["localhost"]
    }

    private static func rateLimits(_ reader: inout EnvironmentReader) -> RateLimits? {
        let isOn = reader.toggle("LMS_RATE_LIMITS", default: true)
        var limits = RateLimits()
        limits.auth = reader.limit("LMS_RATE_AUTH_PER_SECOND", limits.auth)
        limits.read = reader.limit("LMS_RATE_READ_PER_SECOND", limits.read)
        limits.write = reader.limit("LMS_RATE_WRITE_PER_SECOND", limits.write)
        limits.expensive = reader.limit("LMS_RATE_EXPENSIVE_PER_SECOND", limits.expensive)
        return isOn ? limits : nil
    }
}

extension Configuration.HTTP {
    fileprivate init(_ reader: inout EnvironmentReader) {
        host = reader.text("LMS_HTTP_HOST") ?? "127.0.0.1"
        port = UInt16(clamping: reader.integer("LMS_HTTP_PORT", 0...65_535, default: 8080))
        metricsPort = UInt16(
            clamping: reader.integer("LMS_METRICS_PORT", 0...65_535, default: Int(Self.defaultMetricsPort))
        )
        loops = reader.integer("LMS_HTTP_LOOPS", 0...256, default: 0)
        trustedProxies =
            reader.value("LMS_TRUSTED_PROXIES", "a list of addresses and networks", TrustedProxies.init) ?? .none
        certificateFile = reader.text("LMS_TLS_CERTIFICATE_FILE")
        keyFile = reader.text("LMS_TLS_KEY_FILE")
        allowsTLS12 = reader.value("LMS_TLS_MINIMUM", "1.3 or 1.2") { ["1.3": false, "1.2": true][$0] } ?? false
        if (certificateFile == nil) != (keyFile == nil) {
            reader.refuse("LMS_TLS_CERTIFICATE_FILE and LMS_TLS_KEY_FILE belong together: set both or none")
        }
        redirectsToHTTPS = reader.toggle("LMS_HTTPS_REDIRECT", default: false)
        strictTransport = reader.toggle("LMS_HSTS", default: certificateFile != nil)
        maximumConnections = reader.integer("LMS_HTTP_CONNECTIONS", 1...1_000_000, default: 20_000)
        idleTimeout = .seconds(reader.integer("LMS_HTTP_IDLE_TIMEOUT_SECONDS", 1...3600, default: 75))
    }
}

extension Configuration.Database {
    fileprivate init(_ reader: inout EnvironmentReader) {
        serving = reader.address("DATABASE_URL")
        provisioner = reader.address("LMS_PROVISIONER_URL")
        administration = reader.address("LMS_DATABASE_ADMIN_URL")
        installation =
            reader.value("LMS_INSTALLATION", "1-16 lower-case letters and digits", InstallationPrefix.init)
            ?? .standard
        connections = reader.integer("LMS_DATABASE_CONNECTIONS", 2...1000, default: 20)
        acquireTimeout = .milliseconds(
            reader.integer("LMS_DATABASE_ACQUIRE_TIMEOUT_MILLISECONDS", 10...60_000, default: 2000)
        )
        statementTimeout = .milliseconds(
            reader.integer("LMS_DATABASE_STATEMENT_TIMEOUT_MILLISECONDS", 10...600_000, default: 10_000)
        )
        spareTenants = reader.integer("LMS_SPARE_TENANTS", 0...1000, default: 8)
    }
}

extension Configuration.Secrets {
    fileprivate init(_ reader: inout EnvironmentReader) {
        let key = reader.secret("LMS_MASTER_KEY").flatMap { Base64URL.decode($0.reveal()) }
        if reader.text("LMS_MASTER_KEY") != nil, key?.count ?? 0 < 32 {
            reader.refuse("LMS_MASTER_KEY must be at least 32 bytes in base64url; make one with: lms doctor --new-key")
        }
        var keys: [Configuration.NamedSecret] = []
        if let path = reader.text("LMS_MASTER_KEY_FILE") {
            do throws(MasterKeyFileError) {
                keys = try MasterKeyFile.read(path)
            } catch {
                reader.refuse("LMS_MASTER_KEY_FILE: \(error.message)")
            }
        }
        if let key, !keys.contains(where: { $0.name == MasterKeyFile.environmentName }) {
            keys.append(Configuration.NamedSecret(name: MasterKeyFile.environmentName, bytes: Secret(key)))
        }
        masterKeys = keys
        masterKeyFile = reader.text("LMS_MASTER_KEY_FILE")
    }
}

extension EnvironmentReader {
    /// A limit by its rate; twice as many may come at once.
    fileprivate mutating func limit(_ name: String, _ fallback: RateLimit) -> RateLimit {
        let rate = number(name, 0.01...1_000_000, default: fallback.perSecond)
        return rate == fallback.perSecond ? fallback : RateLimit(perSecond: rate, burst: max(1, Int(rate * 2)))
    }

    fileprivate mutating func address(_ name: String) -> DatabaseURL? {
        guard let text = text(name) else { return nil }
        do {
            return try DatabaseURL(text)
        } catch {
            refuse("\(name): \(error)")
            return nil
        }
    }
}
