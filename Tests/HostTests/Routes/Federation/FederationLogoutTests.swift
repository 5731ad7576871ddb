// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Signing out at a provider, and here by its word.
@Suite struct FederationLogoutTests {
    let stub: StubProvider

    init() throws {
        stub = try StubProvider()
        stub.change { $0.metadata["end_session_endpoint"] = #""https://id.example/logout""# }
    }

    private func withWorld(
        settings: @escaping @Sendable (inout TenantSettings) -> Void = { _ in },
        _ body: (FederationWorld, _ provider: String) async throws -> Void
    ) async throws {
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: stub, settings: settings)
            try await body(world, try await world.provider())
        }
    }

    /// Signs Ada in; the provider calls her session there as it is said, or tells no name.
    private func ada(_ world: FederationWorld, _ provider: String, session: String? = "s-1") async throws -> String {
        var person = FederationWorld.ada
        if let session { person["sid"] = "\"\(session)\"" }
        let query = try await world.visit(provider, of: stub, as: person)
        let reply = try await world.login(query["code"])
        return try #require(reply.json["accessToken"]?.text, "\(reply.text)")
    }

    private func isIn(_ world: FederationWorld, _ access: String) async throws -> Bool {
        world.host.platform.clock.advance(by: 1)
        return try await world.host.send("GET", "/api/v1/auth/me", to: world.tenant, token: access).status == 200
    }

    private func logoutToken(
        _ changes: [String: String?] = [:],
        header: String = #"{"alg":"EdDSA","kid":"k1","typ":"logout+jwt"}"#,
        by forge: TokenForge? = nil
    ) throws -> String {
        let forge = forge ?? stub.forge
        var claims: [String: String?] = [
            "sub": #""ada-1""#, "nonce": nil, "jti": "\"\(Base64URL.encode(forge.cryptography.randomBytes(9)))\"",
            "events": #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#,
        ]
        for (name, value) in changes { claims[name] = value }
        return try forge.token(forge.claims(claims), header: header)
    }

    private func tell(
        _ world: FederationWorld,
        _ provider: String,
        _ token: String,
        at other: TestTenant? = nil
    ) async throws -> TestReply {
        try await world.host.send(
            "POST",
            "/api/v1/auth/federated/\(provider)/backchannel-logout",
            to: other ?? world.tenant,
            form: "logout_token=\(token)"
        )
    }

    @Test func `who signs out at the provider is signed out here: that session, or all that came of it`() async throws {
        try await withWorld { world, provider in
            let first = try await ada(world, provider)
            let second = try await ada(world, provider, session: "s-2")
            let one = try await tell(world, provider, try logoutToken(["sid": #""s-1""#, "sub": nil]))
            #expect(one.status == 200 && one.bytes.isEmpty)
            #expect(one["cache-control"] == "no-store")
            #expect(try await !isIn(world, first))
            #expect(try await isIn(world, second))
            let third = try await ada(world, provider, session: nil)
            #expect(try await tell(world, provider, try logoutToken(["sid": #""s-2""#])).status == 200)
            #expect(try await !isIn(world, second))
            // A session that the provider did not name could be the one that ended.
            #expect(try await !isIn(world, third))
            let fourth = try await ada(world, provider, session: "s-4")
            #expect(try await tell(world, provider, try logoutToken()).status == 200)
            #expect(try await !isIn(world, fourth))
            #expect(try await isIn(world, world.owner.access))
        }
    }

    @Test func `a code and a challenge of whom the provider signed out become no session`() async throws {
        try await withWorld { world, provider in
            let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            #expect(try await tell(world, provider, try logoutToken()).status == 200)
            #expect(try await world.login(query["code"]).code == "INVALID_GRANT")
        }
    }

    @Test func `a logout token is good once`() async throws {
        try await withWorld { world, provider in
            let first = try await ada(world, provider)
            let token = try logoutToken()
            #expect(try await tell(world, provider, token).status == 200)
            #expect(try await !isIn(world, first))
            let second = try await ada(world, provider)
            let replay = try await tell(world, provider, token)
            #expect(replay.status == 400 && replay.json["error"] == "invalid_request")
            #expect(try await isIn(world, second))
        }
    }

    @Test func `a logout token that is not everything it must be signs nobody out`() async throws {
        let stranger = try TokenForge()
        try await withWorld { world, provider in
            let access = try await ada(world, provider)
            let event = "http://schemas.openid.net/event/backchannel-logout"
            let time = Int(stub.forge.now.timeIntervalSince1970)
            let forgeries: [(String, String)] = [
                ("another issuer", try logoutToken(["iss": #""https://evil.example""#])),
                ("another client", try logoutToken(["aud": #""client-2""#])),
                ("no audience", try logoutToken(["aud": nil])),
                ("a nonce: an identity token", try logoutToken(["nonce": #""n""#])),
                ("no event", try logoutToken(["events": nil])),
                ("another event", try logoutToken(["events": #"{"http://schemas.openid.net/event/other":{}}"#])),
                ("an event that is no object", try logoutToken(["events": #"{"\#(event)":true}"#])),
                ("no identifier", try logoutToken(["jti": nil])),
                ("nobody", try logoutToken(["sub": nil])),
                ("an empty session", try logoutToken(["sid": #""""#])),
                ("made long ago", try logoutToken(["iat": "\(time - 4_000)"])),
                ("over", try logoutToken(["exp": "\(time - 400)"])),
                ("no end", try logoutToken(["exp": nil])),
                ("another kind of token", try logoutToken(header: #"{"alg":"EdDSA","kid":"k1","typ":"at+jwt"}"#)),
                ("another key", try logoutToken(by: stranger)),
                ("no signature", TokenForge.encode(#"{"alg":"none"}"#) + "." + TokenForge.encode("{}") + "."),
                ("nothing", "x"),
            ]
            for (name, token) in forgeries {
                let reply = try await tell(world, provider, token)
                #expect(reply.status == 400, "\(name): \(reply.status) \(reply.text)")
                #expect(reply.json["error"] == "invalid_request", "\(name)")
            }
            #expect(try await isIn(world, access))
            #expect(try await tell(world, provider, try logoutToken()).status == 200)
        }
    }

    @Test func `a provider signs out nobody of another provider or another tenant`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await FederationWorld(home, http: stub)
            let neighbor = try await FederationWorld(abroad, http: stub)
            let provider = try await world.provider()
            let other = try await world.provider(name: "Other", #""provisioning":false"#)
            let theirs = try await neighbor.provider()
            let access = try await ada(world, provider)
            #expect(try await tell(world, other, try logoutToken(["sid": #""s-1""#])).status == 200)
            #expect(try await tell(world, other, try logoutToken(["sid": #""s-1""#, "sub": nil])).status == 200)
            #expect(try await tell(neighbor, theirs, try logoutToken()).status == 200)
            #expect(try await isIn(world, access))
            // Another tenant's provider is one that never was.
            let foreign = try await tell(world, theirs, try logoutToken())
            let never = try await tell(world, "01890a5d-dead-774b-bcce-b302099a8057", try logoutToken())
            #expect(foreign.status == 404 && foreign.json == never.json)
        }
    }

    @Test func `a browser is sent to sign out at the provider, and the session here ends in any case`() async throws {
        try await withWorld { world, provider in
            func leave(_ access: String, _ json: String) async throws -> TestReply {
                let path = "/api/v1/auth/logout/federated"
                return try await world.host.send("POST", path, to: world.tenant, token: access, json: json)
            }
            let home = #"{"returnTo":"\#(FederationWorld.returnTo)","state":"bye"}"#
            let access = try await ada(world, provider)
            let refused = try await leave(access, #"{"returnTo":"https://evil.example/"}"#)
            #expect(refused.code == "RETURN_ADDRESS_NOT_REGISTERED")
            #expect(try await isIn(world, access))
            let location = try #require(try await leave(access, home).json["location"]?.text)
            #expect(location.hasPrefix("https://id.example/logout?"))
            let query = FederationWorld.query(of: location)
            #expect(query["client_id"] == "client-1" && query["state"] == "bye")
            #expect(query["post_logout_redirect_uri"] == FederationWorld.returnTo)
            #expect(try await !isIn(world, access))
            // Of no provider.
            let owner = try await leave(world.owner.access, #"{"returnTo":"\#(FederationWorld.returnTo)"}"#)
            #expect(owner.json["location"]?.text == FederationWorld.returnTo)
            #expect(try await !isIn(world, world.owner.access))
        }
    }

    @Test func `a provider that signs nobody out keeps nobody`() async throws {
        stub.change { $0.metadata["end_session_endpoint"] = nil }
        try await withWorld { world, provider in
            var browser = TestBrowser(world.host, at: world.tenant)
            let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            let exchange = FederationWorld.exchange(query["code"])
            _ = try await browser.send("POST", "/api/v1/auth/login/federated-cookie", json: exchange)
            #expect(browser.jar.count == 2)
            let json = #"{"returnTo":"\#(FederationWorld.returnTo)","state":"bye"}"#
            let reply = try await browser.send("POST", "/api/v1/auth/logout/federated", json: json)
            #expect(reply.json["location"]?.text == FederationWorld.returnTo + "?state=bye")
            #expect(browser.jar.isEmpty)
        }
    }
}
