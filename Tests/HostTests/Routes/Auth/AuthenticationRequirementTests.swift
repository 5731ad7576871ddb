// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Requirements of OWASP ASVS 5 that no feature's own test shows; `docs/security/asvs.md` names them.
@Suite struct AuthenticationRequirementTests {
    @Test func `a password is taken as it was typed, and for years`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            func send(_ path: String, _ password: String) async throws -> Int {
                let json = #"{"email":"ada@example.org","password":"\#(password)"}"#
                return try await host.send("POST", "/api/v1/auth/\(path)", to: tenant, json: json).status
            }
            #expect(try await send("register", " Correct Hörse ") == 201)
            for other in ["Correct Hörse", " correct hörse ", " Correct Ho\u{308}rse ", " Correct  Hörse "] {
                #expect(try await send("login", other) == 401, "\(other)")
            }
            host.platform.clock.advance(by: 5 * 366 * 86_400)
            #expect(try await send("login", " Correct Hörse ") == 200)
        }
    }

    @Test func `a new organization has nobody who can sign in`() async throws {
        try await withTenant { tenant in
            let rows = try await tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM api_keys)
                        + (SELECT count(*) FROM identity_providers) AS n
                    """
                )
            }
            #expect(try rows.only?["n"] == 0)
            let host = try await PlatformHost()
            for name in ["admin", "root", "owner", "admin@\(tenant.tenant.slug).localhost"] {
                for password in ["admin", "changeme", "password"] {
                    let json = #"{"identifier":"\#(name)","password":"\#(password)"}"#
                    let reply = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
                    #expect(reply.code == "INVALID_CREDENTIALS")
                }
            }
        }
    }

    @Test func `the same subject at another provider is somebody else`() async throws {
        try await withTenant { tenant in
            let stub = try StubProvider()
            let world = try await FederationWorld(tenant, http: stub)
            var users: [String?] = []
            for (name, email) in [("First", "ada@uni.example"), ("Second", "eve@uni.example")] {
                let provider = try await world.provider(name: name)
                let person = ["sub": #""same""#, "email": #""\#(email)""#, "email_verified": "true"]
                let query = try await world.visit(provider, of: stub, as: person)
                users.append(try await world.me(try await world.exchange(query["code"]))["sub"]?.text)
            }
            #expect(users[0] != nil && users[1] != nil && users[0] != users[1])
        }
    }

    @Test func `who comes by a provider is asked for a second factor as everybody is`() async throws {
        try await withTenant { tenant in
            let stub = try StubProvider()
            let world = try await FederationWorld(tenant, http: stub) { $0.secondFactorRoles = ["instructor"] }
            let provider = try await world.provider(
                #""provisioning":true,"roleRules":[{"claim":"groups","value":"staff","role":"instructor"}]"#
            )
            let person = FederationWorld.ada.merging(["groups": #"["staff"]"#]) { $1 }
            func visit() async throws -> TestReply {
                try await world.exchange(try await world.visit(provider, of: stub, as: person)["code"])
            }
            let access = try #require(try await visit().json["access_token"]?.text)
            func post(_ path: String, _ json: String) async throws -> TestReply {
                try await world.host.send("POST", "/api/v1/auth/mfa/\(path)", to: tenant, token: access, json: json)
            }
            let courses = try await world.host.send("GET", "/api/v1/enrollments/me", to: tenant, token: access)
            #expect(courses.code == "SECOND_FACTOR_REQUIRED")
            let secret = try #require(try await post("enable/request", "{}").json["secret"]?.text)
            let code = try world.host.platform.code(of: secret)
            #expect(try await post("enable/confirm", #"{"code":"\#(code)"}"#).status == 200)
            let again = try await visit()
            #expect(again.status == 400 && again.json["access_token"] == nil && again.json["refresh_token"] == nil)
        }
    }

    @Test(arguments: [
        "", "&codeChallenge=short", "&codeChallenge=\(FederationWorld.challenge)&codeChallengeMethod=plain",
    ])
    func `no browser is sent without a PKCE challenge, nor with a plain one`(challenge: String) async throws {
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: try StubProvider())
            let provider = try await world.provider()
            let path = "/api/v1/auth/federated/\(provider)?returnTo=\(FederationWorld.returnTo)\(challenge)"
            let reply = try await world.host.send("GET", path, to: tenant)
            #expect(reply.status == 400 && reply["location"] == nil, "\(reply.text)")
            #expect(reply.issues.contains { $0.hasPrefix("codeChallenge") }, "\(reply.issues)")
        }
    }
}
