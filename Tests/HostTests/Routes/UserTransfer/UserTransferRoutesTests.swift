// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

@Suite struct UserTransferRoutesTests {
    private struct World {
        let host: PlatformHost
        let tenant: TestTenant
        let admin: PlatformHost.Session

        init(_ tenant: TestTenant) async throws {
            host = try await PlatformHost()
            self.tenant = tenant
            admin = try await host.member("admin", .admin, of: tenant)
        }

        func bringIn(_ table: String, _ more: [JSONMember] = []) async throws -> TestReply {
            var json = JSONWriter()
            json.value(JSONValue.object([JSONMember(name: "csv", value: .string(table))] + more))
            return try await host.send(
                "POST",
                "/api/v1/users/import",
                to: tenant,
                token: admin.access,
                json: String(decoding: json.bytes, as: UTF8.self)
            )
        }

        func count() async throws -> Int {
            let rows = try await tenant.transaction { try await $0.execute("SELECT count(*) AS n FROM users") }
            return try rows.only?["n"] ?? 0
        }
    }

    private static let table = [
        "email,name,username,roles,locale", #"ada@example.org,"Lovelace, ""Ada""",ada.l,instructor;student,es"#,
        "bob@example.org,Bob,,,", "",
    ].joined(separator: "\r\n")

    @Test func `people are brought in once, however often the table is sent`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let dryRun = JSONMember(name: "dryRun", value: .bool(true))
            #expect(try await world.bringIn(Self.table, [dryRun]).json["added"]?.integer == 2)
            #expect(try await world.count() == 1)
            let first = try await world.bringIn(Self.table)
            #expect(first.status == 200 && first.json["added"]?.integer == 2)
            let second = try await world.bringIn(Self.table)
            #expect(second.json["added"]?.integer == 0 && second.json["unchanged"]?.integer == 2)
            #expect(try await world.count() == 3)
            let path = "/api/v1/users?email=ada@example.org"
            let shown = try await world.host.send("GET", path, to: tenant, token: world.admin.access)
            guard case .array(let items) = shown.json["items"], let ada = items.first, items.count == 1 else {
                throw TestFailure("not one: \(shown.text)")
            }
            #expect(ada["displayName"]?.text == #"Lovelace, "Ada""# && ada["locale"]?.text == "es")
            #expect(ada["roles"] == .array(["instructor", "student"]))
        }
    }

    @Test func `one bad line keeps everybody out, and each mistake has its line and column`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let table = """
                email,username,locale
                good@example.org,good.one,en
                bad address,ab,tlh
                GOOD@example.org,GOOD.ONE,
                short@example.org

                """
            let reply = try await world.bringIn(table)
            #expect(reply.status == 422 && reply.json["added"]?.integer == 0)
            guard case .array(let issues) = reply.json["issues"] else { throw TestFailure("no issues") }
            let found = issues.map {
                "\($0["line"]?.integer ?? 0):\($0["column"]?.text ?? ""):\($0["code"]?.text ?? "")"
            }
            #expect(
                Set(found) == [
                    "3:email:MALFORMED", "3:username:MALFORMED", "3:locale:MALFORMED", "4:email:REPEATED",
                    "4:username:REPEATED", "5::WRONG_NUMBER_OF_FIELDS",
                ]
            )
            #expect(try await world.count() == 1)
            #expect(try await world.bringIn("email,salary\na@example.org,1").status == 422)
            let many = "email\n" + (0...1_000).map { "p\($0)@example.org\n" }.joined()
            #expect(try await world.bringIn(many).text.contains("TOO_MANY"))
            #expect(try await world.bringIn("email,roles\na@example.org,owner").code == "BEYOND_OWN_GRANTS")
        }
    }

    @Test func `who is invited by a table comes by their own link`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let mode = JSONMember(name: "mode", value: .string("invite"))
            #expect(try await world.bringIn("email,name\nnew@example.org,New", [mode]).status == 200)
            let token = try #require(world.host.platform.mail.sent(to: "new@example.org").last?.token)
            let json = #"{"token":"\#(token)","password":"battery staple"}"#
            let came = try await world.host.send("POST", "/api/v1/auth/accept-invitation", to: tenant, json: json)
            #expect(came.json["status"]?.text == "active" && came.json["displayName"]?.text == "New")
        }
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
    func `what a spreadsheet would run is text when it goes out`(name: String) {
        #expect(CSV.line([name, "a"]) == "'\(name),a\r\n")
    }

    @Test func `the table that goes out is for who may read everybody`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let path = "/api/v1/users/export"
            let reply = try await world.host.send("GET", path, to: tenant, token: world.admin.access)
            #expect(reply.text.hasPrefix("id,email,name,username,roles,locale,status,createdAt,lastSignInAt\r\n"))
            #expect(reply.text.contains("admin@example.org"))
            let student = try await world.host.register("student", at: tenant)
            #expect(try await world.host.send("GET", path, to: tenant, token: student.access).status == 403)
        }
    }

    @Test(arguments: [
        ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]), ("\u{FEFF}a\n\nb\n", [["a"], ["b"]]),
        ("a,,\n", [["a", "", ""]]), (#""a""b","c,d""# + "\n", [[#"a"b"#, "c,d"]]), ("\"a\nb\",c", [["a\nb", "c"]]),
        ("\"\",a", [["", "a"]]),
    ])
    func `a table is split as RFC 4180 says`(text: String, records: [[String]]) throws {
        #expect(try CSV.records(text).map(\.fields) == records)
    }

    @Test(arguments: ["a\"b", "\"a\"b", "\"a"])
    func `a quote that is not where it may be is a mistake`(text: String) {
        #expect(throws: CSV.Mistake.self) { try CSV.records(text) }
    }
}
