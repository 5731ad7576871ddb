// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTestSupport
import Testing

@testable import LMSHost
@testable import LMSKit

/// nginx and we give the same parts of the same bytes, over sockets; where we decided otherwise, the table says what and why.
@Suite struct RangesLikeNginxTests {
    /// A request that both are sent.
    private struct Row {
        var method = "GET"
        var file = Name.long
        let range: String?
        var condition = Condition.none
        /// What nginx answers.
        let status: Int
        /// What we answer, if that is something else.
        var ours: Int?
    }

    private enum Name: String { case long = "a.png", empty = "b.png" }

    /// What else is said; with the tag that the server itself gave.
    private enum Condition { case none, sameTag, otherTag, weakTag, date, nonsense, knownTag }

    private static let content = FileSite.content

    private static let count = content.count

    private static let rows: [Row] = [
        Row(range: nil, status: 200),
        Row(range: "bytes=0-0", status: 206),
        Row(range: "bytes=\(count - 1)-\(count - 1)", status: 206),
        Row(range: "bytes=65530-65540", status: 206),
        Row(range: "bytes=100000-1499999", status: 206),
        Row(range: "bytes=-1", status: 206),
        Row(range: "bytes=-65537", status: 206),
        Row(range: "bytes=-\(count * 2)", status: 206),
        Row(range: "bytes=\(count - 7)-", status: 206),
        Row(range: "bytes=0-", status: 206),
        Row(range: "bytes=0-\(count - 1)", status: 206),
        Row(range: "bytes=5-\(count + 5)", status: 206),
        Row(range: "Bytes=0-1", status: 206),
        Row(range: "bytes= 0-1", status: 206),
        Row(range: "bytes=\(count)-", status: 416),
        Row(range: "bytes=\(count)-\(count + 1)", status: 416),
        Row(range: "bytes=99999999999999999999-", status: 416),
        Row(range: "bytes=-0", status: 416),
        Row(range: "bytes=", status: 200),
        Row(range: "bytes", status: 200),
        Row(range: "lines=0-1", status: 200),
        // Several at once.
        Row(range: "bytes=0-1,4-5", status: 206),
        Row(range: "bytes=65530-65540, 0-0, -1", status: 206),
        Row(range: "bytes=0-9,100000-1499999", status: 206),
        Row(range: "bytes=0-1,\(count)-", status: 206),
        Row(range: "bytes=\(count)-,\(count + 5)-", status: 416),
        Row(range: "bytes=0-\(count - 1),0-1", status: 200),
        Row(range: "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14", status: 206),
        // Conditions.
        Row(range: "bytes=0-1", condition: .sameTag, status: 206),
        Row(range: "bytes=0-1", condition: .otherTag, status: 200),
        Row(range: "bytes=0-1", condition: .weakTag, status: 200),
        Row(range: "bytes=0-1", condition: .nonsense, status: 200),
        Row(range: "bytes=\(count)-", condition: .otherTag, status: 200),
        Row(range: nil, condition: .sameTag, status: 200),
        Row(range: "bytes=0-1", condition: .knownTag, status: 304),
        Row(range: "bytes=\(count)-", condition: .knownTag, status: 304),
        // HEAD.
        Row(method: "HEAD", range: nil, status: 200),
        Row(method: "HEAD", range: "bytes=0-1", status: 206),
        Row(method: "HEAD", range: "bytes=\(count)-", status: 416),
        // Nothing to give a part of.
        Row(file: .empty, range: nil, status: 200),
        Row(file: .empty, range: "bytes=0-0", status: 200),
        Row(file: .empty, range: "bytes=0-", status: 200),
        Row(file: .empty, range: "bytes=-5", status: 200),
        Row(file: .empty, range: "bytes=-0", status: 200),
        Row(file: .empty, range: "bytes=5-", status: 416),
        Row(method: "HEAD", file: .empty, range: nil, status: 200),

        // What is no range is not there (RFC 9110 §14.2 leaves it to the server); nginx calls it one that cannot be had.
        Row(range: "bytes=5-4", status: 416, ours: 200),
        Row(range: "bytes=-", status: 416, ours: 200),
        Row(range: "bytes=abc", status: 416, ours: 200),
        Row(range: "bytes=1-2-3", status: 416, ours: 200),
        Row(range: "bytes=+1-2", status: 416, ours: 200),
        Row(range: "bytes=0x0-1", status: 416, ours: 200),
        // Spaces within a range are none of its grammar (§14.1.1).
        Row(range: "bytes=0 - 1", status: 206, ours: 200),
        // Elements of a list may be empty (§5.6.1.2).
        Row(range: "bytes=0-0,", status: 416, ours: 206),
        Row(range: "bytes=,0-0", status: 416, ours: 206),
        // A number that nobody can count to is behind the end (§14.1.2).
        Row(range: "bytes=0-99999999999999999999", status: 416, ours: 206),
        // Parts that overlap, or are more than eight, are what somebody asks for who wants to keep us busy (§17.15).
        Row(range: "bytes=0-5,3-8", status: 206, ours: 200),
        Row(range: "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16", status: 206, ours: 200),
        // A date is no version: we say when a file was changed nowhere (§13.1.5).
        Row(range: "bytes=0-1", condition: .date, status: 206, ours: 200),
    ]

