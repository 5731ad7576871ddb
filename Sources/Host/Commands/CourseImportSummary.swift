// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// An import's report in a few lines: how much there is, and of each kind of finding how many with the first ones.
struct CourseImportSummary: CustomStringConvertible {
    private let report: JSONValue
    private static let examples = 3

    private static let words = [
        ("opaque_block", "blocks without a counterpart, kept with their source"),
        ("missing_file", "files that are named and not there"),
        ("missing_asset", "pictures or documents that are named and not there"),
        ("broken_file", "files that are not well-formed, kept as they are"),
        ("reduced_block", "blocks of which a part was removed or has no counterpart"),
        ("not_imported", "parts or files that were not imported"),
    ]

    /// Reads a report.
    ///
    /// - Parameter report: The report as JSON.
    /// - Throws: `JSONError` if it is none.
    init(_ report: JSONText) throws(JSONError) {
        self.report = try JSONValue.parse(report.bytes)
    }

    var description: String {
        var lines = [contents]
        for (kind, words) in Self.words {
            let found = findings.filter { $0["kind"]?.text == kind }
            guard !found.isEmpty else { continue }
            lines.append("\(found.count) \(words):")
            lines += found.prefix(Self.examples).map { "  \($0["path"]?.text ?? ""): \($0["detail"]?.text ?? "")" }
            if found.count > Self.examples { lines.append("  … and \(found.count - Self.examples) more") }
        }
        return lines.joined(separator: "\n")
    }

    private var contents: String {
        var blocks: [(kind: String, count: Int)] = []
        if case .object(let members) = report["blocks"] {
            blocks = members.map { ($0.name, $0.value.integer ?? 0) }.sorted { $0.count > $1.count }
        }
        let total = blocks.reduce(0) { $0 + $1.count }
        let kinds = blocks.map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
        return "\(report["modules"]?.integer ?? 0) modules, \(report["lessons"]?.integer ?? 0) lessons, "
            + "\(total) blocks (\(kinds))"
    }

    private var findings: [JSONValue] {
        guard case .array(let findings) = report["findings"] else { return [] }
        return findings
    }
}
