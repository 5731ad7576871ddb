// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Testing

@testable import LMSHost

@Suite struct ReplyCompressorTests {
    @Test func `what is compressed is the same when it is expanded`() throws {
        let compressor = ReplyCompressor()
        let bytes = Array(String(repeating: "{\"title\":\"Algebra\"},", count: 200).utf8)
        for _ in 0..<2 {
            let compressed = try #require(compressor.compress(bytes))
            #expect(compressed.count < bytes.count / 4)
            #expect(compressed.starts(with: [0x1F, 0x8B]))
        }
    }
}
