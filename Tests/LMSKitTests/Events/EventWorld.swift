// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// An event as it was recorded.
struct SeenEvent: Sendable, Equatable {
    let type: String
    let aggregate: UUID
    let actor: String?
    let payload: [String: JSONValue]

    /// All events of a tenant, in the order of recording.
    static func all(of tenant: TestTenant) async throws -> [SeenEvent] {
        try await tenant.events().map { row in
            let payload: JSONText = try row["payload"]
            guard case .object(let members) = try JSONValue.parse(payload.bytes) else {
                throw TestFailure("a payload that is no object")
            }
            return SeenEvent(
                type: try row["type"],
                aggregate: try row["aggregate"],
                actor: try row["actor"],
                payload: Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
            )
        }
    }

    /// The fields of each type's payload, from docs/events.md.
    static func documentedFields() throws -> [String: Set<String>] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "docs/events.md"), encoding: .utf8)
        var fields: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            fields[cells[0].replacing("`", with: "")] = Set(cells[4].split(separator: ", ").map(String.init))
        }
        return fields
    }
}

extension CourseWorld {
    /// What an act records.
    func recorded(_ act: () async throws -> Void) async throws -> [SeenEvent] {
        let before = try await SeenEvent.all(of: tenant).count
        try await act()
        return Array(try await SeenEvent.all(of: tenant).dropFirst(before))
    }
}
