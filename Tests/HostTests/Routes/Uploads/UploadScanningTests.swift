// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSClamdDriver
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Files of which nobody has said that they are harmless are no files.
@Suite struct UploadScanningTests {
    private static let bad = "before " + String(decoding: EICAR.bytes, as: UTF8.self) + " after"

    /// A course with a teacher, where files are looked through.
    private struct World {
        let learning: LearningWorld

        var host: PlatformHost { learning.host }
        var tenant: TestTenant { learning.tenant }

        static func with(_ scanner: any MalwareScanner, _ body: (World) async throws -> Void) async throws {
            try await withTenant { tenant in
                let host = try await PlatformHost(scanner: scanner)
                try await body(World(learning: try await LearningWorld(tenant, host: host)))
            }
        }

        func send(_ method: String, _ path: String, fields: [String] = [], upload: String? = nil) async throws
            -> TestReply
        {
            try await host.send(
                method,
                path,
                to: tenant,
                fields: fields,
                token: learning.teacher.access,
                upload: upload
            )
        }

        /// Sends a whole file.
        ///
        /// - Returns: Where its upload is.
        func begin(_ text: String) async throws -> String {
            let json =
                #"{"courseId":"\#(learning.course)","use":"course_asset","name":"notes.txt","byteCount":\#(text.utf8.count)}"#
            let begun = try await learning.send("POST", "v1/uploads", as: learning.teacher, json)
            let path = try #require(begun["location"], "\(begun.text)")
            #expect(try await append(text, at: 0, to: path).status == 204)
            return path
        }

        func append(_ text: String, at offset: Int, to path: String) async throws -> TestReply {
            let fields = ["Content-Type: \(UploadRoutes.mediaType)", "Upload-Offset: \(offset)"]
            return try await send("PATCH", path, fields: fields, upload: text)
        }

        /// Does what the job does.
        func check(_ path: String) async throws {
            let id = try #require(FileUpload.ID(path.split(separator: "/").last ?? ""))
            try await host.uploads.check(id, of: tenant.id, tenants: tenant.tenants)
        }

        func importCourse(_ picture: String) async throws -> TestReply {
            var files = CourseImportRoutesTests.course
            files["static/a.png"] = picture
            let form = [
                "--x", "Content-Disposition: form-data; name=\"file\"; filename=\"c.tar\"", "",
                CourseImportRoutesTests.tar(files), "--x--", "",
            ]
            let admin = try await host.member("admin\(picture.utf8.count)", .admin, of: tenant)
            return try await host.send(
                "POST",
                "/api/v1/courses/import",
                to: tenant,
                fields: ["Content-Type: multipart/form-data; boundary=x"],
                token: admin.access,
                upload: form.joined(separator: "\r\n")
            )
        }

        /// What the audit log says was found.
        func found() async throws -> [JSONValue] {
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            let path = "/api/v1/audit?action=file.malware_found"
            let reply = try await host.send("GET", path, to: tenant, token: auditor.access)
            guard case .array(let rows) = reply.json["items"] else { throw TestFailure(reply.text) }
            return rows
        }

        /// Whether no bytes and no rows of files are left.
        func expectNothing() async throws {
            let store = host.importer.store
            #expect(try await store.list(of: tenant.id, after: nil, limit: 10).blobs.isEmpty)
            #expect(try await store.uploads(of: tenant.id).isEmpty)
            let rows = try await tenant.transaction { try await $0.execute("SELECT id FROM files") }
            #expect(rows.isEmpty)
        }
    }

    @Test func `attack: a file with malware is refused, and what was found is in the audit log alone`() async throws {
        try await World.with(ScriptedScanner()) { world in
            let path = try await world.begin(Self.bad)
            try await world.check(path)
            let upload = try await world.send("GET", path)
            #expect(upload.json["status"]?.text == "refused" && upload.json["refusal"]?.text == "malware")
            #expect(upload.json["fileId"] == .null && !upload.text.contains("EICAR"))
            try await world.expectNothing()
            let rows = try await world.found()
            #expect(rows.count == 1 && rows.first?["objectKind"]?.text == EICAR.name)
            #expect(rows.first?["outcome"]?.text == "failed")
            #expect(rows.first?["actor"]?.text == world.learning.teacher.user)
            let storage = try await world.host.uploads.storage(reader: world.tenant.reader())
            #expect(storage.usedBytes == 0 && storage.reservedBytes == 0)
            // It is over: nothing brings it back.
            #expect(try await world.append("", at: Self.bad.utf8.count, to: path).code == "UPLOAD_CLOSED")
        }
    }

