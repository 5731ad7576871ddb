// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Magic
    import LMSEventLoop
    import LMSKit
    import LMSMagicDriver
    import Testing

    @Suite struct MagicContentTypesTests {
        private static let pool = Result { try SidePool(threads: 2, queueLimit: 64, name: "magic") }

        @Test(
            arguments: [
                (Array("hello world\n".utf8), "text/plain"), (Array("%PDF-1.7\n".utf8), "application/pdf"),
                (Array("WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n".utf8), "text/vtt"),
                (Array("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>".utf8), "image/svg+xml"),
                (Array("<!doctype html><script>alert(1)</script>".utf8), "text/html"),
                (Array("GIF89a\u{1}\0\u{1}\0".utf8), "image/gif"),
                ([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10] + Array("JFIF\0".utf8), "image/jpeg"),
                (
                    [0, 0, 0, 0x18] + Array("ftypmp42\0\0\0\0mp42isom".utf8) + Array(repeating: 0, count: 50),
                    "video/mp4"
                ),
                (Array("\u{7F}ELF\u{2}\u{1}\u{1}".utf8) + Array(repeating: 0, count: 60), "application/octet-stream"),
                ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], "application/gzip"),
            ] as [([UInt8], String)]
        )
        func `a file is told by its bytes`(head: [UInt8], type: String) async throws {
            let types = MagicContentTypes(pool: try Self.pool.get())
            #expect(try await types.mediaType(of: head) == type)
        }

        @Test func `many files are told at the same time`() async throws {
            let types = MagicContentTypes(pool: try Self.pool.get())
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<50 {
                    let head = number.isMultiple(of: 2) ? Array("%PDF-1.7\n".utf8) : Array("hello world\n".utf8)
                    group.addTask { try await types.mediaType(of: head) }
                }
                var counts: [String: Int] = [:]
                for try await type in group { counts[type, default: 0] += 1 }
                #expect(counts == ["application/pdf": 25, "text/plain": 25])
            }
        }
    }
#endif
