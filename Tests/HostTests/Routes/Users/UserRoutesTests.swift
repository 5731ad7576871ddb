// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct UserRoutesTests {
    @Test func `an administrator makes users, with roles that they hold themselves`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            func make(_ json: String, fields: [String] = []) async throws -> TestReply {
                try await host.send(
                    "POST",
                    "/api/v1/users",
                    to: tenant,
                    fields: fields,
                    token: admin.access,
                    json: json
                )
            }
            let teacher = try await make(
                #"{"email":"t@example.org","password":"correct horse","roles":["instructor"]}"#
            )
            #expect(teacher.status == 201)
            #expect(teacher.json["roles"] == .array([.string("instructor")]))
            #expect(try await make(#"{"email":"o@example.org","roles":["owner"]}"#).code == "BEYOND_OWN_GRANTS")
            #expect(try await make(#"{"email":"o@example.org","roles":["wizard"]}"#).code == "ROLE_UNKNOWN")
            #expect(try await make(#"{"email":"T@example.org"}"#).code == "EMAIL_TAKEN")
            let key = ["Idempotency-Key: 1"]
            let first = try await make(#"{"email":"once@example.org"}"#, fields: key)
            let second = try await make(#"{"email":"once@example.org"}"#, fields: key)
            #expect(first.status == 201)
            #expect(first.text == second.text)
        }
    }

    @Test func `lists have cursors and numbers, and a cursor is good for who got it alone`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            for index in 0..<3 { _ = try await host.register("ada\(index)", at: tenant) }
            let first = try await host.send("GET", "/api/v1/users?limit=2", to: tenant, token: admin.access)
            let cursor = try #require(first.json["nextCursor"]?.text)
            let path = "/api/v1/users?limit=10&cursor=\(cursor)"
            let rest = try await host.send("GET", path, to: tenant, token: admin.access)
            guard case .array(let items) = rest.json["items"] else {
                Issue.record("no items")
                return
            }
            #expect(items.count == 3)
            #expect(rest.json["nextCursor"] == nil)
            #expect(try await host.send("GET", path, to: tenant, token: auditor.access).code == "INVALID_CURSOR")
            let bad = try await host.send("GET", "/api/v1/users?cursor=abc", to: tenant, token: admin.access)
            #expect(bad.code == "INVALID_CURSOR")
            let page = try await host.send(
                "GET",
                "/api/v1/users?page=1&size=4&role=student",
                to: tenant,
                token: admin.access
            )
            #expect(page.json["total"]?.integer == 3)
            #expect(page.json["totalPages"]?.integer == 1)
            let status = try await host.send("GET", "/api/v1/users?status=gone", to: tenant, token: admin.access)
            #expect(status.issues == ["status:NOT_A_CHOICE"])
        }
    }

    @Test func `another user, another tenant's user and none at all look the same to a student`() async throws {
        try await withTwoTenants { first, second in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: first)
            let bob = try await host.register("bob", at: first)
            let foreign = try await host.register("eve", at: second)
            let never: User.ID = IdentifierSource().next()
            func probe(_ id: String) async throws -> [JSONValue] {
                var replies: [JSONValue] = []
                for (method, path, json) in [
                    ("GET", "", nil), ("PATCH", "", #"{"displayName":"x"}"#), ("DELETE", "", nil),
                    ("PATCH", "/status", #"{"status":"suspended"}"#), ("POST", "/roles", #"{"role":"student"}"#),
                ] {
                    let reply = try await host.send(
                        method,
                        "/api/v1/users/\(id)\(path)",
                        to: first,
                        token: ada.access,
                        json: json
                    )
                    replies.append(reply.comparable)
                }
                return replies
            }
            let expected = try await probe(never.description)
            #expect(try await probe(bob.user) == expected)
            #expect(try await probe(foreign.user) == expected)
        }
    }

    @Test func `an administrator cannot reach another tenant's user`() async throws {
        try await withTwoTenants { first, second in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: first)
            let foreign = try await host.register("eve", at: second)
            for (method, path, json) in [
                ("GET", "", nil), ("PATCH", "", #"{"displayName":"x"}"#), ("DELETE", "", nil),
                ("PATCH", "/status", #"{"status":"suspended"}"#), ("POST", "/roles", #"{"role":"student"}"#),
                ("PUT", "/roles", #"{"roles":[]}"#), ("DELETE", "/roles?role=student", nil),
            ] {
                let target = "/api/v1/users/\(foreign.user)\(path)"
                let reply = try await host.send(method, target, to: first, token: owner.access, json: json)
                #expect(reply.status == 404, "\(method) \(path)")
            }
            #expect(try await host.send("GET", "/api/v1/auth/me", to: second, token: foreign.access).status == 200)
        }
    }

    @Test func `a profile takes a name and a picture, and neither address nor role`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: tenant)
            let before = try await host.send("GET", "/api/v1/users/me", to: tenant, token: ada.access)
            let etag = try #require(before[.etag])
            func change(_ json: String, fields: [String] = []) async throws -> TestReply {
                try await host.send(
                    "PATCH",
                    "/api/v1/users/me",
                    to: tenant,
                    fields: fields,
                    token: ada.access,
                    json: json
                )
            }
            #expect(try await change(#"{"email":"x@example.org"}"#).issues == ["email:UNKNOWN_FIELD"])
            #expect(try await change(#"{"role":"admin"}"#).issues == ["role:UNKNOWN_FIELD"])
            #expect(try await change(#"{"avatarUrl":"http://example.org/a.png"}"#).issues == ["avatarUrl:MALFORMED"])
            let changed = try await change(
                #"{"displayName":"Ada L.","avatarUrl":"https://example.org/a.png"}"#,
                fields: ["If-Match: \(etag)"]
            )
            #expect(changed.status == 200)
            #expect(changed.json["displayName"]?.text == "Ada L.")
            let stale = try await change(#"{"displayName":"Eve"}"#, fields: ["If-Match: \(etag)"])
            #expect(stale.status == 412)
            let cleared = try await change(#"{"avatarUrl":null}"#, fields: ["If-Match: \(changed[.etag] ?? "")"])
            #expect(cleared.json["avatarUrl"] == .null)
            #expect(cleared.json["displayName"]?.text == "Ada L.")
            let fresh = try await host.send(
                "GET",
                "/api/v1/users/me",
                to: tenant,
                fields: ["If-None-Match: \(cleared[.etag] ?? "")"],
                token: ada.access
            )
            #expect(fresh.status == 304)
        }
    }

    @Test func `leaving needs the password, and the last owner stays`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let ada = try await host.register("ada", at: tenant)
            let owner = try await host.member("owner", .owner, of: tenant)
            func leave(_ session: PlatformHost.Session, _ json: String?) async throws -> TestReply {
                let path = "/api/v1/users/\(session.user)"
                return try await host.send("DELETE", path, to: tenant, token: session.access, json: json)
            }
            #expect(try await leave(ada, nil).code == "PASSWORD_NEEDED")
            #expect(try await leave(ada, #"{"password":"guess"}"#).code == "PASSWORD_NEEDED")
            #expect(try await leave(ada, #"{"password":"correct horse"}"#).status == 204)
            #expect(try await leave(owner, #"{"password":"correct horse"}"#).code == "LAST_OWNER")
        }
    }

    @Test func `roles are given, replaced and taken, and count within a second`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            let path = "/api/v1/users/\(ada.user)/roles"
            #expect(try await host.send("GET", "/api/v1/users", to: tenant, token: ada.access).status == 403)
            for _ in 0..<2 {
                let given = try await host.send(
                    "POST",
                    path,
                    to: tenant,
                    token: admin.access,
                    json: #"{"role":"auditor"}"#
                )
                #expect(given.json["roles"] == .array([.string("auditor"), .string("student")]))
            }
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/users", to: tenant, token: ada.access).status == 200)
            let taken = try await host.send("DELETE", path + "?role=auditor", to: tenant, token: admin.access)
            #expect(taken.json["roles"] == .array([.string("student")]))
            host.platform.clock.advance(by: 1)
            #expect(try await host.send("GET", "/api/v1/users", to: tenant, token: ada.access).status == 403)
            let replaced = try await host.send(
                "PUT",
                path,
                to: tenant,
                token: admin.access,
                json: #"{"roles":["assistant","student"]}"#
            )
            #expect(replaced.json["roles"] == .array([.string("assistant"), .string("student")]))
            let owner = try await host.send("POST", path, to: tenant, token: admin.access, json: #"{"role":"owner"}"#)
            #expect(owner.code == "BEYOND_OWN_GRANTS")
        }
    }
}