    @Test func `parts of files are those that nginx gives, byte by byte`() async throws {
        let files = [Name.long.rawValue: Self.content, Name.empty.rawValue: []]
        let nginx = try await StaticNginx(serving: files, as: "image/png")
        defer { nginx.stop() }
        try await FileSite.withFiles(files) { port, places in
            for row in Self.rows {
                let place = try #require(places[row.file.rawValue])
                let theirs = try Self.ask(row, "/\(row.file.rawValue)", nginx.port)
                let ours = try Self.ask(row, place, port)
                let what = "\(row.method) \(row.file) \(row.range ?? "-") \(row.condition)"
                #expect(theirs.status == row.status, "nginx: \(what)")
                #expect(ours.status == row.ours ?? row.status, "\(what)")
                if row.ours == nil {
                    Self.compare(ours, theirs, what)
                } else {
                    try Self.expectSound(ours, row, what)
                }
            }
        }
    }

    private static func compare(_ ours: Answer, _ theirs: Answer, _ what: String) {
        #expect(ours["content-range"] == theirs["content-range"], "\(what)")
        switch ours.status {
        case 200, 206:
            let (ours, theirs) = (ours.comparable, theirs.comparable)
            #expect(ours["content-type"] == theirs["content-type"], "\(what)")
            #expect(ours["content-length"] == theirs["content-length"], "\(what)")
            #expect(ours.body == theirs.body, "\(what)")
            // nginx says that there are parts where it gives none; we always do.
            #expect(ours["accept-ranges"] == "bytes", "\(what)")
            #expect(theirs["accept-ranges"] == (theirs.status == 200 ? "bytes" : nil), "\(what)")
        case 416:
            // The content is a problem document here, and a page there.
            #expect(ours["content-type"] == "application/problem+json", "\(what)")
        default: #expect(ours.body.isEmpty && theirs.body.isEmpty, "\(what)")
        }
    }

    /// What we answer otherwise is the whole, or the one part that its first byte is of.
    private static func expectSound(_ answer: Answer, _ row: Row, _ what: String) throws {
        switch answer.status {
        case 200:
            #expect(answer.body == content && answer["content-range"] == nil, "\(what)")
        default:
            let last = row.range?.contains("9999") == true ? count - 1 : 0
            #expect(answer["content-range"] == "bytes 0-\(last)/\(count)", "\(what)")
            #expect(answer.body == Array(content[...last]), "\(what)")
        }
        #expect(answer["content-length"] == "\(answer.body.count)", "\(what)")
    }

    /// Sends a request on a connection of its own, after having asked for the tag if that is needed.
    private static func ask(_ row: Row, _ path: String, _ port: UInt16) throws -> Answer {
        func send(_ method: String, _ fields: [String]) throws -> Answer {
            let lines = [
                "\(method) \(path) HTTP/1.1", "Host: localhost:\(port)", "Connection: close",
                "Authorization: Bearer admin",
            ]
            let message = (lines + fields).joined(separator: "\r\n") + "\r\n\r\n"
            return try Answer(try RawHTTP.exchange(message, with: port))
        }
        var fields = row.range.map { ["Range: \($0)"] } ?? []
        if row.condition != .none {
            let known = try send("HEAD", [])
            let tag = try #require(known["etag"])
            switch row.condition {
            case .none: break
            case .sameTag: fields.append("If-Range: \(tag)")
            case .otherTag: fields.append("If-Range: \"another\"")
            case .weakTag: fields.append("If-Range: W/\(tag)")
            case .nonsense: fields.append("If-Range: nonsense")
            case .date: fields.append("If-Range: \(known["last-modified"] ?? "Thu, 01 Jan 1970 00:00:00 GMT")")
            case .knownTag: fields.append("If-None-Match: \(tag)")
            }
        }
        return try send(row.method, fields)
    }

    /// What came back on a connection.
    private struct Answer {
        let status: Int
        private(set) var fields: [String: String] = [:]
        private(set) var body: [UInt8]

        init(_ reply: [UInt8]) throws {
            let end = Array("\r\n\r\n".utf8)
            // Heads are short, and contents are not looked through.
            let start = (0..<min(reply.count, 16_384)).first { reply[$0...].starts(with: end) }
            let head = String(decoding: reply[..<(try #require(start))], as: UTF8.self)
            let lines = head.components(separatedBy: "\r\n")
            status = try #require(lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) })
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            body = Array(reply[(try #require(start) + end.count)...])
        }

        subscript(name: String) -> String? { fields[name] }

        /// The same without what every answer has of its own: the boundary between parts, and so the length.
        var comparable: Answer {
            guard let type = self["content-type"],
                let boundary = type.components(separatedBy: "boundary=").dropFirst().first
            else { return self }
            var answer = self
            let text = String(decoding: body, as: UTF8.self).replacingOccurrences(of: boundary, with: "x")
            answer.body = Array(text.utf8)
            answer.fields["content-type"] = type.replacingOccurrences(of: boundary, with: "x")
            if answer.fields["content-length"] == "\(body.count)" {
                answer.fields["content-length"] = "\(answer.body.count)"
            }
            return answer
        }
    }
}
