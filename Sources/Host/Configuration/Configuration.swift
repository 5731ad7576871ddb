// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSClamdDriver
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// What the environment says, read once; every variable is in docs/configuration.md.
struct Configuration: Sendable {
    let environment: Deployment
    let http: HTTP
    let database: Database
    let secrets: Secrets
    let mail: Mail
    /// What the processes share; `nil` if each has its own.
    let redis: Redis?
    /// What telling people on their devices needs.
    let push: Push
    /// Where the embedded PostgreSQL, keys, logins and files are.
    let dataDirectory: String
    /// Where the bytes of files are kept.
    let blobs: Blobs
    /// Whether files may be sent to the store itself, where they are in the clear for a while.
    let directUploads: DirectUploads
    /// Where the daemon is that looks for malware in files; `nil` for none.
    let clamd: ClamdAddress?
    /// The domains whose subdomains are tenants, in lower case.
    let baseDomains: [String]
    /// Whether `/docs` and `/openapi.json` are served.
    let showsReference: Bool
    /// Whether a server whose database could not be hardened may serve.
    let isolation: Isolation
    let rateLimits: RateLimits?
    /// What is not public and may be called all the same, and in the clear: an identity provider on one's own network.
    let outgoingNetworks: [NetworkRange]
    /// A PEM file of the authorities whose certificates are trusted when others are called, instead of the system's.
    let outgoingCertificateFile: String?
    /// Which version of Facebook's interface is spoken.
    let facebook: FacebookEndpoints
    /// Whether each request has a line in the log.
    let logsRequests: Bool
    /// How often the ends of audit logs are written down in the control database.
    let auditAnchorSeconds: Int
    /// The queues that a serving process works on beside its requests.
    let jobQueues: [JobQueue]
    /// What is odd and does no harm.
    let warnings: [String]

    enum Deployment: String, Sendable {
        case development
        case production
    }

    enum Isolation: String, Sendable {
        case hardened
        case unhardened
    }

    struct HTTP: Sendable {
        let host: String
        let port: UInt16
        /// The loopback port of the metrics; 0 for none.
        let metricsPort: UInt16
        static let defaultMetricsPort: UInt16 = 9464
        /// How many event loops; as many as processors unless said.
        let loops: Int
        let trustedProxies: TrustedProxies
        let certificateFile: String?
        let keyFile: String?
        let allowsTLS12: Bool
        let redirectsToHTTPS: Bool
        let strictTransport: Bool
        let maximumConnections: Int
        let idleTimeout: Duration
    }

    struct Database: Sendable {
        /// The serving process's login; `nil` for the embedded database.
        let serving: DatabaseURL?
        /// The provisioner's login, which may change schemas; only for the commands that do.
        let provisioner: DatabaseURL?
        /// A superuser's login, only for `lms database harden`.
        let administration: DatabaseURL?
        /// What leads the names of roles.
        let installation: InstallationPrefix
        /// How many connections a process may have to a database.
        let connections: Int
        /// How long to wait for one.
        let acquireTimeout: Duration
        /// How long a statement may run.
        let statementTimeout: Duration
        let spareTenants: Int
    }

    struct Secrets: Sendable {
        /// Encrypt keys at rest and sign cursors: the first now, the others open what they did.
        ///
        /// None only in development, where one is made and kept.
        let masterKeys: [NamedSecret]
        /// The file that they came from, if they did.
        let masterKeyFile: String?
    }

    /// A secret of 32 bytes or more, and its name.
    struct NamedSecret: Sendable {
        let name: String
        let bytes: Secret<[UInt8]>
    }
}
