// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Testing

/// What `docs/security.md` and the files beside it claim is shown by tests that exist.
@Suite struct SecurityDocumentTests {
    private static let files = ["docs/security.md", "docs/security/asvs.md", "docs/security/defects.md"]

    @Test(arguments: files)
    func `every test and document that a table of the security files names exists`(file: String) throws {
        let names = Set(try RepositoryText.testNames())
        let table = SecurityTable(try RepositoryText.file(file), lastColumn: "shown by")
        #expect(table.rows.count > 10)
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        for row in table.rows {
            let cell = row.last ?? ""
            for name in SecurityTable.quoted(cell) {
                #expect(names.contains(name), "\(file), \(row[0]): there is no test `\(name)`")
            }
            for link in SecurityTable.links(cell) where !link.isEmpty {
                #expect(RepositoryText.exists("\(folder)/\(link)"), "\(file), \(row[0]): there is no \(link)")
            }
        }
    }

    @Test
    func `the table has every requirement of ASVS 5 level 2 in five chapters, once, and shows what it says is met`()
        throws
    {
        let rows = SecurityTable(try RepositoryText.file("docs/security/asvs.md"), lastColumn: "shown by").rows
        var counts: [Substring: Int] = [:]
        for row in rows { counts[row[0].prefix { $0 != "." }, default: 0] += 1 }
        #expect(counts == ["V6": 35, "V7": 18, "V8": 7, "V9": 7, "V10": 29])
        #expect(Set(rows.map { $0[0] }).count == 96)
        for row in rows {
            let evidence = row.count == 4 ? row[3] : ""
            let names = SecurityTable.quoted(evidence).count + SecurityTable.links(evidence).count
            switch row.count > 2 ? row[2] : "" {
            case "met": #expect(names > 0, "\(row[0]) is met and nothing shows it")
            case "partly": #expect(names > 0 && evidence.contains("Not:"), "\(row[0]) does not say what is missing")
            case "not met", "not applicable": #expect(!evidence.isEmpty, "\(row[0]) does not say why")
            default: Issue.record("\(row[0]) has the state \(row)")
            }
        }
    }

    @Test(arguments: ["S1", "S2", "S4", "S5", "S6", "S7", "S8", "S9", "S14", "S15", "S16", "S17", "S19", "S20"])
    func `each hole of the inventory that is in reach has one test of its name`(hole: String) throws {
        let tests = try RepositoryText.testNames().filter { $0.hasPrefix("\(hole): ") }
        #expect(tests.count == 1, "\(tests)")
    }

    @Test func `the list of defects names every test that is named after one`() throws {
        let text = try RepositoryText.file("docs/security/defects.md")
        let named = try RepositoryText.testNames().filter { name in
            let mark = name.prefix { $0 != ":" }
            guard mark.endIndex < name.endIndex, let first = mark.first, "SAF".contains(first) else { return false }
            return mark.dropFirst().first?.isNumber == true
        }
        #expect(named.count > 25)
        for name in named { #expect(text.contains("`\(name)`"), "docs/security/defects.md lacks `\(name)`") }
    }

    @Test func `a test that was renamed is missed`() {
        let names = RepositoryText.testNames(in: "    @Test func `what is`() {\n    func `cut\n    func plain() {")
        #expect(names == ["what is"])
        let table = SecurityTable(
            "| a | shown by |\n|---|---|\n| x | `what was`, [y](z.md#q) |\n",
            lastColumn: "shown by"
        )
        #expect(table.rows == [["x", "`what was`, [y](z.md#q)"]])
        #expect(SecurityTable.quoted(table.rows[0][1]) == ["what was"])
        #expect(SecurityTable.links(table.rows[0][1]) == ["z.md"])
    }
}
