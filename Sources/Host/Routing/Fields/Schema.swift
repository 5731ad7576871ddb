// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// What a field may hold: the one description behind validation, OpenAPI and generated requests.
indirect enum Schema: Sendable {
    /// A text of so many characters, of a format such as `email` if it has one.
    case text(ClosedRange<Int>, format: String?, example: String)
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case flag
    /// The identifier of an entity, by the name of its type.
    case identifier(of: String)
    case choice([String])
    case date
    case money
    case list(Schema, ClosedRange<Int>)
    /// An object with these fields, by the name of its type.
    case object(name: String, [FieldDescription])
    /// Any JSON value.
    case anything
}

/// One field of a request.
struct FieldDescription: Sendable {
    let name: String
    let schema: Schema
    let presence: Presence

    enum Presence: Sendable, Hashable {
        case required
        case optional
        /// May be absent, which keeps what is there, or `null`, which clears it.
        case clearable
        /// Accepted and never looked at.
        case ignored
    }
}

extension Schema {
    /// A value that is valid by this description alone.
    var example: JSONValue {
        switch self {
        case .text(let length, _, let example):
            .string(example.isEmpty ? String(repeating: "a", count: max(length.lowerBound, 1)) : example)
        case .integer(let range): .number(String(range.contains(1) ? 1 : range.lowerBound))
        case .number(let range): .number(String(range.lowerBound))
        case .flag: .bool(true)
        case .identifier: .string("01890a5d-ac96-774b-bcce-b302099a8057")
        case .choice(let names): .string(names.first ?? "")
        case .date: .string("2026-01-31T12:00:00.000Z")
        case .money:
            .object([
                JSONMember(name: "amount", value: .string("12.50")),
                JSONMember(name: "currency", value: .string("USD")),
            ])
        case .list(let element, let count): .array(Array(repeating: element.example, count: max(1, count.lowerBound)))
        case .object(_, let fields): .object(FieldDescription.examples(fields))
        case .anything: .object([])
        }
    }
}

extension FieldDescription {
    /// A member for every field that a request should have.
    static func examples(_ fields: [FieldDescription]) -> [JSONMember] {
        fields.filter { $0.presence != .ignored }.map { JSONMember(name: $0.name, value: $0.schema.example) }
    }
}
