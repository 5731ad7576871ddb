// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The end of tokens, keys and secrets for whoever has them (RFC 7009).
@Suite struct RevocationTests {
    private func revoke(_ token: String, at tenant: TestTenant, of host: PlatformHost) async throws -> TestReply {
        let form = "token=\(token)&token_type_hint=access_token"
        return try await host.send("POST", "/api/v1/auth/revoke", to: tenant, form: form)
    }

    @Test func `whoever has a token of either kind can end its session`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            for name in ["access", "refresh"] {
                let session = try await host.register(name, at: tenant)
                let token = name == "access" ? session.access : session.refresh
                let reply = try await revoke(token, at: tenant, of: host)
                #expect(reply.status == 200 && reply.text.isEmpty, "\(name)")
                host.platform.clock.advance(by: 1)
                let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access)
                #expect(me.status == 401, "\(name)")
                let json = #"{"refreshToken":"\#(session.refresh)"}"#
                #expect(try await host.send("POST", "/api/v1/auth/refresh", to: tenant, json: json).status == 401)
            }
        }
    }

    @Test func `whoever finds a key can end it`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let key = try await world.make("user:read:own", by: world.student)
            #expect(try await world.status(key.secret) == 200)
            #expect(try await revoke(key.secret, at: tenant, of: world.host).status == 200)
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.status(key.secret) == 401)
            let shown = try await world.send("GET", key.path, world.student.access)
            #expect(shown.json["revokedAt"]?.text != nil)
        }
    }

    @Test func `a program's token ends alone, and its secret with all of them`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let there = try await PlatformHost(clock: world.host.platform.clock)
            let program = try await world.make()
            let (first, second) = (try await world.token(of: program), try await world.token(of: program))
            for token in [first, second] {
                #expect(try await world.status(token) == 200)
                #expect(try await world.status(token, at: there) == 200)
            }
            #expect(try await revoke(first, at: tenant, of: world.host).status == 200)
            world.advance(by: 1)
            #expect(try await world.status(first) == 401)
            #expect(try await world.status(first, at: there) == 401)
            #expect(try await world.status(second) == 200)
            #expect(try await revoke(program.secret, at: tenant, of: world.host).status == 200)
            world.advance(by: 1)
            #expect(try await world.status(second) == 401)
            #expect(try await world.ask(for: program).status == 401)
        }
    }

    @Test func `what is nothing here is answered the same and ends nothing elsewhere`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await KeyWorld(home)
            let key = try await world.make("user:read:own", by: world.student)
            let programs = try await ProgramWorld(abroad)
            let program = try await programs.make()
            let service = try await programs.token(of: program)
            for token in [
                world.student.access, world.student.refresh, key.secret, "never.was.one", "lms_never", "lmc_never",
            ] {
                let reply = try await revoke(token, at: abroad, of: world.host)
                #expect(reply.status == 200 && reply.text.isEmpty)
            }
            for token in [service, program.secret] {
                let reply = try await revoke(token, at: home, of: world.host)
                #expect(reply.status == 200 && reply.text.isEmpty)
            }
            world.host.platform.clock.advance(by: 1)
            programs.advance(by: 1)
            #expect(try await world.status(key.secret) == 200)
            #expect(try await world.status(world.student.access) == 200)
            #expect(try await programs.status(service) == 200)
            #expect(try await programs.ask(for: program).status == 200)
        }
    }
}
