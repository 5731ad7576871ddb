// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct ICalendarWriterTests {
    private func line(_ value: String) -> String {
        var writer = ICalendarWriter()
        writer.text("SUMMARY", value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("a, b; c\\d", #"a\, b\; c\\d"#), ("one\ntwo", #"one\ntwo"#), ("one\r\ntwo", #"one\ntwo"#),
        ("one\rtwo", #"one\ntwo"#), ("one\n\ntwo", #"one\n\ntwo"#), ("one\r\r\ntwo", #"one\n\ntwo"#),
        ("\"quoted\": yes", "\"quoted\": yes"), ("", ""),
    ])
    func `a text is escaped, and each end of a line is the same`(text: String, escaped: String) {
        #expect(ICalendarWriter.escaped(text) == escaped)
        #expect(line(text) == "SUMMARY:\(escaped)\r\n")
    }

    @Test func `attack: a title cannot begin a line or a component of its own`() {
        let hostile = "Sheet\r\nEND:VEVENT\r\nBEGIN:VALARM\u{0}\u{7F}\u{B}"
        #expect(line(hostile) == "SUMMARY:Sheet\\nEND:VEVENT\\nBEGIN:VALARM\r\n")
    }

    @Test(arguments: ["x", "é", "ش", "€", "😀"])
    func `a line is folded at 75 octets and never within a character`(character: String) throws {
        for count in 0...200 {
            let value = String(repeating: character, count: count)
            var writer = ICalendarWriter()
            writer.text("SUMMARY", value)
            let lines = writer.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            #expect(lines.last?.isEmpty == true)
            var unfolded = ""
            for (index, line) in lines.dropLast().enumerated() {
                #expect(line.last == UInt8(ascii: "\r"))
                let octets = line.dropLast()
                #expect(octets.count <= 75)
                let text = try #require(String(validating: octets, as: UTF8.self))
                #expect(index == 0 || text.hasPrefix(" "))
                unfolded += index == 0 ? text : String(text.dropFirst())
                // No line is shorter than it has to be.
                if index < lines.count - 2 { #expect(octets.count + character.utf8.count > 75) }
            }
            #expect(unfolded == "SUMMARY:\(value)")
        }
    }

    @Test func `a moment is written in UTC, to the second`() {
        var writer = ICalendarWriter()
        writer.instant("DTSTART", Date(timeIntervalSince1970: 1_800_000_000.75))
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "DTSTART:20270115T080000Z\r\n")
    }

    @Test func `the same events give the same bytes, in the language that was asked for`() {
        let event = CalendarEvent(
            .assignmentDue,
            of: UUID(uuid: (1, 137, 10, 93, 172, 150, 119, 75, 188, 206, 179, 2, 9, 154, 128, 87)),
            in: Course.ID(UUID()),
            courseTitle: "Physics, part 2",
            title: "Sheet 3",
            at: Date(timeIntervalSince1970: 1_800_000_000),
            changedAt: Date(timeIntervalSince1970: 1_799_999_000)
        )
        func written(_ language: Language) -> String {
            let document = CalendarDocument(name: "Acme", host: "a.example", language: language) { _ in
                "https://a.example/c"
            }
            return String(decoding: document.written([event]), as: UTF8.self)
        }
        let expected = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//LMSKit//Calendar//EN", "NAME:Acme", "X-WR-CALNAME:Acme",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "BEGIN:VEVENT",
            "UID:assignment_due-01890a5d-ac96-774b-bcce-b302099a8057@a.example", "DTSTAMP:20270115T074320Z",
            "LAST-MODIFIED:20270115T074320Z", "DTSTART:20270115T080000Z", "SUMMARY:Due: Sheet 3",
            #"DESCRIPTION:Physics\, part 2"#, "URL:https://a.example/c", "TRANSP:TRANSPARENT", "END:VEVENT",
            "END:VCALENDAR", "",
        ]
        #expect(written(.english) == expected.joined(separator: "\r\n"))
        #expect(written(.spanish).contains("SUMMARY:Entrega: Sheet 3\r\n"))
        #expect(written(.arabic).contains("SUMMARY:موعد التسليم: Sheet 3\r\n"))
    }
}
