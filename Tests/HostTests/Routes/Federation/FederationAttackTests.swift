// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The attacks of RFC 9700 §4 and OpenID Connect Core §16, by name.
@Suite struct FederationAttackTests {
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

    /// The error that the app gets when the provider's token is as a test wants.
    private func error(
        _ world: FederationWorld,
        _ provider: String,
        token: @escaping @Sendable (TokenForge, StubProvider.Grant) throws -> String
    ) async throws -> String? {
        stub.change { $0.token = token }
        let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
        #expect(query["code"] == nil)
        return query["error"]
    }

    @Test func `CSRF on the callback: a browser that was not sent cannot finish`() async throws {
        try await withWorld { world, provider in
            let sent = try await world.begin(provider)
            let code = stub.grant(sent.location, as: FederationWorld.ada)
            let reply = try await world.comeBack(provider, ["code": code, "state": sent.state], cookie: nil)
            #expect(reply.code == "SIGN_IN_NOT_EXPECTED")
            #expect(stub.reads(of: "/token") == 0)
        }
    }

    @Test func `login CSRF: a browser that was sent for another sign-in cannot finish this one`() async throws {
        try await withWorld { world, provider in
            let attacker = try await world.begin(provider)
            let victim = try await world.begin(provider)
            let code = stub.grant(attacker.location, as: FederationWorld.ada)
            // The victim's value under the name of the attacker's cookie.
            let name = attacker.cookie.prefix { $0 != "=" }
            let value = victim.cookie.drop { $0 != "=" }
            let reply = try await world.comeBack(
                provider,
                ["code": code, "state": attacker.state],
                cookie: "\(name)\(value)"
            )
            #expect(reply.code == "SIGN_IN_NOT_EXPECTED")
        }
    }

    @Test func `state replay: an answer is taken once`() async throws {
        try await withWorld { world, provider in
            let sent = try await world.begin(provider)
            let code = stub.grant(sent.location, as: FederationWorld.ada)
            let first = try await world.comeBack(provider, ["code": code, "state": sent.state], cookie: sent.cookie)
            #expect(first.status == 302)
            let other = stub.grant(sent.location, as: FederationWorld.ada)
            let second = try await world.comeBack(provider, ["code": other, "state": sent.state], cookie: sent.cookie)
            #expect(second.code == "SIGN_IN_NOT_EXPECTED")
        }
    }

