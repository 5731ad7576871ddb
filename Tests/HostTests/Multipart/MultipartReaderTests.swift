// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSHost

@Suite struct MultipartReaderTests {
    static let type = "multipart/form-data; boundary=----x"
    static let body = [
        "------x", "Content-Disposition: form-data; name=\"status\"", "", "published",
        "------x", "Content-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".zip\"",
        "Content-Type: application/zip", "",
        "line one\r\n-----\r\n--x\r\n------y binary \0 \r\r\n", "------x",
        "Content-Disposition: form-data; name=\"key\"", "", "",
        "------x--", "",
    ].joined(separator: "\r\n")

    /// The parts of a body that arrives in pieces of a length.
    func parts(_ body: String, by size: Int, type: String = MultipartReaderTests.type) throws -> [String] {
        var reader = try MultipartReader(contentType: type)
        let bytes = Array(body.utf8)
        var found: [String] = []
        var current: [UInt8] = []
        var name = ""
        for start in stride(from: 0, to: bytes.count, by: size) {
            for event in try reader.feed(Array(bytes[start..<min(start + size, bytes.count)])) {
                switch event {
                case .part(let head): (name, current) = (head.name + (head.fileName.map { "/\($0)" } ?? ""), [])
                case .data(let data): current += data
                case .partEnd: found.append("\(name)=\(String(decoding: current, as: UTF8.self))")
                case .end: break
                }
            }
        }
        try reader.finish()
        return found
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64, 10_000])
    func `a body gives the same parts however it is cut`(size: Int) throws {
        #expect(
            try parts(Self.body, by: size) == [
                "status=published", "file/a \"b\".zip=line one\r\n-----\r\n--x\r\n------y binary \0 \r\r\n", "key=",
            ]
        )
    }

    @Test(arguments: [
        "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a\u{1}b\"",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"ends with space \"",
        "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
    ])
    func `a type without a proper boundary is refused`(type: String) {
        #expect(throws: MultipartError.noBoundary) { try MultipartReader(contentType: type) }
    }

    @Test(arguments: [
        "preamble\r\n------x\r\n", "------xx\r\n\r\n",
        "------x\r\nContent-Type: text/plain\r\n\r\nno name\r\n------x--",
        "------x\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n------x--",
        "------x\r\nContent-Disposition: form-data\r\n\r\nx\r\n------x--",
        "------x\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n------x--",
        "------x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n------x--",
        "------x\r\nContent-Disposition: form-data;\r\n name=\"a\"\r\n\r\nx\r\n------x--",
        "------x\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n------x--",
        "------x--\r\nepilogue", "------x\r\n" + String(repeating: "a", count: 5_000),
    ])
    func `a malformed body is refused`(body: String) {
        #expect(throws: MultipartError.self) { try parts(body, by: 10_000) }
        #expect(throws: MultipartError.self) { try parts(body, by: 1) }
    }

    @Test func `a body that ends early and one with too many parts are refused`() throws {
        let bytes = Array(Self.body.utf8)
        for length in stride(from: 0, to: bytes.count - 4, by: 3) {
            #expect(throws: MultipartError.truncated) {
                var reader = try MultipartReader(contentType: Self.type)
                _ = try reader.feed(Array(bytes.prefix(length)))
                try reader.finish()
            }
        }
        let many =
            String(repeating: "------x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n", count: 17)
            + "------x--"
        #expect(throws: MultipartError.tooManyParts(limit: 16)) { try parts(many, by: 100) }
    }

    @Test func `a long part passes through without being gathered`() throws {
        var reader = try MultipartReader(contentType: Self.type)
        _ = try reader.feed(Array("------x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".utf8))
        var length = 0
        for _ in 0..<100 {
            for case .data(let data) in try reader.feed([UInt8](repeating: 0x2D, count: 10_000)) {
                length += data.count
            }
        }
        #expect(length > 999_000)
    }
}
