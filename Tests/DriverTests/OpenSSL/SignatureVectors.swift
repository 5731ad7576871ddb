// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import Testing

/// The published cases of `Vectors`; where each comes from is in the README there.
enum SignatureVectors {
    struct Group: Sendable {
        let key: JSONValue?
        let cases: [Case]
    }

    /// A row of the file; which column is what depends on the file.
    struct Case: Sendable {
        let number: Int
        let columns: [String]

        /// `valid`, `invalid` or `acceptable`.
        var result: String { columns.last ?? "" }
    }

    static func document(_ name: String) throws -> JSONValue {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/\(name).json")
        return try JSONValue.parse(Array(try Data(contentsOf: file)))
    }

    static func groups(_ name: String) throws -> [Group] {
        guard case .array(let groups) = try document("wycheproof-\(name)")["groups"] else { return [] }
        return groups.map { group in
            guard case .array(let rows) = group["tests"] else { return Group(key: group["jwk"], cases: []) }
            return Group(
                key: group["jwk"],
                cases: rows.compactMap { row in
                    guard case .array(let values) = row, let number = values.first?.integer else { return nil }
                    return Case(number: number, columns: values.dropFirst().compactMap(\.text))
                }
            )
        }
    }
}
