// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@Suite struct JSONTests {
    @Test func `a value is read and written back the same`() throws {
        let text = #"{"a":[1,-0.5,1e+9,true,false,null],"b":{"c":"é\n\"\\ 😀"},"d":""}"#
        var writer = JSONWriter()
        writer.value(try JSONValue.parse(Array(text.utf8)))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test func `escapes are read, surrogate pairs too`() throws {
        let value = try JSONValue.parse(Array(#""\u0041\uD83D\uDE00\/\b""#.utf8))
        #expect(value == .string("A😀/\u{8}"))
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "+1", ".5", "1.", "1e", "-", "NaN", "tru", "\"\\x\"",
        "\"\\uD800\"",
        "\"\\uDC00\"", "\"a\nb\"", "1 2", "[1 2]", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "'a'", "\"abc", "[[]", "\u{FEFF}1",
    ])
    func `what RFC 8259 does not have is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8)) }
    }

    @Test(arguments: [[0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xFF, 0x22]] as [[UInt8]])
    func `a string that is no UTF-8 is refused`(bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
    }

    @Test func `nesting is bounded`() {
        let deep = String(repeating: "[", count: 10_000)
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(Array(deep.utf8)) }
        #expect(error?.problem == .tooDeep)
    }

    @Test func `control characters are escaped`() {
        var writer = JSONWriter()
        writer.value("\u{0}\u{1F}\t")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\u0000\u001f\t""#)
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (951_782_400.0, "2000-02-29T00:00:00.000Z"),
        (1_767_225_599.999, "2025-12-31T23:59:59.999Z"), (-1.0, "1969-12-31T23:59:59.000Z"),
    ])
    func `a time is written in UTC to the millisecond`(seconds: Double, text: String) {
        #expect(Date(timeIntervalSince1970: seconds).iso8601Milliseconds == text)
    }

    @Test func `dates are written as Foundation writes them`() {
        // The years 1600 through 9999, at another time of each day; Foundation's calendar is another one before.
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: -135_140, to: 2_932_896, by: 61) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + Double(abs(day) * 7_919 % 86_400) + 0.125)
            #expect(date.iso8601Milliseconds == style.format(date))
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("\u{3FF}?>", "z78_Pg"),
    ])
    func `base 64 follows RFC 4648 and reads itself back`(plain: String, encoded: String) {
        #expect(Base64URL.encode(plain.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg==", "Z", "Zh", "Zm9+", "Zm 9v"])
    func `another spelling of base 64 is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
