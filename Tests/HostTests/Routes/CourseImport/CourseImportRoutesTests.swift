// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSHTTP
import LMSOpenSSLDriver
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSHost
@testable import LMSKit

@Suite struct CourseImportRoutesTests {
    static let course = [
        "course.xml":
            #"<course url_name="r" display_name="A course"><chapter display_name="One"><vertical display_name="U"><html>Hi <img src="/static/a.png"/></html><poll q="x"/></vertical></chapter></course>"#,
        "static/a.png": "png",
    ]

    struct World {
        let host: TestHost
        let importer: CourseImporter
    }

    func world(_ tenant: TestTenant) async throws -> World {
        let platform = try TestPlatform()
        let directory = FileManager.default.temporaryDirectory.appending(path: "import-tests-\(UUID().uuidString)").path
        let importer = try CourseImporter(
            lms: platform.lms,
            tenants: tenant.tenants,
            cryptography: OpenSSLCryptography(),
            dataDirectory: directory
        )
        let tokens = [
            "admin": try await platform.member("ada", .admin, of: tenant),
            "teacher": try await platform.member("tess", .instructor, of: tenant),
            "other": try await platform.member("otto", .instructor, of: tenant),
            "student": try await platform.member("stu", .student, of: tenant),
        ]
        let routes = CourseImportRoutes(importer: importer).routes + FileRoutes(files: importer.files).routes
        let host = try TestHost(routes: routes, tokens: tokens, tenant: tenant.tenant, tenants: tenant.tenants)
        return World(host: host, importer: importer)
    }

    func form(_ archive: String, status: String? = nil) -> String {
        var lines: [String] = []
        if let status { lines += ["--x", "Content-Disposition: form-data; name=\"status\"", "", status] }
        lines += ["--x", "Content-Disposition: form-data; name=\"file\"; filename=\"c.tar\"", "", archive, "--x--", ""]
        return lines.joined(separator: "\r\n")
    }

    func upload(_ host: TestHost, _ body: String, token: String?) async throws -> TestReply {
        let fields = ["Content-Type: multipart/form-data; boundary=x"]
        return try await host.send("POST", "/api/v1/courses/import", fields: fields, token: token, json: body)
    }

