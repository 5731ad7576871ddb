// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSZlibDriver
import Testing

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 1_000, 100_000, 300_000])
    func `what was compressed expands to the same bytes`(count: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<count).map { _ in UInt8.random(in: 0...7, using: &generator) }
        for level in [1, 6, 9] {
            let member = try Gzip.compress(noise, level: level)
            #expect(member.prefix(3) == [0x1f, 0x8b, 8])
            #expect(try Gzip.decompress(member, limit: count) == noise)
        }
    }

    @Test func `text becomes smaller`() throws {
        let text = Array(String(repeating: #"{"title":"A course","price":null},"#, count: 100).utf8)
        #expect(try Gzip.compress(text).count * 10 < text.count)
    }

    @Test func `a compressor gives the same member each time it is used`() throws {
        var compressor = try GzipCompressor()
        let first = try compressor.compress(Array("one and one and one".utf8))
        _ = try compressor.compress([UInt8](repeating: 3, count: 50_000))
        #expect(try compressor.compress(Array("one and one and one".utf8)) == first)
    }

    @Test(arguments: [[], [0], [1], [1, 0, 1], [70_000, 1, 300_000], Array(repeating: 3_000, count: 100)])
    func `a member in pieces expands to all of them`(lengths: [Int]) throws {
        var generator = SystemRandomNumberGenerator()
        var compressor = try GzipCompressor(level: 1)
        for alphabet in [UInt8(1), 255] {
            compressor.begin()
            var (whole, member): ([UInt8], [UInt8]) = ([], [])
            for length in lengths {
                let piece = (0..<length).map { _ in UInt8.random(in: 0...alphabet, using: &generator) }
                whole += piece
                member += compressor.add(piece)
            }
            member += compressor.finish()
            #expect(try Gzip.decompress(member, limit: whole.count) == whole)
        }
    }

    @Test func `expanding stops at the limit`() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 10_000_000))
        #expect(throws: ZlibError.tooLarge) { try Gzip.decompress(bomb, limit: 1_000_000) }
    }

    @Test func `what is no whole gzip member is refused`() throws {
        let member = try Gzip.compress(Array("some text".utf8))
        #expect(throws: ZlibError.malformed) { try Gzip.decompress(Array(member.dropLast()), limit: 100) }
        #expect(throws: ZlibError.malformed) { try Gzip.decompress(member + [0], limit: 100) }
        #expect(throws: ZlibError.malformed) { try Gzip.decompress([1, 2, 3], limit: 100) }
    }
}
