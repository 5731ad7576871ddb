// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct AccountRoutesTests {
    private struct World {
        let host: PlatformHost
        let tenant: TestTenant
        let ada: PlatformHost.Session

        init(_ tenant: TestTenant, settings: @escaping @Sendable (inout TenantSettings) -> Void = { _ in }) async throws
        {
            host = try await PlatformHost(settings: settings)
            self.tenant = tenant
            ada = try await host.register("ada", at: tenant)
        }

        func post(_ path: String, _ json: String, as session: PlatformHost.Session? = nil) async throws -> TestReply {
            try await host.send("POST", "/api/v1/\(path)", to: tenant, token: session?.access, json: json)
        }

        func login(_ name: String, _ password: String = PlatformHost.password) async throws -> TestReply {
            try await post("auth/login", #"{"identifier":"\#(name)","password":"\#(password)"}"#)
        }

        func isGood(_ session: PlatformHost.Session) async throws -> Bool {
            host.platform.clock.advance(by: 2)
            return try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access).status == 200
        }

        /// Asks for a link to choose a new password.
        func forget(_ email: String = "ada@example.org") async throws -> String {
            #expect(try await post("auth/forgot-password", #"{"email":"\#(email)"}"#).status == 202)
            return try #require(host.platform.mail.sent(to: email).last?.token)
        }
    }

    @Test func `who forgot their password gets back in, and every session and token of before is over`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let token = try await world.forget()
            let new = #"{"token":"\#(token)","password":"battery staple"}"#
            #expect(try await world.post("auth/reset-password", new).status == 204)
            #expect(try await world.login("ada@example.org").code == "INVALID_CREDENTIALS")
            #expect(try await world.login("ada@example.org", "battery staple").status == 200)
            #expect(try await !world.isGood(world.ada))
            let refresh = #"{"refreshToken":"\#(world.ada.refresh)"}"#
            #expect(try await world.post("auth/refresh", refresh).code == "INVALID_REFRESH_TOKEN")
            let shown = try await world.login("ada@example.org", "battery staple")
            #expect(shown.json["user"]?["emailVerifiedAt"]?.text != nil)
        }
    }

    @Test func `F20-12: a reset or verification link is good once, and only for what it is for`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let verify = try #require(world.host.platform.mail.sent(to: "ada@example.org").last?.token)
            let reset = try await world.forget()
            func confirm(_ token: String) async throws -> TestReply {
                try await world.post("auth/verify-email/confirm", #"{"token":"\#(token)"}"#)
            }
            func choose(_ token: String, _ password: String) async throws -> TestReply {
                try await world.post("auth/reset-password", #"{"token":"\#(token)","password":"\#(password)"}"#)
            }
            #expect(try await confirm(reset).code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await choose(verify, "battery staple").code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await confirm(verify).status == 204)
            #expect(try await confirm(verify).code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await choose(reset, "battery staple").status == 204)
            #expect(try await choose(reset, "another staple").code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await world.login("ada@example.org", "battery staple").status == 200)
        }
    }

    @Test func `a link ends with its time, with the next one, and with the account`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            func choose(_ token: String) async throws -> String? {
                try await world.post("auth/reset-password", #"{"token":"\#(token)","password":"battery staple"}"#).code
            }
            let late = try await world.forget()
            world.host.platform.clock.advance(by: 1_801)
            #expect(try await choose(late) == "INVALID_TOKEN_OF_MAIL")
            let first = try await world.forget()
            #expect(try await world.forget() == first, "a second one within a minute would fill the mailbox")
            world.host.platform.clock.advance(by: 61)
            let second = try await world.forget()
            #expect(try await choose(first) == "INVALID_TOKEN_OF_MAIL")
            let id = try #require(User.ID(world.ada.user))
            try await tenant.transaction { session in
                _ = try await world.host.platform.lms.users.suspend(id, session: session)
            }
            #expect(try await choose(second) == "INVALID_TOKEN_OF_MAIL")
        }
    }

    @Test func `A6: asking for a link tells nobody whether an address has an account`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            for path in ["auth/forgot-password", "auth/verify-email/request"] {
                let known = try await world.post(path, #"{"email":"ada@example.org"}"#)
                let unknown = try await world.post(path, #"{"email":"nobody@example.org"}"#)
                #expect(known.status == 202)
                #expect(known.status == unknown.status && known.text == unknown.text)
            }
            #expect(world.host.platform.mail.sent(to: "nobody@example.org").isEmpty)
            world.host.platform.mail.stop()
            for email in ["ada", "nobody"] {
                let reply = try await world.post("auth/forgot-password", #"{"email":"\#(email)@example.org"}"#)
                #expect(reply.code == "MAIL_NOT_OFFERED")
            }
        }
    }

    @Test func `a link leads to the tenant's own address whatever the request says`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let fields = ["X-Forwarded-Host: evil.example", "Forwarded: host=evil.example"]
            let json = #"{"email":"ada@example.org"}"#
            _ = try await world.host.send(
                "POST",
                "/api/v1/auth/forgot-password",
                to: tenant,
                fields: fields,
                json: json
            )
            let page = try #require(world.host.platform.mail.sent(to: "ada@example.org").last?.page)
            #expect(page == "https://\(tenant.tenant.slug).localhost/reset-password")
        }
    }

    @Test func `a changed password ends the other sessions and goes on with a new one`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            func change(_ old: String, _ new: String) async throws -> TestReply {
                let json = #"{"oldPassword":"\#(old)","newPassword":"\#(new)"}"#
                return try await world.post("users/me/password", json, as: world.ada)
            }
            #expect(try await change("wrong", "battery staple").code == "PASSWORD_NEEDED")
            #expect(try await change("correct horse", "ada@example").issues == ["password:RESEMBLES_ACCOUNT"])
            let changed = try PlatformHost.Session(try await change("correct horse", "battery staple"))
            #expect(try await world.isGood(changed))
            #expect(try await !world.isGood(world.ada))
            #expect(try await world.login("ada@example.org").code == "INVALID_CREDENTIALS")
            let notices = world.host.platform.mail.sent(to: "ada@example.org").filter { $0.token == nil }
            #expect(notices.count == 1)
        }
    }

    @Test func `another address is used once its owner showed it, and the old one is told`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let bob = try await world.host.register("bob", at: tenant)
            let stale = try await world.forget()
            func ask(_ email: String, _ password: String = PlatformHost.password) async throws -> TestReply {
                let json = #"{"email":"\#(email)","password":"\#(password)"}"#
                return try await world.post("users/me/email", json, as: world.ada)
            }
            #expect(try await ask("lovelace@example.org", "wrong").code == "PASSWORD_NEEDED")
            // Somebody else's address gets the same reply; only who reads it could go on, and is told then.
            #expect(try await ask("bob@example.org").status == 202)
            let taken = try #require(world.host.platform.mail.sent(to: "bob@example.org").last?.token)
            let confirm = "auth/change-email/confirm"
            #expect(try await world.post(confirm, #"{"token":"\#(taken)"}"#).code == "EMAIL_TAKEN")
            world.host.platform.clock.advance(by: 61)
            #expect(try await ask("lovelace@example.org").status == 202)
            let token = try #require(world.host.platform.mail.sent(to: "lovelace@example.org").last?.token)
            #expect(try await world.login("lovelace@example.org").code == "INVALID_CREDENTIALS")
            #expect(try await world.post(confirm, #"{"token":"\#(token)"}"#).status == 204)
            #expect(try await world.login("lovelace@example.org").status == 200)
            #expect(try await world.login("ada@example.org").code == "INVALID_CREDENTIALS")
            let reset = #"{"token":"\#(stale)","password":"battery staple"}"#
            #expect(try await world.post("auth/reset-password", reset).code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await world.login(bob.email).status == 200)
        }
    }

    @Test func `F20-14: registration gives no tokens before verification where the tenant wants one`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost(settings: { $0.verifiedEmailRequired = true })
            let json = #"{"email":"ada@example.org","password":"correct horse"}"#
            let reply = try await host.send("POST", "/api/v1/auth/register", to: tenant, json: json)
            #expect(reply.status == 201)
            #expect(reply.json["verificationRequired"] == .bool(true))
            #expect(reply.json["accessToken"] == nil && reply.json["refreshToken"] == nil)
            #expect(
                try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json).code == "EMAIL_UNVERIFIED"
            )
            let wrong = #"{"email":"ada@example.org","password":"wrong horse"}"#
            #expect(
                try await host.send("POST", "/api/v1/auth/login", to: tenant, json: wrong).code == "INVALID_CREDENTIALS"
            )
            let token = try #require(host.platform.mail.sent(to: "ada@example.org").last?.token)
            let path = "/api/v1/auth/verify-email/confirm"
            #expect(try await host.send("POST", path, to: tenant, json: #"{"token":"\#(token)"}"#).status == 204)
            #expect(try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json).status == 200)
            host.platform.mail.stop()
            let next = #"{"email":"bob@example.org","password":"correct horse"}"#
            #expect(
                try await host.send("POST", "/api/v1/auth/register", to: tenant, json: next).code == "MAIL_NOT_OFFERED"
            )
        }
    }

    @Test func `registration is open to the tenant's domains only, and to students only`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost(settings: { $0.registrationDomains = ["example.org"] })
            func register(_ email: String, _ more: String = "") async throws -> TestReply {
                let json = #"{"email":"\#(email)","password":"correct horse"\#(more)}"#
                return try await host.send("POST", "/api/v1/auth/register", to: tenant, json: json)
            }
            #expect(try await register("eve@evil.example").code == "EMAIL_DOMAIN_NOT_ALLOWED")
            #expect(try await register("eve@sub.example.org").code == "EMAIL_DOMAIN_NOT_ALLOWED")
            let ada = try await register("ada@Example.ORG", #","role":"admin""#)
            #expect(ada.json["user"]?["roles"] == .array(["student"]))
            let token = try #require(ada.json["accessToken"]?.text)
            let body = #"{"role":"admin"}"#
            let update = try await host.send("PATCH", "/api/v1/users/me", to: tenant, token: token, json: body)
            #expect(update.issues == ["role:UNKNOWN_FIELD"])
        }
    }

    @Test func `one signs in by address, name or verified number, in one field or its own`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let profile = #"{"username":"Ada.L","phone":"+14155550123","locale":"ar","timeZone":"Africa/Cairo"}"#
            func change(_ json: String, as session: PlatformHost.Session) async throws -> TestReply {
                try await world.host.send("PATCH", "/api/v1/users/me", to: tenant, token: session.access, json: json)
            }
            let changed = try await change(profile, as: world.ada)
            #expect(changed.json["username"]?.text == "Ada.L" && changed.json["timeZone"]?.text == "Africa/Cairo")
            #expect(try await world.login("ada.l").status == 200)
            #expect(
                try await world.post("auth/login", #"{"username":"ADA.L","password":"correct horse"}"#).status == 200
            )
            #expect(try await world.login("+14155550123").code == "INVALID_CREDENTIALS", "nobody verified it")
            try await tenant.transaction { session in
                _ = try await session.execute("UPDATE users SET phone_verified_at = now() WHERE phone = '+14155550123'")
            }
            #expect(try await world.login("+14155550123").status == 200)
            // Another number, and another one's name, are not theirs.
            #expect(try await change(#"{"phone":"+14155550124"}"#, as: world.ada).json["phoneVerifiedAt"] == .null)
            let bob = try await world.host.register("bob", at: tenant)
            #expect(try await change(#"{"username":"ADA.L"}"#, as: bob).code == "USERNAME_TAKEN")
            let twice = #"{"username":"ada.l","email":"ada@example.org","password":"correct horse"}"#
            #expect(try await world.post("auth/login", twice).issues == ["identifier:REPEATED"])
            #expect(try await world.post("auth/login", #"{"password":"correct horse"}"#).issues == ["email:REQUIRED"])
        }
    }

    @Test(arguments: [
        (#"{"timeZone":"Mars/Olympus"}"#, "timeZone:NOT_A_CHOICE"), (#"{"timeZone":"EST5EDT"}"#, "timeZone:MALFORMED"),
        (#"{"username":"a@b.example"}"#, "username:MALFORMED"), (#"{"username":"ab"}"#, "username:TOO_SHORT"),
        (#"{"phone":"0049 30 1234"}"#, "phone:MALFORMED"), (#"{"locale":"tlh"}"#, "locale:NOT_A_CHOICE"),
        (#"{"preferences":{"color":"red"}}"#, "preferences.color:UNKNOWN_FIELD"),
        (#"{"preferences":{"playbackPercent":1}}"#, "preferences.playbackPercent:TOO_SMALL"),
        (#"{"emailVerifiedAt":"2026-01-01T00:00:00Z"}"#, "emailVerifiedAt:UNKNOWN_FIELD"),
        (#"{"phoneVerifiedAt":"2026-01-01T00:00:00Z"}"#, "phoneVerifiedAt:UNKNOWN_FIELD"),
    ])
    func `a profile takes what makes sense and nothing that others have to show`(json: String, issue: String)
        async throws
    {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let token = world.ada.access
            let reply = try await world.host.send("PATCH", "/api/v1/users/me", to: tenant, token: token, json: json)
            #expect(reply.issues == [issue])
        }
    }

    @Test func `an account is the token's, whatever identifier the body brings`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let bob = try await world.host.register("bob", at: tenant)
            for (path, body) in [
                (
                    "users/me/password",
                    #"{"oldPassword":"correct horse","newPassword":"battery staple","userId":"\#(bob.user)"}"#
                ),
                ("users/me/email", #"{"email":"x@example.org","password":"correct horse","userId":"\#(bob.user)"}"#),
            ] {
                #expect(try await world.post(path, body, as: world.ada).issues == ["userId:UNKNOWN_FIELD"])
            }
            #expect(try await world.login(bob.email).status == 200)
        }
    }

    @Test func `no audit row has an address, a password or a token`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let token = try await world.forget()
            _ = try await world.post("auth/forgot-password", #"{"email":"stranger@example.org"}"#)
            _ = try await world.post("auth/reset-password", #"{"token":"\#(token)","password":"battery staple"}"#)
            let rows = try await tenant.transaction { session in
                try await session.execute("SELECT to_jsonb(e)::text AS text FROM audit_events e")
            }
            let texts: [String] = try rows.map { try $0["text"] }
            #expect(texts.contains { $0.contains("user.password_reset_requested") })
            for text in texts { #expect(!text.contains("@") && !text.contains(token) && !text.contains("staple")) }
            let stored = try await tenant.transaction { session in
                try await session.execute(
                    "SELECT count(*) AS n FROM one_time_tokens t WHERE to_jsonb(t)::text LIKE '%' || \(token) || '%'"
                )
            }
            #expect(try stored.only?["n"] == 0)
        }
    }
}