    /// A tar archive of ASCII files, as text.
    static func tar(_ files: [String: String]) -> String {
        var archive = ""
        for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            func padded(_ text: String, _ count: Int) -> String {
                text + String(repeating: "\0", count: count - text.utf8.count)
            }
            func octal(_ value: Int) -> String {
                String(repeating: "0", count: 11 - String(value, radix: 8).count) + String(value, radix: 8)
            }
            let start =
                padded(name, 100) + padded("0000644", 8) + padded("", 16) + octal(text.utf8.count) + "\0" + octal(0)
                + "\0"
            let end = "0" + padded("", 100) + "ustar\0" + "00" + padded("", 247)
            let sum = (start + "        " + end).utf8.reduce(0) { $0 + Int($1) }
            archive += start + octal(sum).suffix(6) + "\0 " + end
            archive += text + String(repeating: "\0", count: (512 - text.utf8.count % 512) % 512)
        }
        return archive + String(repeating: "\0", count: 1024)
    }

    @Test func `an instructor imports a course, reads its report and its picture`() async throws {
        try await withTenant { tenant in
            let host = try await world(tenant).host
            let made = try await upload(host, form(Self.tar(Self.course), status: "published"), token: "admin")
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            #expect(made.json["report"]?["blocks"]?["html"]?.integer == 1)
            #expect(made.json["report"]?["findings"] != nil)
            let shown = try await host.send("GET", "/api/v1/courses/imports/\(id)", token: "admin")
            #expect(shown.status == 200 && shown.json["courseId"] == made.json["courseId"])
            let again = try await upload(host, form(Self.tar(Self.course), status: "published"), token: "admin")
            #expect(again.status == 200 && again.json["id"]?.text == id)

            let rows = try await tenant.transaction { try await $0.execute("SELECT id FROM files") }
            let file: StoredFile.ID = try #require(rows.first)[0]
            let picture = try await host.send("GET", "/api/v1/files/\(file)", token: "admin")
            #expect(picture.status == 200 && picture.text == "png")
            #expect(picture.response.fields["content-security-policy"]?.contains("sandbox") == true)
            #expect(try await host.send("GET", "/api/v1/files/\(file)", token: "student").status == 403)
        }
    }

    @Test func `an import that one may not see is one that never was`() async throws {
        try await withTenant { tenant in
            let host = try await world(tenant).host
            let made = try await upload(host, form(Self.tar(Self.course)), token: "teacher")
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            for (token, path) in [("other", id), ("teacher", UUID().uuidString.lowercased())] {
                let reply = try await host.send("GET", "/api/v1/courses/imports/\(path)", token: token)
                #expect(reply.status == 404 && reply.code == "IMPORT_NOT_FOUND")
            }
            let rows = try await tenant.transaction { try await $0.execute("SELECT id FROM files") }
            let file: StoredFile.ID = try #require(rows.first)[0]
            #expect(try await host.send("GET", "/api/v1/files/\(file)", token: "other").code == "FILE_NOT_FOUND")
            #expect(try await upload(host, form(Self.tar(Self.course)), token: "student").status == 403)
            #expect(try await upload(host, form(Self.tar(Self.course)), token: nil).status == 401)
        }
    }

    @Test func `a build without the archive library says that it cannot, and not that the archive is bad`() {
        let problem = CourseImportError.archive(.notBuilt).problem
        #expect(problem.code.name == "IMPORT_NOT_BUILT")
        #expect(problem.code.status == 501)
    }

    @Test func `what is no course is refused with what is wrong with it`() async throws {
        try await withTenant { tenant in
            let host = try await world(tenant).host
            func code(_ body: String) async throws -> String? { try await upload(host, body, token: "admin").code }
            #expect(try await code(form("no archive")) == "IMPORT_UNREADABLE")
            #expect(try await code(form(Self.tar(["../x": "y"]))) == "IMPORT_UNREADABLE")
            #expect(try await code(form(Self.tar(["x": "y"]))) == "IMPORT_REFUSED")
            #expect(
                try await code(form(Self.tar(["course.xml": "<!DOCTYPE c [<!ENTITY a 'b'>]><course/>"])))
                    == "IMPORT_REFUSED"
            )
            #expect(try await code(form(Self.tar(Self.course), status: "nonsense")) == "MALFORMED_BODY")
            #expect(try await code("--x\r\n") == "MALFORMED_BODY")
            #expect(try await code("--x--\r\n") == "MALFORMED_BODY")
            let rows = try await tenant.transaction { try await $0.execute("SELECT 1 FROM course_imports") }
            #expect(rows.isEmpty)
        }
    }

    @Test func `the demo course arrives whole`() async throws {
        guard let path = DemoCourse.path else { return }
        try await withTenant { tenant in
            let importer = try await world(tenant).importer
            let course = try await importer.run(.path(path), status: .published, into: tenant.id, as: .test)
            let report = try JSONValue.parse(course.report.bytes)
            #expect(report["modules"]?.integer == 6 && report["lessons"]?.integer == 58)
            let counts = try await tenant.transaction { session in
                try await session.execute(
                    "SELECT (SELECT count(*) FROM modules), (SELECT count(*) FROM lessons), (SELECT count(*) FROM lesson_blocks)"
                )
            }
            let row = try #require(counts.first)
            let found: [Int] = [try row[0], try row[1], try row[2]]
            #expect(found == [6, 58, 319])
            // Without a library for regular expressions two of the twenty that can be converted are not.
            #expect(report["questions"]?.integer == 18)
            guard case .array(let findings) = report["findings"] else { throw TestFailure("no findings") }
            #expect(findings.count { $0["kind"]?.text == "unconverted_problem" } == 11)
            let quizzes = try await tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT count(*), count(*) FILTER (WHERE q.status = 'published' AND l.kind = 'quiz'),
                        (SELECT count(*) FROM quiz_slots), (SELECT count(*) FROM grade_items),
                        (SELECT count(*) FROM lesson_blocks WHERE kind = 'problem' AND label = 'quiz')
                    FROM quizzes q JOIN lessons l ON l.id = q.lesson_id
                    """
                )
            }
            let numbers = try #require(quizzes.first)
            let made: [Int] = [try numbers[0], try numbers[1], try numbers[2], try numbers[3], try numbers[4]]
            #expect(made[0] > 0 && made[0] == report["quizzes"]?.integer && made[1] == made[0])
            #expect(made[2] == 18 && made[3] == made[0] && made[4] == 18)
        }
    }
}

enum DemoCourse {
    static var path: String? {
        if let given = ProcessInfo.processInfo.environment["LMS_OLX_PATH"] { return given }
        let beside = URL(filePath: #filePath).appending(path: "../../../../../../shared/data/openedx-demo-course")
            .standardized
        return FileManager.default.fileExists(atPath: beside.path) ? beside.path : nil
    }
}
