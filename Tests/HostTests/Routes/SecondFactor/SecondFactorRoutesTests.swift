// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct SecondFactorRoutesTests {
    @Test func `who set up an app signs in with its code, and gets recovery codes once`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            #expect(world.recoveryCodes.count == 10)
            let challenge = try await world.login()
            #expect(challenge.json["mfaRequired"] == .bool(true))
            #expect(challenge.json["methods"] == .array([.string("totp"), .string("recovery_code")]))
            #expect(challenge.json["expiresInSeconds"]?.integer == 600)
            #expect(challenge.json["accessToken"] == nil)
            world.host.platform.clock.advance(by: 30)
            let reply = try await world.answer(challenge, try await world.code())
            let session = try PlatformHost.Session(reply)
            let me = try await world.host.send("GET", "/api/v1/auth/mfa", to: tenant, token: session.access)
            #expect(me.json["recoveryCodesLeft"]?.integer == 10)
            let payload = try #require(Base64URL.decode(session.access.split(separator: ".")[1]))
            #expect(try JSONValue.parse(payload)["amr"] == .array([.string("pwd"), .string("otp"), .string("mfa")]))
        }
    }

    @Test func `attack: a code that was used is replayed`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            world.host.platform.clock.advance(by: 60)
            let code = try await world.code()
            #expect(try await world.answer(try await world.login(), code).status == 200)
            let replay = try await world.answer(try await world.login(), code)
            #expect(replay.status == 401 && replay.code == "INVALID_CODE")
        }
    }

    @Test func `attack: of ten who show one code at once one gets in`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            world.host.platform.clock.advance(by: 60)
            let code = try await world.code()
            var challenges: [TestReply] = []
            for _ in 0..<10 { challenges.append(try await world.login()) }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for challenge in challenges { group.addTask { try await world.answer(challenge, code).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
        }
    }

    @Test func `attack: codes are tried against one challenge, and it ends after five`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            let challenge = try await world.login()
            let wrong = "aaaa-aaaa-aaaa-aaaa-aaaa-aaaa"
            for _ in 0..<5 { #expect(try await world.answer(challenge, wrong).code == "INVALID_CODE") }
            let right = try await world.answer(challenge, world.recoveryCodes[0])
            #expect(right.status == 401 && right.code == "INVALID_CHALLENGE")
        }
    }

    @Test func `attack: codes are tried over many challenges, and each must wait longer`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            var refusals: [String?] = []
            for _ in 0..<8 { refusals.append(try await world.answer(try await world.login(), "000000").code) }
            #expect(refusals.prefix(5).allSatisfy { $0 == "INVALID_CODE" })
            #expect(refusals.suffix(3).allSatisfy { $0 == "SIGN_IN_THROTTLED" })
            // Who lost the app is not kept out by it.
            #expect(try await world.answer(try await world.login(), world.recoveryCodes[1]).status == 200)
        }
    }

    @Test func `a challenge is good once, for ten minutes, and not after the password was changed`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            let used = try await world.login()
            #expect(try await world.answer(used, world.recoveryCodes[0]).status == 200)
            #expect(try await world.answer(used, world.recoveryCodes[1]).code == "INVALID_CHALLENGE")
            let old = try await world.login()
            let ended = try await world.login()
            world.host.platform.clock.advance(by: 599)
            try await tenant.transaction { session in
                _ = try await session.execute("UPDATE users SET token_epoch = token_epoch + 1")
            }
            #expect(try await world.answer(ended, world.recoveryCodes[1]).code == "ACCOUNT_INACTIVE")
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.answer(old, world.recoveryCodes[1]).code == "INVALID_CHALLENGE")
        }
    }

    @Test func `attack: another tenant's challenge is shown here`() async throws {
        try await withTwoTenants { first, second in
            let world = try await FactorWorld(first)
            let challenge = try await world.login()
            let token = try #require(challenge.json["challengeToken"]?.text)
            let json = #"{"challengeToken":"\#(token)","code":"\#(world.recoveryCodes[0])"}"#
            let reply = try await world.host.send("POST", "/api/v1/auth/login/mfa", to: second, json: json)
            #expect(reply.status == 401 && reply.code == "INVALID_CHALLENGE")
            #expect(try await world.answer(challenge, world.recoveryCodes[0]).status == 200)
        }
    }

    @Test func `a recovery code is good once, also for ten at once`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            var challenges: [TestReply] = []
            for _ in 0..<10 { challenges.append(try await world.login()) }
            let code = world.recoveryCodes[3].uppercased().replacing("-", with: " ")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for challenge in challenges { group.addTask { try await world.answer(challenge, code).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
        }
    }

    @Test func `attack: a stolen session and the password do not take the second factor away or replace it`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            world.host.platform.clock.advance(by: 800)
            let token = world.session.access
            func send(_ path: String, _ json: String) async throws -> String? {
                try await world.host.send("POST", "/api/v1/auth/\(path)", to: tenant, token: token, json: json).code
            }
            let password = PlatformHost.password
            #expect(try await send("mfa/disable", #"{"code":"000000"}"#) == "INVALID_CODE")
            #expect(try await send("reauthenticate", #"{"password":"\#(password)"}"#) == "CODE_NEEDED")
            #expect(try await send("mfa/enable/request", #"{"password":"\#(password)"}"#) == "CODE_NEEDED")
            #expect(try await send("mfa/enable/request", "{}") == "REAUTHENTICATION_REQUIRED")
            #expect(try await send("mfa/recovery-codes", "{}") == "REAUTHENTICATION_REQUIRED")
            #expect(try await send("reauthenticate", #"{"code":"\#(try await world.code())"}"#) == nil)
            world.host.platform.clock.advance(by: 1)
            #expect(try await send("mfa/recovery-codes", "{}") == nil)
            #expect(try await send("mfa/disable", #"{"code":"\#(world.recoveryCodes[0])"}"#) == "INVALID_CODE")
        }
    }

    @Test func `who must have a second factor sets one up with the limited session, and then it is whole`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant) { $0.secondFactorRoles = ["student"] }
            #expect(world.isLimited)
            world.host.platform.clock.advance(by: 1)
            let courses = try await world.host.send("GET", "/api/v1/courses", to: tenant, token: world.session.access)
            #expect(courses.status == 200)
            let json = #"{"code":"\#(world.recoveryCodes[0])"}"#
            let last = try await world.host.send(
                "POST",
                "/api/v1/auth/mfa/disable",
                to: tenant,
                token: world.session.access,
                json: json
            )
            #expect(last.status == 409 && last.code == "FACTOR_MANDATORY")
        }
    }

    @Test func `setting up a factor ends the other sessions`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant) { _ in
            } before: { host in
                try PlatformHost.Session(
                    try await host.send(
                        "POST",
                        "/api/v1/auth/login",
                        to: tenant,
                        json: #"{"email":"ada@example.org","password":"correct horse"}"#
                    )
                )
            }
            let other = try #require(world.earlier)
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.host.send("GET", "/api/v1/auth/me", to: tenant, token: other.access).status == 401)
            let own = try await world.host.send("GET", "/api/v1/auth/me", to: tenant, token: world.session.access)
            #expect(own.status == 200)
        }
    }

    @Test func `a code by mail sets up, signs in once, and is wrong for another challenge`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let session = try await host.register("ada", at: tenant)
            func send(_ path: String, _ json: String, token: String? = nil) async throws -> TestReply {
                try await host.send("POST", "/api/v1/auth/\(path)", to: tenant, token: token, json: json)
            }
            let begun = try await send("mfa/enable/request", #"{"method":"email"}"#, token: session.access)
            #expect(begun.text == #"{"method":"email"}"#)
            let first = try #require(host.platform.codes.latest("ada@example.org"))
            #expect(first.count == 8)
            let confirmation = #"{"method":"email","code":"\#(first)"}"#
            #expect(try await send("mfa/enable/confirm", confirmation, token: session.access).status == 200)
            let login = #"{"email":"ada@example.org","password":"correct horse"}"#
            var tokens: [String] = []
            for _ in 0..<2 {
                tokens.append(try #require(try await send("login", login).json["challengeToken"]?.text))
            }
            #expect(try await send("login/mfa/email-code", #"{"challengeToken":"\#(tokens[0])"}"#).status == 204)
            let code = try #require(host.platform.codes.latest("ada@example.org"))
            #expect(code != first)
            let wrong = try await send("login/mfa", #"{"challengeToken":"\#(tokens[1])","code":"\#(code)"}"#)
            #expect(wrong.code == "INVALID_CODE")
            #expect(try await send("login/mfa", #"{"challengeToken":"\#(tokens[0])","code":"\#(code)"}"#).status == 200)
            let again = try await send("login/mfa", #"{"challengeToken":"\#(tokens[0])","code":"\#(code)"}"#)
            #expect(again.code == "INVALID_CHALLENGE")
        }
    }

    @Test func `the QR code is an image of the URI, and the secret is sealed at rest`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let session = try await host.register("ada", at: tenant)
            let reply = try await host.send(
                "POST",
                "/api/v1/auth/mfa/enable/request",
                to: tenant,
                token: session.access,
                json: #"{"qrCode":true}"#
            )
            #expect(reply.json["qrCode"]?.text?.hasPrefix("<svg ") == true)
            let secret = try #require(reply.json["secret"]?.text)
            #expect(reply.json["uri"]?.text?.contains("secret=\(secret)&") == true)
            let sealed: Bytes? = try await tenant.transaction { session in
                try await session.execute("SELECT sealed_secret FROM factors").only?["sealed_secret"]
            }
            // Nonce, 20 bytes and a tag.
            #expect(sealed?.array.count == 48)
        }
    }

    @Test(arguments: [true, false])
    func `a remembered device stands for the second factor where the tenant allows it`(isAllowed: Bool) async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant) { $0.rememberedDevices = isAllowed }
            let challenge = try await world.login()
            let token = try #require(challenge.json["challengeToken"]?.text)
            let reply = try await world.host.send(
                "POST",
                "/api/v1/auth/login/mfa",
                to: tenant,
                json: #"{"challengeToken":"\#(token)","code":"\#(world.recoveryCodes[0])","rememberDevice":true}"#
            )
            let device = try #require(reply.json["deviceToken"]?.text)
            func login(_ name: String) async throws -> TestReply {
                let json = #"{"email":"\#(name)@example.org","password":"correct horse","deviceToken":"\#(device)"}"#
                return try await world.host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
            }
            #expect((try await login("ada").json["accessToken"] != nil) == isAllowed)
            // It is nobody else's, and not for ever.
            _ = try await world.host.register("bob", at: tenant)
            #expect(try await login("bob").status == 200)
            world.host.platform.clock.advance(by: 31 * 86_400)
            #expect(try await login("ada").json["mfaRequired"] == .bool(true))
        }
    }

    @Test func `the owner from a remembered device gets in while the account is guessed from everywhere`()
        async throws
    {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            let first = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                json: #"{"email":"ada@example.org","password":"correct horse","rememberDevice":true}"#
            )
            let device = try #require(first.json["deviceToken"]?.text)
            let calls = host.platform.hashing.calls
            for number in 0..<200 {
                let json = #"{"email":"ada@example.org","password":"guess \#(number)"}"#
                _ = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json, peer: "10.0.0.\(number)")
            }
            #expect(host.platform.hashing.calls - calls <= 12)
            func login(_ more: String) async throws -> TestReply {
                let json = #"{"email":"ada@example.org","password":"correct horse"\#(more)}"#
                return try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json, peer: "192.0.2.77")
            }
            #expect(try await login("").status == 429)
            #expect(try await login(#","deviceToken":"\#(device)""#).status == 200)
            #expect(try await login(#","deviceToken":"\#(String(repeating: "A", count: 43))""#).status == 429)
        }
    }

    @Test func `the password grant has no place for a second factor and says so as OAuth does`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant) { $0.passwordGrant = true }
            let reply = try await world.host.send(
                "POST",
                "/api/v1/auth/token",
                to: tenant,
                form: "grant_type=password&username=ada%40example.org&password=correct+horse"
            )
            #expect(reply.status == 400)
            #expect(reply.json["error"]?.text == "invalid_grant")
        }
    }
}

