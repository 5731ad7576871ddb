// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct FactorResetTests {
    private func notices(_ host: PlatformHost, to address: String) -> [String] {
        host.platform.mail.sent(to: address).compactMap { sent in
            switch sent.message {
            case .secondFactorChanged: "second factor"
            case .newDevice(let name): "new device \(name)"
            case .passwordChanged: "password"
            case .emailChanged: "address"
            default: nil
            }
        }
    }

    @Test func `an administrator takes a lost factor, which ends the sessions and is told and recorded`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            let host = world.host
            let admin = try await host.member("root", .admin, of: tenant)
            let before = notices(host, to: "ada@example.org").count
            let path = "/api/v1/users/\(world.session.user)/mfa"
            #expect(try await host.send("DELETE", path, to: tenant, token: admin.access).status == 204)
            host.platform.clock.advance(by: 1)
            let old = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: world.session.access)
            #expect(old.status == 401)
            #expect(notices(host, to: "ada@example.org").dropFirst(before) == ["second factor"])
            let login = try await world.login()
            #expect(login.json["accessToken"] != nil)
            let actors = try await tenant.transaction { session in
                try await session.execute("SELECT actor FROM audit_events WHERE action = 'factor.reset'")
            }
            #expect(try actors.only?["actor"] == admin.user)
        }
    }

    @Test func `attack: an administrator takes the factor of an owner, or their own`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let admin = try await host.member("root", .admin, of: tenant)
            let student = try await host.register("ada", at: tenant)
            func reset(_ user: String, by session: PlatformHost.Session) async throws -> String? {
                let path = "/api/v1/users/\(user)/mfa"
                return try await host.send("DELETE", path, to: tenant, token: session.access).code
            }
            #expect(try await reset(owner.user, by: admin) == "BEYOND_OWN_GRANTS")
            #expect(try await reset(admin.user, by: admin) == "OWN_ACCOUNT")
            #expect(try await reset(admin.user, by: student) == "NOT_FOUND")
            #expect(try await reset(StepUpTests.never, by: admin) == "NOT_FOUND")
        }
    }

    @Test func `people are told of a new factor, a removed one and a new device`() async throws {
        try await withTenant { tenant in
            let world = try await FactorWorld(tenant)
            let host = world.host
            #expect(notices(host, to: "ada@example.org") == ["second factor"])
            let removal = #"{"method":"totp","code":"\#(world.recoveryCodes[0])"}"#
            let removed = try await host.send(
                "POST",
                "/api/v1/auth/mfa/disable",
                to: tenant,
                token: world.session.access,
                json: removal
            )
            #expect(removed.status == 204)
            #expect(notices(host, to: "ada@example.org").count == 2)
            let json = #"{"email":"ada@example.org","password":"correct horse"}"#
            for _ in 0..<2 {
                let agent = ["User-Agent: Browser/9"]
                _ = try await host.send("POST", "/api/v1/auth/login", to: tenant, fields: agent, json: json)
            }
            _ = try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
            #expect(notices(host, to: "ada@example.org").dropFirst(2) == ["new device Browser/9"])
        }
    }

    @Test func `devices are listed and forgotten one by one, by their owner alone`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            _ = try await host.register("ada", at: tenant)
            let bob = try await host.register("bob", at: tenant)
            let json = #"{"email":"ada@example.org","password":"correct horse","rememberDevice":true}"#
            var session: PlatformHost.Session?
            for number in 1...2 {
                let agent = ["User-Agent: Browser/\(number)"]
                let reply = try await host.send("POST", "/api/v1/auth/login", to: tenant, fields: agent, json: json)
                #expect(reply.json["deviceToken"]?.text != nil)
                session = try PlatformHost.Session(reply)
                host.platform.clock.advance(by: 1)
            }
            let ada = try #require(session)
            let path = "/api/v1/users/me/devices"
            func agents() async throws -> [String?] {
                let list = try await host.send("GET", path, to: tenant, token: ada.access)
                guard case .array(let items) = list.json["items"] else { throw TestFailure(list.text) }
                return items.map { $0["userAgent"]?.text }
            }
            #expect(try await agents() == ["Browser/2", "Browser/1"])
            let list = try await host.send("GET", path, to: tenant, token: ada.access)
            guard case .array(let items) = list.json["items"] else { throw TestFailure(list.text) }
            let one = "\(path)/\(items.first?["id"]?.text ?? "")"
            #expect(try await host.send("DELETE", one, to: tenant, token: bob.access).status == 404)
            #expect(try await host.send("DELETE", one, to: tenant, token: ada.access).status == 204)
            #expect(try await host.send("DELETE", one, to: tenant, token: ada.access).status == 404)
            #expect(try await agents() == ["Browser/1"])
        }
    }
}
