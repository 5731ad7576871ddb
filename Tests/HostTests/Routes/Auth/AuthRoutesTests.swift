// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct AuthRoutesTests {
    @Test func `who registers gets a user and tokens, and a wish for a role is ignored`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let reply = try await host.send(
                "POST",
                "/api/v1/auth/register",
                to: tenant,
                json: #"{"email":"Ada@Example.org","password":"correct horse","displayName":"Ada","role":"admin"}"#
            )
            #expect(reply.status == 201)
            #expect(reply.json["user"]?["roles"] == .array([.string("student")]))
            #expect(reply.json["user"]?["email"]?.text == "Ada@Example.org")
            #expect(reply.json["tokenType"]?.text == "Bearer")
            #expect(reply.json["expiresIn"]?.integer == 900)
            #expect(reply[.cacheControl] == "no-store")
            let session = try PlatformHost.Session(reply)
            #expect(reply[.location] == "/api/v1/users/\(session.user)")
            let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access)
            #expect(me.status == 200)
            #expect(me.json["sub"]?.text == session.user)
            #expect(me.json["roles"] == .array([.string("student")]))
            #expect(try await host.send("GET", "/api/v1/users", to: tenant, token: session.access).status == 403)
            #expect(!me.text.contains("password") && !me.text.contains("$y$"))
        }
    }

    @Test(arguments: [
        (#"{"email":"ada@example.org","password":"short"}"#, "password:TOO_SHORT"),
        (#"{"email":"ada@example.org","password":"password"}"#, "password:TOO_COMMON"),
        (#"{"email":"ada@example.org","password":"\#(String(repeating: "ab3", count: 43))"}"#, "password:TOO_LONG"),
        (#"{"email":"ada@example.org","password":12345678}"#, "password:WRONG_TYPE"),
        (#"{"email":"ada@example.org"}"#, "password:REQUIRED"),
        (#"{"email":"ada","password":"correct horse"}"#, "email:MALFORMED"),
        (#"{"email":"\#(String(repeating: "a", count: 250))@b.co","password":"correct horse"}"#, "email:TOO_LONG"),
        (#"{"email":["ada@example.org"],"password":"correct horse"}"#, "email:WRONG_TYPE"),
        (#"{"email":"ada@example.org","password":"correct horse","status":"active"}"#, "status:UNKNOWN_FIELD"),
        (#"{"email":"ada@example.org","password":"correct horse","roles":["admin"]}"#, "roles:UNKNOWN_FIELD"),
        (
            #"{"email":"ada@example.org","password":"correct horse","displayName":"\#(String(repeating: "x", count: 256))"}"#,
            "displayName:TOO_LONG"
        ),
    ])
    func `a registration that is weak, over-long or unknown is refused with its field`(
        json: String,
        issue: String
    ) async throws {
        try await withTenant { tenant in
            let reply = try await PlatformHost().send("POST", "/api/v1/auth/register", to: tenant, json: json)
            #expect(reply.status == 400)
            #expect(reply.code == "VALIDATION_FAILED")
            #expect(reply.issues == [issue])
        }
    }

    @Test func `an address registers once, also for those who come at once`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for email in ["ada@example.org", "ADA@example.org", "Ada@EXAMPLE.org", "ada@example.org"] {
                    group.addTask {
                        let json = #"{"email":"\#(email)","password":"correct horse"}"#
                        let reply = try await host.send("POST", "/api/v1/auth/register", to: tenant, json: json)
                        return reply.code == "EMAIL_TAKEN" || reply.status == 201 ? reply.status : 0
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 409, 409, 409])
        }
    }

    @Test func `a wrong password and an unknown address get the same 401`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            let wrong = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                json: #"{"email":"ada@example.org","password":"guess"}"#
            )
            let unknown = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                json: #"{"email":"nobody@example.org","password":"guess"}"#
            )
            #expect(wrong.status == 401)
            #expect(wrong.code == "INVALID_CREDENTIALS")
            #expect(wrong[.wwwAuthenticate] != nil)
            #expect(wrong.comparable == unknown.comparable)
            #expect(unknown.status == 401)
            let good = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                json: #"{"email":"ada@example.org","password":"correct horse"}"#
            )
            #expect(good.status == 200)
        }
    }

    @Test func `guessing is answered with 429 and when to come back`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            let guess = #"{"email":"ada@example.org","password":"guess"}"#
            for _ in 0..<5 { _ = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: guess) }
            let reply = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: guess)
            #expect(reply.status == 429)
            #expect(reply.code == "SIGN_IN_THROTTLED")
            #expect(reply[.retryAfter] == "1")
            let elsewhere = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                json: #"{"email":"ada@example.org","password":"correct horse"}"#,
                peer: "198.51.100.7"
            )
            #expect(elsewhere.status == 200)
        }
    }

    @Test func `a refresh token is good once, and its reuse ends the session`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let first = try await host.register("ada", at: tenant)
            func refresh(_ token: String, fields: [String] = []) async throws -> TestReply {
                let json = #"{"refreshToken":"\#(token)"}"#
                return try await host.send("POST", "/api/v1/auth/refresh", to: tenant, fields: fields, json: json)
            }
            let second = try PlatformHost.Session(try await refresh(first.refresh, fields: ["Idempotency-Key: a"]))
            let again = try PlatformHost.Session(try await refresh(first.refresh, fields: ["Idempotency-Key: a"]))
            #expect(again.refresh == second.refresh)
            let reused = try await refresh(first.refresh)
            #expect(reused.status == 401)
            #expect(reused.code == "REFRESH_TOKEN_REUSED")
            #expect(try await refresh(second.refresh).code == "INVALID_REFRESH_TOKEN")
            host.platform.clock.advance(by: 1)
            let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: second.access)
            #expect(me.status == 401)
            #expect(me.code == "INVALID_TOKEN")
        }
    }

    @Test func `logging out ends the access token too`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let byToken = try await host.register("ada", at: tenant)
            let byRefresh = try await host.register("bob", at: tenant)
            #expect(try await host.send("POST", "/api/v1/auth/logout", to: tenant, token: byToken.access).status == 204)
            let json = #"{"refreshToken":"\#(byRefresh.refresh)"}"#
            #expect(try await host.send("POST", "/api/v1/auth/logout", to: tenant, json: json).status == 204)
            #expect(try await host.send("POST", "/api/v1/auth/logout", to: tenant, json: json).status == 204)
            host.platform.clock.advance(by: 1)
            for session in [byToken, byRefresh] {
                let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access)
                #expect(me.status == 401)
            }
            #expect(try await host.send("POST", "/api/v1/auth/logout", to: tenant).status == 401)
        }
    }

    @Test func `the key set verifies tokens and holds nothing private`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let empty = try await host.send("GET", "/.well-known/jwks.json", to: tenant)
            #expect(empty.text == #"{"keys":[]}"#)
            let session = try await host.register("ada", at: tenant)
            let reply = try await host.send("GET", "/.well-known/jwks.json", to: tenant)
            guard case .array(let keys) = reply.json["keys"], let key = keys.first, case .object(let members) = key
            else {
                Issue.record("no key")
                return
            }
            #expect(Set(members.map(\.name)) == ["kty", "crv", "alg", "use", "kid", "x"])
            let parts = session.access.split(separator: ".")
            let signature = try #require(Base64URL.decode(parts[2]))
            let publicKey = try #require(key["x"]?.text.flatMap { Base64URL.decode($0) })
            let message = Array("\(parts[0]).\(parts[1])".utf8)
            #expect(host.platform.cryptography.isValid(signature, for: message, publicKey: publicKey))
        }
    }
}
