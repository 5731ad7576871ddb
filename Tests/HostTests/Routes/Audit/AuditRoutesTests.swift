// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct AuditRoutesTests {
    @Test func `an auditor finds who did what, whence and with what outcome`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            let student = try await host.register("student", at: tenant)
            let wrong = #"{"email":"student@example.org","password":"wrong horse"}"#
            let fields = ["User-Agent: Prober/1.0", "X-Request-ID: 7f3c9d2e4b5a4c1d8e6f0a1b2c3d4e5f"]
            _ = try await host.send(
                "POST",
                "/api/v1/auth/login",
                to: tenant,
                fields: fields,
                json: wrong,
                peer: "192.0.2.66"
            )

            let path = "/api/v1/audit?object=\(student.user)&outcome=failed"
            let found = try await host.send("GET", path, to: tenant, token: auditor.access)
            #expect(found.status == 200)
            let row = found.json["items"]?[0]
            #expect(row?["action"]?.text == "user.signed_in")
            #expect(row?["actorKind"]?.text == "anonymous")
            #expect(row?["address"]?.text == "192.0.2.66")
            #expect(row?["userAgent"]?.text == "Prober/1.0")
            #expect(row?["requestId"]?.text == "7f3c9d2e4b5a4c1d8e6f0a1b2c3d4e5f")
            #expect(row?["digest"]?.text?.count == 64)
            #expect(!found.text.contains("example.org") && !found.text.contains("wrong"))
            let none = try await host.send("GET", "/api/v1/audit?impersonated=true", to: tenant, token: auditor.access)
            #expect(none.json["items"] == .array([]))
        }
    }

    @Test func `a page goes on where the one before ended`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            for number in 0..<3 { _ = try await host.register("student\(number)", at: tenant) }
            var seen: [String] = []
            var cursor: String?
            repeat {
                let query = "action=user.registered&limit=2" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await host.send("GET", "/api/v1/audit?\(query)", to: tenant, token: auditor.access)
                #expect(page.status == 200, "\(page.text)")
                for index in 0..<2 { seen += [page.json["items"]?[index]?["id"]?.text].compactMap(\.self) }
                cursor = page.json["nextCursor"]?.text
            } while cursor != nil
            let query = "/api/v1/audit?action=user.registered&limit=100"
            let whole = try await host.send("GET", query, to: tenant, token: auditor.access)
            guard case .array(let rows) = whole.json["items"] ?? .null else { throw TestFailure("no items") }
            #expect(seen.count >= 4 && seen == rows.map { $0["id"]?.text }, "\(seen)")
            #expect(seen == seen.sorted(by: >))
        }
    }

    @Test func `attack: a member reads nobody's acts but their own, whatever they ask for`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let student = try await host.register("student", at: tenant)
            let other = try await host.register("other", at: tenant)
            for path in ["audit", "audit?actor=\(other.user)", "audit/export", "audit/verification"] {
                let reply = try await host.send("GET", "/api/v1/\(path)", to: tenant, token: student.access)
                #expect(reply.status == 403, "\(path)")
            }
            let mine = try await host.send("GET", "/api/v1/audit/mine", to: tenant, token: student.access)
            #expect(mine.status == 200)
            #expect(mine.text.contains(student.user) && !mine.text.contains(other.user))
        }
    }

    @Test func `reads of others by admins and refusals are in the log, one's own are not`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let student = try await host.register("student", at: tenant)
            for _ in 0..<2 {
                _ = try await host.send("GET", "/api/v1/users/\(student.user)", to: tenant, token: admin.access)
            }
            _ = try await host.send("GET", "/api/v1/users/\(student.user)", to: tenant, token: student.access)
            _ = try await host.send("GET", "/api/v1/users", to: tenant, token: admin.access)
            let refused = try await host.send("GET", "/api/v1/users", to: tenant, token: student.access)
            #expect(refused.status == 403)
            let reply = try await host.send("GET", "/api/v1/audit?limit=100", to: tenant, token: admin.access)
            guard case .array(let items) = reply.json["items"] ?? .null else { throw TestFailure("no items") }
            func rows(_ action: String) -> [JSONValue] { items.filter { $0["action"]?.text == action } }
            #expect(rows("user.read").map { $0["actor"]?.text } == [admin.user])
            #expect(rows("user.listed").map { $0["actor"]?.text } == [admin.user])
            #expect(rows("access.refused").map { $0["actor"]?.text } == [student.user])
            #expect(rows("access.refused").first?["objectKind"]?.text == "user:read")
            #expect(rows("access.refused").first?["outcome"]?.text == "refused")
        }
    }

    @Test func `an auditor has the log checked, against what they wrote down too`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            let path = "/api/v1/audit/verification"
            let first = try await host.send("GET", path, to: tenant, token: auditor.access)
            #expect(first.json["isSound"] == .bool(true), "\(first.text)")
            let position = try #require(first.json["position"]?.integer)
            let hash = try #require(first.json["hash"]?.text)
            let witness = "\(path)?position=\(position)&hash=\(hash)"
            #expect(
                try await host.send("GET", witness, to: tenant, token: auditor.access).json["isSound"] == .bool(true)
            )
            try await tenant.installation.administration.run(.alterOldest(tenant.tenant.placement.schema))
            let second = try await host.send("GET", witness, to: tenant, token: auditor.access)
            #expect(second.json["isSound"] == .bool(false))
            #expect(second.json["findings"]?[0]?["kind"]?.text == "altered")
            let half = try await host.send("GET", "\(path)?position=1", to: tenant, token: auditor.access)
            #expect(half.issues == ["hash:REQUIRED"])
        }
    }
}

extension Script {
    fileprivate static func alterOldest(_ schema: SchemaName) -> Script {
        """
        UPDATE \(schema).audit_events SET actor = 'somebody'
        WHERE id = (SELECT event_id FROM \(schema).audit_chain ORDER BY position LIMIT 1);
        """
    }
}
