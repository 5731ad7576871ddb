// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What is tried with a token that was stolen some time after its owner signed in; each test fails on its hole.
@Suite struct StepUpAttackTests {
    /// A session whose owner showed a code long ago, and who knows the password.
    private struct Thief {
        let world: FactorWorld

        init(_ tenant: TestTenant) async throws {
            world = try await FactorWorld(tenant)
            world.host.platform.clock.advance(by: 700)
        }

        func post(_ path: String, _ json: String, token: String? = nil) async throws -> TestReply {
            let token = token ?? world.session.access
            return try await world.host.send("POST", "/api/v1/\(path)", to: world.tenant, token: token, json: json)
        }
    }

    @Test func `attack: a new password gives a stolen session the trust that only a second factor gives`() async throws
    {
        try await withTenant { tenant in
            let thief = try await Thief(tenant)
            let json = #"{"oldPassword":"correct horse","newPassword":"battery staple"}"#
            let next = try PlatformHost.Session(try await thief.post("users/me/password", json))
            for path in ["auth/mfa/recovery-codes", "auth/mfa/enable/request"] {
                let reply = try await thief.post(path, "{}", token: next.access)
                #expect(reply.code == "REAUTHENTICATION_REQUIRED", "\(path): \(reply.text)")
            }
        }
    }

    @Test func `attack: a stolen session and the password lead mailed codes to the thief's address`() async throws {
        try await withTenant { tenant in
            let thief = try await Thief(tenant)
            let json = #"{"email":"thief@example.org","password":"correct horse"}"#
            let refused = try await thief.post("users/me/email", json)
            #expect(refused.status == 403 && refused.code == "REAUTHENTICATION_REQUIRED")
            #expect(thief.world.host.platform.mail.sent(to: "thief@example.org").isEmpty)
            // Who has no second factor has nothing better to show than the password.
            let bob = try await thief.world.host.register("bob", at: tenant)
            thief.world.host.platform.clock.advance(by: 700)
            let wish = #"{"email":"robert@example.org","password":"correct horse"}"#
            #expect(try await thief.post("users/me/email", wish, token: bob.access).status == 202)
        }
    }

    @Test func `attack: a stolen session links an identity of the thief's`() async throws {
        try await withTenant { tenant in
            let world = try await FederationWorld(tenant, http: try StubProvider())
            let provider = try await world.provider()
            let member = try await world.host.register("ada", at: tenant)
            world.host.platform.clock.advance(by: 700)
            func post(_ path: String, _ json: String) async throws -> TestReply {
                try await world.host.send("POST", "/api/v1/auth/\(path)", to: tenant, token: member.access, json: json)
            }
            let wish =
                #"{"returnTo":"\#(FederationWorld.returnTo)","codeChallenge":"\#(FederationWorld.challenge)"}"#
            let refused = try await post("federated/\(provider)/link", wish)
            #expect(refused.status == 403 && refused.code == "REAUTHENTICATION_REQUIRED")
            #expect(try await post("reauthenticate", #"{"password":"correct horse"}"#).status == 200)
            world.host.platform.clock.advance(by: 1)
            #expect(try await post("federated/\(provider)/link", wish).status == 200)
        }
    }

    @Test func `F20-13: mailed codes are tried over many challenges, and each must wait longer`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let session = try await host.register("ada", at: tenant)
            func post(_ path: String, _ json: String, token: String? = nil) async throws -> TestReply {
                try await host.send("POST", "/api/v1/auth/\(path)", to: tenant, token: token, json: json)
            }
            _ = try await post("mfa/enable/request", #"{"method":"email"}"#, token: session.access)
            let first = try #require(host.platform.codes.latest("ada@example.org"))
            let confirmation = #"{"method":"email","code":"\#(first)"}"#
            let set = try await post("mfa/enable/confirm", confirmation, token: session.access)
            let recovery = try #require(set.json["recoveryCodes"]?[0]?.text)
            func challenge() async throws -> String {
                let login = #"{"email":"ada@example.org","password":"correct horse"}"#
                return try #require(try await post("login", login).json["challengeToken"]?.text)
            }
            func answer(_ code: String?) async throws -> TestReply {
                let token = try await challenge()
                #expect(try await post("login/mfa/email-code", #"{"challengeToken":"\#(token)"}"#).status == 204)
                let sent = try #require(host.platform.codes.latest("ada@example.org"))
                let wrong = sent == "00000000" ? "00000001" : "00000000"
                return try await post("login/mfa", #"{"challengeToken":"\#(token)","code":"\#(code ?? wrong)"}"#)
            }
            var refusals: [String?] = []
            for _ in 0..<8 { refusals.append(try await answer(nil).code) }
            #expect(refusals.prefix(5).allSatisfy { $0 == "INVALID_CODE" })
            #expect(refusals.suffix(3).allSatisfy { $0 == "SIGN_IN_THROTTLED" })
            // Who lost their mailbox is not kept out by it.
            #expect(try await answer(recovery).status == 200)
        }
    }
}
