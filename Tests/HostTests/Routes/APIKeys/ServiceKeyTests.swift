// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Keys of service accounts.
@Suite struct ServiceKeyTests {
    private func ask(
        _ program: ProgramWorld.Program,
        _ scope: String,
        by session: PlatformHost.Session,
        in world: ProgramWorld
    ) async throws -> TestReply {
        let json = #"{"name":"Key","serviceAccountId":"\#(program.id)","scopes":["\#(scope)"]}"#
        return try await world.send("POST", KeyWorld.path, session.access, json: json)
    }

    @Test func `a key acts as its service account, within its scopes and the account's rights`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make(#""permissions":["user:read:any","role:read:any"]"#)
            let key = try KeyWorld.Key(try await ask(program, "role:read:any", by: world.admin, in: world))
            #expect(try await world.status(key.secret, "/api/v1/roles") == 200)
            #expect(try await world.status(key.secret) == 403)
            let list = try await world.send(
                "GET",
                "\(KeyWorld.path)?serviceAccountId=\(program.id)",
                world.admin.access
            )
            #expect(list.items.map { $0["serviceAccountId"]?.text } == [program.id])
            #expect(try await world.send("GET", KeyWorld.path, world.student.access).items.isEmpty)
            let narrowed = #"{"permissions":["user:read:any"]}"#
            #expect(try await world.send("PATCH", program.path, world.admin.access, json: narrowed).status == 200)
            world.advance(by: 1)
            #expect(try await world.status(key.secret, "/api/v1/roles") == 403)
        }
    }

    @Test func `a key of a disabled account is refused within a second, and one of a deleted account is gone`()
        async throws
    {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let program = try await world.make()
            let key = try KeyWorld.Key(try await ask(program, "user:read:any", by: world.admin, in: world))
            #expect(try await world.status(key.secret) == 200)
            let json = #"{"status":"disabled"}"#
            #expect(try await world.send("PATCH", program.path, world.admin.access, json: json).status == 200)
            world.advance(by: 1)
            #expect(try await world.status(key.secret) == 401)
            let shown = try await world.send("GET", key.path, world.admin.access)
            #expect(shown.json["ownerActive"] == .bool(false))
            #expect(try await world.send("DELETE", program.path, world.admin.access).status == 204)
            #expect(try await world.send("GET", key.path, world.admin.access).status == 404)
        }
    }

    @Test func `attack: nobody makes or renews a key of an account that may do more than they`() async throws {
        try await withTenant { tenant in
            let world = try await ProgramWorld(tenant)
            let great = try await world.make(#""role":"owner""#, by: world.owner)
            let refused = try await ask(great, "user:read:any", by: world.admin, in: world)
            #expect(refused.status == 403 && refused.code == "BEYOND_OWN_GRANTS")
            let key = try KeyWorld.Key(try await ask(great, "tenant:update:any", by: world.owner, in: world))
            let renewal = try await world.send("POST", "\(key.path)/rotate", world.admin.access, json: "{}")
            #expect(renewal.status == 403 && renewal.code == "BEYOND_OWN_GRANTS")
            #expect(try await world.send("POST", "\(key.path)/rotate", world.owner.access, json: "{}").status == 200)
            let small = try await world.make(name: "Small")
            #expect(try await ask(small, "role:read:any", by: world.owner, in: world).code == "BEYOND_OWN_GRANTS")
            let student = try await ask(small, "user:read:any", by: world.student, in: world)
            #expect(student.status == 404 && student.code == "SERVICE_ACCOUNT_NOT_FOUND")
        }
    }
}