    @Test(arguments: [
        MalwareScannerError.unreachable(reason: "down"), .busy, .failed(reason: "it does not answer in time"),
    ])
    func `attack: while nobody looks through files there are none, and nothing is lost`(
        failure: MalwareScannerError
    ) async throws {
        let scanner = ScriptedScanner()
        try await World.with(scanner) { world in
            let text = "Harmless"
            scanner.failure = failure
            let path = try await world.begin(text)
            for _ in 0..<2 {
                await #expect(throws: UploadError.scanner(failure)) { try await world.check(path) }
                #expect(try await world.send("GET", path).json["status"]?.text == "checking")
                let again = try await world.append("", at: text.utf8.count, to: path)
                #expect(again.status == 503 && again.code == "MALWARE_SCANNER_UNAVAILABLE", "\(again.text)")
                #expect(again["retry-after"] == "30")
            }
            #expect(try await world.append("x", at: text.utf8.count, to: path).code == "UPLOAD_CLOSED")
            let rows = try await world.tenant.transaction { try await $0.execute("SELECT id FROM files") }
            #expect(rows.isEmpty && scanner.scans == 0)

            scanner.failure = nil
            #expect(try await world.append("", at: text.utf8.count, to: path).status == 204)
            try await world.check(path)
            let stored = try await world.send("GET", path)
            #expect(stored.json["status"]?.text == "stored" && scanner.scans == 1)
            let file = try #require(stored.json["fileId"]?.text)
            #expect(try await world.send("GET", "/api/v1/files/\(file)").text == text)
            #expect(try await world.append("", at: text.utf8.count, to: path).code == "UPLOAD_CLOSED")
        }
    }

    @Test func `a file that is longer than what is looked through is refused`() async throws {
        try await World.with(ScriptedScanner()) { world in
            let path = try await world.begin(String(repeating: "a", count: ClamdServer.contentLimit + 1))
            try await world.check(path)
            #expect(try await world.send("GET", path).json["refusal"]?.text == "unscannable")
            try await world.expectNothing()
        }
    }

    @Test func `attack: a course with malware in a file is not imported, nor while nobody looks`() async throws {
        let scanner = ScriptedScanner()
        try await World.with(scanner) { world in
            let refused = try await world.importCourse(Self.bad)
            #expect(refused.status == 422 && refused.code == "MALWARE_FOUND")
            #expect(!refused.text.contains("EICAR") && refused.text.contains("static/a.png"))
            try await world.expectNothing()
            #expect(try await world.found().map { $0["objectKind"]?.text } == [EICAR.name])

            scanner.failure = .unreachable(reason: "down")
            let later = try await world.importCourse("picture")
            #expect(later.status == 503 && later.code == "MALWARE_SCANNER_UNAVAILABLE")
            #expect(later["retry-after"] == "30")
            try await world.expectNothing()
            scanner.failure = nil
            #expect(try await world.importCourse("another picture").status == 201)
        }
    }

    @Test func `clamd looks through what is uploaded`() async throws {
        let server = try ClamdServer()
        defer { server.stop() }
        let loops = try EventLoopGroup(count: 1, name: "clamd")
        defer { loops.stop() }
        let scanner = ClamdScanner(
            at: try #require(ClamdAddress("unix://\(server.path)")),
            on: loops.next(),
            pool: try SidePool(threads: 1, queueLimit: 4)
        )
        try await World.with(scanner) { world in
            for (text, status) in [("Harmless", "stored"), (Self.bad, "refused")] {
                let path = try await world.begin(text)
                try await world.check(path)
                let upload = try await world.send("GET", path)
                #expect(upload.json["status"]?.text == status, "\(upload.text)")
            }
            #expect(try await world.found().map { $0["objectKind"]?.text } == [EICAR.name])
        }
    }
}
