// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The rows of the tables of a Markdown file, but for heads and rules.
struct SecurityTable {
    let rows: [[String]]

    /// Reads every table whose head ends with a column.
    ///
    /// - Parameters:
    ///   - text: The file.
    ///   - column: The head of the last column.
    init(_ text: String, lastColumn column: String) {
        var rows: [[String]] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isInside = false
                continue
            }
            let cells = line.split(separator: "|").map { String($0.trimming()) }
            if cells.last == column {
                isInside = true
            } else if isInside, !cells.allSatisfy({ $0.allSatisfy { $0 == "-" || $0 == ":" } }) {
                rows.append(cells)
            }
        }
        self.rows = rows
    }

    /// What stands in backticks in a cell.
    static func quoted(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .compactMap { index, part in index % 2 == 1 ? String(part) : nil }
    }

    /// The addresses of the links in a cell, without what stands behind `#`.
    static func links(_ cell: String) -> [String] {
        cell.ranges(of: "](").map { range in
            String(cell[range.upperBound...].prefix { $0 != ")" && $0 != "#" })
        }
    }
}

extension Substring {
    fileprivate func trimming() -> Substring {
        let start = drop { $0 == " " }
        guard let end = start.lastIndex(where: { $0 != " " }) else { return start }
        return start[...end]
    }
}
