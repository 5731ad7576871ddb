// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct StepUpTests {
    static let never = "01890a5d-dead-774b-bcce-b302099a8057"

    /// What a stolen token must not be enough for.
    static let sensitive: [(method: String, path: String, json: String?)] = [
        ("POST", "/api/v1/api-keys", #"{"name":"k","scopes":["course:read:any"]}"#),
        ("POST", "/api/v1/api-keys/\(never)/rotate", "{}"),
        ("POST", "/api/v1/identity-providers", #"{"kind":"google","name":"G","clientId":"c"}"#),
        ("PATCH", "/api/v1/identity-providers/\(never)", #"{"name":"G"}"#),
        ("DELETE", "/api/v1/identity-providers/\(never)", nil),
        ("POST", "/api/v1/users/\(never)/erasure", nil),
        ("POST", "/api/v1/users/me/delete-account", "{}"),
        ("POST", "/api/v1/users/\(never)/roles", #"{"role":"admin"}"#),
        ("DELETE", "/api/v1/users/\(never)/mfa", nil),
        ("POST", "/api/v1/auth/mfa/recovery-codes", nil),
        ("PUT", "/api/v1/tenant/mail", "{}"),
        ("DELETE", "/api/v1/tenant/mail", nil),
    ]

    @Test(arguments: sensitive)
    func `what a stolen token must not be enough for asks who it is, says how, and goes on`(
        method: String,
        path: String,
        json: String?
    ) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("ada", .owner, of: tenant)
            _ = try await host.member("bob", .owner, of: tenant)
            host.platform.clock.advance(by: 660)
            let stale = try await host.send(method, path, to: tenant, token: owner.access, json: json)
            #expect(stale.status == 403 && stale.code == "REAUTHENTICATION_REQUIRED", "\(stale.text)")
            #expect(stale.text.contains("/api/v1/auth/reauthenticate"))
            let challenge = #"Bearer error="insufficient_user_authentication", max_age="600""#
            #expect(stale[.wwwAuthenticate] == challenge)
            let again = try await host.send(
                "POST",
                "/api/v1/auth/reauthenticate",
                to: tenant,
                token: owner.access,
                json: #"{"password":"correct horse"}"#
            )
            #expect(again.status == 200)
            host.platform.clock.advance(by: 1)
            let reply = try await host.send(method, path, to: tenant, token: owner.access, json: json)
            #expect(reply.code != "REAUTHENTICATION_REQUIRED" && reply.status < 500, "\(reply.text)")
        }
    }

    @Test func `who has no password steps up with a code, or by a fresh sign-in at their provider`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let email = try TestPlatform.email("fed")
            let user = try await tenant.transaction { session in
                let new = NewUser(email: email, password: nil)
                return try await host.platform.lms.users.create(new, roles: [Role.Name(.owner)], session: session)
            }
            func enter() async throws -> String {
                let origin = RequestOrigin(address: "192.0.2.1", userAgent: nil)
                let outcome = try await host.platform.lms.signIn.enter(
                    Entrance(user.id, by: [.federated], from: SignInClient(origin)),
                    at: tenant.tenant,
                    tenants: tenant.tenants
                )
                guard case .signedIn(let signedIn) = outcome else { throw TestFailure("challenged") }
                return signedIn.tokens.accessToken.reveal()
            }
            func send(_ path: String, _ json: String, _ token: String) async throws -> TestReply {
                try await host.send("POST", "/api/v1/\(path)", to: tenant, token: token, json: json)
            }
            let key = #"{"name":"k","scopes":["course:read:any"]}"#
            let old = try await enter()
            host.platform.clock.advance(by: 660)
            #expect(try await send("api-keys", key, old).code == "REAUTHENTICATION_REQUIRED")
            let guess = try await send("auth/reauthenticate", #"{"password":"correct horse"}"#, old)
            #expect(guess.status == 401)
            let fresh = try await enter()
            #expect(try await send("api-keys", key, fresh).status == 201)
            let setup = try await send("auth/mfa/enable/request", "{}", fresh)
            let secret = try #require(setup.json["secret"]?.text)
            let code = try host.platform.code(of: secret)
            #expect(try await send("auth/mfa/enable/confirm", #"{"code":"\#(code)"}"#, fresh).status == 200)
            host.platform.clock.advance(by: 660)
            #expect(try await send("api-keys", key, fresh).code == "REAUTHENTICATION_REQUIRED")
            let next = try host.platform.code(of: secret)
            #expect(try await send("auth/reauthenticate", #"{"code":"\#(next)"}"#, fresh).status == 200)
            host.platform.clock.advance(by: 1)
            #expect(try await send("api-keys", key, fresh).status == 201)
            // Nor do they need a password to leave.
            _ = try await host.member("heir", .owner, of: tenant)
            #expect(try await send("users/me/delete-account", "{}", fresh).status == 200)
        }
    }
}
