// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ServiceAccountRoutesTests {
    @Test func `a secret is shown once and stored nowhere`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let reply = try await world.ask(#""role":"auditor""#)
            #expect(reply.status == 201 && reply[.cacheControl] == "no-store")
            let program = try ProgramWorld.Program(reply)
            #expect(program.secret.hasPrefix("lmc_") && program.secret.utf8.count == 52)
            #expect(reply.json["hint"]?.text == String(program.secret.prefix(8)))
            #expect(reply.json["ownerId"]?.text == world.admin.user)
            for path in [program.path, ProgramWorld.path] {
                let shown = try await world.send("GET", path, world.admin.access)
                #expect(shown.status == 200)
                #expect(shown.text.contains(program.id) && !shown.text.contains(program.secret), "\(path)")
            }
        }
    }

    @Test func `an account's rights are a role or permissions, never both, none or what is none`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            for rights in [
                #""role":"auditor","permissions":["user:read:any"]"#, #""description":"""#, #""permissions":[]"#,
                #""permissions":["user:read"]"#, #""permissions":["nothing:at_all:any"]"#,
            ] {
                #expect(try await world.ask(rights).status == 400, "\(rights)")
            }
            let unknown = try await world.ask(#""role":"nobodys-role""#)
            #expect(unknown.code == "ROLE_UNKNOWN", "\(unknown.text)")
        }
    }

    @Test func `a name is given once, and an update of an old version is refused`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let again = try await world.ask(#""role":"auditor""#)
            #expect(again.status == 409 && again.code == "SERVICE_ACCOUNT_NAME_TAKEN")
            let shown = try await world.send("GET", program.path, world.admin.access)
            let fields = ["If-Match: \(try #require(shown[.etag]))"]
            func rename() async throws -> TestReply {
                try await world.host.send(
                    "PATCH",
                    program.path,
                    to: tenant,
                    fields: fields,
                    token: world.admin.access,
                    json: #"{"name":"Nightly"}"#
                )
            }
            #expect(try await rename().json["name"]?.text == "Nightly")
            #expect(try await rename().status == 412)
        }
    }

    @Test func `an account whose owner left works on, is flagged, and is handed over`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make(by: world.admin)
            let token = try await world.token(of: program)
            let json = #"{"status":"suspended"}"#
            for member in [world.admin, world.student] {
                let status = "/api/v1/users/\(member.user)/status"
                #expect(try await world.send("PATCH", status, world.owner.access, json: json).status == 200)
            }
            world.advance(by: 1)
            #expect(try await world.status(token) == 200)
            let left = try await world.send("GET", "\(ProgramWorld.path)?ownerActive=false", world.owner.access)
            #expect(left.items.map { $0["id"]?.text } == [program.id])
            #expect(left.items.first?["ownerActive"] == .bool(false))
            for owner in [world.student.user, "01890a5d-dead-774b-bcce-b302099a8057"] {
                let refused = try await world.send(
                    "PATCH",
                    program.path,
                    world.owner.access,
                    json: #"{"ownerId":"\#(owner)"}"#
                )
                #expect(refused.status == 422 && refused.code == "OWNER_UNKNOWN")
            }
            let given = try await world.send(
                "PATCH",
                program.path,
                world.owner.access,
                json: #"{"ownerId":"\#(world.owner.user)"}"#
            )
            #expect(given.json["ownerActive"] == .bool(true))
            let none = try await world.send("GET", "\(ProgramWorld.path)?ownerActive=false", world.owner.access)
            #expect(none.items.isEmpty)
        }
    }

    @Test func `a role that an account has cannot be deleted`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let role = #"{"name":"reader","permissions":[{"permission":"user:read"}]}"#
            let made = try await world.send("POST", "/api/v1/roles", world.admin.access, json: role)
            let id = try #require(made.json["id"]?.text)
            let program = try await world.make(#""role":"reader""#)
            let token = try await world.token(of: program)
            #expect(try await world.status(token) == 200)
            let refused = try await world.send("DELETE", "/api/v1/roles/\(id)", world.admin.access)
            #expect(refused.status == 409 && refused.code == "ROLE_IN_USE")
            // What the role allows now is what the account may do, within a second.
            let narrowed = #"{"permissions":[{"permission":"role:read"}]}"#
            #expect(
                try await world.send("PATCH", "/api/v1/roles/\(id)", world.admin.access, json: narrowed).status == 200
            )
            world.advance(by: 1)
            #expect(try await world.status(token) == 403)
        }
    }

    @Test func `what happens to an account is in the audit log, with who did it`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            _ = try await world.token(of: program)
            _ = try await world.ask(for: program, secret: "lmc_wrong")
            _ = try await world.send("PATCH", program.path, world.admin.access, json: #"{"status":"disabled"}"#)
            _ = try await world.send("POST", "\(program.path)/rotate", world.admin.access, json: "{}")
            _ = try await world.send("DELETE", program.path, world.admin.access)
            let rows = try await tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT action, actor, outcome FROM audit_events WHERE action LIKE 'service_account.%'
                    """
                )
            }
            let found = try rows.map { row -> String in
                let (action, actor, outcome): (String, String, String) = (try row[0], try row[1], try row[2])
                let who = [world.admin.user: "admin", program.id: "program"][actor] ?? actor
                return "\(action) \(who) \(outcome)"
            }.sorted()
            #expect(
                found == [
                    "service_account.changed admin succeeded", "service_account.created admin succeeded",
                    "service_account.deleted admin succeeded", "service_account.disabled admin succeeded",
                    "service_account.rotated admin succeeded", "service_account.signed_in anonymous failed",
                    "service_account.signed_in program succeeded",
                ]
            )
        }
    }

    @Test func `who manages their own accounts alone sees and touches no other`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let others = try await world.make()
            let name = try #require(Role.Name("developer"))
            try await tenant.transaction { session in
                _ = try await world.host.platform.lms.roles.create(
                    name,
                    description: "",
                    grants: Grants([.serviceAccountManage: .own, .userRead: .own]),
                    session: session
                )
            }
            let developer = try await world.host.member("developer", holding: [name], of: tenant)
            let own = try await world.make(#""permissions":["user:read:own"]"#, name: "Own", by: developer)
            let list = try await world.send("GET", ProgramWorld.path, developer.access)
            #expect(list.items.map { $0["id"]?.text } == [own.id])
            #expect(try await world.send("GET", others.path, developer.access).status == 404)
            #expect(try await world.send("DELETE", others.path, developer.access).status == 404)
            let gift = try await world.send(
                "PATCH",
                own.path,
                developer.access,
                json: #"{"ownerId":"\#(world.student.user)"}"#
            )
            #expect(gift.status == 403)
            #expect(try await world.send("GET", ProgramWorld.path, world.student.access).status == 403)
        }
    }
}
