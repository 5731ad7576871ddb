// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSHTTP
import Testing

@testable import LMSHost

@Suite struct ByteRangeTests {
    private let etag = ETag(quoted: "\"1\"")

    @Test(
        arguments: [
            ("bytes=0-9", 0..<10), ("bytes=5-", 5..<100), ("bytes=-10", 90..<100), ("bytes=-1000", 0..<100),
            ("bytes=99-99", 99..<100), ("bytes=90-9999999999999999999999", 90..<100), ("Bytes=0-0", 0..<1),
        ] as [(String, Range<Int>)]
    )
    func `a range is read`(header: String, range: Range<Int>) throws {
        #expect(try ByteRange.wanted(of: 100, header, ifRange: nil, etag) == range)
        #expect(try ByteRange.wanted(of: 100, header, ifRange: "\"1\"", etag) == range)
        #expect(try ByteRange.wanted(of: 100, header, ifRange: "\"2\"", etag) == nil)
        #expect(try ByteRange.wanted(of: 100, header, ifRange: "W/\"1\"", etag) == nil)
    }

    @Test(arguments: [
        nil, "", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "bytes=a-b", "lines=0-1", "bytes=+1-2",
        "bytes=1-2-3",
    ])
    func `what is no single range is for the whole`(header: String?) throws {
        #expect(try ByteRange.wanted(of: 100, header, ifRange: nil, etag) == nil)
    }

    @Test(arguments: [
        ("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-0", 0), ("bytes=-5", 0), ("bytes=99999999999999999999-", 5),
    ])
    func `a range behind the end is refused with how much there is`(header: String, count: Int) throws {
        let problem = try #require(throws: Problem.self) {
            try ByteRange.wanted(of: count, header, ifRange: nil, etag)
        }
        #expect(problem.code == .rangeNotSatisfiable && problem.contentRange == "bytes */\(count)")
    }
}
