// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct ErasureRoutesTests {
    @Test func `who erases themselves leaves identifiers in the audit log and nothing else`() async throws {
        try await withTenant { tenant in
            let world = try await LearningWorld(tenant)
            let enrollment = try await world.enroll(world.student)
            let complete = "v1/enrollments/\(enrollment)/lessons/\(world.lessons[0])/complete"
            _ = try await world.send("POST", complete, as: world.student)
            let words = #"{"rating":4,"body":"Clear and to the point."}"#
            let review = try await world.send("POST", "v1/courses/\(world.course)/reviews", as: world.student, words)
            let id = try #require(review.json["id"]?.text)
            let approval = #"{"status":"approved"}"#
            _ = try await world.send("PATCH", "v1/reviews/\(id)/status", as: world.teacher, approval)
            let path = "v1/users/me/delete-account"
            let wrong = try await world.send("POST", path, as: world.student, #"{"password":"wrong"}"#)
            #expect(wrong.code == "PASSWORD_NEEDED")
            let json = #"{"password":"\#(PlatformHost.password)"}"#
            let receipt = try await world.send("POST", path, as: world.student, json)
            #expect(receipt.status == 200)
            var stores: [String: (Int?, String?)] = [:]
            guard case .array(let items) = receipt.json["stores"] else { throw TestFailure("no stores") }
            for item in items { stores[item["store"]?.text ?? ""] = (item["rows"]?.integer, item["fate"]?.text) }
            #expect(stores["enrollments"]?.0 == 1 && stores["course_reviews"]?.0 == 1 && stores["sessions"]?.0 == 1)
            #expect(stores["audit_events"]?.1 == "kept" && stores["users"]?.1 == "erased")
            #expect(try await world.mentions(of: "student@example.org").isEmpty)
            #expect(try await world.mentions(of: world.student.user) == ["audit_events"])
            let course = try await world.send("GET", "v1/courses/\(world.course)", as: world.teacher)
            #expect(course.text.contains(#""count":0"#))
            // The seat is free again.
            #expect(course.json["enrollmentCount"] == .number("0"))
            let again = #"{"email":"student@example.org","password":"\#(PlatformHost.password)"}"#
            #expect(try await world.send("POST", "v1/auth/login", as: nil, again).code == "INVALID_CREDENTIALS")
        }
    }

    @Test func `an administrator erases others, not owners and not themselves, and the erased are out within a second`()
        async throws
    {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let admin = try await host.member("admin", .admin, of: tenant)
            let ada = try await host.register("ada", at: tenant)
            func erase(_ id: String, as session: PlatformHost.Session) async throws -> TestReply {
                try await host.send("POST", "/api/v1/users/\(id)/erasure", to: tenant, token: session.access)
            }
            #expect(try await erase(owner.user, as: admin).code == "BEYOND_OWN_GRANTS")
            #expect(try await erase(admin.user, as: admin).code == "OWN_ACCOUNT")
            #expect(try await erase(owner.user, as: ada).status == 404)
            #expect(try await erase(ada.user, as: admin).status == 200)
            host.platform.clock.advance(by: 2)
            #expect(try await host.send("GET", "/api/v1/auth/me", to: tenant, token: ada.access).status == 401)
            #expect(try await erase(ada.user, as: admin).status == 404)
            let leave = #"{"password":"\#(PlatformHost.password)"}"#
            let path = "/api/v1/users/me/delete-account"
            let last = try await host.send("POST", path, to: tenant, token: owner.access, json: leave)
            #expect(last.code == "LAST_OWNER")
        }
    }

    @Test func `a table that names users has a rule for their erasure`() async throws {
        try await withTenant { tenant in
            let (linked, unlinked) = try await tenant.transaction { session in
                let linked = try await session.execute(
                    """
                    SELECT f.conrelid::regclass::text AS name, f.confdeltype::text AS deletion FROM pg_constraint f
                    WHERE f.contype = 'f' AND f.confrelid = to_regclass('users')
                    """
                )
                let unlinked = try await session.execute(
                    """
                    SELECT DISTINCT c.relname::text AS name FROM pg_class c
                        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('users'))
                        AND (a.attname LIKE '%user_id' OR right(a.attname::text, 3) = '_by' OR a.attname IN ('actor', 'impersonator'))
                        AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = c.oid
                                        AND f.confrelid = to_regclass('users') AND f.conkey[1] = a.attnum)
                    """
                )
                return (
                    try linked.map { row -> (String, String) in (try row["name"], try row["deletion"]) },
                    try unlinked.map { row -> String in try row["name"] }
                )
            }
            #expect(linked.count >= 8)
            for (table, deletion) in linked {
                #expect(["c", "n"].contains(deletion), "\(table): let the foreign key cascade, or set NULL")
            }
            #expect(
                Set(unlinked) == Users.unlinkedTables,
                "name it in Users+Erasure.swift, with a statement of its own"
            )
        }
    }
}

extension LearningWorld {
    /// The tables that have a text somewhere.
    fileprivate func mentions(of text: String) async throws -> [String] {
        let rows = try await tenant.transaction { session in
            try await session.execute(
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
                    AND query_to_xml(format('SELECT * FROM %I', relname), true, true, '')::text LIKE '%' || \(text) || '%'
                ORDER BY 1
                """
            )
        }
        return try rows.map { try $0["name"] }
    }
}
