// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

@testable import LMSHost

/// The whole middleware without a socket and without a database: tenants and tokens are given.
struct TestHost {
    let pipeline: Pipeline

    /// `acme` and `globex` are active, `frozen` is suspended, `gone` is deleted, `slow` fails as a dead database does.
    init(
        routes: [Route],
        settings: PipelineSettings = TestHost.quiet,
        tokens: [String: Principal] = [:],
        keys: [String: APIKey.ID] = [:],
        gzip: (@Sendable ([UInt8]) -> [UInt8]?)? = nil,
        streamedGzip: (@Sendable () -> (any HTTPContentCoder)?)? = nil,
        tenant: Tenant? = nil,
        tenants: Tenants? = nil
    ) throws {
        let services = HostServices(
            resolveTenant: { host, header throws(TenantResolutionError) in
                if let tenant { return tenant }
                return try TestHost.resolve(host: host, header: header)
            },
            authenticate: { token, _, _ throws(AuthenticationError) in
                if token == "expired" { throw .expired }
                guard let principal = tokens[token] else { throw .invalid }
                var facts = TokenFacts(expiresAt: Date(timeIntervalSince1970: 4_000_000_000))
                facts.key = keys[token]
                return Authentication(principal: principal, token: facts)
            },
            tenants: tenants ?? Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil }),
            cryptography: FakeCryptography(),
            cursorSecret: Secret(Array(repeating: 1, count: 32)),
            clock: WallClock { Date(timeIntervalSince1970: 1_800_000_000) },
            gzip: gzip,
            streamedGzip: streamedGzip
        )
        pipeline = try Pipeline(routes: routes, services: services, settings: settings)
    }

    static var quiet: PipelineSettings {
        var settings = PipelineSettings()
        settings.rateLimits = nil
        return settings
    }

    /// Sends a request to `acme`, unless the fields say something else.
    func send(
        _ method: String = "GET",
        _ target: String,
        host: String = "acme.localhost:8080",
        fields: [String] = [],
        token: String? = nil,
        json: String? = nil,
        peer: String = "127.0.0.1"
    ) async throws -> TestReply {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"] + fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let json {
            if !fields.contains(where: { $0.lowercased().hasPrefix("content-type") }) {
                lines.append("Content-Type: application/json")
            }
            lines.append("Content-Length: \(json.utf8.count)")
        }
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (json ?? "")).utf8)
        return TestReply(await pipeline.respond(to: try HTTPRequest(parsing: bytes, peerAddress: peer)))
    }

    static func tenant(_ slug: String, status: Tenant.Status = .active) -> Tenant? {
        guard let parsed = TenantSlug(slug), let installation = InstallationPrefix("test") else { return nil }
        let number = UInt8(slug.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFF })
        let id = TenantID(UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, number)))
        var settings = TenantSettings()
        settings.corsOrigins = ["https://learn.example.org"]
        if slug == "globex" { settings.locale = "es" }
        return Tenant(
            slug: parsed,
            name: slug.capitalized,
            status: status,
            settings: settings,
            placement: TenantPlacement(
                tenant: id,
                cell: .main,
                schema: SchemaName(id),
                role: RoleName(id, installation: installation),
                shard: 0
            ),
            domains: [],
            createdAt: Date(timeIntervalSince1970: 1_700_000_000)
        )
    }

    private static func resolve(host: String, header: String?) throws(TenantResolutionError) -> Tenant {
        let byHost = host.hasSuffix(".localhost") ? String(host.dropLast(".localhost".count)) : nil
        if let byHost, let header, byHost != header { throw .mismatch }
        guard let slug = byHost ?? header else { throw .unnamed }
        switch slug {
        case "frozen": throw .suspended
        case "gone": throw .deleted
        case "slow": throw .database(.unavailable)
        case "acme", "globex":
            guard let tenant = tenant(slug) else { throw .unknown }
            return tenant
        default: throw .unknown
        }
    }
}

/// A reply that can be looked into.
struct TestReply {
    let response: HTTPResponse

    init(_ response: HTTPResponse) {
        self.response = response
    }

    var status: Int { Int(response.status.rawValue) }

    var bytes: [UInt8] {
        if case .bytes(let bytes) = response.body { bytes } else { [] }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var json: JSONValue {
        do {
            return try JSONValue.parse(bytes)
        } catch {
            return .null
        }
    }

    var code: String? { json["code"]?.text }

    /// `field:CODE` of every entry of `errors`.
    var issues: [String] {
        guard case .array(let errors) = json["errors"] else { return [] }
        return errors.map { "\($0["field"]?.text ?? ""):\($0["code"]?.text ?? "")" }
    }

    subscript(name: HTTPFieldName) -> String? { response.fields[name] }
}
