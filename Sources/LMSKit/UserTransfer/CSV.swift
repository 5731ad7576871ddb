// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Comma-separated values as RFC 4180 has them: strict on the way in, because a reader that guesses puts names into other people's rows.
///
/// Debian has no C library for this that does more than split, which is what the fifty lines here do.
enum CSV {
    /// A record and the line that it begins in, from 1.
    struct Record: Equatable {
        let line: Int
        let fields: [String]
    }

    /// What is wrong with a text, and in which line.
    enum Mistake: Error, Equatable {
        /// A quote stands within a field that did not begin with one, or something stands behind the closing one.
        case strayQuote(line: Int)
        /// A quote is not closed.
        case openQuote(line: Int)
    }

    /// Splits a text; a byte order mark before it and a line break at its end count for nothing, and neither do empty lines.
    static func records(_ text: String) throws(Mistake) -> [Record] {
        var records: [Record] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var state = State.start
        var line = 1
        var first = 1
        func decoded(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        func endRecord() {
            if fields.isEmpty, field.isEmpty, state == .start { return }
            fields.append(decoded(field))
            records.append(Record(line: first, fields: fields))
        }
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        while let byte = bytes.popFirst() {
            switch (byte, state) {
            case (UInt8(ascii: "\""), .start): state = .quoted(from: line)
            case (UInt8(ascii: "\""), .quoted(let start)):
                if bytes.first == UInt8(ascii: "\"") {
                    bytes.removeFirst()
                    field.append(byte)
                } else {
                    state = .closed(from: start)
                }
            case (UInt8(ascii: "\""), _): throw .strayQuote(line: line)
            case (0x0A, .quoted), (0x0D, .quoted):
                if byte == 0x0A { line += 1 }
                field.append(byte)
            case (_, .quoted): field.append(byte)
            case (UInt8(ascii: ","), _):
                fields.append(decoded(field))
                field = []
                state = .next
            case (0x0D, _) where bytes.first == 0x0A: continue
            case (0x0A, _):
                endRecord()
                line += 1
                (fields, field, state, first) = ([], [], .start, line)
            case (_, .closed): throw .strayQuote(line: line)
            case (_, .start), (_, .next), (_, .plain):
                field.append(byte)
                state = .plain
            }
            if state == .next, bytes.first == UInt8(ascii: "\"") {
                bytes.removeFirst()
                state = .quoted(from: line)
            }
        }
        if case .quoted(let start) = state { throw .openQuote(line: start) }
        endRecord()
        return records
    }

    private enum State: Equatable {
        case start
        case next
        case plain
        case quoted(from: Int)
        case closed(from: Int)
    }

    /// Writes a record.
    ///
    /// A field that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, a tab or a line break in front) gets an apostrophe, which spreadsheets do not show.
    static func line(_ fields: [String]) -> String {
        fields.map { field in
            let isFormula = field.utf8.first.map { "=+-@\t\r\n".utf8.contains($0) } ?? false
            let safe = isFormula ? "'" + field : field
            guard safe.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return safe }
            // By bytes: some marks make one character of themselves and the quote behind them.
            let doubled = safe.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
            return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
