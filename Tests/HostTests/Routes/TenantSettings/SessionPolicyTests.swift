// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct SessionPolicyTests {
    private static let login = #"{"email":"ada@example.org","password":"correct horse"}"#

    /// What somebody is answered who is signed in.
    private func me(
        _ session: PlatformHost.Session,
        _ host: PlatformHost,
        at tenant: TestTenant,
        from peer: String = "192.0.2.1"
    ) async throws -> TestReply {
        try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access, peer: peer)
    }

    private func refresh(
        _ session: PlatformHost.Session,
        _ host: PlatformHost,
        at tenant: TestTenant,
        from peer: String = "192.0.2.1"
    ) async throws -> TestReply {
        let json = #"{"refreshToken":"\#(session.refresh)"}"#
        return try await host.send("POST", "/api/v1/auth/refresh", to: tenant, json: json, peer: peer)
    }

    @Test(arguments: [
        ("198.51.100.7", false), ("192.0.2.200", true), ("2001:db8::1", true), ("2001:db9::1", false),
        ("::ffff:192.0.2.9", true), ("nonsense", false),
    ])
    func `a role that is bound to networks signs in from them alone and is not told which`(
        peer: String,
        isAllowed: Bool
    ) async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost { settings in
                settings.sessionPolicies = [
                    SessionPolicy(role: "admin", networks: ["192.0.2.0/24", "2001:db8::/32"])
                ]
            }
            _ = try await host.member("ada", .admin, of: tenant)
            _ = try await host.register("bob", at: tenant)
            let reply = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: Self.login, peer: peer)
            #expect(reply.status == (isAllowed ? 200 : 403))
            if !isAllowed {
                #expect(reply.code == "NETWORK_NOT_ALLOWED")
                #expect(!reply.text.contains("192.0.2.0") && !reply.text.contains("2001:db8::"))
            }
            let bob = #"{"email":"bob@example.org","password":"correct horse"}"#
            let free = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: bob, peer: peer)
            #expect(free.status == 200)
            let refused = try await tenant.transaction { session in
                try await session.execute(
                    "SELECT count(*) AS n FROM audit_events WHERE action = 'user.signed_in' AND outcome = 'refused'"
                )
            }
            #expect(try refused.only?["n"] == (isAllowed ? 0 : 1))
        }
    }

    @Test func `attack: a token is stolen and used from another network`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let ada = try await host.member("ada", .admin, of: tenant)
            // Another process, which has read the settings anew.
            let strict = try await PlatformHost(
                settings: { $0.sessionPolicies = [SessionPolicy(role: "admin", networks: ["192.0.2.1"])] },
                clock: host.platform.clock
            )
            #expect(try await me(ada, strict, at: tenant).status == 200)
            // The standing of the token is in memory by now; the address is looked at all the same.
            let stolen = try await me(ada, strict, at: tenant, from: "198.51.100.7")
            #expect(stolen.status == 403 && stolen.code == "NETWORK_NOT_ALLOWED")
            let renewed = try await refresh(ada, strict, at: tenant, from: "198.51.100.7")
            #expect(renewed.status == 403 && renewed.code == "NETWORK_NOT_ALLOWED")
            // Neither cost the owner anything.
            #expect(try await refresh(ada, strict, at: tenant).status == 200)
        }
    }

    @Test(arguments: ["UTC", "Asia/Tokyo", "America/St_Johns"])
    func `hours are those of the tenant's time zone, at sign-in, for live sessions and at refresh`(
        zone: String
    ) async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = try #require(TimeZone(identifier: zone))
            let parts = calendar.dateComponents([.hour, .minute], from: clock.wall.now())
            let minute = try #require(parts.hour) * 60 + (try #require(parts.minute))
            // From an hour before to an hour after this one, over midnight if need be.
            let hours = AllowedHours(
                days: [1, 2, 3, 4, 5, 6, 7],
                start: (minute + 1380) % 1440,
                end: (minute + 60) % 1440
            )
            let host = try await PlatformHost(
                settings: { settings in
                    settings.timeZone = zone
                    settings.sessionPolicies = [SessionPolicy(role: "student", hours: hours)]
                },
                clock: clock
            )
            let ada = try await host.register("ada", at: tenant)
            clock.advance(by: 55 * 60)
            let later = try PlatformHost.Session(try await refresh(ada, host, at: tenant))
            #expect(try await me(later, host, at: tenant).status == 200)
            clock.advance(by: 6 * 60)
            let refused = try await me(later, host, at: tenant)
            #expect(refused.status == 403 && refused.code == "HOURS_NOT_ALLOWED")
            let login = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: Self.login)
            #expect(login.code == "HOURS_NOT_ALLOWED")
            #expect(try await refresh(later, host, at: tenant).code == "HOURS_NOT_ALLOWED")
            clock.advance(by: 22 * 3600)
            #expect(try await refresh(later, host, at: tenant).status == 200)
        }
    }

    @Test func `hours over midnight belong to the day on which they begin`() {
        let night = AllowedHours(days: [5], start: 22 * 60, end: 6 * 60)
        #expect(night.contains(LocalTime(weekday: 5, minute: 22 * 60)))
        #expect(night.contains(LocalTime(weekday: 6, minute: 359)))
        #expect(!night.contains(LocalTime(weekday: 6, minute: 360)))
        #expect(!night.contains(LocalTime(weekday: 5, minute: 60)))
        let sunday = AllowedHours(days: [7], start: 23 * 60, end: 60)
        #expect(sunday.contains(LocalTime(weekday: 1, minute: 30)))
    }

    @Test func `a session that is not used for too long is over, and using it does not revive it`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost {
                $0.sessionPolicies = [SessionPolicy(role: "student", idleMinutes: 5)]
            }
            let ada = try await host.register("ada", at: tenant)
            for _ in 0..<3 {
                host.platform.clock.advance(by: 240)
                #expect(try await me(ada, host, at: tenant).status == 200)
            }
            let used = try PlatformHost.Session(try await refresh(ada, host, at: tenant))
            host.platform.clock.advance(by: 301)
            for _ in 0..<2 {
                let late = try await me(used, host, at: tenant)
                #expect(late.status == 401 && late.code == "SESSION_TIMED_OUT")
                host.platform.clock.advance(by: 1)
            }
            #expect(try await refresh(used, host, at: tenant).code == "SESSION_TIMED_OUT")
            #expect(try await refresh(used, host, at: tenant).code == "INVALID_REFRESH_TOKEN")
            #expect(try await host.send("POST", "/api/v1/auth/login", to: tenant, json: Self.login).status == 200)
        }
    }

    @Test func `a session that lasts for too long is over, however much it is used`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost {
                $0.sessionPolicies = [SessionPolicy(role: "student", absoluteMinutes: 20)]
            }
            let ada = try await host.register("ada", at: tenant)
            host.platform.clock.advance(by: 600)
            let next = try PlatformHost.Session(try await refresh(ada, host, at: tenant))
            host.platform.clock.advance(by: 599)
            #expect(try await me(next, host, at: tenant).status == 200)
            // A shorter limit, read by another process, ends what began under the longer one.
            let stricter = try await PlatformHost(
                settings: { $0.sessionPolicies = [SessionPolicy(role: "student", absoluteMinutes: 15)] },
                clock: host.platform.clock
            )
            #expect(try await me(next, stricter, at: tenant).code == "SESSION_TIMED_OUT")
            host.platform.clock.advance(by: 2)
            #expect(try await me(next, host, at: tenant).status == 401)
            #expect(try await refresh(next, host, at: tenant).status == 401)
        }
    }

    @Test func `a role that asks for a second factor limits sessions that began before it was given`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost { $0.secondFactorRoles = ["admin"] }
            let ada = try await host.register("ada", at: tenant)
            let path = "/api/v1/courses"
            #expect(try await host.send("GET", path, to: tenant, token: ada.access).status == 200)
            let id = try #require(User.ID(ada.user))
            try await tenant.transaction { transaction in
                _ = try await host.platform.lms.users.assign(
                    Role.Name(BuiltInRole.admin),
                    to: id,
                    session: transaction
                )
            }
            host.platform.clock.advance(by: 1)
            for path in [path, "/api/v1/users"] {
                let limited = try await host.send("GET", path, to: tenant, token: ada.access)
                #expect(limited.status == 403 && limited.code == "SECOND_FACTOR_REQUIRED")
            }
            let renewed = try await refresh(ada, host, at: tenant)
            #expect(renewed.json["mfaSetupRequired"] == .bool(true))
            func send(_ path: String, _ json: String) async throws -> TestReply {
                try await host.send("POST", "/api/v1/auth/mfa/\(path)", to: tenant, token: ada.access, json: json)
            }
            let setup = try await send("enable/request", #"{"password":"correct horse"}"#)
            let code = try host.platform.code(of: try #require(setup.json["secret"]?.text))
            #expect(try await send("enable/confirm", #"{"code":"\#(code)"}"#).status == 200)
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/users", to: tenant, token: ada.access).status == 200)
        }
    }

    @Test func `another password is no second factor, and takes none away`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant) { $0.secondFactorRoles = ["student"] }
            world.host.platform.clock.advance(by: 700)
            let change = #"{"oldPassword":"correct horse","newPassword":"a longer battery staple"}"#
            let reply = try await world.host.send(
                "POST",
                "/api/v1/users/me/password",
                to: tenant,
                token: world.session.access,
                json: change
            )
            let session = try PlatformHost.Session(reply)
            let courses = try await world.host.send("GET", "/api/v1/courses", to: tenant, token: session.access)
            #expect(courses.status == 200)
            let codes = try await world.host.send(
                "POST",
                "/api/v1/auth/mfa/recovery-codes",
                to: tenant,
                token: session.access
            )
            #expect(codes.code == "REAUTHENTICATION_REQUIRED")
        }
    }
}
