// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct InvitationRoutesTests {
    private struct World {
        let host: PlatformHost
        let tenant: TestTenant
        let owner: PlatformHost.Session
        let admin: PlatformHost.Session

        init(_ tenant: TestTenant) async throws {
            host = try await PlatformHost()
            self.tenant = tenant
            owner = try await host.member("owner", .owner, of: tenant)
            admin = try await host.member("admin", .admin, of: tenant)
        }

        func invite(
            _ email: String,
            _ roles: String = #"["instructor"]"#,
            as session: PlatformHost.Session? = nil
        ) async throws -> TestReply {
            let json = #"{"email":"\#(email)","roles":\#(roles)}"#
            let token = (session ?? admin).access
            return try await host.send("POST", "/api/v1/invitations", to: tenant, token: token, json: json)
        }

        func token(_ email: String) throws -> String {
            try #require(host.platform.mail.sent(to: email).last?.token)
        }

        func accept(_ token: String, _ more: String = "") async throws -> TestReply {
            let json = #"{"token":"\#(token)","password":"battery staple"\#(more)}"#
            return try await host.send("POST", "/api/v1/auth/accept-invitation", to: tenant, json: json)
        }
    }

    @Test func `who is invited comes once, as what the invitation says and nothing else`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let made = try await world.invite("new@example.org")
            #expect(made.status == 201 && made.json["state"]?.text == "open")
            let token = try world.token("new@example.org")
            #expect(!made.text.contains(token))
            let short = try await world.host.send(
                "POST",
                "/api/v1/auth/accept-invitation",
                to: tenant,
                json: #"{"token":"\#(token)","password":"new@example.org"}"#
            )
            #expect(short.issues == ["password:RESEMBLES_ACCOUNT"])
            let came = try await world.accept(token, #","displayName":"Nora New","role":"owner""#)
            #expect(came.status == 201)
            #expect(came.json["roles"] == .array(["instructor"]))
            #expect(came.json["displayName"]?.text == "Nora New" && came.json["emailVerifiedAt"]?.text != nil)
            #expect(try await world.accept(token).code == "INVALID_TOKEN_OF_MAIL")
            let login = #"{"email":"new@example.org","password":"battery staple"}"#
            #expect(try await world.host.send("POST", "/api/v1/auth/login", to: tenant, json: login).status == 200)
            #expect(try await world.invite("new@example.org").code == "EMAIL_TAKEN")
        }
    }

    @Test func `nobody invites to more than they may do, and nobody comes by a sender who lost that`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            #expect(try await world.invite("a@example.org", #"["owner"]"#).code == "BEYOND_OWN_GRANTS")
            #expect(try await world.invite("a@example.org", #"["wizard"]"#).code == "ROLE_UNKNOWN")
            let student = try await world.host.register("student", at: tenant)
            #expect(try await world.invite("a@example.org", as: student).code == "FORBIDDEN")
            #expect(try await world.invite("a@example.org", #"["admin"]"#).status == 201)
            #expect(try await world.invite("b@example.org").status == 201)
            let id = try #require(User.ID(world.admin.user))
            try await tenant.transaction { session in
                _ = try await world.host.platform.lms.users.replaceRoles(
                    of: id,
                    with: [BuiltInRole.student.name],
                    session: session
                )
            }
            for email in ["a@example.org", "b@example.org"] {
                #expect(try await world.accept(try world.token(email)).code == "INVALID_TOKEN_OF_MAIL")
            }
        }
    }

    @Test func `an invitation ends with its time, when it is taken back and when it is sent again`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            func act(_ method: String, _ id: String, _ path: String = "") async throws -> TestReply {
                let target = "/api/v1/invitations/\(id)\(path)"
                return try await world.host.send(method, target, to: tenant, token: world.admin.access)
            }
            let first = try #require(try await world.invite("a@example.org").json["id"]?.text)
            let old = try world.token("a@example.org")
            #expect(try await world.invite("a@example.org").code == "ALREADY_INVITED")
            #expect(try await act("POST", first, "/resend").json["timesSent"]?.integer == 2)
            #expect(try await world.accept(old).code == "INVALID_TOKEN_OF_MAIL")
            let renewed = try world.token("a@example.org")
            #expect(try await act("DELETE", first).status == 204)
            #expect(try await world.accept(renewed).code == "INVALID_TOKEN_OF_MAIL")
            #expect(try await act("POST", first, "/resend").code == "INVITATION_ENDED")
            let second = try #require(try await world.invite("a@example.org").json["id"]?.text)
            let late = try world.token("a@example.org")
            world.host.platform.clock.advance(by: 168 * 3_600 + 1)
            #expect(try await world.accept(late).code == "INVALID_TOKEN_OF_MAIL")
            let again = try await tenant.transaction { session in
                try await world.host.platform.lms.invitations.invite(
                    NewInvitation(email: try TestPlatform.email("a")),
                    at: tenant.tenant,
                    session: session
                )
            }
            #expect(again.id.description != second)
            #expect(try await world.accept(try world.token("a@example.org")).status == 201)
        }
    }

    @Test func `of many who come by one link a single one gets in`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            _ = try await world.invite("a@example.org")
            let token = try world.token("a@example.org")
            let statuses = try await withThrowingTaskGroup(of: UInt16.self) { group in
                for _ in 0..<6 { group.addTask { UInt16(try await world.accept(token).status) } }
                return try await group.reduce(into: [UInt16]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 201 }.count == 1)
            #expect(statuses.filter { $0 == 400 }.count == 5)
        }
    }

    @Test func `who was made beforehand becomes active by their invitation`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            var new = NewUser(email: try TestPlatform.email("early"), displayName: "Early", password: nil)
            new.status = .invited
            let made = try await tenant.transaction { session in
                try await world.host.platform.lms.users.create(new, session: session)
            }
            let login = #"{"email":"early@example.org","password":"battery staple"}"#
            #expect(try await world.host.send("POST", "/api/v1/auth/login", to: tenant, json: login).status == 401)
            #expect(try await world.invite("early@example.org").status == 201)
            let came = try await world.accept(try world.token("early@example.org"))
            #expect(came.json["id"]?.text == made.id.description && came.json["status"]?.text == "active")
            #expect(came.json["roles"] == .array(["instructor", "student"]))
            #expect(try await world.host.send("POST", "/api/v1/auth/login", to: tenant, json: login).status == 200)
        }
    }
}
