// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The defects of two learning platforms that touch identity, by their numbers in the inventory; each test fails on its defect.
@Suite struct AIPlatformHolesTests {
    @Test func `A1: nobody gives themselves a role, at registration or in their profile`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let json = #"{"email":"eve@example.org","password":"\#(PlatformHost.password)","role":"admin"}"#
            let registered = try await host.send("POST", "/api/v1/auth/register", to: tenant, json: json)
            #expect(registered.json["user"]?["roles"] == .array([.string("student")]))
            let eve = try PlatformHost.Session(registered)
            for (method, path, body) in [
                ("PATCH", "/api/v1/users/me", #"{"displayName":"Eve","role":"admin"}"#),
                ("PATCH", "/api/v1/users/me", #"{"displayName":"Eve","roles":["admin"]}"#),
                ("PATCH", "/api/v1/users/\(eve.user)", #"{"displayName":"Eve","roles":["admin"]}"#),
                ("PUT", "/api/v1/users/\(eve.user)/roles", #"{"roles":["admin"]}"#),
                ("POST", "/api/v1/users/\(eve.user)/roles", #"{"role":"admin"}"#),
            ] {
                let reply = try await host.send(method, path, to: tenant, token: eve.access, json: body)
                #expect(reply.status >= 400, "\(method) \(path) \(body)")
            }
            host.platform.clock.advance(by: 1)
            let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: eve.access)
            #expect(me.text.contains(#""roles":["student"]"#))
        }
    }

    @Test func `A2: what no role of somebody allows is denied to them, on every route`() async throws {
        try await withTenant { tenant in
            let world = try await AccessWorld(.student, at: tenant)
            let never = Estate(name: "never issued")
            let examples = IsolationExamples(for: nil)
            for route in world.host.routes {
                guard case .permission(let permission) = route.access else { continue }
                guard BuiltInRole.student.grants.scope(of: permission) == nil else { continue }
                let request = try IsolationRequest(route, examples: examples) { never[$1] }
                let reply = try await world.host.send(request, to: tenant, token: world.session?.access)
                #expect(reply.status == 403, "\(route.name)")
            }
        }
    }

    @Test func `A3: a role that is checked can be given, and no other can`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            func give(_ role: String) async throws -> Int {
                let path = "/api/v1/users/\(ada.user)/roles"
                return try await host.send("POST", path, to: tenant, token: owner.access, json: #"{"role":"\#(role)"}"#)
                    .status
            }
            for role in BuiltInRole.allCases { #expect(try await give(role.rawValue) < 300, "\(role)") }
            for role in ["superadmin", "parent", "employer", "ADMIN"] {
                #expect(try await give(role) >= 400, "\(role)")
            }
        }
    }

    @Test func `A7: no literal route is hidden by one with a parameter`() throws {
        let router = try Router(try RouteTable.described)
        for (index, route) in try RouteTable.described.enumerated() {
            let path = Array(route.path.description.utf8)
            guard !path.contains(UInt8(ascii: "{")) else { continue }
            guard case .route(index, _) = router.match(route.method, path, path.indices) else {
                Issue.record("\(route.name) is not reached")
                continue
            }
        }
    }

    @Test func `A16: who acts is who signed in, whatever user the body names`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let body = #"{"courseId":"\#(world.course)","userId":"\#(world.other.user)"}"#
            #expect(try await world.send("POST", "v1/enrollments", as: world.student, body).status >= 400)
            let theirs = try await world.send("GET", "v1/enrollments/me", as: world.other)
            #expect(theirs.items.isEmpty)
        }
    }

    @Test func `A18: a tenant that the client names is not believed over its address and its token`() async throws {
        try await withTwoTenants { acme, globex in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: acme)
            let field = "X-Tenant-ID: \(globex.tenant.slug)"
            let named = try await host.send("GET", "/api/v1/auth/me", to: acme, fields: [field], token: ada.access)
            #expect(named.status == 400)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: globex, token: ada.access).status == 401)
            let body = #"{"email":"bob@example.org","password":"\#(PlatformHost.password)","tenantId":"\#(globex.id)"}"#
            #expect(try await host.send("POST", "/api/v1/auth/register", to: acme, json: body).status == 400)
        }
    }
}
