// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation

/// Which status each route answers each actor: the file `access-matrix.txt`, which is reviewed like code.
struct AccessMatrix: Equatable {
    /// The actors' names, in the order of the columns.
    let actors: [String]
    /// The cells of each route, in the order of the table.
    private(set) var rows: [(route: String, cells: [String])]

    static let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "access-matrix.txt").path

    /// The file as it was reviewed.
    static var reviewed: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }

    private static let heading = """
        # Which status each route answers each actor. Checked by AccessMatrixTests; written anew by `make access-matrix`, and then reviewed like code.
        # own/other: about what is the actor's own or public, and about what is another member's and not public. One number where a route names nothing.

        """

    init(actors: [String]) {
        self.actors = actors
        rows = []
    }

    /// Reads the file.
    init(text: String) {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: " ").map(String.init)
        }
        actors = Array(lines.first?.dropFirst(1) ?? [])
        rows = lines.dropFirst().map { ("\($0[0]) \($0[1])", Array($0.dropFirst(2))) }
    }

    mutating func add(_ route: String, _ cells: [String]) {
        rows.append((route, cells))
    }

    /// The file's text: columns as wide as their widest cell.
    var text: String {
        let lines = [["route"] + actors] + rows.map { [$0.route] + $0.cells }
        let widths = (0...actors.count).map { column in
            lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        let body = lines.map { line in
            zip(line, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
                .trimmingCharacters(in: .whitespaces)
        }
        return Self.heading + body.joined(separator: "\n") + "\n"
    }

    /// What differs from another matrix, a sentence each.
    func differences(from expected: AccessMatrix) -> [String] {
        var findings: [String] = []
        if actors != expected.actors { findings.append("the actors are \(actors), the file has \(expected.actors)") }
        let known = Dictionary(expected.rows.map { ($0.route, $0.cells) }) { first, _ in first }
        for (route, cells) in rows {
            guard let row = known[route] else {
                findings.append("\(route) is not in the file")
                continue
            }
            for (index, actor) in actors.enumerated() where index < cells.count {
                let cell = index < row.count ? row[index] : "nothing"
                if cells[index] != cell {
                    findings.append("\(route) answers \(actor) \(cells[index]), the file has \(cell)")
                }
            }
        }
        let served = Set(rows.map(\.route))
        for row in expected.rows where !served.contains(row.route) {
            findings.append("\(row.route) is in the file and not served")
        }
        return findings
    }

    static func == (left: AccessMatrix, right: AccessMatrix) -> Bool { left.text == right.text }
}
