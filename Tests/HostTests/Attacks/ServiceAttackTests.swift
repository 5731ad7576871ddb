// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@testable import LMSKit

/// What is tried with accounts of programs; each test fails on its hole.
@Suite struct ServiceAttackTests {
    @Test func `attack: nobody gives a program more than they hold, nor takes over one that may do more`() async throws
    {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            for rights in [#""role":"owner""#, #""permissions":["user:read:any","tenant:update:any"]"#] {
                let reply = try await world.ask(rights, by: world.admin)
                #expect(reply.status == 403 && reply.code == "BEYOND_OWN_GRANTS", "\(rights)")
            }
            let small = try await world.make()
            let raise = try await world.send("PATCH", small.path, world.admin.access, json: #"{"role":"owner"}"#)
            #expect(raise.code == "BEYOND_OWN_GRANTS")
            let great = try await world.make(#""role":"owner""#, name: "Great", by: world.owner)
            // Whoever gets another secret of it acts as it.
            for (method, path, json) in [
                ("POST", "\(great.path)/rotate", "{}"), ("PATCH", great.path, #"{"status":"active"}"#),
                ("PATCH", great.path, #"{"ownerId":"\#(world.admin.user)"}"#), ("DELETE", great.path, nil),
            ] {
                let reply = try await world.send(method, path, world.admin.access, json: json)
                #expect(reply.status == 403 && reply.code == "BEYOND_OWN_GRANTS", "\(method) \(path)")
            }
            #expect(try await world.ask(for: great).status == 200)
        }
    }

    @Test func `attack: a program makes no account, no key and no secret, whatever it may do`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make(#""role":"owner""#, by: world.owner)
            let token = try await world.token(of: program)
            let new = #"{"name":"Spare","role":"owner"}"#
            let key = #"{"name":"Spare","scopes":["user:read:any"]}"#
            for (method, path, json) in [
                ("POST", ProgramWorld.path, new), ("POST", "\(program.path)/rotate", "{}"),
                ("PATCH", program.path, #"{"status":"active"}"#), ("DELETE", program.path, nil),
                ("POST", "/api/v1/api-keys", key), ("GET", "/api/v1/auth/me", nil),
                ("GET", "/api/v1/users/me/sessions", nil), ("GET", "/api/v1/users/me/export", nil),
            ] {
                let reply = try await world.send(method, path, token, json: json)
                #expect(reply.status == 403 && reply.code == "PERSON_REQUIRED", "\(method) \(path): \(reply.status)")
            }
        }
    }

    @Test func `attack: a program's stolen token gives nobody a role`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let token = try await world.token(of: try await world.make(#""role":"admin""#))
            let path = "/api/v1/users/\(world.student.user)/roles"
            let reply = try await world.send("POST", path, token, json: #"{"role":"admin"}"#)
            #expect(reply.status == 403 && reply.code == "REAUTHENTICATION_REQUIRED")
            let own = try await world.send("PATCH", "/api/v1/users/me", token, json: #"{"displayName":"x"}"#)
            #expect(own.status == 403 && own.code == "PERSON_REQUIRED")
        }
    }

    @Test func `attack: neither kind of token passes as the other, though both are rightly signed`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make(#""role":"admin""#)
            let lms = world.host.platform.lms
            let service = try await world.token(of: program)
            await #expect(throws: TokenError.malformed) {
                _ = try await lms.authenticator.authenticate(service, at: tenant.tenant, tenants: tenant.tenants)
            }
            await #expect(throws: TokenError.malformed) {
                _ = try await lms.serviceAuthenticator.authenticate(
                    world.admin.access,
                    at: tenant.id,
                    tenants: tenant.tenants
                )
            }
            let ring = try await lms.signingKeys.ring(of: tenant.id, tenants: tenant.tenants)
            let mine = try await lms.authenticator.authenticate(
                world.admin.access,
                at: tenant.tenant,
                tenants: tenant.tenants
            )
            let theirs = try await lms.serviceAuthenticator.authenticate(
                service,
                at: tenant.id,
                tenants: tenant.tenants
            )
            let person = try members(of: mine.token.claims)
            let machine = try members(of: theirs.token.claims)
            let forgeries: [[JSONMember]] = [
                // A person's token that calls itself a program's, and one with a person as the client.
                person + [JSONMember(name: "kind", value: .string("service"))],
                machine.filter { $0.name != "sub" } + person.filter { $0.name == "sub" },
                machine.filter { !["sub", "client_id"].contains($0.name) } + person.filter { $0.name == "sub" }
                    + [JSONMember(name: "client_id", value: .string(world.admin.user))],
                // A program's token with a session, and one without its kind.
                machine + person.filter { $0.name == "sid" },
                machine.filter { $0.name != "kind" },
                machine.filter { $0.name != "kind" } + person.filter { ["sid", "roles", "epoch"].contains($0.name) },
            ]
            for (index, claims) in forgeries.enumerated() {
                let token = try sign(claims, with: ring.signing, world)
                #expect(try await world.status(token) == 401, "forgery \(index)")
            }
            #expect(try await world.status(try sign(machine, with: ring.signing, world)) == 200)
        }
    }

    @Test func `attack: a program of one tenant is nothing at another`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await ProgramWorld(home)
            let token = try await world.token(of: try await world.make())
            let reply = try await world.host.send("GET", "/api/v1/users", to: abroad, token: token)
            let guessed = try await world.host.send("GET", "/api/v1/users", to: abroad, token: "a.b.c")
            #expect(reply.status == 401 && reply.comparable == guessed.comparable)
            #expect(try await world.status(token) == 200)
            #expect(try await world.host.send("GET", "/api/v1/users", to: abroad, token: token).status == 401)
        }
    }

    @Test func `attack: a program owns nothing, so what it may do to its own it may do to nothing`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let own = Permission.known.map { "\"\($0):own\"" }.sorted().joined(separator: ",")
            let program = try await world.make(#""permissions":[\#(own)]"#, by: world.owner)
            let token = try await world.token(of: program)
            for path in ["users", "users/\(world.admin.user)", "users/\(program.id)", "service-accounts/\(program.id)"]
            {
                let reply = try await world.send("GET", "/api/v1/\(path)", token)
                #expect([403, 404].contains(reply.status) || reply.items.isEmpty, "\(path): \(reply.status)")
            }
        }
    }

    @Test func `attack: a client's secret in the address is refused`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let target = "/api/v1/auth/token?client_id=\(program.id)&client_secret=\(program.secret)"
            let reply = try await world.host.send("POST", target, to: tenant, form: "grant_type=client_credentials")
            #expect(reply.status == 400 && !reply.text.contains(program.secret))
        }
    }

    private func members(of claims: [UInt8]) throws -> [JSONMember] {
        guard case .object(let members) = try JSONValue.parse(claims) else { throw TestFailure("no object") }
        return members
    }

    private func sign(_ members: [JSONMember], with key: SigningKey, _ world: ProgramWorld) throws -> String {
        let claims = ForgedClaims(claims: Array(JSONValue.object(members).written.utf8))
        return try SignedToken.sign(claims, with: key, world.host.platform.cryptography)
    }
}

/// Claims that say what a test wants.
private struct ForgedClaims: TokenClaims {
    let claims: [UInt8]

    init(claims: [UInt8]) { self.claims = claims }
    init?(claims json: JSONValue) { nil }
}
