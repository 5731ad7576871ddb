// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSMediaDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Pictures as cameras make them, with the ffmpeg that serves.
@Suite struct PictureUploadTests {
    private static let pool = Result { try SidePool(threads: 2, queueLimit: 64, name: "pictures") }

    private struct World {
        let learning: LearningWorld
        let folder: String

        var teacher: PlatformHost.Session { learning.teacher }

        static func with(_ body: (World) async throws -> Void) async throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // Left in the temporary directory if it fails.
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let workshop = try #require(FFmpegWorkshop(in: "\(folder)/work", pool: try pool.get()))
            try await withTenant { tenant in
                let host = try await PlatformHost(pictures: FFmpegPictures(workshop))
                try await body(World(learning: try await LearningWorld(tenant, host: host), folder: folder))
            }
        }

        /// Uploads a file and has it looked at.
        ///
        /// - Returns: The upload.
        func upload(
            _ bytes: [UInt8],
            as name: String,
            for use: FileUpload.Use = .courseAsset,
            by session: PlatformHost.Session? = nil
        ) async throws -> JSONValue {
            let host = learning.host
            let session = session ?? teacher
            let digest = host.platform.cryptography.sha256(bytes)
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let begun = try await learning.send(
                "POST",
                "v1/uploads",
                as: session,
                """
                {"courseId":"\(learning.course)","use":"\(use.rawValue)","name":"\(name)","byteCount":\(bytes.count),
                "sha256":"\(digest)"}
                """
            )
            let path = try #require(begun["location"], "\(begun.text)")
            let appended = try await host.send(
                "PATCH",
                path,
                to: learning.tenant,
                fields: ["Content-Type: \(UploadRoutes.mediaType)", "Upload-Offset: 0"],
                token: session.access,
                content: bytes
            )
            #expect(appended.status == 204, "\(appended.text)")
            let id = try #require(FileUpload.ID(path.split(separator: "/").last ?? ""))
            try await host.uploads.check(id, of: learning.tenant.id, tenants: learning.tenant.tenants)
            return try await host.send("GET", path, to: learning.tenant, token: session.access).json
        }

        func read(_ upload: JSONValue, by session: PlatformHost.Session? = nil) async throws -> [UInt8] {
            let file = try #require(upload["fileId"]?.text, "\(upload)")
            let reply = try await learning.host.send(
                "GET",
                "/api/v1/files/\(file)",
                to: learning.tenant,
                token: (session ?? teacher).access
            )
            #expect(reply.status == 200, "\(reply.text)")
            return reply.bytes
        }

        /// A picture of ffmpeg's own.
        func picture(_ name: String) throws -> [UInt8] {
            let path = "\(folder)/\(name)"
            let input = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=1", "-frames:v", "1", path]
            let made = try Program.run("/usr/bin/ffmpeg", ["-nostdin", "-v", "error", "-y"] + input)
            #expect(made.status == 0, "\(made.text)")
            return Array(try Data(contentsOf: URL(filePath: path)))
        }

