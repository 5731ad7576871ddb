// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
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

    @Test func `A4: a token in the address signs nobody in, on any route`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            for route in host.routes where !route.access.isOpen {
                let request = try IsolationRequest(route, examples: IsolationExamples()) { $1.neverIssued }
                for name in ["token", "access_token", "jwt", "bearer"] {
                    let target = request.target + (request.target.contains("?") ? "&" : "?") + "\(name)=\(owner.access)"
                    let reply = try await host.send(request.method, target, to: tenant, json: request.body)
                    let isMissing = reply.status == 404 && target.hasPrefix("/api/v1/platform/")
                    #expect([400, 401].contains(reply.status) || isMissing, "\(route.name): \(reply.status)")
                }
            }
        }
    }

    @Test func `A5: every way to end a session ends its tokens of both kinds`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            typealias End = (PlatformHost.Session, PlatformHost.Session) async throws -> TestReply
            let ends: [(String, End)] = [
                (
                    "sign out",
                    { ended, _ in
                        try await host.send("POST", "/api/v1/auth/logout", to: tenant, token: ended.access, json: "{}")
                    }
                ),
                (
                    "sign out by refresh token",
                    { ended, _ in
                        let json = #"{"refreshToken":"\#(ended.refresh)"}"#
                        return try await host.send("POST", "/api/v1/auth/logout", to: tenant, json: json)
                    }
                ),
                (
                    "end the others",
                    { _, other in
                        try await host.send("DELETE", "/api/v1/users/me/sessions", to: tenant, token: other.access)
                    }
                ),
                (
                    "end one",
                    { ended, other in
                        let claims = try #require(Base64URL.decode(ended.access.split(separator: ".")[1]))
                        let id = try #require(try JSONValue.parse(claims)["sid"]?.text)
                        let path = "/api/v1/users/me/sessions/\(id)"
                        return try await host.send("DELETE", path, to: tenant, token: other.access)
                    }
                ),
                (
                    "an admin ends all",
                    { ended, _ in
                        let path = "/api/v1/users/\(ended.user)/sessions"
                        return try await host.send("DELETE", path, to: tenant, token: admin.access)
                    }
                ),
            ]
            for (index, (name, end)) in ends.enumerated() {
                let ended = try await host.register("user-\(index)", at: tenant)
                let login = #"{"email":"user-\#(index)@example.org","password":"correct horse"}"#
                let other = try PlatformHost.Session(
                    try await host.send("POST", "/api/v1/auth/login", to: tenant, json: login)
                )
                let reply = try await end(ended, other)
                #expect(reply.status == 204, "\(name): \(reply.text)")
                host.platform.clock.advance(by: 1)
                #expect(
                    try await host.send("GET", "/api/v1/auth/me", to: tenant, token: ended.access).status == 401,
                    "\(name)"
                )
                let json = #"{"refreshToken":"\#(ended.refresh)"}"#
                let refreshed = try await host.send("POST", "/api/v1/auth/refresh", to: tenant, json: json)
                #expect(refreshed.code == "INVALID_REFRESH_TOKEN", "\(name)")
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

    @Test func `A14: no secret is in the repository, and an example of one starts nothing`() throws {
        let sound = [
            "LMS_ENV": "production", "LMS_BASE_DOMAINS": "learn.acme.org", "LMS_TRUSTED_PROXIES": "10.0.0.0/8",
            "DATABASE_URL": "postgres://lms_directory:kD83-hnqP-0Zm2-wv5T@db.internal/lms?sslmode=verify-full",
            "LMS_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ]
        _ = try Configuration(sound)
        for (name, value) in [
            ("LMS_MASTER_KEY", ""), ("LMS_MASTER_KEY", "c2hvcnQ"),
            ("LMS_MASTER_KEY", String(repeating: "A", count: 43)),
            ("DATABASE_URL", "postgres://lms:changeme@db.internal/lms?sslmode=verify-full"),
            ("DATABASE_URL", "postgres://lms@db.internal/lms?sslmode=verify-full"),
        ] {
            #expect(throws: ConfigurationError.self) { try Configuration(sound.merging([name: value]) { $1 }) }
        }
        let files = try RepositoryText.files(below: ["Sources", "docs", "scripts", "tenants", "bench", ".github"])
        #expect(files.count > 300)
        for (path, text) in files {
            for secret in RepositoryText.secrets(in: text) { Issue.record("\(path) holds \(secret)…") }
        }
        #expect(RepositoryText.secrets(in: "-----BEGIN " + "PRIVATE KEY-----").count == 1)
        #expect(RepositoryText.secrets(in: "AKIA" + String(repeating: "Q", count: 16)).count == 1)
        #expect(RepositoryText.secrets(in: "key: lms_" + String(repeating: "aZ0", count: 16)).count == 1)
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
