// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What is tried with keys that programs have; each test fails on its hole.
@Suite struct KeyAttackTests {
    @Test func `a key in the address is refused and does not sign in`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            let key = try await world.make("user:read:any", by: world.admin)
            let escaped = key.secret.replacing("lms_", with: "lms%5F")
            for query in ["api_key=\(key.secret)", "search=\(key.secret)", "key=\(escaped)", key.secret] {
                for token in [nil, world.admin.access] {
                    let reply = try await world.host.send("GET", "/api/v1/users?\(query)", to: tenant, token: token)
                    #expect(reply.status == 400 && reply.code == "KEY_IN_ADDRESS", "\(query)")
                    #expect(!reply.text.contains(key.secret))
                }
            }
            let search = try await world.send("GET", "/api/v1/users?search=lms_admin", world.admin.access)
            #expect(search.status == 200)
        }
    }

    @Test func `a key of one tenant is nothing at another`() async throws {
        try await withTwoTenants { home, abroad in
            let world = try await KeyWorld(home)
            let key = try await world.make("user:read:any", by: world.admin)
            #expect(try await world.status(key.secret, "/api/v1/users") == 200)
            let reply = try await world.host.send("GET", "/api/v1/users", to: abroad, token: key.secret)
            let guessed = try await world.host.send("GET", "/api/v1/users", to: abroad, token: "lms_guessed")
            #expect(reply.status == 401 && reply.comparable == guessed.comparable)
            #expect(try await world.status(key.secret, "/api/v1/users") == 200)
        }
    }

    @Test func `a guessed key signs nobody in and is limited like a guessed password`() async throws {
        var settings = PipelineSettings()
        settings.rateLimits = RateLimits(auth: RateLimit(perSecond: 0.01, burst: 2))
        let host = try TestHost(routes: Sample.routes, settings: settings)
        let fields = ["X-API-Key: lms_guessed"]
        func guess() async throws -> Int { try await host.send("GET", "/api/v1/samples/mine", fields: fields).status }
        #expect(try await guess() == 401)
        #expect(try await guess() == 401)
        #expect(try await guess() == 429)
    }

    @Test func `no key is made, and none works, for more than its owner may do`() async throws {
        try await withTenant { tenant in
            let world = try await KeyWorld(tenant)
            for scope in ["user:read:any", "api_key:manage:own", "tenant:update:any"] {
                let reply = try await world.ask([scope], by: world.student)
                #expect(reply.status == 403 && reply.code == "BEYOND_OWN_GRANTS", "\(scope)")
            }
            for scope in ["user:read", "user:read:all", "nothing:at_all:any", ""] {
                #expect(try await world.ask([scope], by: world.student).status == 400, "\(scope)")
            }
            let key = try await world.make("user:read:any", "role:read:any", by: world.admin)
            #expect(try await world.status(key.secret, "/api/v1/roles") == 200)
            let id = try #require(User.ID(world.admin.user))
            try await tenant.transaction { session in
                _ = try await world.host.platform.lms.users.replaceRoles(
                    of: id,
                    with: [BuiltInRole.student.name],
                    session: session
                )
            }
            world.host.platform.clock.advance(by: 1)
            #expect(try await world.status(key.secret, "/api/v1/roles") == 403)
            let other = "/api/v1/users/\(world.student.user)"
            #expect(try await world.status(key.secret, other) == 404)
            #expect(try await world.status(key.secret, "/api/v1/users/\(world.admin.user)") == 200)
        }
    }

    /// A route that asks people for nothing but a sign-in would be open to every key whatever its scopes.
    @Test func `a key does nothing that asks for a person, on every route that does`() async throws {
        try await withTenant { tenant in
            let world = try await AccessWorld(.key, at: tenant)
            let refused = world.host.routes.filter { $0.keys == .refused }.map(\.name)
            let wanted = [
                "POST /api/v1/api-keys", "POST /api/v1/api-keys/{apiKeyId}/rotate",
                "DELETE /api/v1/api-keys/{apiKeyId}",
                "GET /api/v1/users/me/export", "POST /api/v1/auth/logout",
            ]
            for name in wanted { #expect(refused.contains(name), "\(name)") }
            let examples = IsolationExamples(for: world.session)
            for route in world.host.tenantRoutes where route.keys == .refused {
                let request = try IsolationRequest(route, examples: examples) { world.own[0][$1] }
                let reply = try await world.host.send(request, to: tenant, token: world.session?.access)
                #expect(reply.status == 403 && reply.code == "PERSON_REQUIRED", "\(route.name): \(reply.status)")
            }
            for route in world.host.routes where route.access == .signedIn && route.keys == .accepted {
                #expect(route.method == .get && route.name.contains("/me"), "\(route.name) is open to every key")
            }
        }
    }
}
