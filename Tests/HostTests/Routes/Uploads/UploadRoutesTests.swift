// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct UploadRoutesTests {
    /// A course with a teacher and two students, of whom one learns.
    private struct World {
        let learning: LearningWorld

        var teacher: PlatformHost.Session { learning.teacher }
        var student: PlatformHost.Session { learning.student }

        func begin(
            _ name: String,
            _ byteCount: Int,
            for use: FileUpload.Use = .courseAsset,
            sha256: String? = nil,
            as session: PlatformHost.Session
        ) async throws -> TestReply {
            let digest = sha256.map { #","sha256":"\#($0)""# } ?? ""
            return try await learning.send(
                "POST",
                "v1/uploads",
                as: session,
                #"{"courseId":"\#(learning.course)","use":"\#(use.rawValue)","name":"\#(name)","byteCount":\#(byteCount)\#(digest)}"#
            )
        }

        func append(
            _ text: String,
            at offset: String?,
            to path: String,
            as session: PlatformHost.Session,
            type: String = UploadRoutes.mediaType,
            fields: [String] = []
        ) async throws -> TestReply {
            try await learning.host.send(
                "PATCH",
                path,
                to: learning.tenant,
                fields: ["Content-Type: \(type)", "Tus-Resumable: 1.0.0"] + fields
                    + (offset.map { ["Upload-Offset: \($0)"] } ?? []),
                token: session.access,
                upload: text
            )
        }

        func send(
            _ method: String,
            _ path: String,
            as session: PlatformHost.Session,
            fields: [String] = []
        ) async throws -> TestReply {
            try await learning.host.send(method, path, to: learning.tenant, fields: fields, token: session.access)
        }

        /// Uploads a text at once and has it looked at.
        ///
        /// - Returns: The upload.
        func upload(_ text: String, for use: FileUpload.Use, as session: PlatformHost.Session) async throws -> JSONValue
        {
            let begun = try await begin("notes.txt", text.utf8.count, for: use, as: session)
            #expect(begun.status == 201, "\(begun.text)")
            let path = try #require(begun["location"])
            #expect(try await append(text, at: "0", to: path, as: session).status == 204)
            return try await checked(path, as: session)
        }

        func checked(_ path: String, as session: PlatformHost.Session) async throws -> JSONValue {
            let id = try #require(FileUpload.ID(path.split(separator: "/").last ?? ""))
            let uploads = learning.host.uploads
            try await uploads.check(id, of: learning.tenant.id, tenants: learning.tenant.tenants)
            return try await send("GET", path, as: session).json
        }

        static func with(_ body: (World) async throws -> Void) async throws {
            try await withTenant { try await body(World(learning: try await LearningWorld($0))) }
        }
    }

    @Test func `an upload is begun, asked for its offset, gone on with and read, as tus 1.0.0 says`() async throws {
        try await World.with { world in
            let (text, teacher) = ("Hello, world!", world.teacher)
            let digest = world.learning.host.platform.cryptography.sha256(Array(text.utf8))
            let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let begun = try await world.begin("notes.txt", text.utf8.count, sha256: hex, as: teacher)
            #expect(begun.status == 201 && begun["upload-offset"] == "0" && begun["upload-expires"] != nil)
            #expect(begun.json["status"]?.text == "open" && begun.json["fileId"] == .null)
            let path = try #require(begun["location"])
            let first = try await world.append("Hello", at: "0", to: path, as: teacher)
            #expect(first.status == 204 && first["upload-offset"] == "5" && first["tus-resumable"] == "1.0.0")
            let asked = try await world.send("HEAD", path, as: teacher)
            #expect(asked.status == 200 && asked["upload-offset"] == "5" && asked["upload-length"] == "13")
            #expect(asked["cache-control"]?.contains("no-store") == true)
            let again = try await world.append("Hello", at: "0", to: path, as: teacher)
            #expect(again.status == 409 && again.code == "UPLOAD_OFFSET")
            #expect(again.json["detail"]?.text?.contains("5") == true)
            let wrong = "Upload-Checksum: sha256 \(Data(digest).base64EncodedString())"
            let damaged = try await world.append(", wurld!", at: "5", to: path, as: teacher, fields: [wrong])
            #expect(damaged.status == 460 && damaged.code == "UPLOAD_CHECKSUM")
            let right = Data(world.learning.host.platform.cryptography.sha256(Array(", world!".utf8)))
            let checksum = "Upload-Checksum: sha256 \(right.base64EncodedString())"
            let last = try await world.append(", world!", at: "5", to: path, as: teacher, fields: [checksum])
            #expect(last.status == 204 && last["upload-offset"] == "13" && last["upload-expires"] == nil)
            let closed = try await world.append("!", at: "13", to: path, as: teacher)
            #expect(closed.status == 409 && closed.code == "UPLOAD_CLOSED")
            #expect(try await world.send("DELETE", path, as: teacher).status == 423)
            let stored = try await world.checked(path, as: teacher)
            let file = try #require(stored["fileId"]?.text, "\(stored)")
            let read = try await world.send("GET", "/api/v1/files/\(file)", as: teacher)
            #expect(read.text == text && read["content-type"] == "text/plain")
            #expect(read["content-disposition"]?.hasPrefix("attachment") == true)
            #expect(try await world.send("DELETE", path, as: teacher).status == 204)
            #expect(try await world.send("GET", path, as: teacher).code == "UPLOAD_NOT_FOUND")
            #expect(try await world.send("GET", "/api/v1/files/\(file)", as: teacher).status == 200)
        }
    }

    @Test func `attack: hostile offsets, types, sizes and names are refused clearly`() async throws {
        try await World.with { world in
            let teacher = world.teacher
            let path = try #require(try await world.begin("a.txt", 5, as: teacher)["location"])
            for offset in [nil, "", "-1", "+1", "1e3", "0x0", " ", "9999999999999999999", "0, 0"] as [String?] {
                let reply = try await world.append("x", at: offset, to: path, as: teacher)
                #expect(reply.status == 400 && reply.code == "UPLOAD_FIELD", "\(offset ?? "none"): \(reply.text)")
            }
            #expect(try await world.append("x", at: "4", to: path, as: teacher).code == "UPLOAD_OFFSET")
            #expect(try await world.append("123456", at: "0", to: path, as: teacher).code == "UPLOAD_TOO_LONG")
            #expect(try await world.append("x", at: "0", to: path, as: teacher, type: "text/plain").status == 415)
            for field in ["md5 AAAA", "sha256", "sha256 AAAA", "sha256 !!!"] {
                let reply = try await world.append(
                    "x",
                    at: "0",
                    to: path,
                    as: teacher,
                    fields: ["Upload-Checksum: \(field)"]
                )
                #expect(reply.code == "UPLOAD_FIELD")
            }
            let other = try await world.send("HEAD", path, as: teacher, fields: ["Tus-Resumable: 0.2.2"])
            #expect(other.status == 412 && other["tus-version"] == "1.0.0")
            #expect(try await world.send("HEAD", path, as: teacher)["upload-offset"] == "0")
            for name in ["../a.txt", "a/b.txt", "a\\\\b.txt", "", ".", "a\\u202etxt.exe", "~a.txt"] {
                #expect(try await world.begin(name, 5, as: teacher).code == "VALIDATION_FAILED", "\(name)")
            }
            for count in [0, -1, Uploads.fileLimit + 1] {
                #expect(try await world.begin("a.txt", count, as: teacher).code == "VALIDATION_FAILED")
            }
            #expect(try await world.begin("a.exe", 5, as: teacher).code == "FILE_TYPE_NOT_ALLOWED")
            #expect(try await world.begin("a.vtt", 3 << 20, for: .caption, as: teacher).code == "FILE_TOO_LARGE")
            #expect(try await world.begin("a.txt", Uploads.fileLimit, as: teacher).code == "FILE_TOO_LARGE")
            #expect(try await world.begin("a.txt", 5, sha256: "zz", as: teacher).code == "VALIDATION_FAILED")
        }
    }

    @Test func `attack: what a learner is about to hand in is for them alone, and assets are not theirs to add`()
        async throws
    {
        try await World.with { world in
            _ = try await world.learning.enroll(world.student)
            _ = try await world.learning.enroll(world.learning.other)
            #expect(try await world.begin("a.txt", 5, as: world.student).status == 403)
            let upload = try await world.upload("My homework", for: .submission, as: world.student)
            let file = try #require(upload["fileId"]?.text, "\(upload)")
            #expect(try await world.send("GET", "/api/v1/files/\(file)", as: world.student).text == "My homework")
            let never = "01890a5d-dead-774b-bcce-b302099a8057"
            // Whoever teaches gets it with what is handed in, under the name that they may see.
            for reader in [world.teacher, world.learning.other] {
                let refused = try await world.send("GET", "/api/v1/files/\(file)", as: reader)
                let unknown = try await world.send("GET", "/api/v1/files/\(never)", as: reader)
                #expect(refused.status == 404 && refused.code == unknown.code)
            }
            let path = try #require(upload["id"]?.text)
            #expect(try await world.send("GET", "/api/v1/uploads/\(path)", as: world.teacher).status == 404)
            #expect(try await world.send("DELETE", "/api/v1/uploads/\(path)", as: world.teacher).status == 404)
            let asset = try await world.upload("For everybody", for: .courseAsset, as: world.teacher)
            let shared = try #require(asset["fileId"]?.text)
            #expect(try await world.send("GET", "/api/v1/files/\(shared)", as: world.student).text == "For everybody")
        }
    }

    @Test func `operators say how much a tenant may store, its owners see it, and no more is taken`() async throws {
        try await World.with { world in
            let host = world.learning.host
            let `operator` = try await host.operator()
            let path = "/api/v1/platform/tenants/\(world.learning.tenant.id)/storage"
            let before = try await host.sendToPlatform("GET", path, token: `operator`.token)
            #expect(before.status == 200 && before.json["byteLimit"]?.integer == 107_374_182_400)
            let json = #"{"byteLimit":10,"submissionLimit":7}"#
            let changed = try await host.sendToPlatform("PATCH", path, token: `operator`.token, json: json)
            #expect(changed.status == 200 && changed.json["submissionLimit"]?.integer == 7, "\(changed.text)")
            #expect(try await world.begin("a.txt", 11, as: world.teacher).code == "STORAGE_FULL")
            #expect(try await world.begin("a.txt", 8, as: world.teacher).status == 201)
            #expect(try await world.begin("a.txt", 3, as: world.teacher).status == 507)
            let owner = try await host.member("owner", .owner, of: world.learning.tenant)
            let shown = try await world.send("GET", "/api/v1/tenant/storage", as: owner)
            #expect(shown.json["reservedBytes"]?.integer == 8 && shown.json["usedBytes"]?.integer == 0)
            #expect(try await world.send("GET", "/api/v1/tenant/storage", as: world.teacher).status == 403)
            let support = try await host.operator(.support)
            #expect(try await host.sendToPlatform("PATCH", path, token: support.token, json: json).status == 403)
        }
    }
}
