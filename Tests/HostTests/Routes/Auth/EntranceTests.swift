// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The one way in, as clients see it.
@Suite struct EntranceTests {
    @Test func `a session keeps how, when and from where it began, and its token says how and when`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            let reply = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                fields: ["User-Agent: Browser/1"],
                json: #"{"email":"ada@example.org","password":"correct horse"}"#,
                peer: "198.51.100.7"
            )
            let session = try PlatformHost.Session(reply)
            let payload = try #require(Base64URL.decode(session.access.split(separator: ".")[1]))
            let claims = try JSONValue.parse(payload)
            #expect(claims["amr"] == .array([.string("pwd")]))
            #expect(claims["auth_time"]?.integer == claims["iat"]?.integer)
            let id = try #require(claims["sid"]?.text.flatMap { SignInSession.ID($0) })
            let row = try #require(
                try await tenant.transaction { transaction in
                    try await transaction.execute(
                        "SELECT address, user_agent, methods FROM sessions WHERE id = \(id)"
                    ).first
                }
            )
            let (address, agent): (String, String) = (try row[0], try row[1])
            #expect(address == "198.51.100.7" && agent == "Browser/1")
            let methods: [String] = try row[2]
            #expect(methods == ["pwd"])
        }
    }

    @Test func `who must have a second factor and has none may only set one up`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost { $0.secondFactorRoles = ["admin"] }
            _ = try await host.member("ada", .admin, of: tenant)
            let reply = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                json: #"{"email":"ada@example.org","password":"correct horse"}"#
            )
            let limited = try PlatformHost.Session(reply)
            #expect(reply.json["mfaSetupRequired"] == .bool(true))
            let users = try await host.send("GET", "/api/v1/users", to: tenant, token: limited.access)
            #expect(users.status == 403 && users.code == "SECOND_FACTOR_REQUIRED")
            let courses = try await host.send("GET", "/api/v1/courses", to: tenant, token: limited.access)
            #expect(courses.code == "SECOND_FACTOR_REQUIRED")
            let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: limited.access)
            #expect(me.status == 200)
            #expect(me.json["permissions"] == .array([]))
            // A student of the same tenant needs none.
            let student = try await host.register("bob", at: tenant)
            #expect(try await host.send("GET", "/api/v1/courses", to: tenant, token: student.access).status == 200)
        }
    }

    @Test func `a limited session stays limited when it is refreshed`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost { $0.secondFactorRoles = ["student"] }
            let first = try await host.register("ada", at: tenant)
            let json = #"{"refreshToken":"\#(first.refresh)"}"#
            let reply = try await host.send("POST", "/api/v1/auth/refresh", to: tenant, json: json)
            let second = try PlatformHost.Session(reply)
            #expect(reply.json["mfaSetupRequired"] == .bool(true))
            let courses = try await host.send("GET", "/api/v1/courses", to: tenant, token: second.access)
            #expect(courses.code == "SECOND_FACTOR_REQUIRED")
        }
    }

    @Test func `an hour of calls writes that the session is used, a minute at most each`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let session = try await host.register("ada", at: tenant)
            func lastUse() async throws -> String? {
                try await tenant.transaction { transaction in
                    try await transaction.execute("SELECT last_used_at::text AS used FROM sessions").only?["used"]
                }
            }
            let first = try await lastUse()
            host.platform.clock.advance(by: 30)
            _ = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access)
            #expect(try await lastUse() == first)
            host.platform.clock.advance(by: 60)
            _ = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access)
            #expect(try await lastUse() != first)
        }
    }
}
