// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@Suite struct SQLTests {
    @Test func `an interpolation is a bind and never text`() {
        let hostile = "'; DROP TABLE users; --"
        let statement: SQL = "SELECT id FROM users WHERE email = \(hostile) AND active = \(true)"
        #expect(statement.text == "SELECT id FROM users WHERE email = $1 AND active = $2")
        #expect(statement.binds == [.text(hostile), .bool(true)])
    }

    @Test func `binds may begin a statement, follow each other and end it`() {
        let statement: SQL = "\(1) \(2)\(3), \(4)"
        #expect(statement.text == "$1 $2$3, $4")
        #expect(statement.binds == [.int(1), .int(2), .int(3), .int(4)])
        #expect(("SELECT 1" as SQL).text == "SELECT 1")
        #expect(("SELECT \(1)" as SQL) == ("SELECT \(1)" as SQL))
        #expect(("SELECT \(1)" as SQL) != ("SELECT \(2)" as SQL))
    }

    @Test func `what statements share is interpolated with its binds`() {
        let condition: SQL = "a = \(1) AND b = \(2)"
        let columns: SQL = "a, b"
        let statement: SQL = "SELECT \(columns) FROM t WHERE \(condition) LIMIT \(3)"
        #expect(statement.text == "SELECT a, b FROM t WHERE a = $1 AND b = $2 LIMIT $3")
        #expect(statement.binds == [.int(1), .int(2), .int(3)])
        let nested: SQL = "\(statement)"
        #expect(nested == statement)
        let twice: SQL = "\(columns)\(columns)\(4)\(condition)"
        #expect(twice.text == "a, ba, b$1a = $2 AND b = $3")
        #expect(twice.binds == [.int(4), .int(1), .int(2)])
    }

    @Test func `a missing value is a NULL of its type`() {
        let nothing: Int? = nil
        let statement: SQL = "SELECT \(nothing)"
        #expect(statement.binds == [.null(.int)])
    }

    @Test func `a literal in a script is escaped whatever it holds`() {
        let script: Script = "SELECT \(literal: #"a'b\c"#)"
        #expect(script.text == #"SELECT  E'a''b\\c'"#)
    }

    @Test func `rows give back what was put in`() throws {
        let rows = Rows(
            names: ["title", "seats", "tags", "missing"],
            values: [
                [.text("Física"), .int(30), .array(.text, [.text("a"), .text("ب")]), .null(.text)]
            ]
        )
        let row = try #require(rows.only)
        let title: String = try row["title"]
        let seats: Int = try row["seats"]
        let tags: [String] = try row["tags"]
        let missing: String? = try row["missing"]
        #expect(title == "Física")
        #expect(seats == 30)
        #expect(tags == ["a", "ب"])
        #expect(missing == nil)
    }

    @Test func `rows give back the arrays that were put in, and refuse those of another type`() throws {
        let texts: [Level] = [.low, .low, .high, .low, .high, .high]
        let numbers = [Int.min, -1, 0, .max]
        let instants = [Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 1_795_000_000.5)]
        let rows = Rows(
            names: ["texts", "numbers", "instants", "none", "unknown"],
            values: [
                [
                    texts.databaseValue, numbers.databaseValue, instants.databaseValue, [Int]().databaseValue,
                    ["low", "medium"].databaseValue,
                ]
            ]
        )
        #expect(try rows[0]["texts"] as [Level] == texts)
        #expect(try rows[0]["numbers"] as [Int] == numbers)
        #expect(try rows[0]["instants"] as [Date] == instants)
        #expect(try rows[0]["none"] as [Int] == [])
        #expect(throws: DatabaseError.self) { try rows[0]["unknown"] as [Level] }
        #expect(throws: DatabaseError.self) { try rows[0]["numbers"] as [Date] }
        #expect(throws: DatabaseError.self) { try rows[0]["texts"] as [Int] }
    }

    private enum Level: String, DatabaseConvertible {
        case low, high
    }

    @Test func `a column of another type or name is an error and not a crash`() throws {
        let row = try #require(Rows(names: ["seats"], values: [[.int(30)]]).only)
        #expect(throws: DatabaseError.undecodable(column: "seats", expected: "text")) {
            let _: String = try row["seats"]
        }
        #expect(throws: DatabaseError.self) { let _: Int = try row["places"] }
    }

    @Test func `NULL in a column that must have a value is an error`() throws {
        let row = try #require(Rows(names: ["seats"], values: [[.null(.int)]]).only)
        #expect(throws: DatabaseError.undecodable(column: "seats", expected: "not NULL")) {
            let _: Int = try row["seats"]
        }
    }
}
