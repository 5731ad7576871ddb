// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

/// One hostile or borderline message, and the only answer it may get.
struct TortureCase: Sendable, CustomTestStringConvertible {
    let name: String
    let input: [UInt8]
    /// The status of the only response; nothing that follows may be answered if it is an error.
    let status: Int

    init(_ name: String, _ status: Int, _ input: String) {
        self.name = name
        self.status = status
        self.input = Array(input.utf8)
    }

    init(_ name: String, _ status: Int, bytes: [UInt8]) {
        self.name = name
        self.status = status
        input = bytes
    }

    var testDescription: String { name }

    private static func get(_ fields: String) -> String { "GET / HTTP/1.1\r\n\(fields)\r\n\r\n" }
    private static func post(_ fields: String, _ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n\(body)"
    }
    private static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }

    static let requestLines: [TortureCase] = [
        TortureCase("no version", 400, "GET /\r\nHost: h\r\n\r\n"),
        TortureCase("two spaces before the target", 400, "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("two spaces before the version", 400, "GET /  HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a tab for a space", 400, "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a space in front", 400, " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a space at the end", 400, "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
        TortureCase("a space in the target", 400, "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a fragment", 400, "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a backslash", 400, "GET /a\\b HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a relative target", 400, "GET a HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("an asterisk for GET", 400, "GET * HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("authority-form for GET", 400, "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a foreign scheme", 400, "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("absolute-form without a host", 400, "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("absolute-form with a user", 400, "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a non-ASCII target", 400, "GET /é HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a NUL in the target", 400, "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("an invalid method", 400, "G@T / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("no method", 400, "/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a lower-case protocol", 400, "GET / http/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a version of three digits", 400, "GET / HTTP/1.10\r\nHost: h\r\n\r\n"),
        TortureCase("a version without a point", 400, "GET / HTTP/11\r\nHost: h\r\n\r\n"),
        TortureCase("bare LF after the request line", 400, "GET / HTTP/1.1\nHost: h\r\n\r\n"),
        TortureCase("bare CR after the request line", 400, "GET / HTTP/1.1\rHost: h\r\n\r\n"),
        TortureCase("two empty lines in front", 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("bare LF in front", 400, "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("a TLS hello", 400, bytes: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]),
        TortureCase("version 0.9", 505, "GET / HTTP/0.9\r\nHost: h\r\n\r\n"),
        TortureCase("version 2.0", 505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
        TortureCase("the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        TortureCase("CONNECT", 501, "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"),
        TortureCase("an endless method", 501, String(repeating: "A", count: 64)),
        TortureCase("a target of 8193 bytes", 414, "GET /\(String(repeating: "a", count: 8_192)) HTTP/1.1\r\n"),
    ]

    static let fields: [TortureCase] = [
        TortureCase("no Host", 400, get("Accept: */*")),
        TortureCase("two Hosts", 400, get("Host: h\r\nHost: h")),
        TortureCase("an empty Host", 400, get("Host:")),
        TortureCase("a Host with a path", 400, get("Host: h/a")),
        TortureCase("a Host with a user", 400, get("Host: u@h")),
        TortureCase("a Host with a space", 400, get("Host: a b")),
        TortureCase("a Host with a comma", 400, get("Host: a,b")),
        TortureCase("a Host with a bad port", 400, get("Host: h:http")),
        TortureCase("a Host with a huge port", 400, get("Host: h:65536")),
        TortureCase("a Host with an open bracket", 400, get("Host: [::1")),
        TortureCase("a space before the colon", 400, get("Host : h")),
        TortureCase("a folded field", 400, get("Host: h\r\nA: b\r\n c")),
        TortureCase("a fold with a tab", 400, get("Host: h\r\nA: b\r\n\tc")),
        TortureCase("a blank before the first field", 400, get(" Host: h")),
        TortureCase("no colon", 400, get("Host: h\r\nNonsense")),
        TortureCase("no name", 400, get("Host: h\r\n: value")),
        TortureCase("a name with a space", 400, get("Host: h\r\nA B: c")),
        TortureCase("a name in brackets", 400, get("Host: h\r\n[a]: c")),
        TortureCase("a non-ASCII name", 400, get("Host: h\r\né: c")),
        TortureCase("a NUL in a name", 400, get("Host: h\r\nA\0: c")),
        TortureCase("a NUL in a value", 400, get("Host: h\r\nA: b\0c")),
        TortureCase("a control character in a value", 400, get("Host: h\r\nA: b\u{1}c")),
        TortureCase("DEL in a value", 400, get("Host: h\r\nA: b\u{7F}c")),
        TortureCase("bare CR in a value", 400, get("Host: h\r\nA: b\rc")),
        TortureCase("bare LF after a field", 400, "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"),
        TortureCase("bare LF at the end", 400, "GET / HTTP/1.1\r\nHost: h\r\n\n"),
        TortureCase("an unknown expectation", 417, get("Host: h\r\nExpect: magic")),
        TortureCase("two expectations", 417, get("Host: h\r\nExpect: 100-continue\r\nExpect: 100-continue")),
        TortureCase(
            "101 fields",
            431,
            get("Host: h\r\n" + Array(repeating: "A: b", count: 100).joined(separator: "\r\n"))
        ),
        TortureCase("a field of 17000 bytes", 431, get("Host: h\r\nA: " + String(repeating: "b", count: 17_000))),
        TortureCase("a name of 17000 bytes", 431, get("Host: h\r\n" + String(repeating: "b", count: 17_000) + ": a")),
    ]

    static let framing: [TortureCase] = [
        TortureCase("both framings", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n")),
        TortureCase(
            "both framings, reversed",
            400,
            post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n")
        ),
        TortureCase("two lengths", 400, post("Content-Length: 5\r\nContent-Length: 6", "hello")),
        TortureCase("the same length twice", 400, post("Content-Length: 5\r\nContent-Length: 5", "hello")),
        TortureCase("a list of lengths", 400, post("Content-Length: 5, 5", "hello")),
        TortureCase("a signed length", 400, post("Content-Length: +5", "hello")),
        TortureCase("a negative length", 400, post("Content-Length: -5", "hello")),
        TortureCase("a hexadecimal length", 400, post("Content-Length: 0x5", "hello")),
        TortureCase("a length with a unit", 400, post("Content-Length: 5b", "hello")),
        TortureCase("a length with a blank", 400, post("Content-Length: 1 2", "hello")),
        TortureCase("an empty length", 400, post("Content-Length:", "hello")),
        TortureCase("a length beyond 64 bits", 413, post("Content-Length: 99999999999999999999999", "hello")),
        TortureCase("a length beyond the route's limit", 413, post("Content-Length: 1000001", "hello")),
        TortureCase("an unknown coding", 501, post("Transfer-Encoding: xchunked", "0\r\n\r\n")),
        TortureCase("gzip before chunked", 501, post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")),
        TortureCase("identity", 501, post("Transfer-Encoding: identity", "hello")),
        TortureCase("a coding after chunked", 400, post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n")),
        TortureCase("chunked twice", 400, post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")),
        TortureCase(
            "chunked in two fields",
            400,
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")
        ),
        TortureCase("an empty coding", 400, post("Transfer-Encoding:", "0\r\n\r\n")),
        TortureCase("a vertical tab in a coding", 400, post("Transfer-Encoding: \u{B}chunked", "0\r\n\r\n")),
        TortureCase("a quoted coding", 400, post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n")),
        TortureCase("a parameter of chunked", 400, post("Transfer-Encoding: chunked;q=1", "0\r\n\r\n")),
        TortureCase("a space before the colon of a coding", 400, post("Transfer-Encoding : chunked", "0\r\n\r\n")),
        TortureCase("a folded coding", 400, post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n")),
        TortureCase(
            "chunked in HTTP/1.0",
            400,
            "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
    ]

    static let chunks: [TortureCase] = [
        TortureCase("no size", 400, chunked("\r\nhello\r\n0\r\n\r\n")),
        TortureCase("a size that is no number", 400, chunked("g\r\nhello\r\n0\r\n\r\n")),
        TortureCase("a signed size", 400, chunked("+5\r\nhello\r\n0\r\n\r\n")),
        TortureCase("a prefixed size", 400, chunked("0x5\r\nhello\r\n0\r\n\r\n")),
        TortureCase("a size beyond 64 bits", 400, chunked("fffffffffffffffff\r\nhello\r\n0\r\n\r\n")),
        TortureCase("a blank after the size", 400, chunked("5 \r\nhello\r\n0\r\n\r\n")),
        TortureCase("a blank before the size", 400, chunked(" 5\r\nhello\r\n0\r\n\r\n")),
        TortureCase("bare LF after the size", 400, chunked("5\nhello\r\n0\r\n\r\n")),
        TortureCase("bare CR after the size", 400, chunked("5\rhello\r\n0\r\n\r\n")),
        TortureCase("no line end after the data", 400, chunked("5\r\nhelloXX0\r\n\r\n")),
        TortureCase("bare LF after the data", 400, chunked("5\r\nhello\n0\r\n\r\n")),
        TortureCase("a chunk that is longer", 400, chunked("5\r\nhello!\r\n0\r\n\r\n")),
        TortureCase("LF in an extension", 400, chunked("5;a\nb\r\nhello\r\n0\r\n\r\n")),
        TortureCase("NUL in an extension", 400, chunked("5;\0\r\nhello\r\n0\r\n\r\n")),
        TortureCase(
            "an extension of 2000 bytes",
            400,
            chunked("5;\(String(repeating: "a", count: 2_000))\r\nhello\r\n")
        ),
        TortureCase("a trailer without a colon", 400, chunked("0\r\nnonsense\r\n\r\n")),
        TortureCase("a folded trailer", 400, chunked("0\r\na: b\r\n c\r\n\r\n")),
        TortureCase("a trailer with a blank in its name", 400, chunked("0\r\na : b\r\n\r\n")),
        TortureCase("trailers of 9000 bytes", 431, chunked("0\r\na: \(String(repeating: "b", count: 9_000))\r\n\r\n")),
        TortureCase(
            "a body beyond the limit",
            413,
            chunked("f4241\r\n\(String(repeating: "b", count: 1_000_001))\r\n")
        ),
    ]

    /// Each ends with a closed connection; accepted in full are only those of `accepted`.
    static let refused = requestLines + fields + framing + chunks

    static let accepted: [TortureCase] = [
        TortureCase("an empty line in front", 200, "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("absolute-form", 200, "GET http://acme.example.org/a?b HTTP/1.1\r\nHost: other\r\n\r\n"),
        TortureCase("absolute-form without a path", 200, "GET HTTP://h?b HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("an asterisk for OPTIONS", 200, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase("HTTP/1.0 without Host", 200, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        TortureCase("a later version 1.x", 200, "GET / HTTP/1.7\r\nHost: h\r\n\r\n"),
        TortureCase("blanks around values", 200, get("Host:\t h \t \r\nA:b")),
        TortureCase("an empty value", 200, get("Host: h\r\nA:")),
        TortureCase("a value beyond ASCII", 200, get("Host: h\r\nA: é")),
        TortureCase("an IPv6 Host", 200, get("Host: [::1]:8080")),
        TortureCase("an unknown method", 200, "BREW / HTTP/1.1\r\nHost: h\r\n\r\n"),
        TortureCase(
            "99 more fields",
            200,
            get("Host: h\r\n" + Array(repeating: "A: b", count: 99).joined(separator: "\r\n"))
        ),
        TortureCase("a length of nought", 200, post("Content-Length: 0", "")),
        TortureCase("a length with zeros in front", 200, post("Content-Length: 005", "hello")),
        TortureCase("chunked in capitals", 200, post("TRANSFER-ENCODING: Chunked", "5\r\nhello\r\n0\r\n\r\n")),
        TortureCase("sizes in both cases", 200, chunked("A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n")),
        TortureCase("extensions and trailers", 200, chunked("5;a=\"b c\"\r\nhello\r\n0;x\r\nA: b\r\nC:\r\n\r\n")),
        TortureCase("a GET with a body", 200, get("Host: h\r\nContent-Length: 5") + "hello"),
    ]
}