        /// What ffmpeg shows of a file: the digest of its pixels, turned as it says or as they are.
        func shown(_ bytes: [UInt8], as name: String, turned: [String]) throws -> String {
            let path = "\(folder)/\(name)"
            try Data(bytes).write(to: URL(filePath: path))
            let shown = try Program.run(
                "/usr/bin/ffmpeg",
                ["-nostdin", "-v", "error"] + turned + ["-i", path, "-f", "framemd5", "-"]
            )
            #expect(shown.status == 0, "\(shown.text)")
            return shown.text
        }
    }

    private static func segment(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, kind, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
    }

    /// Exif of a telephone that was turned (6), at 52°30'N 13°24'E, of a make (CIPA DC-008 §4.6).
    private static let exif: [UInt8] = {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }
        func field(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            number(tag, 2) + number(type, 2) + number(count, 4) + value
        }
        let first =
            number(3, 2) + field(0x010F, 2, 4, Array("Cam".utf8) + [0]) + field(0x0112, 3, 1, number(6, 2) + [0, 0])
            + field(0x8825, 4, 1, number(50, 4)) + number(0, 4)
        let position = [52, 30, 0].flatMap { number($0, 4) + number(1, 4) }
        let place =
            number(2, 2) + field(0x0001, 2, 2, Array("N".utf8) + [0, 0, 0]) + field(0x0002, 5, 3, number(80, 4))
            + number(0, 4)
        return Array("Exif".utf8) + [0, 0] + Array("MM".utf8) + number(42, 2) + number(8, 4) + first + place + position
    }()

    /// The picture with a place, a comment and XMP in it.
    private static func told(_ jpeg: [UInt8]) -> [UInt8] {
        let xmp = Array("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>somebody</x:xmpmeta>".utf8)
        return Array(jpeg[..<2]) + segment(0xE1, exif) + segment(0xE1, xmp)
            + segment(0xFE, Array("a comment of mine".utf8)) + jpeg[2...]
    }

    @Test func `a picture is kept without place, camera and comments, and is shown as before`() async throws {
        try await World.with { world in
            let original = Self.told(try world.picture("a.jpg"))
            let upload = try await world.upload(original, as: "a.jpg")
            #expect(upload["status"]?.text == "stored" && upload["byteCount"]?.integer == original.count, "\(upload)")
            let kept = try await world.read(upload)
            for secret in ["Cam\0", "somebody", "a comment of mine", "Lavc"] {
                #expect(kept.firstRange(of: Array(secret.utf8)) == nil, "\(secret)")
            }
            #expect(kept.firstRange(of: Self.exif.suffix(24)) == nil && original.firstRange(of: Self.exif) != nil)
            // Which way is up is still said, and the pixels are the same bit by bit.
            for turned in [[], ["-noautorotate"]] {
                #expect(
                    try world.shown(kept, as: "kept.jpg", turned: turned)
                        == world.shown(original, as: "original.jpg", turned: turned)
                )
            }
            #expect(try world.shown(kept, as: "kept.jpg", turned: []).contains("48x64"))
            // What is counted, named and digested is what is kept.
            let storage = try await world.learning.host.uploads.storage(reader: world.learning.tenant.reader())
            #expect(storage.usedBytes == kept.count && storage.reservedBytes == 0)
            let rows = try await world.learning.tenant.transaction {
                try await $0.execute("SELECT byte_count, sha256 FROM files")
            }
            let (count, digest): (Int, Bytes) = (try #require(rows.only)[0], try #require(rows.only)[1])
            #expect(count == kept.count)
            #expect(digest.array == world.learning.host.platform.cryptography.sha256(kept))
            let store = world.learning.host.importer.store
            let objects = try await store.list(of: world.learning.tenant.id, after: nil, limit: 10).blobs
            #expect(objects.map(\.key.file.description) == [upload["fileId"]?.text])
        }
    }

    @Test func `a picture that says nothing besides is kept as it came`() async throws {
        try await World.with { world in
            // Of ffmpeg's own there is nothing in a PNG but how large a pixel is.
            let picture = try world.picture("a.png")
            let first = try await world.read(try await world.upload(picture, as: "a.png"))
            let again = try await world.read(try await world.upload(first, as: "b.png"))
            #expect(again == first)
        }
    }

    @Test func `what a learner hands in says no place either`() async throws {
        try await World.with { world in
            _ = try await world.learning.enroll(world.learning.student)
            let original = Self.told(try world.picture("a.jpg"))
            let student = world.learning.student
            let upload = try await world.upload(original, as: "proof.jpeg", for: .submission, by: student)
            let kept = try await world.read(upload, by: student)
            #expect(kept.firstRange(of: Array("somebody".utf8)) == nil && kept.count < original.count)
        }
    }

    @Test func `attack: a picture that is broken, or becomes a huge one, is refused and leaves nothing`() async throws {
        try await World.with { world in
            let whole = try world.picture("a.png")
            var broken = whole
            for index in 80..<100 { broken[index] ^= 0x55 }
            // 50,000 by 50,000 pixels, whose checksum is made anew below.
            var huge = whole
            huge.replaceSubrange(16..<24, with: [0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50])
            huge.replaceSubrange(29..<33, with: Self.checksum(huge[12..<29]))
            let empty = [0xFF, 0xD8] + Self.segment(0xE1, Self.exif) + [0xFF, 0xD9] as [UInt8]
            for (bytes, name) in [(broken, "a.png"), (huge, "b.png"), (empty, "c.jpg")] {
                let refused = try await world.upload(bytes, as: name)
                #expect(refused["status"]?.text == "refused" && refused["refusal"]?.text == "unreadable", "\(refused)")
                #expect(refused["fileId"] == .null)
            }
            let store = world.learning.host.importer.store
            #expect(try await store.list(of: world.learning.tenant.id, after: nil, limit: 10).blobs.isEmpty)
            let storage = try await world.learning.host.uploads.storage(reader: world.learning.tenant.reader())
            #expect(storage.usedBytes == 0 && storage.reservedBytes == 0)
        }
    }

    /// CRC-32 as PNG has it (Annex D).
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> (24 - 8 * $0)) }
    }
}
