// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A statement as a key: by where its literals are in the program, so that no text is made or compared.
///
/// One statement that the compiler placed twice is two keys and prepared twice, no more.
///
/// SAFETY: the addresses of literals are compared and never followed; literals live as long as the process.
@safe struct StatementKey: Hashable {
    private let literals: [StaticString]
    private let joined: UInt64
    /// The text of a statement that has no literals.
    private let text: String?

    init(_ sql: SQL) {
        literals = sql.parts
        joined = sql.joined
        text = sql.parts.isEmpty ? sql.text : nil
    }

    static func == (left: StatementKey, right: StatementKey) -> Bool {
        guard left.literals.count == right.literals.count, left.joined == right.joined, left.text == right.text
        else { return false }
        for index in left.literals.indices
        where StatementKey.place(left.literals[index]) != StatementKey.place(right.literals[index]) {
            return false
        }
        return true
    }

    func hash(into hasher: inout Hasher) {
        // Composed statements may begin and end alike; of the others the first part tells.
        hasher.combine(joined)
        if let first = literals.first { hasher.combine(StatementKey.place(first).address) }
        if joined != 0, let last = literals.last { hasher.combine(StatementKey.place(last).address) }
        if let text { hasher.combine(text) }
    }

    private static func place(_ literal: StaticString) -> (address: UInt, length: Int) {
        guard literal.hasPointerRepresentation else { return (UInt(literal.unicodeScalar.value), 0) }
        return unsafe (UInt(bitPattern: literal.utf8Start), literal.utf8CodeUnitCount)
    }
}
