// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSEventLoop
import LMSTestSupport
import Testing

@testable import LMSKit
@testable import LMSMediaDriver

/// With the ffmpeg that serves.
@Suite struct FFmpegPicturesTests {
    private static let pool = Result { try SidePool(threads: 2, queueLimit: 64, name: "pictures") }

    private func with(
        _ limits: FFmpegPictures.Limits = .init(),
        _ body: (FFmpegPictures, String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Left in the temporary directory if it fails.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let workshop = try #require(FFmpegWorkshop(in: folder, pool: try Self.pool.get()))
        try await body(FFmpegPictures(workshop, limits), folder)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { UUID(uuidString: $0) != nil }
        #expect(left.isEmpty)
    }

    /// A picture of ffmpeg's own.
    private func picture(_ name: String, _ options: [String] = [], in folder: String) throws -> [UInt8] {
        let made = try Program.run(
            "/usr/bin/ffmpeg",
            ["-nostdin", "-v", "quiet", "-y", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=1", "-frames:v", "1"]
                + options + ["\(folder)/\(name)"]
        )
        try #require(made.status == 0)
        return Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    private func look(_ pictures: FFmpegPictures, _ bytes: [UInt8], _ form: PictureForm) async throws -> String {
        try await pictures.look(at: BlobBytes(bytes), as: form)
    }

    @Test func `a copy without what a picture says besides shows the same, bit by bit, and another picture another`()
        async throws
    {
        try await with { pictures, folder in
            var seen: Set<String> = []
            for (name, form) in [("a.jpg", PictureForm.jpeg), ("a.png", .png), ("a.webp", .webp)] {
                // Not every ffmpeg encodes WebP; all of them decode it.
                guard let bytes = try? picture(name, in: folder) else {
                    #expect(form == .webp)
                    continue
                }
                let reader = Reader(content: bytes)
                let copy = try await PictureCopy.of(reader, as: form)
                let shown = try await look(pictures, bytes, form)
                #expect(try await pictures.look(at: PictureSource(copy, of: reader), as: form) == shown)
                #expect(shown.contains("64x48"))
                seen.insert(shown)
            }
            let other = try picture("b.png", ["-vf", "negate"], in: folder)
            #expect(seen.insert(try await look(pictures, other, .png)).inserted)
        }
    }

    @Test func `a picture that is broken, of another form or none at all is told`() async throws {
        try await with { pictures, folder in
            let png = try picture("a.png", in: folder)
            var broken = png
            for index in 60..<80 { broken[index] ^= 0x55 }
            await #expect(throws: MediaWorkError.damaged) { try await look(pictures, broken, .png) }
            await #expect(throws: MediaWorkError.damaged) { try await look(pictures, png, .jpeg) }
            await #expect(throws: MediaWorkError.damaged) { try await look(pictures, [], .webp) }
            let list = Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8)
            for form in PictureForm.allCases {
                await #expect(throws: MediaWorkError.damaged) { try await look(pictures, list, form) }
            }
        }
    }

    @Test func `attack: a small file that becomes a huge picture is refused before it is one`() async throws {
        try await with { pictures, _ in
            let huge = Self.png(width: 50_000, height: 50_000)
            #expect(huge.count < 1_000)
            await #expect(throws: MediaWorkError.damaged) { try await look(pictures, huge, .png) }
        }
        var limits = FFmpegPictures.Limits()
        limits.memoryInBytes = 300 << 20
        try await with(limits) { pictures, _ in
            // It is allowed by its size, and not by what it takes.
            await #expect(throws: MediaWorkError.self) {
                try await look(pictures, Self.png(width: 15_000, height: 15_000), .png)
            }
        }
        limits.time = .zero
        try await with(limits) { pictures, _ in
            await #expect(throws: MediaWorkError.self) {
                try await look(pictures, Self.png(width: 15_000, height: 15_000), .png)
            }
        }
    }

    /// A PNG of grey that has no more content than its first bytes.
    private static func png(width: Int, height: Int) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        // A stored block of DEFLATE with 16 zeros (RFC 1951 §3.2.4), and their Adler-32.
        let content: [UInt8] =
            [0x78, 0x01, 0x01, 16, 0, 0xEF, 0xFF] + Array(repeating: 0, count: 16) + [0, 16, 0, 1]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + PictureCopier.chunk("IHDR", number(width) + number(height) + [8, 0, 0, 0, 0])
            + PictureCopier.chunk("IDAT", content) + PictureCopier.chunk("IEND", [])
    }

    @Test(
        arguments: [
            ("", nil), ("#dimensions 0: 1x1\n", nil), ("0, 0, 0, 1, 3, ab\n0, 1, 1, 1, 3, ab", nil),
            ("#dimensions 0: 1x1\n0, 0, 0, 1, 3, ab\n", "#dimensions 0: 1x1 3 ab"), ("0, 0, 0", nil),
        ] as [(String, String?)]
    )
    func `one picture has one digest`(text: String, digest: String?) {
        #expect(FFmpegPictures.digest(in: text) == digest)
    }
}

private struct Reader: BlobReader {
    let content: [UInt8]
    var byteCount: Int { content.count }

    func bytes(_ range: Range<Int>) async throws(BlobError) -> [UInt8] {
        Array(content[range.clamped(to: 0..<content.count)])
    }
}
