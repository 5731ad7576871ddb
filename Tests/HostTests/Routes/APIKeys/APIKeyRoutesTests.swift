// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct APIKeyRoutesTests {
    @Test func `a key acts for its owner within its scopes, by either header`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let key = try await world.make("user:read:any", by: world.admin)
            let me = try await world.send("GET", "/api/v1/auth/me", key.secret)
            #expect(me.json["sub"]?.text == world.admin.user)
            #expect(me.json["permissions"]?[0]?["permission"]?.text == "user:read")
            #expect(me.json["permissions"]?[1] == nil)
            #expect(try await world.status(key.secret, "/api/v1/users") == 200)
            #expect(try await world.status(key.secret, "/api/v1/roles") == 403)
            let fields = ["X-API-Key: \(key.secret)"]
            #expect(try await world.host.send("GET", "/api/v1/users", to: tenant, fields: fields).status == 200)
            let both = try await world.host.send(
                "GET",
                "/api/v1/users",
                to: tenant,
                fields: fields,
                token: world.admin.access
            )
            #expect(both.code == "TWO_CREDENTIALS")
            let token = ["X-API-Key: \(world.admin.access)"]
            #expect(try await world.host.send("GET", "/api/v1/users", to: tenant, fields: token).status == 401)
        }
    }

    @Test func `a secret is shown once and stored nowhere`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let reply = try await world.ask(["user:read:own"], by: world.student)
            #expect(reply.status == 201)
            #expect(reply[.cacheControl] == "no-store")
            let key = try KeyWorld.Key(reply)
            #expect(key.secret.hasPrefix("lms_") && key.secret.utf8.count == 52)
            #expect(reply.json["hint"]?.text == String(key.secret.prefix(8)))
            for path in [key.path, KeyWorld.path, "/api/v1/users/me/export"] {
                let shown = try await world.send("GET", path, world.student.access)
                #expect(shown.status == 200)
                #expect(shown.text.contains(key.id) && !shown.text.contains(key.secret), "\(path)")
            }
            let dump: String = try await tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT string_agg(query_to_xml(format('SELECT * FROM %I', relname), true, true, '')::text, '') AS dump
                    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
                    """
                )
                return try #require(try rows.first?["dump"])
            }
            #expect(dump.contains(key.id) && !dump.contains(key.secret.dropFirst(8)))
        }
    }

    @Test func `a mistyped key is refused before the database`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let secret = try await world.make("user:read:own", by: world.student).secret
            let authenticator = world.host.platform.lms.apiKeyAuthenticator
            let dead = Tenants(cells: [:], placement: { _ throws(DatabaseError) in nil })
            func refusal(of text: String) async -> TokenError? {
                do throws(TokenError) {
                    _ = try await authenticator.authenticate(text, at: tenant.id, tenants: dead)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(await refusal(of: secret) == .database(.unavailable))
            func mistyped(at place: Int) -> String {
                var bytes = Array(secret.utf8)
                bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                return String(decoding: bytes, as: UTF8.self)
            }
            let typos = [4, 20, 51].map(mistyped) + [String(secret.dropLast()), secret + "A", "lms_"]
            for typo in typos { #expect(await refusal(of: typo) == .malformed, "\(typo)") }
        }
    }

    @Test func `the key before a rotation works for 48 hours and not longer`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let old = try await world.make("user:read:own", by: world.student)
            let new = try KeyWorld.Key(
                try await world.send("POST", "\(old.path)/rotate", world.student.access, json: "{}")
            )
            #expect(new.id == old.id && new.secret != old.secret)
            world.host.platform.clock.advance(by: 48 * 3600 - 1)
            #expect(try await world.status(old.secret) == 200)
            #expect(try await world.status(new.secret) == 200)
            world.host.platform.clock.advance(by: 1)
            let over = try await world.send("GET", "/api/v1/auth/me", old.secret)
            #expect(over.status == 401 && over.code == "TOKEN_EXPIRED")
            #expect(try await world.status(new.secret) == 200)
        }
    }

    @Test func `a key ends with its time, and the one before a rotation no later than it would have`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let old = try await world.make("user:read:own", by: world.student, days: 1)
            let rotation = #"{"expiresInDays":3}"#
            let new = try KeyWorld.Key(
                try await world.send("POST", "\(old.path)/rotate", world.student.access, json: rotation)
            )
            world.host.platform.clock.advance(by: 86_400)
            #expect(try await world.status(old.secret) == 401)
            #expect(try await world.status(new.secret) == 200)
            world.host.platform.clock.advance(by: 2 * 86_400)
            #expect(try await world.status(new.secret) == 401)
            let json = #"{"email":"student@example.org","password":"\#(PlatformHost.password)"}"#
            let again = try PlatformHost.Session(
                try await world.host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
            )
            let late = try await world.send("POST", "\(old.path)/rotate", again.access, json: "{}")
            #expect(late.status == 409 && late.code == "API_KEY_OVER")
            for days in [0, 367] {
                #expect(try await world.ask(["user:read:own"], by: again, days: days).status == 400)
            }
        }
    }

    @Test func `a revoked key is refused on every host within a second`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let there = try await PlatformHost(clock: world.host.platform.clock)
            let key = try await world.make("user:read:own", by: world.student)
            #expect(try await world.status(key.secret) == 200)
            #expect(try await world.status(key.secret, at: there) == 200)
            #expect(try await world.send("DELETE", key.path, world.student.access).status == 204)
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.status(key.secret) == 401)
            #expect(try await world.status(key.secret, at: there) == 401)
            #expect(try await world.send("DELETE", key.path, world.student.access).status == 204)
            let shown = try await world.send("GET", key.path, world.student.access)
            #expect(shown.json["revokedAt"]?.text != nil)
        }
    }

    @Test func `a key of somebody who is suspended works no more, and admins see why`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let key = try await world.make("user:read:own", by: world.student)
            #expect(try await world.status(key.secret) == 200)
            let json = #"{"status":"suspended"}"#
            let path = "/api/v1/users/\(world.student.user)/status"
            #expect(try await world.send("PATCH", path, world.admin.access, json: json).status == 200)
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.status(key.secret) == 401)
            let shown = try await world.send("GET", key.path, world.admin.access)
            #expect(shown.json["ownerActive"] == .bool(false))
        }
    }

    @Test func `admins see and revoke everybody's keys and renew none; members see their own alone`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let key = try await world.make("user:read:own", by: world.student)
            world.host.platform.clock.advance(by: 1)
            let other = try await world.make("user:read:any", by: world.admin)
            let mine = try await world.send("GET", KeyWorld.path, world.student.access)
            #expect(mine.items.map { $0["id"]?.text } == [key.id])
            let alien = try await world.send(
                "GET",
                "\(KeyWorld.path)?ownerId=\(world.admin.user)",
                world.student.access
            )
            #expect(alien.status == 200 && alien.items.isEmpty)
            #expect(try await world.send("GET", other.path, world.student.access).status == 404)
            #expect(try await world.send("DELETE", other.path, world.student.access).status == 404)
            let first = try await world.send("GET", "\(KeyWorld.path)?limit=1", world.admin.access)
            #expect(first.items.map { $0["id"]?.text } == [other.id])
            let cursor = try #require(first.json["nextCursor"]?.text)
            let next = try await world.send("GET", "\(KeyWorld.path)?limit=1&cursor=\(cursor)", world.admin.access)
            #expect(next.items.map { $0["id"]?.text } == [key.id])
            let renewal = try await world.send("POST", "\(key.path)/rotate", world.admin.access, json: "{}")
            #expect(renewal.status == 403)
            #expect(try await world.send("DELETE", key.path, world.admin.access).status == 204)
        }
    }

    @Test func `a key notes its use once a minute at most`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let key = try await world.make("user:read:own", by: world.student)
            func used() async throws -> String? {
                _ = try await world.status(key.secret)
                return try await world.send("GET", key.path, world.student.access).json["lastUsedAt"]?.text
            }
            let first = try #require(try await used())
            world.host.platform.clock.advance(by: 59)
            #expect(try await used() == first)
            world.host.platform.clock.advance(by: 1)
            let later = try #require(try await used())
            #expect(later > first)
        }
    }

    @Test func `nobody has more keys than they may have`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            for _ in 1...APIKeys.limit { _ = try await world.make("user:read:own", by: world.student) }
            let reply = try await world.ask(["user:read:own"], by: world.student)
            #expect(reply.status == 409 && reply.code == "TOO_MANY_KEYS")
        }
    }

    @Test func `a key has a limit beside its owner's`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(read: RateLimit(perSecond: 0.01, burst: 4))
        let owner = Principal(.user(IdentifierSource().next()), grants: Grants([Sample.permission: .own]))
        let host = try TestHost(
            routes: Sample.routes,
            settings: settings,
            tokens: ["token": owner, "one": owner, "two": owner],
            keys: ["one": IdentifierSource().next(), "two": IdentifierSource().next()]
        )
        func ask(_ token: String) async throws -> TestReply {
            try await host.send("GET", "/api/v1/samples", token: token)
        }
        let first = try await ask("one")
        #expect(first["ratelimit-limit"] == "2" && first["ratelimit-remaining"] == "1")
        _ = try await ask("one")
        #expect(try await ask("one").status == 429)
        for _ in 1...2 { #expect(try await ask("two").status == 200) }
        #expect(try await ask("token").status == 429, "the owner's four calls are used up")
    }
}
