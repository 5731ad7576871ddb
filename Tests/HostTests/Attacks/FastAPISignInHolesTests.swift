// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Defects of a backend like this one in how people sign in, by the sections of its inventory (`docs/security/defects.md`);
/// each test fails on its defect.
@Suite struct FastAPISignInHolesTests {
    @Test func `F4a: a token of one kind is taken for no other`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            let host = world.host
            let path = "/api/v1/auth/forgot-password"
            _ = try await host.send("POST", path, to: tenant, json: #"{"email":"ada@example.org"}"#)
            let mailed = try #require(host.platform.mail.sent(to: "ada@example.org").last?.token)
            let challenge = try #require(try await world.login().json["challengeToken"]?.text)
            let access = world.session.access
            for token in [world.session.refresh, mailed, challenge] {
                let reply = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token)
                #expect(reply.status == 401 && reply.code == "INVALID_TOKEN")
            }
            for token in [access, mailed, challenge] {
                let json = #"{"refreshToken":"\#(token)"}"#
                let path = "/api/v1/auth/refresh"
                #expect(try await host.send("POST", path, to: tenant, json: json).code != nil)
            }
            for token in [String(access.prefix(43)), world.session.refresh, challenge] {
                let reset = #"{"token":"\#(token)","password":"battery staple"}"#
                let path = "/api/v1/auth/reset-password"
                #expect(try await host.send("POST", path, to: tenant, json: reset).code == "INVALID_TOKEN_OF_MAIL")
            }
            for token in [world.session.refresh, mailed] {
                let json = #"{"challengeToken":"\#(token)","code":"\#(world.recoveryCodes[0])"}"#
                let path = "/api/v1/auth/login/mfa"
                #expect(try await host.send("POST", path, to: tenant, json: json).code == "INVALID_CHALLENGE")
            }
        }
    }

    @Test func `F4b: an address without an account costs a hash, as one with an account does`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            for name in ["ada@example.org", "nobody@example.org", "nobody", "+14155550123"] {
                let calls = host.platform.hashing.calls
                let json = #"{"identifier":"\#(name)","password":"wrong horse"}"#
                let reply = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
                #expect(reply.code == "INVALID_CREDENTIALS")
                #expect(host.platform.hashing.calls == calls + 1, "\(name)")
            }
        }
    }

    @Test func `F4c: five wrong passwords keep out neither others behind the address nor the owner elsewhere`()
        async throws
    {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            _ = try await host.register("bob", at: tenant)
            func login(_ name: String, _ password: String, from peer: String = "192.0.2.1") async throws -> Int {
                let json = #"{"email":"\#(name)@example.org","password":"\#(password)"}"#
                return try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json, peer: peer).status
            }
            for _ in 0..<5 { #expect(try await login("ada", "wrong horse") == 401) }
            #expect(try await login("ada", "correct horse") == 429)
            #expect(try await login("bob", "correct horse") == 200)
            #expect(try await login("ada", "correct horse", from: "198.51.100.7") == 200)
            // A failure does not begin the time anew for ever: after the longest wait the owner is in from here, too.
            host.platform.clock.advance(by: 900)
            #expect(try await login("ada", "correct horse") == 200)
        }
    }

    @Test func `F4d: an address in another case has no guesses of its own`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            var statuses: [Int] = []
            for name in ["ada", "Ada", "aDa", "adA", "ADA", "ADa", "AdA"] {
                let json = #"{"email":"\#(name)@example.org","password":"wrong horse"}"#
                statuses.append(try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json).status)
            }
            #expect(statuses == [401, 401, 401, 401, 401, 429, 429])
        }
    }

    @Test func `F4e: a password counts beyond its 72nd byte`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let start = String(repeating: "battery staple ", count: 5)
            #expect(start.utf8.count > 72)
            func send(_ path: String, _ password: String) async throws -> Int {
                let json = #"{"email":"ada@example.org","password":"\#(password)"}"#
                return try await host.send("POST", "/api/v1/auth/\(path)", to: tenant, json: json).status
            }
            #expect(try await send("register", start + "one") == 201)
            #expect(try await send("login", start + "two") == 401)
            #expect(try await send("login", start) == 401)
            #expect(try await send("login", start + "one") == 200)
        }
    }

    @Test func `F4f: a right password gives no new guesses at the second factor`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            var refusals: [String?] = []
            for _ in 0..<7 {
                refusals.append(try await world.answer(try await world.login(), "000000").code)
            }
            #expect(
                refusals == Array(repeating: "INVALID_CODE", count: 5) + ["SIGN_IN_THROTTLED", "SIGN_IN_THROTTLED"]
            )
        }
    }

    @Test func `F4g: another password by mail leaves the second factor where it was`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            func post(_ path: String, _ json: String) async throws -> TestReply {
                try await world.host.send("POST", "/api/v1/auth/\(path)", to: tenant, json: json)
            }
            _ = try await post("forgot-password", #"{"email":"ada@example.org"}"#)
            let token = try #require(world.host.platform.mail.sent(to: "ada@example.org").last?.token)
            let reset = try await post("reset-password", #"{"token":"\#(token)","password":"battery staple"}"#)
            #expect(reset.status == 204 && reset.bytes.isEmpty)
            let login = try await post("login", #"{"email":"ada@example.org","password":"battery staple"}"#)
            #expect(login.json["mfaRequired"] == .bool(true) && login.json["accessToken"] == nil)
            #expect(try await world.answer(login, world.recoveryCodes[0]).status == 200)
        }
    }

    @Test func `F4h: while it cannot be known whether a token was revoked, it is not believed`() async throws {
        try await withTenant { tenant in
            let database = DisturbedDatabase(tenant.installation.cell)
            let tenants = tenant.installation.tenants(over: database)
            let host = try await PlatformHost(tenants: tenants)
            let ada = try await host.register("ada", at: tenant)
            func status(_ path: String) async throws -> Int {
                try await host.send("GET", path, to: tenant, token: ada.access).status
            }
            #expect(try await status("/api/v1/auth/me") == 200)
            database.disturbance = .down
            host.platform.clock.advance(by: 2)
            // Also where a token is optional: it is not taken for nobody's.
            for path in ["/api/v1/auth/me", "/api/v1/courses"] { #expect(try await status(path) == 503) }
            database.disturbance = .none
            #expect(try await status("/api/v1/auth/me") == 200)
        }
    }

    @Test func `F20-20: an address, its guesses and its links are one tenant's alone`() async throws {
        try await withTwoTenants { acme, globex in
            let host = try await PlatformHost()
            let here = try await host.register("ada", at: acme)
            let there = try await host.register("ada", at: globex)
            #expect(here.user != there.user)
            func post(_ path: String, _ json: String, to tenant: TestTenant) async throws -> TestReply {
                try await host.send("POST", "/api/v1/auth/\(path)", to: tenant, json: json)
            }
            let guess = #"{"email":"ada@example.org","password":"wrong horse"}"#
            for _ in 0..<6 { _ = try await post("login", guess, to: acme) }
            #expect(try await post("login", guess, to: acme).status == 429)
            let right = #"{"email":"ada@example.org","password":"correct horse"}"#
            #expect(try await post("login", right, to: globex).status == 200)
            _ = try await post("forgot-password", #"{"email":"ada@example.org"}"#, to: acme)
            let token = try #require(host.platform.mail.sent(to: "ada@example.org").last?.token)
            let reset = #"{"token":"\#(token)","password":"battery staple"}"#
            #expect(try await post("reset-password", reset, to: globex).code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await post("reset-password", reset, to: acme).status == 204)
        }
    }
}