/// A student who set up an authenticator app.
struct FactorWorld: Sendable {
    let host: PlatformHost
    let tenant: TestTenant
    let session: PlatformHost.Session
    let earlier: PlatformHost.Session?
    let recoveryCodes: [String]
    /// Whether the session could do nothing else before.
    let isLimited: Bool
    private let secret: String

    init(
        _ tenant: TestTenant,
        settings: @escaping @Sendable (inout TenantSettings) -> Void = { _ in },
        before: (PlatformHost) async throws -> PlatformHost.Session? = { _ in nil }
    ) async throws {
        self.tenant = tenant
        host = try await PlatformHost(settings: settings)
        session = try await host.register("ada", at: tenant)
        earlier = try await before(host)
        let me = try await host.send("GET", "/api/v1/courses", to: tenant, token: session.access)
        isLimited = me.code == "SECOND_FACTOR_REQUIRED"
        let setup = try await host.send(
            "POST",
            "/api/v1/auth/mfa/enable/request",
            to: tenant,
            token: session.access,
            json: "{}"
        )
        secret = try #require(setup.json["secret"]?.text)
        let code = try host.platform.code(of: secret)
        let reply = try await host.send(
            "POST",
            "/api/v1/auth/mfa/enable/confirm",
            to: tenant,
            token: session.access,
            json: #"{"code":"\#(code)"}"#
        )
        guard case .array(let codes) = reply.json["recoveryCodes"] else { throw TestFailure("\(reply.text)") }
        recoveryCodes = codes.compactMap(\.text)
    }

    /// What the app shows.
    func code() async throws -> String { try host.platform.code(of: secret) }

    func login() async throws -> TestReply {
        let json = #"{"email":"ada@example.org","password":"correct horse"}"#
        return try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
    }

    func answer(_ challenge: TestReply, _ code: String) async throws -> TestReply {
        let token = challenge.json["challengeToken"]?.text ?? ""
        let json = #"{"challengeToken":"\#(token)","code":"\#(code)"}"#
        return try await host.send("POST", "/api/v1/auth/login/mfa", to: tenant, json: json)
    }
}
