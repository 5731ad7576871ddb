// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSHTTP

@Suite struct ResponseFieldTests {
    @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b", "\u{7F}"])
    func `a value with a control character spoils the response`(_ value: String) {
        var fields = HTTPFields()
        fields.append(.location, value)
        #expect(!fields.isValid)
        #expect(fields.wire.isEmpty)
        var bytes = HTTPFields()
        bytes.append(.location, bytes: Array(value.utf8))
        #expect(!bytes.isValid)
        #expect(bytes.all.isEmpty)
    }

    @Test(arguments: ["a b", "a:", "", "é", "content-length", "Transfer-Encoding", "connection", "date", "upgrade"])
    func `a bad name or one of framing is refused`(_ name: String) {
        var fields = HTTPFields()
        fields.append(HTTPFieldName(name), "x")
        #expect(!fields.isValid)
        #expect(fields.all.isEmpty)
    }

    @Test func `fields are found, replaced and removed by name`() {
        var fields = HTTPFields(capacity: 64)
        fields.append("X-One", "1")
        fields.append(.etag, "\"a:b\"")
        fields.append("x-one", 2)
        #expect(fields["X-ONE"] == "1")
        fields.set(.etag, "\"c\"")
        fields.remove("x-one")
        #expect(fields.all.map { "\($0.name)=\($0.value)" } == ["etag=\"c\""])
        #expect(fields["x-one"] == nil)
    }

    @Test(arguments: [(0, "0"), (7, "7"), (10, "10"), (1_048_576, "1048576"), (Int.max, "9223372036854775807")])
    func `numbers are written in digits`(_ value: Int, _ text: String) {
        var bytes: [UInt8] = []
        bytes.appendDecimal(value)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        var hexadecimal: [UInt8] = []
        hexadecimal.appendHexadecimal(value)
        #expect(String(decoding: hexadecimal, as: UTF8.self) == String(value, radix: 16))
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (1_798_761_600, "Fri, 01 Jan 2027 00:00:00 GMT"),
    ])
    func `dates are those of RFC 9110`(_ seconds: Int, _ text: String) {
        var bytes: [UInt8] = []
        HTTPDate.append(seconds, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func `a field is found in any case and the last of two by position`() throws {
        let request = try HTTPRequest(parsing: Array("GET / HTTP/1.1\r\nhOsT: h\r\nX-A: 1\r\nx-a: 2\r\n\r\n".utf8))
        #expect(request[HTTPFieldName("X-A")] == "1")
        #expect(request.values(of: "x-a") == ["1", "2"])
        #expect(request["x-b"] == nil)
    }
}
