// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Curl
    internal import Foundation
    internal import LMSHTTP
    internal import LMSKit
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    @testable import LMSHost

    /// Files that go to a service that speaks S3, past the host.
    @Suite struct DirectUploadTests {
        /// A course with a teacher, whose files are in a bucket.
        private struct World {
            let learning: LearningWorld
            let service: S3Service
            let store: any BlobStore

            var host: PlatformHost { learning.host }
            var tenant: TestTenant { learning.tenant }

            static func with(
                _ direct: DirectUploads = .on,
                clock: WallClock = .system,
                _ body: (World) async throws -> Void
            ) async throws {
                let service = try S3Service.shared.get()
                let store = try service.store(clock: clock)
                try await withTenant { tenant in
                    let host = try await PlatformHost(store: store, direct: direct)
                    let learning = try await LearningWorld(tenant, host: host)
                    try await body(World(learning: learning, service: service, store: store))
                }
            }

            func send(
                _ method: String,
                _ path: String,
                as session: PlatformHost.Session? = nil,
                fields: [String] = [],
                json: String? = nil
            ) async throws -> TestReply {
                try await host.send(
                    method,
                    path,
                    to: tenant,
                    fields: fields,
                    token: (session ?? learning.teacher).access,
                    json: json
                )
            }

            func begin(
                _ text: String,
                byteCount: Int? = nil,
                sha256: Bool = true,
                fields: [String] = []
            ) async throws -> TestReply {
                let digest = host.platform.cryptography.sha256(Array(text.utf8))
                    .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                return try await send(
                    "POST",
                    "/api/v1/uploads",
                    fields: fields,
                    json: """
                        {"courseId":"\(learning.course)","use":"course_asset","name":"notes.txt","via":"storage",
                        "byteCount":\(byteCount ?? text.utf8.count)\(sha256 ? ",\"sha256\":\"\(digest)\"" : "")}
                        """
                )
            }

            /// Sends bytes where a reply says.
            func put(_ text: String, as reply: TestReply, to other: String? = nil) async throws -> Int {
                let storage = reply.json["storage"]
                #expect(storage?["method"]?.text == "PUT")
                let url = try #require(storage?["url"]?.text, "\(reply.text)")
                let headers = try #require(storage?["headers"]?.array)
                let fields = try headers.map { field in
                    (name: try #require(field["name"]?.text), value: try #require(field["value"]?.text))
                }
                // A client counts for itself what it sends.
                return try await service.send(
                    Array(text.utf8),
                    to: other ?? url,
                    fields.filter { $0.name != "content-length" || text.utf8.count == Int($0.value) }
                )
            }

            func checked(_ path: String) async throws -> JSONValue {
                let id = try #require(FileUpload.ID(path.split(separator: "/").last ?? ""))
                try await host.uploads.check(id, of: tenant.id, tenants: tenant.tenants)
                return try await send("GET", path).json
            }

            func objects() async throws -> [StoredBlob] {
                try await store.list(of: tenant.id, after: nil, limit: 100).blobs
            }
        }

        @Test func `a file is sent to the store by its address, completed, looked at, sealed and read`() async throws {
            try await World.with { world in
                let text = "Hello, world! " + String(repeating: "All of it. ", count: 100)
                let begun = try await world.begin(text)
                #expect(begun.status == 201 && begun.json["status"]?.text == "open", "\(begun.text)")
                let path = try #require(begun["location"])
                let early = try await world.send("POST", "\(path)/complete")
                #expect(early.status == 409 && early.code == "UPLOAD_INCOMPLETE")
                let piece = try await world.host.send(
                    "PATCH",
                    path,
                    to: world.tenant,
                    fields: ["Content-Type: \(UploadRoutes.mediaType)", "Upload-Offset: 0"],
                    token: world.learning.teacher.access,
                    upload: text
                )
                #expect(piece.status == 409 && piece.code == "UPLOAD_DIRECT")
                // Another address for the same upload, for who comes back later.
                let shown = try await world.send("GET", path)
                #expect(shown["cache-control"]?.contains("no-store") == true)
                #expect(try await world.put(text, as: shown) == 200)
                #expect(try await world.objects().map(\.byteCount) == [text.utf8.count])
                for _ in 0..<2 {
                    let completed = try await world.send("POST", "\(path)/complete")
                    #expect(completed.status == 200 && completed.json["status"]?.text == "checking")
                    #expect(completed.json["storage"] == .null)
                }
                let stored = try await world.checked(path)
                let file = try #require(stored["fileId"]?.text, "\(stored)")
                #expect(stored["status"]?.text == "stored" && stored["storage"] == .null)
                let objects = try await world.objects()
                #expect(objects.map(\.key.file.description) == [file])
                let sealed = try await world.store.bytes(of: try #require(objects.first).key)
                #expect(sealed.firstRange(of: Array("Hello".utf8)) == nil)
                #expect(try await world.send("GET", "/api/v1/files/\(file)").text == text)
                let again = try await world.send("POST", "\(path)/complete")
                #expect(again.json["status"]?.text == "stored" && again.json["fileId"]?.text == file)
            }
        }

        @Test func `attack: an address takes neither other bytes nor another name, and is good for a while only`()
            async throws
        {
            try await World.with { world in
                let text = "These bytes"
                let begun = try await world.begin(text)
                #expect(try await world.put("Those bytes", as: begun) == 400)
                #expect(try await world.put("Many more bytes than those", as: begun) == 403)
                let url = try #require(begun.json["storage"]?["url"]?.text)
                let place = try #require(url.split(separator: "?").first?.split(separator: "/").last)
                let elsewhere = url.replacing(place, with: "\(StoredFile.ID(UUID()))")
                #expect(elsewhere != url)
                #expect(try await world.put(text, as: begun, to: elsewhere) == 403)
                let path = try #require(begun["location"])
                #expect(try await world.send("POST", "\(path)/complete").code == "UPLOAD_INCOMPLETE")
                #expect(try await world.objects().isEmpty)
                for stranger in [world.learning.student, world.learning.other] {
                    let refused = try await world.send("POST", "\(path)/complete", as: stranger)
                    #expect(refused.status == 404 && refused.code == "UPLOAD_NOT_FOUND")
                    #expect(try await world.send("GET", path, as: stranger).status == 404)
                }
            }
            // As if the address had been made 16 minutes ago; the service's own clock decides.
            try await World.with(clock: WallClock { Date().addingTimeInterval(-16 * 60) }) { world in
                let begun = try await world.begin("Late")
                #expect(try await world.put("Late", as: begun) == 403)
            }
        }

        @Test func `attack: what somebody else put into the bucket is refused, and nothing of it stays`() async throws {
            try await World.with { world in
                let begun = try await world.begin("These bytes")
                #expect(try await world.put("These bytes", as: begun) == 200)
                let path = try #require(begun["location"])
                #expect(try await world.send("POST", "\(path)/complete").status == 200)
                let staged = try #require(try await world.objects().first)
                try await world.store.put({ Array("Those bytes".utf8) }, as: staged.key)
                let refused = try await world.checked(path)
                #expect(refused["status"]?.text == "refused" && refused["refusal"]?.text == "checksum")
                #expect(try await world.objects().isEmpty)
                #expect(try await world.store.uploads(of: world.tenant.id).isEmpty)
            }
        }

        @Test func `who repeats a request gets the same upload, and who gives one up leaves nothing at the store`()
            async throws
        {
            try await World.with { world in
                let fields = ["Idempotency-Key: direct-1"]
                let first = try await world.begin("Text", fields: fields)
                let second = try await world.begin("Text", fields: fields)
                #expect(first.status == 201 && first.json["id"] == second.json["id"])
                #expect(try await world.put("Text", as: second) == 200)
                #expect(try await world.objects().count == 1)
                #expect(try await world.send("DELETE", try #require(first["location"])).status == 204)
                #expect(try await world.objects().isEmpty)
            }
        }

        @Test func `what is not to be sent to the store is told clearly`() async throws {
            try await World.with { world in
                let unknown = try await world.begin("Text", sha256: false)
                #expect(unknown.code == "VALIDATION_FAILED" && unknown.issues == ["sha256:REQUIRED"], "\(unknown.text)")
                let long = try await world.begin("Text", byteCount: Uploads.directLimit + 1)
                #expect(long.status == 413 && long.code == "DIRECT_UPLOAD_TOO_LARGE", "\(long.text)")
            }
            try await World.with(.off) { world in
                let off = try await world.begin("Text")
                #expect(off.status == 501 && off.code == "DIRECT_UPLOADS_OFF", "\(off.text)")
            }
        }
    }
#endif
