// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit

extension FieldReader {
    /// Reads a field of an update: absent keeps, a value sets.
    mutating func change<Rule: FieldRule>(_ name: String, _ rule: Rule) -> Change<Rule.Value>
    where Rule.Value: Sendable {
        optional(name, rule).map { .set($0) } ?? .keep
    }

    /// Reads a field of an update that may have no value: absent keeps, `null` clears, a value sets.
    mutating func clearableChange<Rule: FieldRule>(_ name: String, _ rule: Rule) -> Change<Rule.Value?>
    where Rule.Value: Sendable {
        switch clearable(name, rule) {
        case .keep: .keep
        case .clear: .set(nil)
        case .set(let value): .set(value)
        }
    }
}
