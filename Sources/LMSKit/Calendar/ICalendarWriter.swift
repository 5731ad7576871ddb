// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Writes an iCalendar object (RFC 5545); no I/O.
///
/// Lines end with CRLF and are folded before their 76th octet, between two characters of UTF-8 and never within one. Whatever a text
/// holds, it stays the value of its property.
struct ICalendarWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    /// The most octets of a line without its end.
    static let lineLimit = 75

    /// Begins a component, such as `VEVENT`.
    mutating func begin(_ component: StaticString) { line("BEGIN:\(component)") }

    /// Ends a component.
    mutating func end(_ component: StaticString) { line("END:\(component)") }

    /// Writes a property whose value is of the type TEXT.
    mutating func text(_ name: StaticString, _ value: String) { line("\(name):\(ICalendarWriter.escaped(value))") }

    /// Writes a property whose value has a grammar of its own, such as an address or a duration.
    mutating func plain(_ name: StaticString, _ value: String) { line("\(name):\(value)") }

    /// Writes a property whose value is a moment, in UTC and to the second.
    mutating func instant(_ name: StaticString, _ instant: Date) {
        let digits = instant.iso8601Milliseconds.prefix(19).filter { $0 != "-" && $0 != ":" }
        line("\(name):\(digits)Z")
    }

    /// A text as the type TEXT has it (§3.3.11): each end of a line, of whatever kind, is `\n`.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped.append(contentsOf: ["\\", scalar])
            case "\n" where isAfterReturn: break
            case "\n", "\r": escaped.append(contentsOf: ["\\", "n"])
            default: escaped.append(scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        return String(escaped)
    }

    /// Writes a line without the control characters that no line has (§3.1).
    private mutating func line(_ text: String) {
        var room = ICalendarWriter.lineLimit
        for scalar in text.unicodeScalars where scalar == "\t" || (scalar.value >= 0x20 && scalar.value != 0x7F) {
            let octets = scalar.utf8
            if octets.count > room {
                bytes.append(contentsOf: "\r\n ".utf8)
                // The blank is the first octet of the line.
                room = ICalendarWriter.lineLimit - 1
            }
            bytes.append(contentsOf: octets)
            room -= octets.count
        }
        bytes.append(contentsOf: "\r\n".utf8)
    }
}
