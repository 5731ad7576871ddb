// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What becomes of the code that a browser brings from a provider.
@Suite struct FederationExchangeTests {
    let stub: StubProvider

    init() throws {
        stub = try StubProvider()
    }

    private func withWorld(_ body: (FederationWorld, _ provider: String) async throws -> Void) async throws {
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: stub)
            try await body(world, try await world.provider())
        }
    }

    @Test func `who must show a second factor after a provider vouched is asked for it, and then is in`() async throws {
        try await withWorld { world, provider in
            let first = try await world.login(
                try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"]
            )
            let access = try #require(first.json["accessToken"]?.text)
            let path = "/api/v1/auth/mfa/enable"
            let setup = try await world.host.send(
                "POST",
                "\(path)/request",
                to: world.tenant,
                token: access,
                json: "{}"
            )
            let secret = try #require(setup.json["secret"]?.text, "\(setup.text)")
            let code = #"{"code":"\#(try world.host.platform.code(of: secret))"}"#
            _ = try await world.host.send("POST", "\(path)/confirm", to: world.tenant, token: access, json: code)
            world.host.platform.clock.advance(by: 60)
            // The grant of OAuth has no place for a question.
            let grant = try await world.exchange(
                try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"]
            )
            #expect(grant.json["error"] == "invalid_grant")
            var person = FederationWorld.ada
            person["sid"] = #""s-9""#
            let challenge = try await world.login(try await world.visit(provider, of: stub, as: person)["code"])
            #expect(challenge.json["mfaRequired"] == .bool(true) && challenge.json["accessToken"] == nil)
            let token = challenge.json["challengeToken"]?.text ?? ""
            let answer =
                #"{"challengeToken":"\#(token)","code":"\#(try world.host.platform.code(of: secret))"}"#
            let reply = try await world.host.send("POST", "/api/v1/auth/login/mfa", to: world.tenant, json: answer)
            let session = try PlatformHost.Session(reply)
            let me = try await world.host.send("GET", "/api/v1/auth/me", to: world.tenant, token: session.access)
            #expect(me.json["email"] == "ada@uni.example")
            // The provider is still known to have vouched for it.
            let vouched: Bool? = try await world.tenant.transaction { transaction in
                let rows = try await transaction.execute(
                    """
                    SELECT provider_id IS NOT NULL AND provider_session_hash IS NOT NULL AS vouched FROM sessions
                    ORDER BY id DESC LIMIT 1
                    """
                )
                return try rows.only?["vouched"]
            }
            #expect(vouched == true)
        }
    }

    @Test func `who must have a second factor and has none may set one up after a provider vouched`() async throws {
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: stub) { $0.secondFactorRoles = ["instructor"] }
            let provider = try await world.provider(
                #""provisioning":true,"roleRules":[{"claim":"group","value":"teachers","role":"instructor"}]"#
            )
            var person = FederationWorld.ada
            person["group"] = #""teachers""#
            let query = try await world.visit(provider, of: stub, as: person)
            let reply = try await world.login(query["code"])
            #expect(reply.status == 200 && reply.json["mfaSetupRequired"] == .bool(true))
            let access = reply.json["accessToken"]?.text
            let list = try await world.host.send("GET", "/api/v1/users/me/sessions", to: tenant, token: access)
            #expect(list.code == "SECOND_FACTOR_REQUIRED")
            #expect(try await world.host.send("GET", "/api/v1/auth/mfa", to: tenant, token: access).status == 200)
        }
    }

    @Test func `a code is exchanged once, with its verifier and its address, at its tenant`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await FederationWorld(home, http: stub)
            let neighbor = try await FederationWorld(abroad, http: stub)
            let provider = try await world.provider()
            func code() async throws -> String? {
                try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"]
            }
            let wrong = String(repeating: "a", count: 43)
            #expect(try await world.login(try await code(), verifier: wrong).code == "INVALID_GRANT")
            #expect(try await neighbor.login(try await code()).code == "INVALID_GRANT")
            let good = try await code()
            #expect(try await world.login(good).status == 200)
            #expect(try await world.login(good).code == "INVALID_GRANT")
        }
    }
}

extension FederationWorld {
    static func exchange(_ code: String?, verifier: String = verifier) -> String {
        #"{"code":"\#(code ?? "")","codeVerifier":"\#(verifier)","returnTo":"\#(returnTo)"}"#
    }

    /// Exchanges a code for a session as a first-party app does.
    func login(_ code: String?, verifier: String = verifier) async throws -> TestReply {
        try await host.send(
            "POST",
            "/api/v1/auth/login/federated",
            to: tenant,
            json: Self.exchange(code, verifier: verifier)
        )
    }
}
