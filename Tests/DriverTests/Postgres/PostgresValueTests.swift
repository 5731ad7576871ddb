// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSPostgresDriver
internal import LMSTenancy
internal import Testing

@Suite struct PostgresValueTests {
    @Test func `every kind of value comes back as it was sent`() async throws {
        try await PostgresFixture.run { fixture in
            let uuid = UUID()
            let instant = Date(timeIntervalSince1970: 1_753_000_000.123456)
            let text = "naïve · العربية · 漢字 · '\"\\"
            let none: Int? = nil
            // Three times: unnamed, prepared, and with the columns known from before.
            for _ in 0..<3 {
                let rows = try await fixture.readOne(
                    """
                    SELECT \(true) AS bool, \(Int.min) AS int, \(-0.1) AS double, \(text) AS text, \(uuid) AS uuid,
                        \(instant) AS instant, \(Bytes([0, 255, 7])) AS bytes, \(JSONText(Array(#"{"a": [1]}"#.utf8))) AS json,
                        \([1, -2, 3]) AS ints, \([text, ""]) AS texts, \([uuid]) AS uuids, \([Int]()) AS none,
                        \(none) AS missing, \("") AS empty, 7::int AS int4, 7::smallint AS int2, 'n'::name AS name
                    """
                )
                let row = try #require(rows.first)
                #expect(rows.count == 1)
                #expect(try row["bool"] as Bool)
                #expect(try row["int"] as Int == .min)
                #expect(try row["double"] as Double == -0.1)
                #expect(try row["text"] as String == text)
                #expect(try row["uuid"] as UUID == uuid)
                #expect(abs((try row["instant"] as Date).timeIntervalSince(instant)) < 0.000_001)
                #expect(try row["bytes"] as Bytes == Bytes([0, 255, 7]))
                #expect(try row["json"] as String == #"{"a": [1]}"#)
                #expect(try row["ints"] as [Int] == [1, -2, 3])
                #expect(try row["texts"] as [String] == [text, ""])
                #expect(try row["uuids"] as [UUID] == [uuid])
                #expect(try row["none"] as [Int] == [])
                #expect(try row["missing"] as Int? == nil)
                #expect(try row["empty"] as String == "")
                #expect(try row["int4"] as Int == 7)
                #expect(try row["int2"] as Int == 7)
                #expect(try row["name"] as String == "n")
            }
        }
    }

    @Test func `an array that is missing is of the array's type`() async throws {
        try await PostgresFixture.run { fixture in
            let missing: [String]? = nil
            for _ in 0..<3 {
                let rows = try await fixture.readOne(
                    "SELECT coalesce(\(missing), ARRAY['a', 'b']) AS texts, \(missing) AS missing, \(missing) IS NULL AS is_null"
                )
                let row = try #require(rows.only)
                #expect(try row["texts"] as [String] == ["a", "b"])
                #expect(try row["missing"] as [String]? == nil)
                #expect(try row["is_null"] as Bool)
            }
        }
    }

    @Test func `rows keep their fields apart`() async throws {
        try await PostgresFixture.run { fixture in
            let rows = try await fixture.readOne(
                "SELECT n, CASE WHEN n % 2 = 0 THEN repeat('x', n) END AS text FROM generate_series(0, 100) AS n"
            )
            #expect(rows.count == 101)
            for (index, row) in rows.enumerated() {
                #expect(try row["n"] as Int == index)
                let expected = index.isMultiple(of: 2) ? String(repeating: "x", count: index) : nil
                #expect(try row["text"] as String? == expected)
            }
        }
    }

    @Test func `a command tells how many rows it touched`() async throws {
        try await PostgresFixture.run { fixture in
            let replies = try await fixture.database.write(
                [
                    "INSERT INTO items (id, note) SELECT n, 'a' FROM generate_series(1, 7) AS n",
                    "UPDATE items SET note = 'b' WHERE id > 4", "DELETE FROM items WHERE id = 99",
                    "DELETE FROM items WHERE id < 3 RETURNING id",
                ],
                scope: fixture.scope
            )
            #expect(replies.map(\.affected) == [7, 3, 0, 2])
            #expect(replies.map(\.count) == [0, 0, 0, 2])
        }
    }

    @Test(arguments: [
        ("INSERT INTO items (id, note) VALUES (1, 'again')", DatabaseError.constraint(.unique, name: "items_pk")),
        ("INSERT INTO items (id, note, parent) VALUES (2, 'x', 99)", .constraint(.foreignKey, name: "items_parent_fk")),
        ("INSERT INTO items (id, note, amount) VALUES (2, 'x', 0)", .constraint(.check, name: "items_amount_ck")),
        ("INSERT INTO items (id) VALUES (2)", .constraint(.notNull, name: "note")),
        ("CREATE TABLE mine (id int)", .permissionDenied), ("SELECT 1/0", .refused(sqlState: "22012")),
        ("SELEC", .refused(sqlState: "42601")), ("SELECT 1; SELECT 2", .refused(sqlState: "42601")),
    ])
    func `a refusal becomes an error that names the constraint`(text: String, expected: DatabaseError) async throws {
        try await PostgresFixture.run { fixture in
            _ = try await fixture.database.write(["INSERT INTO items (id, note) VALUES (1, 'a')"], scope: fixture.scope)
            await #expect(throws: expected) {
                try await fixture.database.write(
                    ["INSERT INTO items (id, note) VALUES (3, 'undone')", SQL(migration: text)],
                    scope: fixture.scope
                )
            }
            #expect(try await fixture.readOne("SELECT id FROM items").count == 1)
        }
    }
}
