// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct OperatorTests {
    @Test func `an operator signs in with password and code at once, and a code is good once`() async throws {
        let host = try await PlatformHost()
        let support = try await host.operator(.support)
        let me = try await host.sendToPlatform("GET", "/api/v1/platform/auth/me", token: support.token)
        #expect(me.status == 200)
        #expect(me.json["role"]?.text == "support")
        #expect(me.json["accessToken"] == nil)
        let replayed = try await host.signIn(support.login)
        #expect(replayed.status == 401)
        host.platform.clock.advance(by: 30)
        #expect(try await host.signIn(support.login).status == 200)
    }

    @Test func `no session without the second factor, and every refusal looks the same`() async throws {
        let host = try await PlatformHost()
        let email = try TestPlatform.email("op-\(IdentifierSource().next(Operator.self))")
        let login = try await host.operators.create(email, name: "Somebody", role: .operator)
        let path = "/api/v1/platform/auth/login"
        let right = login.password.reveal()
        func send(_ email: String, _ password: String, _ code: String) async throws -> TestReply {
            let json = #"{"email":"\#(email)","password":"\#(password)","code":"\#(code)"}"#
            return try await host.sendToPlatform("POST", path, json: json)
        }
        let code = try host.code(of: login)
        let wrongCode = try await send(email.address, right, code == "000000" ? "000001" : "000000")
        let wrongPassword = try await send(email.address, "nonsense", code)
        let unknown = try await send("never-\(email.address)", right, code)
        #expect(wrongCode.status == 401)
        #expect(wrongCode.comparable == wrongPassword.comparable)
        #expect(wrongCode.comparable == unknown.comparable)
        let missing = #"{"email":"\#(email.address)","password":"\#(right)"}"#
        #expect(try await host.sendToPlatform("POST", path, json: missing).status == 400)
    }

    @Test func `guessing codes with a known password ends the account and not another's`() async throws {
        let host = try await PlatformHost()
        let (victim, other) = (try await host.operator(.operator), try await host.operator(.support))
        for guess in 0..<10 {
            // Long enough for the throttle to let the next guess through.
            host.platform.clock.advance(by: 3_600)
            let wrong = try host.code(of: victim.login) == "000000" ? "000001" : "000000"
            let refused = try await host.signIn(victim.login, code: wrong, peer: "198.51.100.\(guess)")
            #expect(refused.status == 401)
        }
        host.platform.clock.advance(by: 3_600)
        #expect(try await host.signIn(victim.login, peer: "203.0.113.9").status == 401)
        let listed = try await host.operators.list()
        #expect(listed.first { $0.id == victim.login.operator.id }?.status == .disabled)
        #expect(try await host.signIn(other.login, peer: "203.0.113.9").status == 200)
    }

    @Test func `an operator signs in with the same app after the master key was changed and the old one is gone`()
        async throws
    {
        let (old, new) = ("old-\(UUID().uuidString)", "new-\(UUID().uuidString)")
        let before = try await PlatformHost(masterKeys: try TestPlatform.masterKeys(old, byte: 1))
        let login = try await before.operator(.support).login
        let between = try TestPlatform.masterKeys([(new, 2), (old, 1)])
        #expect(try await PlatformHost(masterKeys: between).operators.rewrap().count == 1)
        let clock = before.platform.clock
        clock.advance(by: 60)
        let after = try await PlatformHost(clock: clock, masterKeys: try TestPlatform.masterKeys(new, byte: 2))
        #expect(try await after.signIn(login).status == 200)
    }

    @Test func `a session ends with sign-out, with idleness, with its time and with the account`() async throws {
        let host = try await PlatformHost()
        func me(_ token: String) async throws -> Int {
            try await host.sendToPlatform("GET", "/api/v1/platform/auth/me", token: token).status
        }
        let out = try await host.operator()
        #expect(try await host.sendToPlatform("POST", "/api/v1/platform/auth/logout", token: out.token).status == 204)
        #expect(try await me(out.token) == 401)
        let idle = try await host.operator()
        host.platform.clock.advance(by: Double(Operators.idleLifetime))
        #expect(try await me(idle.token) == 401)
        let busy = try await host.operator()
        for _ in 0..<(Operators.sessionLifetime / 600 - 1) {
            host.platform.clock.advance(by: 600)
            #expect(try await me(busy.token) == 200)
        }
        host.platform.clock.advance(by: 601)
        #expect(try await me(busy.token) == 401)
        let gone = try await host.operator()
        _ = try await host.operators.setStatus(.disabled, of: gone.login.operator.email)
        #expect(try await me(gone.token) == 401)
    }

    /// A S17.2 for the platform: what each role may call, written down.
    @Test(
        arguments: [
            (PlatformRole.operator, [200, 200, 404, 404, 404]), (.support, [200, 403, 403, 404, 403]),
            (.auditor, [200, 200, 403, 403, 403]),
        ]
    )
    func `each platform role may do what it is for and nothing else`(role: PlatformRole, expected: [Int]) async throws {
        let host = try await PlatformHost()
        let someone = try await host.operator(role)
        let never = "01890a5d-dead-774b-bcce-b302099a8057"
        let tenant = "/api/v1/platform/tenants/\(never)"
        let act = #"{"userId":"\#(never)","reason":"Ticket 4711: a test"}"#
        let replies = [
            try await host.sendToPlatform("GET", "/api/v1/platform/tenants", token: someone.token),
            try await host.sendToPlatform("GET", "/api/v1/platform/audit", token: someone.token),
            try await host.sendToPlatform("POST", "\(tenant)/suspend", token: someone.token),
            try await host.sendToPlatform("POST", "\(tenant)/impersonations", token: someone.token, json: act),
            try await host.sendToPlatform("DELETE", tenant, token: someone.token),
        ]
        #expect(replies.map(\.status) == expected)
    }

    @Test func `an operator's token is good for nothing at a tenant, and a tenant's for nothing on the platform`()
        async throws
    {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let someone = try await host.operator()
            let owner = try await host.member("owner", .owner, of: tenant)
            let slug = tenant.tenant.slug.description
            for route in host.routes {
                let request = try IsolationRequest(route, examples: IsolationExamples()) { $1.neverIssued }
                if route.access.isPlatform {
                    let inside = try await host.sendToPlatform(
                        request.method,
                        request.target,
                        token: someone.token,
                        json: request.body,
                        host: "\(slug).localhost"
                    )
                    #expect(inside.status == 404, "\(route.name) at a tenant")
                    guard !route.access.isOpen else { continue }
                    for token in [owner.access, owner.refresh, "forged", nil] {
                        let reply = try await host.sendToPlatform(
                            request.method,
                            request.target,
                            token: token,
                            json: request.body
                        )
                        #expect(reply.status == 401, "\(route.name) for a tenant's token")
                    }
                } else if !route.access.isOpen {
                    let reply = try await host.send(request, to: tenant, token: someone.token)
                    #expect(reply.status == 401, "\(route.name) for an operator")
                }
            }
        }
    }

    @Test func `a tenant is made, found, suspended, resumed and deleted, and each act is written down`() async throws {
        let host = try await PlatformHost()
        let someone = try await host.operator()
        let provisioner = try await TestInstallation.shared.provisioner
        let slug = "p\(IdentifierSource().next(Operator.self).description.suffix(12))"
        func send(_ method: String, _ path: String, _ json: String? = nil) async throws -> TestReply {
            try await host.sendToPlatform(method, "/api/v1/platform\(path)", token: someone.token, json: json)
        }
        var made: TestReply
        repeat {
            // Another test may take the spare; the answer says to come again.
            try await provisioner.build()
            made = try await send("POST", "/tenants", #"{"slug":"\#(slug)","name":"Made here"}"#)
        } while made.json["code"]?.text == "NO_SPARE_TENANT"
        #expect(made.status == 201, "\(made.text)")
        let id = try #require(made.json["id"]?.text)
        let found = try await send("GET", "/tenants?search=\(slug)&status=active")
        #expect(found.text.contains(id))
        #expect(try await send("POST", "/tenants/\(id)/suspend").json["status"]?.text == "suspended")
        #expect(try await send("POST", "/tenants/\(id)/suspend").json["code"]?.text == "TENANT_NOT_IN_STATE")
        #expect(try await send("POST", "/tenants/\(id)/resume").json["status"]?.text == "active")
        #expect(try await send("DELETE", "/tenants/\(id)").status == 204)
        let log = try await send("GET", "/audit?limit=100")
        for action in ["tenant.suspended", "tenant.resumed", "tenant.deleted"] { #expect(log.text.contains(action)) }
    }
}
