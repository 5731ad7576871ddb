// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import Testing

@Suite struct EventCatalogTests {
    @Test func `names are unique and in the form that the database takes`() throws {
        let form = try Regex(#"[a-z_]{1,32}\.[a-z_]{1,32}"#)
        #expect(Set(EventType.all.map(\.name)).count == EventType.all.count)
        for type in EventType.all {
            #expect(try form.wholeMatch(in: type.name) != nil, "\(type.name)")
        }
    }

    /// A column of the table in docs/events.md, so that nobody changes a payload and leaves its readers without a word.
    @Test func `the documents list every type with its version, topic and payload`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "docs/events.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.split(separator: "|").prefix(5).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(rows.map { $0[0] } == EventType.all.map { "`\($0.name)`" })
        for (row, type) in zip(rows, EventType.all) {
            #expect(row[1] == "\(type.version)" && row[2] == type.topic.rawValue, "\(type.name)")
            #expect(!row[4].isEmpty)
        }
    }
}
