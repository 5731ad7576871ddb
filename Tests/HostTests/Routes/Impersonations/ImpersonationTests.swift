// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ImpersonationTests {
    @Test func `without the tenant's consent nobody acts as its users`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let support = try await host.operator(.support)
            let student = try await host.register("student", at: tenant)
            let reply = try await ask(student.user, of: support, host, tenant)
            #expect(reply.json["code"]?.text == "IMPERSONATION_NOT_ALLOWED", "\(reply.text)")
        }
    }

    @Test(
        arguments: [
            #""reason":"short""#, #""minutes":5"#, #""reason":"Ticket 4711: a test","minutes":61"#,
            #""reason":"Ticket 4711: a test","minutes":0"#, #""reason":"Ticket 4711: a test","access":"own""#,
        ]
    )
    func `without a reason, or for longer than an hour, nobody acts as anybody`(members: String) async throws {
        try await allowing { host, tenant in
            let support = try await host.operator(.support)
            let student = try await host.register("student", at: tenant)
            let reply = try await ask(student.user, of: support, host, tenant, members)
            #expect(reply.status == 400, "\(reply.text)")
        }
    }

    @Test func `an operator sees what the user sees, says so in the banner, and changes nothing`() async throws {
        try await allowing { host, tenant in
            let support = try await host.operator(.support)
            let owner = try await host.member("owner", .owner, of: tenant)
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            let begun = try await ask(teacher.user, of: support, host, tenant)
            let token = try #require(begun.json["accessToken"]?.text, "\(begun.text)")
            #expect(begun.json["refreshToken"] == nil)
            let me = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token)
            #expect(me.json["id"]?.text == teacher.user)
            #expect(me.json["impersonation"]?["reason"]?.text == "Ticket 4711: a test")
            #expect(me.json["impersonation"]?["operatorName"]?.text == "Test support")
            for route in host.routes where route.method != .get && route.access != .anonymous {
                guard !route.access.isPlatform else { continue }
                let request = try IsolationRequest(route, examples: IsolationExamples(for: teacher)) { $1.neverIssued }
                let reply = try await host.send(request, to: tenant, token: token)
                #expect(reply.status == 403, "\(route.name) \(reply.status)")
            }
            let seen = try await host.send("GET", "/api/v1/impersonations", to: tenant, token: owner.access)
            #expect(seen.text.contains("Ticket 4711: a test"))
            let own = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: teacher.access)
            #expect(own.json["impersonation"] == nil)
        }
    }

    @Test func `an operator ends an impersonation with its token alone, and the user's sessions go on`() async throws {
        try await allowing { host, tenant in
            let support = try await host.operator(.support)
            let student = try await host.register("student", at: tenant)
            let begun = try await ask(student.user, of: support, host, tenant)
            let token = try #require(begun.json["accessToken"]?.text, "\(begun.text)")
            let ended = try await host.send(
                "POST",
                "/api/v1/auth/revoke",
                to: tenant,
                json: #"{"token":"\#(token)"}"#
            )
            #expect(ended.status == 200)
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token).status == 401)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: student.access).status == 200)
        }
    }

    @Test func `the database itself keeps a reading operator from writing, whatever the code does`() async throws {
        try await allowing { host, tenant in
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            let user = try #require(User.ID(teacher.user))
            let token = try await host.impersonate(user, at: tenant).token.reveal()
            let known = try await host.platform.lms.authenticator.authenticate(
                token,
                at: tenant.tenant,
                tenants: tenant.tenants
            )
            let refused = DatabaseError.refused(sqlState: "25006")
            let writing: SQL = "UPDATE users SET display_name = 'Mallory' WHERE id = \(user)"
            await #expect(throws: refused) {
                try await tenant.transaction(as: known.principal) { session in
                    _ = try await session.execute(writing)
                }
            }
            await #expect(throws: refused) {
                _ = try await tenant.tenants.write([writing], for: tenant.id, as: known.principal)
            }
            await #expect(throws: refused) {
                _ = try await tenant.reader(as: known.principal).read(writing)
            }
            await #expect(throws: CourseError.self) {
                try await tenant.transaction(as: known.principal) { session in
                    _ = try await host.platform.lms.courses.create(NewCourse(title: "Mine"), session: session)
                }
            }
        }
    }

    @Test func `with consent to write an operator teaches, and never does what only the person may`() async throws {
        try await allowing { host, tenant in
            let owner = try await host.member("owner", .owner, of: tenant)
            let user = try #require(User.ID(owner.user))
            let token = try await host.impersonate(user, access: .write, at: tenant).token.reveal()
            let made = try await host.send(
                "POST",
                "/api/v1/courses",
                to: tenant,
                token: token,
                json: #"{"title":"Physics"}"#
            )
            #expect(made.status == 201, "\(made.text)")
            for route in host.routes where !route.access.isPlatform && route.access != .anonymous {
                let path = route.path.description
                let isTeaching = ["courses", "lessons", "enrollments", "progress", "reviews"].contains {
                    path.hasPrefix("/api/v1/\($0)")
                }
                guard route.method != .get, !isTeaching || path.contains("/staff") else { continue }
                let request = try IsolationRequest(route, examples: IsolationExamples(for: owner)) { $1.neverIssued }
                let reply = try await host.send(request, to: tenant, token: token)
                #expect(reply.json["code"]?.text == "IMPERSONATION_FORBIDDEN", "\(route.name) \(reply.text)")
            }
            let export = try await host.send("GET", "/api/v1/users/me/export", to: tenant, token: token)
            #expect(export.status == 403)
        }
    }

    @Test func `nobody acts as an owner, or for writing, unless the tenant allows that too`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            try await consent(of: tenant) { $0.impersonation = true }
            let support = try await host.operator(.support)
            let owner = try await host.member("owner", .owner, of: tenant)
            let student = try await host.register("student", at: tenant)
            let asOwner = try await ask(owner.user, of: support, host, tenant)
            #expect(asOwner.json["code"]?.text == "IMPERSONATION_NOT_ALLOWED")
            let members = #""reason":"Ticket 4711: a test","access":"write""#
            let writing = try await ask(student.user, of: support, host, tenant, members)
            #expect(writing.json["code"]?.text == "IMPERSONATION_NOT_ALLOWED")
            #expect(try await ask(student.user, of: support, host, tenant).status == 201)
            try await consent(of: tenant) { $0.impersonation = false }
        }
    }

    @Test func `an impersonation ends with its time`() async throws {
        try await allowing { host, tenant in
            let student = try await host.register("student", at: tenant)
            let user = try #require(User.ID(student.user))
            let token = try await host.impersonate(user, minutes: 60, at: tenant).token.reveal()
            host.platform.clock.advance(by: 3_599)
            let before = try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token)
            #expect(before.status == 200, "\(before.text)")
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token).status == 401)
        }
    }

    @Test func `the tenant's admin, the operator and the end of the consent each end it within a second`() async throws
    {
        try await allowing { host, tenant in
            let support = try await host.operator(.support)
            let admin = try await host.member("admin", .admin, of: tenant)
            let student = try await host.register("student", at: tenant)
            func begin() async throws -> (id: String, token: String) {
                let reply = try await ask(student.user, of: support, host, tenant)
                let id = try #require(reply.json["impersonation"]?["id"]?.text, "\(reply.text)")
                return (id, try #require(reply.json["accessToken"]?.text))
            }
            func me(_ token: String) async throws -> Int {
                try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token).status
            }
            let first = try await begin()
            #expect(try await me(first.token) == 200)
            let ended = try await host.send(
                "DELETE",
                "/api/v1/impersonations/\(first.id)",
                to: tenant,
                token: admin.access
            )
            #expect(ended.status == 204)
            host.platform.clock.advance(by: 1)
            #expect(try await me(first.token) == 401)
            let second = try await begin()
            let stop = "/api/v1/platform/tenants/\(tenant.id)/impersonations/\(second.id)"
            let other = try await host.operator(.support)
            #expect(try await host.sendToPlatform("DELETE", stop, token: other.token).status == 404)
            #expect(try await me(second.token) == 200)
            #expect(try await host.sendToPlatform("DELETE", stop, token: support.token).status == 204)
            host.platform.clock.advance(by: 1)
            #expect(try await me(second.token) == 401)
            let rows = try await tenant.transaction { session in
                try await session.execute(
                    "SELECT DISTINCT action FROM audit_events WHERE impersonator IS NOT NULL ORDER BY action"
                )
            }
            let actions: [String] = try rows.map { try $0[0] }
            #expect(actions == ["impersonation.began", "impersonation.ended"])
        }
    }

    @Test func `a tenant that takes its consent back ends what is going on`() async throws {
        try await allowing { host, tenant in
            let support = try await host.operator(.support)
            let student = try await host.register("student", at: tenant)
            let begun = try await ask(student.user, of: support, host, tenant)
            let token = try #require(begun.json["accessToken"]?.text, "\(begun.text)")
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token).status == 200)
            try await consent(of: tenant) { $0 = TenantSettings() }
            // As any process sees it once it has read the tenant anew, within a second.
            tenant.installation.directory.forget(tenant.id)
            let later = try await PlatformHost(clock: host.platform.clock)
            #expect(try await later.send("GET", "/api/v1/auth/me", to: tenant, token: token).status == 401)
        }
    }

    @Test func `attack: a user who is acted as becomes an owner, which the tenant did not allow`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost { $0.impersonation = true }
            let teacher = try await host.member("teacher", .instructor, of: tenant)
            let user = try #require(User.ID(teacher.user))
            let token = try await host.impersonate(user, at: tenant).token.reveal()
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token).status == 200)
            try await tenant.transaction { session in
                let owner = BuiltInRole.owner.name
                _ = try await host.platform.lms.users.replaceRoles(of: user, with: [owner], session: session)
            }
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: token).status == 401)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: teacher.access).status == 200)
        }
    }

    private func ask(
        _ user: String,
        of someone: PlatformHost.OperatorLogin,
        _ host: PlatformHost,
        _ tenant: TestTenant,
        _ members: String = #""reason":"Ticket 4711: a test""#
    ) async throws -> TestReply {
        try await host.sendToPlatform(
            "POST",
            "/api/v1/platform/tenants/\(tenant.id)/impersonations",
            token: someone.token,
            json: #"{"userId":"\#(user)",\#(members)}"#
        )
    }

    /// A tenant that allows everything, in the directory and at the host.
    private func allowing(_ body: (PlatformHost, TestTenant) async throws -> Void) async throws {
        try await withTenant { tenant in
            try await consent(of: tenant, TenantSettings.allowImpersonation)
            let host = try await PlatformHost(settings: TenantSettings.allowImpersonation)
            try await body(host, tenant)
            try await consent(of: tenant) { $0 = TenantSettings() }
        }
    }

    private func consent(of tenant: TestTenant, _ change: (inout TenantSettings) -> Void) async throws {
        var settings = TenantSettings()
        change(&settings)
        try await tenant.installation.tenantAdministration.update(
            tenant.id,
            slug: tenant.tenant.slug,
            name: tenant.tenant.name,
            settings: settings
        )
    }
}
