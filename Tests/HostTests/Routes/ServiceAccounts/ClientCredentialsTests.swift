// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The client credentials grant (RFC 6749 §4.4).
@Suite struct ClientCredentialsTests {
    private static let path = "/api/v1/auth/token"

    @Test func `a secret in the header or in the body gives a short token and no refresh token`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make(#""permissions":["user:read:any","role:read:any"]"#)
            let pair = Data("\(program.id):\(program.secret)".utf8).base64EncodedString()
            let basic = try await world.host.send(
                "POST",
                Self.path,
                to: tenant,
                fields: ["Authorization: Basic \(pair)"],
                form: "grant_type=client_credentials"
            )
            for reply in [basic, try await world.ask(for: program)] {
                #expect(reply.status == 200 && reply[.cacheControl] == "no-store", "\(reply.text)")
                #expect(reply.json["token_type"]?.text == "Bearer")
                #expect(reply.json["expires_in"]?.integer == 600)
                #expect(reply.json["refresh_token"] == nil)
                #expect(reply.json["scope"]?.text == "role:read:any user:read:any")
                let token = try #require(reply.json["access_token"]?.text)
                #expect(try await world.status(token) == 200)
                #expect(try await world.status(token, "/api/v1/service-accounts") == 403)
            }
            let used = try await world.send("GET", program.path, world.admin.access)
            #expect(used.json["lastUsedAt"]?.text != nil)
            let token = try await world.token(of: program)
            world.advance(by: 600)
            #expect(try await world.status(token) == 401)
        }
    }

    @Test func `a wrong client is told nothing but that, as RFC 6749 asks`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await ProgramWorld(home)
            let program = try await world.make()
            let other = try await world.make(name: "Other")
            let far = try await ProgramWorld(abroad)
            let foreign = try await far.make()
            var replies: [TestReply] = []
            for (id, secret) in [
                (program.id, other.secret), (program.id, "lmc_wrong"), ("nobody", program.secret),
                (foreign.id, foreign.secret), (program.id, world.admin.refresh),
                (program.id, String(program.secret.dropLast())),
            ] {
                let form = "grant_type=client_credentials&client_id=\(id)&client_secret=\(secret)"
                replies.append(try await world.host.send("POST", Self.path, to: home, form: form))
            }
            let alone = "grant_type=client_credentials&client_id=\(program.id)"
            replies.append(try await world.host.send("POST", Self.path, to: home, form: alone))
            _ = try await world.send("PATCH", program.path, world.admin.access, json: #"{"status":"disabled"}"#)
            replies.append(try await world.ask(for: program))
            for reply in replies {
                #expect(reply.status == 401 && reply.json["error"]?.text == "invalid_client", "\(reply.text)")
                #expect(reply[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
                #expect(reply.text == replies[0].text)
            }
        }
    }

    @Test func `two ways to show the secret at once are one too many`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let pair = Data("\(program.id):\(program.secret)".utf8).base64EncodedString()
            let reply = try await world.host.send(
                "POST",
                Self.path,
                to: tenant,
                fields: ["Authorization: Basic \(pair)"],
                form: "grant_type=client_credentials&client_id=\(program.id)&client_secret=\(program.secret)"
            )
            #expect(reply.status == 400 && reply.json["error"]?.text == "invalid_request")
        }
    }

    @Test func `a scope narrows a token, and more than the account may do is refused`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make(#""permissions":["user:read:any","role:read:any"]"#)
            let token = try await world.token(of: program, scope: "role:read:any")
            #expect(try await world.status(token, "/api/v1/roles") == 200)
            #expect(try await world.status(token) == 403)
            for scope in ["tenant:update:any", "role:read:any tenant:read:any", "everything", "user:read", " "] {
                let reply = try await world.ask(for: program, scope: scope)
                #expect(reply.status == 400 && reply.json["error"]?.text == "invalid_scope", "\(scope): \(reply.text)")
            }
            // What the account gets later, the token does not: it says what it may do at most.
            let wider = #"{"permissions":["user:read:any","role:read:any","audit:read:any"]}"#
            #expect(try await world.send("PATCH", program.path, world.admin.access, json: wider).status == 200)
            world.advance(by: 1)
            #expect(try await world.status(token, "/api/v1/audit") != 200)
        }
    }

    @Test func `the secret before a rotation works for 48 hours, and the one before that no more`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let first = try await world.make()
            func rotate() async throws -> String {
                let reply = try await world.send("POST", "\(first.path)/rotate", world.admin.access, json: "{}")
                return try ProgramWorld.Program(reply).secret
            }
            let second = try await rotate()
            #expect(try await world.ask(for: first).status == 200)
            #expect(try await world.ask(for: first, secret: second).status == 200)
            let third = try await rotate()
            #expect(try await world.ask(for: first).status == 401)
            #expect(try await world.ask(for: first, secret: second).status == 200)
            world.advance(by: 48 * 3600 - 1)
            #expect(try await world.ask(for: first, secret: second).status == 200)
            world.advance(by: 1)
            #expect(try await world.ask(for: first, secret: second).status == 401)
            #expect(try await world.ask(for: first, secret: third).status == 200)
            world.advance(by: 88 * 86_400)
            #expect(try await world.ask(for: first, secret: third).status == 401)
        }
    }

    @Test func `a secret that leaked is over at once with every token of the account`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let token = try await world.token(of: program)
            #expect(try await world.status(token) == 200)
            let json = #"{"immediately":true}"#
            let reply = try await world.send("POST", "\(program.path)/rotate", world.admin.access, json: json)
            let renewed = try ProgramWorld.Program(reply)
            #expect(try await world.ask(for: program).status == 401)
            world.advance(by: 1)
            #expect(try await world.status(token) == 401)
            #expect(try await world.status(try await world.token(of: renewed)) == 200)
        }
    }

    @Test func `a disabled or deleted account loses access on every host within a second`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let there = try await PlatformHost(clock: world.host.platform.clock)
            let program = try await world.make()
            let token = try await world.token(of: program)
            #expect(try await world.status(token) == 200)
            #expect(try await world.status(token, at: there) == 200)
            func set(_ status: String) async throws {
                let json = #"{"status":"\#(status)"}"#
                #expect(try await world.send("PATCH", program.path, world.admin.access, json: json).status == 200)
                world.advance(by: 1)
            }
            try await set("disabled")
            #expect(try await world.status(token) == 401)
            #expect(try await world.status(token, at: there) == 401)
            try await set("active")
            #expect(try await world.status(token) == 401, "what was ended stays ended")
            let next = try await world.token(of: program)
            #expect(try await world.status(next) == 200)
            #expect(try await world.send("DELETE", program.path, world.admin.access).status == 204)
            world.advance(by: 1)
            #expect(try await world.status(next) == 401)
            #expect(try await world.ask(for: program).status == 401)
        }
    }

    @Test func `introspection tells a program's token and an API key from a person's`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let token = try await world.token(of: program)
            let keys = KeyWorld(tenant, host: world.host, admin: world.admin, student: world.student)
            let key = try await keys.make("user:read:own", by: world.student)
            func ask(_ token: String, by session: PlatformHost.Session) async throws -> TestReply {
                try await world.host.send(
                    "POST",
                    "/api/v1/auth/introspect",
                    to: tenant,
                    token: session.access,
                    form: "token=\(token)"
                )
            }
            let service = try await ask(token, by: world.admin)
            #expect(service.json["active"] == .bool(true))
            #expect(service.json["sub"]?.text == program.id && service.json["client_id"]?.text == program.id)
            #expect(service.json["scope"]?.text == "user:read:any" && service.json["sid"] == nil)
            let shown = try await ask(key.secret, by: world.admin)
            #expect(shown.json["token_type"]?.text == "api_key" && shown.json["sub"]?.text == world.student.user)
            #expect(shown.json["scope"]?.text == "user:read:own" && !shown.text.contains(key.secret))
            let used = try await world.send("GET", key.path, world.student.access)
            #expect(used.json["lastUsedAt"]?.text == nil, "asking about a key is not using it")
            let person = try await ask(world.student.access, by: world.admin)
            #expect(person.json["client_id"] == nil && person.json["sid"]?.text != nil)
            for dead in ["lms_never", "lmc_never", program.secret] {
                #expect(try await ask(dead, by: world.admin).text == #"{"active":false}"#)
            }
        }
    }
}