    @Test func `a state is good for ten minutes`() async throws {
        let clock = TestClock()
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: stub, clock: clock)
            let provider = try await world.provider()
            let sent = try await world.begin(provider)
            clock.advance(by: 601)
            let code = stub.grant(sent.location, as: FederationWorld.ada)
            let reply = try await world.comeBack(provider, ["code": code, "state": sent.state], cookie: sent.cookie)
            #expect(reply.code == "SIGN_IN_NOT_EXPECTED")
        }
    }

    @Test func `cross-tenant state: what one tenant began another does not finish`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await FederationWorld(home, http: stub)
            let neighbor = try await FederationWorld(abroad, http: stub)
            let (own, theirs) = (try await world.provider(), try await neighbor.provider())
            let sent = try await world.begin(own)
            let code = stub.grant(sent.location, as: FederationWorld.ada)
            for provider in [own, theirs] {
                let reply = try await neighbor.comeBack(
                    provider,
                    ["code": code, "state": sent.state],
                    cookie: sent.cookie
                )
                #expect(reply.code == "SIGN_IN_NOT_EXPECTED")
            }
            // And a code of one is no code of the other.
            let query = try await world.visit(own, of: stub, as: FederationWorld.ada)
            #expect(try await neighbor.exchange(query["code"]).json["error"] == "invalid_grant")
            #expect(try await world.exchange(query["code"]).status == 200)
        }
    }

    @Test func `mix-up: an answer for one provider is not taken at another's address or name`() async throws {
        try await withWorld { world, provider in
            let other = try await world.provider(name: "Evil")
            let sent = try await world.begin(provider)
            let code = stub.grant(sent.location, as: FederationWorld.ada)
            let elsewhere = try await world.comeBack(other, ["code": code, "state": sent.state], cookie: sent.cookie)
            #expect(elsewhere.code == "SIGN_IN_NOT_EXPECTED")
            let again = try await world.begin(provider)
            let reply = try await world.comeBack(
                provider,
                ["code": code, "state": again.state, "iss": "https://evil.example"],
                cookie: again.cookie
            )
            #expect(FederationWorld.query(of: reply["location"] ?? "")["error"] == "provider_error")
            #expect(stub.reads(of: "/token") == 0)
        }
    }

    @Test func `mix-up: a provider that names itself in its answers must do so in each`() async throws {
        stub.change { $0.metadata["authorization_response_iss_parameter_supported"] = "true" }
        try await withWorld { world, provider in
            let sent = try await world.begin(provider)
            let code = stub.grant(sent.location, as: FederationWorld.ada)
            let bare = try await world.comeBack(provider, ["code": code, "state": sent.state], cookie: sent.cookie)
            #expect(FederationWorld.query(of: bare["location"] ?? "")["error"] == "provider_error")
            let next = try await world.begin(provider)
            let good = stub.grant(next.location, as: FederationWorld.ada)
            let named = try await world.comeBack(
                provider,
                ["code": good, "state": next.state, "iss": "https://id.example"],
                cookie: next.cookie
            )
            #expect(FederationWorld.query(of: named["location"] ?? "")["code"] != nil)
        }
    }

    @Test func `code injection: a stolen code does not fit another browser's PKCE verifier`() async throws {
        try await withWorld { world, provider in
            let victim = try await world.begin(provider)
            let stolen = stub.grant(victim.location, as: FederationWorld.ada)
            let attacker = try await world.begin(provider)
            let reply = try await world.comeBack(
                provider,
                ["code": stolen, "state": attacker.state],
                cookie: attacker.cookie
            )
            #expect(FederationWorld.query(of: reply["location"] ?? "")["error"] == "provider_error")
        }
    }

    @Test func `a stolen code of ours is worth nothing without the app's verifier, nor a second time`() async throws {
        try await withWorld { world, provider in
            for verifier in [String(repeating: "a", count: 43), FederationWorld.challenge] {
                let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
                let reply = try await world.exchange(query["code"], verifier: verifier)
                #expect(reply.status == 400 && reply.json["error"] == "invalid_grant")
                // It was spent by the attempt.
                #expect(try await world.exchange(query["code"]).status == 400)
            }
            let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            let other = try await world.exchange(query["code"], returnTo: "https://evil.example/")
            #expect(other.json["error"] == "invalid_grant")
            let good = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            #expect(try await world.exchange(good["code"]).status == 200)
            #expect(try await world.exchange(good["code"]).json["error"] == "invalid_grant")
        }
    }

    @Test func `a code of ours is good for a minute`() async throws {
        let clock = TestClock()
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: stub, clock: clock)
            let query = try await world.visit(try await world.provider(), of: stub, as: FederationWorld.ada)
            clock.advance(by: 61)
            #expect(try await world.exchange(query["code"]).json["error"] == "invalid_grant")
        }
    }

    @Test func `nonce mismatch: a token for another question is refused`() async throws {
        try await withWorld { world, provider in
            let error = try await error(world, provider) { try $0.token($1.claims(of: $0, ["nonce": #""replayed""#])) }
            #expect(error == "provider_error")
        }
    }

    @Test func `a token that another key signed is refused`() async throws {
        let stranger = try TokenForge()
        try await withWorld { world, provider in
            let error = try await error(world, provider) { try stranger.token($1.claims(of: $0)) }
            #expect(error == "provider_error")
        }
    }

    @Test func `alg none: an unsigned token is refused, though the provider offers it`() async throws {
        try await withWorld { world, provider in
            let error = try await error(world, provider) { forge, grant in
                TokenForge.encode(#"{"alg":"none"}"#) + "." + TokenForge.encode(grant.claims(of: forge)) + "."
            }
            #expect(error == "provider_error")
        }
    }

    @Test func `alg confusion: a token that is keyed with the public key is refused`() async throws {
        try await withWorld { world, provider in
            let error = try await error(world, provider) { forge, grant in
                let head = TokenForge.encode(#"{"alg":"HS256","kid":"k1"}"#)
                let message = head + "." + TokenForge.encode(grant.claims(of: forge))
                let code = forge.cryptography.hmacSHA256(Array(message.utf8), key: forge.pair.publicKey)
                return message + "." + Base64URL.encode(code)
            }
            #expect(error == "provider_error")
        }
    }

    @Test(arguments: ["iss", "aud", "exp"])
    func `a token of another issuer, for another client or of another time is refused`(claim: String) async throws {
        try await withWorld { world, provider in
            let wrong = ["iss": #""https://evil.example""#, "aud": #""client-2""#, "exp": "1"][claim]
            let error = try await error(world, provider) { try $0.token($1.claims(of: $0, [claim: wrong])) }
            #expect(error == "provider_error")
        }
    }

    @Test(arguments: ["true", "false"])
    func `e-mail takeover: a member's address at a provider does not open the member's account`(
        verified: String
    ) async throws {
        try await withWorld { world, provider in
            let member = try await world.host.register("ada", at: world.tenant)
            let person = ["sub": #""evil""#, "email": #""ADA@example.org""#, "email_verified": verified]
            let query = try await world.visit(provider, of: stub, as: person)
            #expect(query["code"] == nil)
            #expect(query["error"] == (verified == "true" ? "account_exists" : "email_unverified"))
            let path = "/api/v1/users/\(member.user)/identities"
            let list = try await world.host.send("GET", path, to: world.tenant, token: member.access)
            #expect(list.json["items"] == .array([]))
        }
    }

    @Test func `identity theft: what is linked to one member is not linked to another`() async throws {
        try await withWorld { world, provider in
            _ = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            let thief = try await world.host.register("thief", at: world.tenant)
            let reply = try await world.host.send(
                "POST",
                "/api/v1/auth/federated/\(provider)/link",
                to: world.tenant,
                token: thief.access,
                json: #"{"returnTo":"\#(FederationWorld.returnTo)","codeChallenge":"\#(FederationWorld.challenge)"}"#
            )
            let location = try #require(reply.json["location"]?.text)
            let code = stub.grant(location, as: FederationWorld.ada)
            let back = try await world.comeBack(
                provider,
                ["code": code, "state": FederationWorld.query(of: location)["state"] ?? ""],
                cookie: try FederationWorld.cookie(of: reply)
            )
            #expect(FederationWorld.query(of: back["location"] ?? "")["error"] == "identity_taken")
        }
    }

    @Test(
        arguments: [
            "https://evil.example/", "https://learn.example/signed-in/../x", "https://learn.example/signed-in?x=1",
            "https://learn.example/signed-inn", "https://learn.example", "https://learn.example.evil.example/signed-in",
            "https://LEARN.example/signed-in",
        ]
    )
    func `open redirect: only registered addresses are returned to, byte for byte`(address: String) async throws {
        try await withWorld { world, provider in
            let reply = try await world.start(provider, returnTo: address)
            #expect(reply.code == "RETURN_ADDRESS_NOT_REGISTERED" && reply["location"] == nil)
        }
    }

    @Test(
        arguments: [
            "javascript:alert(1)//", "data:text/html,x", "//evil.example/", "http://evil.example/",
            "https://learn.example@evil.example/", "https://evil.example\\\\@learn.example/", "https://a.example/#x",
        ]
    )
    func `an address that could run or hide something cannot be registered`(address: String) async throws {
        try await withWorld { world, _ in
            let reply = try await world.host.send(
                "PATCH",
                "/api/v1/tenant/settings",
                to: world.tenant,
                token: world.owner.access,
                json: #"{"returnAddresses":["\#(address)"]}"#
            )
            #expect(reply.issues == ["returnAddresses[0]:MALFORMED"])
        }
    }

    @Test func `privilege by mapping: a rule gives no more than its author may, never the owner's`() async throws {
        try await withWorld { world, provider in
            let admin = try await world.host.member("admin", .admin, of: world.tenant)
            for role in ["owner", "instructor"] {
                let reply = try await world.host.send(
                    "PATCH",
                    "/api/v1/identity-providers/\(provider)",
                    to: world.tenant,
                    token: role == "owner" ? world.owner.access : admin.access,
                    json: #"{"roleRules":[{"claim":"groups","value":"x","role":"\#(role)"}]}"#
                )
                #expect(reply.status == (role == "owner" ? 403 : 200), "\(reply.text)")
            }
            let name = try #require(Role.Name("identity-clerk"))
            try await world.tenant.transaction { session in
                _ = try await world.host.platform.lms.roles.create(
                    name,
                    description: "",
                    grants: Grants([.identityManage: .any, .roleAssign: .any]),
                    session: session
                )
            }
            let clerk = try await world.host.member("clerk", holding: [name], of: world.tenant)
            let reply = try await world.host.send(
                "PATCH",
                "/api/v1/identity-providers/\(provider)",
                to: world.tenant,
                token: clerk.access,
                json: #"{"roleRules":[{"claim":"groups","value":"x","role":"admin"}]}"#
            )
            #expect(reply.status == 403, "\(reply.text)")
        }
    }

    @Test func `a provider that poses as another issuer is not used`() async throws {
        stub.change { $0.metadata["issuer"] = #""https://accounts.google.com""# }
        try await withWorld { world, provider in
            let reply = try await world.start(provider)
            #expect(reply.code == "IDENTITY_PROVIDER_UNAVAILABLE")
        }
    }
}
