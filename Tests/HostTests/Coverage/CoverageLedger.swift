// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// `docs/coverage.csv`: the endpoints of five existing systems, and what answers each here.
struct CoverageLedger {
    let rows: [Row]

    struct Row {
        let line: Int
        let system: String
        let method: String
        let path: String
        /// `METHOD /path` of each route that answers it, or `feature: …`; parted by semicolons.
        let answers: [String]
        let declined: String

        var routes: [String] { answers.filter { !$0.hasPrefix("feature: ") } }
    }

    enum Mistake: Error {
        case columns(line: Int)
    }

    init(_ text: String) throws {
        var rows: [Row] = []
        for (index, fields) in Self.records(text).enumerated().dropFirst() {
            guard fields.count == 7 else { throw Mistake.columns(line: index + 1) }
            rows.append(
                Row(
                    line: index + 1,
                    system: fields[0],
                    method: fields[2],
                    path: fields[3],
                    answers: fields[5].split(separator: "; ").map(String.init),
                    declined: fields[6]
                )
            )
        }
        self.rows = rows
    }

    /// The ledger of this repository.
    static func load(file: String = #filePath) throws -> CoverageLedger {
        var root = URL(filePath: file)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let data = try Data(contentsOf: root.appending(path: "docs/coverage.csv"))
        return try CoverageLedger(String(decoding: data, as: UTF8.self))
    }

    /// Fields in quotes may hold commas and doubled quotes (RFC 4180); no field here holds a line break.
    private static func records(_ text: String) -> [[String]] {
        text.split(separator: "\n").map { line in
            var fields: [String] = []
            var field = ""
            var isQuoted = false
            for character in line {
                switch character {
                case "\"":
                    // A doubled quote ends and begins the quoted part at once; keep one.
                    if isQuoted == false, field.isEmpty == false { field.append("\"") }
                    isQuoted.toggle()
                case "," where !isQuoted:
                    fields.append(field)
                    field = ""
                default: field.append(character)
                }
            }
            fields.append(field)
            return fields
        }
    }
}
