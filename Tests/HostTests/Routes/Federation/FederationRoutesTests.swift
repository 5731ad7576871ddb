// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite struct FederationRoutesTests {
    let stub: StubProvider

    init() throws {
        stub = try StubProvider()
    }

    private func withWorld(
        clock: TestClock = TestClock(),
        settings: @escaping @Sendable (inout TenantSettings) -> Void = { _ in },
        _ body: (FederationWorld) async throws -> Void
    ) async throws {
        try await withTenant { tenant in
            try await body(try await FederationWorld(tenant, http: stub, clock: clock, settings: settings))
        }
    }

    @Test func `who comes for the first time becomes a member, and who comes again is the same one`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            let first = try await world.exchange(
                try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"]
            )
            #expect(first.status == 200, "\(first.text)")
            let me = try await world.me(first)
            #expect(me["email"] == "ada@uni.example")
            #expect(me["displayName"] == "Ada Lovelace")
            #expect(me["roles"] == .array(["student"]))
            // The address changed; the subject is who it is.
            var moved = FederationWorld.ada
            moved["email"] = #""countess@other.example""#
            let second = try await world.exchange(try await world.visit(provider, of: stub, as: moved)["code"])
            #expect(try await world.me(second)["sub"] == me["sub"])
        }
    }

    @Test func `the browser is sent with state, nonce and PKCE, and keeps what binds it`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            let reply = try await world.start(provider)
            let query = FederationWorld.query(of: reply["location"] ?? "")
            #expect(reply["location"]?.hasPrefix("https://id.example/authorize?") == true)
            #expect(query["response_type"] == "code")
            #expect(query["code_challenge_method"] == "S256")
            #expect(query["scope"] == "openid email profile")
            #expect(query["code_challenge"] != FederationWorld.challenge)
            #expect(query["nonce"]?.utf8.count == 43)
            #expect(
                query["redirect_uri"]
                    == "http://\(world.tenant.tenant.slug).localhost:8080/api/v1/auth/federated/\(provider)/callback"
            )
            let cookie = try #require(reply["set-cookie"])
            #expect(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("Max-Age=600"))
            #expect(reply["cache-control"] == "no-store")
            // Nothing that is stored would let anybody go on.
            let stored = try await world.tenant.transaction { session in
                try await session.execute("SELECT row_to_json(f)::text AS row FROM federated_flows f").map { row in
                    try row["row"] as String
                }
            }
            let value = cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" }
            #expect(stored.count == 1 && !stored[0].contains(value) && !stored[0].contains(query["state"] ?? "?"))
        }
    }

    @Test func `claims give the roles of the rules`() async throws {
        try await withWorld { world in
            let provider = try await world.provider(
                #""provisioning":true,"roleRules":[{"claim":"groups","value":"staff","role":"instructor"},{"claim":"level","value":"7","role":"auditor"}]"#
            )
            var person = FederationWorld.ada
            person["groups"] = #"["people","staff"]"#
            let reply = try await world.exchange(try await world.visit(provider, of: stub, as: person)["code"])
            #expect(try await world.me(reply)["roles"] == .array(["instructor"]))
        }
    }

    @Test func `a member links a provider, signs in with it, and unlinks it`() async throws {
        try await withWorld { world in
            let provider = try await world.provider(#""provisioning":false"#)
            let member = try await world.host.register("ada", at: world.tenant)
            let reply = try await world.host.send(
                "POST",
                "/api/v1/auth/federated/\(provider)/link",
                to: world.tenant,
                token: member.access,
                json: #"{"returnTo":"\#(FederationWorld.returnTo)","codeChallenge":"\#(FederationWorld.challenge)"}"#
            )
            let location = try #require(reply.json["location"]?.text, "\(reply.text)")
            let cookie = try FederationWorld.cookie(of: reply)
            let code = stub.grant(location, as: ["sub": #""x-7""#])
            let state = FederationWorld.query(of: location)["state"] ?? ""
            let back = try await world.comeBack(provider, ["code": code, "state": state], cookie: cookie)
            #expect(FederationWorld.query(of: back["location"] ?? "")["code"] != nil, "\(back["location"] ?? "")")
            // Without a word about the address: it is the subject that is linked.
            let again = try await world.visit(provider, of: stub, as: ["sub": #""x-7""#])
            #expect(try await world.me(try await world.exchange(again["code"]))["sub"]?.text == member.user)

            let path = "/api/v1/users/\(member.user)/identities"
            let list = try await world.host.send("GET", path, to: world.tenant, token: member.access)
            guard case .array(let items) = list.json["items"], let id = items.first?["id"]?.text else {
                Issue.record("\(list.text)")
                return
            }
            #expect(items.count == 1)
            let deleted = try await world.host.send("DELETE", "\(path)/\(id)", to: world.tenant, token: member.access)
            #expect(deleted.status == 204)
            let gone = try await world.visit(provider, of: stub, as: ["sub": #""x-7""#])
            #expect(gone["error"] == "email_required")
        }
    }

    @Test func `the last way in stays`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            let tokens = try await world.exchange(
                try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"]
            )
            let access = tokens.json["access_token"]?.text
            let user = try #require(try await world.me(tokens)["sub"]?.text)
            let path = "/api/v1/users/\(user)/identities"
            let list = try await world.host.send("GET", path, to: world.tenant, token: access)
            guard case .array(let items) = list.json["items"] else { return }
            let id = try #require(items.first?["id"]?.text)
            let reply = try await world.host.send("DELETE", "\(path)/\(id)", to: world.tenant, token: access)
            #expect(reply.code == "LAST_WAY_IN")
        }
    }

    @Test func `ways in are found by the domain, and an unknown address gets what a known one gets`() async throws {
        try await withWorld { world in
            _ = try await world.provider(name: "Anybody")
            let own = try await world.provider(name: "Uni", #""emailDomains":["uni.example"]"#)
            func ways(_ json: String) async throws -> JSONValue {
                try await world.host.send("POST", "/api/v1/auth/discover", to: world.tenant, json: json).json
            }
            func names(_ ways: JSONValue) -> [String] {
                guard case .array(let items) = ways["providers"] else { return [] }
                return items.compactMap { $0["name"]?.text }
            }
            let atUni = try await ways(#"{"email":"Nobody@UNI.example"}"#)
            #expect(names(atUni) == ["Uni"])
            guard case .array(let items) = atUni["providers"] else { return }
            #expect(items.first?["startAt"]?.text == "/api/v1/auth/federated/\(own)")
            let known = try await ways(#"{"email":"owner@example.org"}"#)
            #expect(try await ways(#"{"email":"nobody@example.org"}"#) == known)
            #expect(try await ways("{}") == known)
            #expect(names(known) == ["Anybody"])
        }
    }

    @Test(
        arguments: [
            (["sub": #""s""#], "email_required"),
            (["sub": #""s""#, "email": #""s@uni.example""#], "email_unverified"),
            (["sub": #""s""#, "email": #""s@uni.example""#, "email_verified": "false"], "email_unverified"),
            (["sub": #""s""#, "email": #""s@else.example""#, "email_verified": "true"], "domain_not_allowed"),
        ]
    )
    func `who cannot become a member is told why`(person: [String: String], error: String) async throws {
        try await withWorld { world in
            let provider = try await world.provider(#""provisioning":true,"emailDomains":["uni.example"]"#)
            #expect(try await world.visit(provider, of: stub, as: person)["error"] == error)
        }
    }

    @Test func `a provider that runs a domain needs no claim to be believed, for that domain`() async throws {
        try await withWorld { world in
            let provider = try await world.provider(
                #""provisioning":true,"emailDomains":["uni.example"],"vouchesForDomains":true"#
            )
            let person = ["sub": #""s""#, "email": #""s@uni.example""#]
            #expect(try await world.visit(provider, of: stub, as: person)["code"] != nil)
        }
    }

    @Test func `nobody becomes a member where that is not wanted`() async throws {
        try await withWorld { world in
            let provider = try await world.provider(#""provisioning":false"#)
            let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            #expect(query["error"] == "not_provisioned" && query["code"] == nil)
        }
    }

    @Test func `a suspended member does not get in by a provider`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            let query = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            let user = try #require(
                User.ID(try await world.me(try await world.exchange(query["code"]))["sub"]?.text ?? "")
            )
            let waiting = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            try await world.tenant.transaction { session in
                try await session.execute("UPDATE users SET status = 'suspended' WHERE id = \(user)")
            }
            // Neither with a code from before nor with a new one.
            #expect(try await world.exchange(waiting["code"]).status == 400)
            let refused = try await world.visit(provider, of: stub, as: FederationWorld.ada)
            #expect(refused["error"] == "account_inactive")
        }
    }

    @Test func `what the person decides is told to the app`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            let sent = try await world.begin(provider)
            let reply = try await world.comeBack(
                provider,
                ["error": "access_denied", "state": sent.state, "error_description": "no"],
                cookie: sent.cookie
            )
            #expect(reply["location"] == FederationWorld.returnTo + "?error=access_denied&state=app-state")
        }
    }

    @Test func `a new key of a provider is found, and a name that is none is not asked for again`() async throws {
        let clock = TestClock()
        try await withWorld(clock: clock) { world in
            let provider = try await world.provider()
            #expect(try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"] != nil)
            let reads = stub.reads(of: "/keys")
            stub.change {
                $0.keySet = stub.forge.keySet.replacing("k1", with: "k2")
                $0.token = { try $0.token($1.claims(of: $0), header: #"{"alg":"EdDSA","kid":"k2"}"#) }
            }
            // Not yet: the keys were read a moment ago.
            #expect(try await world.visit(provider, of: stub, as: FederationWorld.ada)["error"] == "provider_error")
            clock.advance(by: 31)
            #expect(try await world.visit(provider, of: stub, as: FederationWorld.ada)["code"] != nil)
            #expect(stub.reads(of: "/keys") == reads + 1)
            stub.change { $0.token = { try $0.token($1.claims(of: $0), header: #"{"alg":"EdDSA","kid":"k3"}"#) } }
            for _ in 0..<3 {
                #expect(try await world.visit(provider, of: stub, as: FederationWorld.ada)["error"] == "provider_error")
            }
            #expect(stub.reads(of: "/keys") == reads + 1)
        }
    }

    @Test func `an address that the token leaves out is asked for, and only of the same person`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            stub.change { $0.profile = #"{"sub":"s-9","email":"s@uni.example","email_verified":true}"# }
            #expect(try await world.visit(provider, of: stub, as: ["sub": #""s-9""#])["code"] != nil)
            #expect(try await world.visit(provider, of: stub, as: ["sub": #""s-8""#])["error"] == "provider_error")
        }
    }

    @Test func `where providers alone vouch, a password opens nothing but the account for emergencies`() async throws {
        let exception = Mutex("")
        try await withTenant { tenant in
            let open = try await FederationWorld(tenant, http: stub)
            let member = try await open.host.register("ada", at: tenant)
            exception.withLock { $0 = open.owner.user }
            let closed = try await PlatformHost(settings: {
                $0.passwordSignIn = false
                $0.passwordGrant = true
                $0.breakGlassUsers = [exception.withLock { $0 }]
            })
            func login(_ email: String, _ password: String) async throws -> TestReply {
                let json = #"{"email":"\#(email)","password":"\#(password)"}"#
                return try await closed.send("POST", "/api/v1/auth/login", to: tenant, json: json)
            }
            #expect(try await login(member.email, PlatformHost.password).code == "PASSWORD_SIGN_IN_OFF")
            // A wrong one is told as ever: who has no account learns nothing.
            #expect(try await login(member.email, "wrong horse").code == "INVALID_CREDENTIALS")
            #expect(try await login(open.owner.email, PlatformHost.password).status == 200)
            let form = "grant_type=password&username=\(member.email)&password=correct+horse"
            let grant = try await closed.send("POST", "/api/v1/auth/token", to: tenant, form: form)
            #expect(grant.json["error"] == "unsupported_grant_type")
            let new = #"{"email":"new@example.org","password":"\#(PlatformHost.password)"}"#
            let registered = try await closed.send("POST", "/api/v1/auth/register", to: tenant, json: new)
            #expect(registered.code == "REGISTRATION_CLOSED")
            let ways = try await closed.send("POST", "/api/v1/auth/discover", to: tenant, json: "{}")
            #expect(ways.json["password"] == .bool(false))
        }
    }

    @Test func `the way in for emergencies is for owners alone, and in the audit log`() async throws {
        let named = Mutex<[String]>([])
        try await withTenant { tenant in
            let open = try await FederationWorld(tenant, http: stub)
            let admin = try await open.host.member("root", .admin, of: tenant)
            let deputy = try await open.host.member("deputy", .owner, of: tenant)
            named.withLock { $0 = [open.owner.user, admin.user, deputy.user] }
            let closed = try await PlatformHost(settings: {
                $0.passwordSignIn = false
                $0.breakGlassUsers = named.withLock { $0 }
            })
            func login(_ session: PlatformHost.Session) async throws -> TestReply {
                let json = #"{"email":"\#(session.email)","password":"\#(PlatformHost.password)"}"#
                return try await closed.send("POST", "/api/v1/auth/login", to: tenant, json: json)
            }
            #expect(try await login(admin).code == "PASSWORD_SIGN_IN_OFF")
            #expect(try await login(deputy).status == 200)
            // Who is an owner no more has no way in any more.
            let id = try #require(User.ID(deputy.user))
            try await tenant.transaction { session in
                _ = try await open.host.platform.lms.users.replaceRoles(
                    of: id,
                    with: [Role.Name(.admin)],
                    session: session
                )
            }
            #expect(try await login(deputy).code == "PASSWORD_SIGN_IN_OFF")
            let owner = try PlatformHost.Session(try await login(open.owner))
            let path = "/api/v1/audit?action=user.break_glass_used"
            let log = try await closed.send("GET", path, to: tenant, token: owner.access)
            guard case .array(let items) = log.json["items"] else { throw TestFailure(log.text) }
            #expect(items.count == 2, "\(log.text)")
            // An ordinary sign-in with a password is none.
            #expect(
                try await open.host.send(
                    "POST",
                    "/api/v1/auth/login",
                    to: tenant,
                    json: TestBrowser.credentials(of: "root")
                )
                .status == 200
            )
            let again = try await closed.send("GET", path, to: tenant, token: owner.access)
            #expect(again.json["items"] == log.json["items"])
        }
    }

    @Test func `the client secret is shown to nobody and stored sealed`() async throws {
        try await withWorld { world in
            let provider = try await world.provider()
            let path = "/api/v1/identity-providers"
            for target in [path, "\(path)/\(provider)"] {
                let reply = try await world.host.send("GET", target, to: world.tenant, token: world.owner.access)
                #expect(reply.status == 200 && !reply.text.contains("s3cret"))
            }
            let stored: String? = try await world.tenant.transaction { session in
                try await session.execute("SELECT row_to_json(p)::text AS row FROM identity_providers p").only?["row"]
            }
            #expect(stored?.contains("s3cret") == false)
            let hex = "s3cret".utf8.map { String($0, radix: 16) }.joined()
            #expect(stored?.contains(hex) == false)
        }
    }
}
