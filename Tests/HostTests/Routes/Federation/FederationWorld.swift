// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// An app at a tenant, browsers, and a provider.
struct FederationWorld {
    let host: PlatformHost
    let tenant: TestTenant
    let owner: PlatformHost.Session

    static let returnTo = "https://learn.example/signed-in"
    /// The PKCE verifier of the app, of RFC 7636 appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    init(
        _ tenant: TestTenant,
        http: any HTTPClient,
        clock: TestClock = TestClock(),
        settings: @escaping @Sendable (inout TenantSettings) -> Void = { _ in }
    ) async throws {
        self.tenant = tenant
        host = try await PlatformHost(
            settings: {
                $0.returnAddresses = [Self.returnTo]
                settings(&$0)
            },
            clock: clock,
            http: http
        )
        owner = try await host.member("owner", .owner, of: tenant)
    }

    /// Sets up a provider.
    ///
    /// - Returns: Its identifier.
    func provider(
        kind: String = "oidc",
        issuer: String? = "https://id.example",
        name: String = "Example",
        _ more: String = #""provisioning":true"#
    ) async throws -> String {
        let issuer = issuer.map { #""issuer":"\#($0)","# } ?? ""
        let reply = try await host.send(
            "POST",
            "/api/v1/identity-providers",
            to: tenant,
            token: owner.access,
            json:
                #"{"kind":"\#(kind)","name":"\#(name)",\#(issuer)"clientId":"client-1","clientSecret":"s3cret+",\#(more)}"#
        )
        #expect(reply.status == 201, "\(reply.text)")
        return try #require(reply.json["id"]?.text)
    }

    /// A browser that was sent to a provider.
    struct Sent {
        let location: String
        let cookie: String
        var query: [String: String] { FederationWorld.query(of: location) }
        var state: String { query["state"] ?? "" }
    }

    func start(_ provider: String, at other: TestTenant? = nil, returnTo: String = returnTo) async throws -> TestReply {
        try await host.send(
            "GET",
            "/api/v1/auth/federated/\(provider)?returnTo=\(PercentEncoding.encode(returnTo))&codeChallenge="
                + "\(Self.challenge)&state=app-state",
            to: other ?? tenant
        )
    }

    func begin(_ provider: String) async throws -> Sent {
        let reply = try await start(provider)
        #expect(reply.status == 302, "\(reply.text)")
        return Sent(location: try #require(reply["location"]), cookie: try Self.cookie(of: reply))
    }

    static func cookie(of reply: TestReply) throws -> String {
        String(try #require(reply["set-cookie"]).prefix { $0 != ";" })
    }

    /// The provider sends the browser back.
    func comeBack(
        _ provider: String,
        _ query: [String: String],
        cookie: String?,
        at other: TestTenant? = nil
    ) async throws -> TestReply {
        let text = query.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return try await host.send(
            "GET",
            "/api/v1/auth/federated/\(provider)/callback?\(text)",
            to: other ?? tenant,
            fields: cookie.map { ["Cookie: other=1; \($0)"] } ?? []
        )
    }

    /// The whole way of somebody.
    ///
    /// - Returns: What the browser brings the app.
    func visit(_ provider: String, of stub: StubProvider, as person: [String: String]) async throws -> [String: String]
    {
        let sent = try await begin(provider)
        let code = stub.grant(sent.location, as: person)
        let reply = try await comeBack(provider, ["code": code, "state": sent.state], cookie: sent.cookie)
        #expect(reply.status == 302, "\(reply.text)")
        let location = try #require(reply["location"])
        #expect(location.hasPrefix(Self.returnTo + "?"))
        #expect(reply["set-cookie"]?.contains("Max-Age=0") == true)
        let query = Self.query(of: location)
        #expect(query["state"] == "app-state")
        return query
    }

    func exchange(
        _ code: String?,
        verifier: String = verifier,
        returnTo: String = returnTo,
        at other: TestTenant? = nil
    ) async throws -> TestReply {
        try await host.send(
            "POST",
            "/api/v1/auth/token",
            to: other ?? tenant,
            form: "grant_type=authorization_code&code=\(code ?? "")&code_verifier=\(verifier)&redirect_uri="
                + PercentEncoding.encode(returnTo)
        )
    }

    /// The user whom an app's tokens are of.
    func me(_ reply: TestReply) async throws -> JSONValue {
        let access = try #require(reply.json["access_token"]?.text, "\(reply.text)")
        return try await host.send("GET", "/api/v1/auth/me", to: tenant, token: access).json
    }

    static let ada = [
        "sub": #""ada-1""#, "email": #""ada@uni.example""#, "email_verified": "true", "name": #""Ada Lovelace""#,
    ]

    static func query(of location: String) -> [String: String] {
        var query: [String: String] = [:]
        let text = location.drop { $0 != "?" }.dropFirst()
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { part in
                PercentEncoding.decode(Array(part.utf8)[...], plus: .space) ?? ""
            }
            if parts.count == 2 { query[parts[0]] = parts[1] }
        }
        return query
    }
}
