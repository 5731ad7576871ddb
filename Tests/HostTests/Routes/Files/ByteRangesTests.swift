// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSHTTP
import Testing

@testable import LMSHost

@Suite struct ByteRangesTests {
    private let etag = ETag(quoted: "\"1\"")

    private func wanted(
        _ range: String?,
        of count: Int = 100,
        ifRange: String? = nil,
        ifNoneMatch: String? = nil
    ) throws -> ByteRanges {
        try ByteRanges.wanted(.init(range: range, ifRange: ifRange, ifNoneMatch: ifNoneMatch), of: count, etag)
    }

    @Test(
        arguments: [
            ("bytes=0-9", 0..<10), ("bytes=5-", 5..<100), ("bytes=-10", 90..<100), ("bytes=-1000", 0..<100),
            ("bytes=99-99", 99..<100), ("bytes=90-9999999999999999999999", 90..<100), ("Bytes=0-0", 0..<1),
            ("bytes=, 0-1 ,,", 0..<2), ("bytes=0-1,100-", 0..<2), ("bytes=\t5-6", 5..<7),
        ] as [(String, Range<Int>)]
    )
    func `a range is read`(header: String, range: Range<Int>) throws {
        #expect(try wanted(header) == .one(range))
        #expect(try wanted(header, ifRange: "\"1\"") == .one(range))
        #expect(try wanted(header, ifRange: "\"2\"") == .whole)
        #expect(try wanted(header, ifRange: "W/\"1\"") == .whole)
        #expect(try wanted(header, ifNoneMatch: "\"2\"") == .one(range))
        #expect(try wanted(header, ifNoneMatch: "\"2\", \"1\"") == .whole)
    }

    @Test func `several ranges are read in their order`() throws {
        #expect(try wanted("bytes=5-6,0-0, -1") == .several([5..<7, 0..<1, 99..<100]))
        #expect(try wanted("bytes=0-4,5-9") == .several([0..<5, 5..<10]))
    }

    @Test(arguments: [
        nil, "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=5-4", "bytes=a-b", "lines=0-1", "bytes=+1-2",
        "bytes=1-2-3", "bytes=0 - 1", "bytes=0-1,a", "bytes=0-5,3-8", "bytes=0-,-1",
        "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16",
    ])
    func `what is no range, overlaps or is too many is for the whole`(header: String?) throws {
        #expect(try wanted(header) == .whole)
    }

    @Test(arguments: [
        ("bytes=100-", 100), ("bytes=-0", 100), ("bytes=5-6", 0), ("bytes=99999999999999999999-", 5),
        ("bytes=5-,6-", 5),
    ])
    func `a range behind the end is refused with how much there is`(header: String, count: Int) throws {
        let problem = try #require(throws: Problem.self) { try wanted(header, of: count) }
        #expect(problem.code == .rangeNotSatisfiable && problem.contentRange == "bytes */\(count)")
    }

    @Test(arguments: ["bytes=0-0", "bytes=0-", "bytes=-5", "bytes=-0", "bytes=0-0,-1"])
    func `the beginning or the end of what is empty is all of it`(header: String) throws {
        #expect(try wanted(header, of: 0) == .whole)
    }
}
