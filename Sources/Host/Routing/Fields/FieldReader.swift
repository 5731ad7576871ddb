// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Reads the fields of a request body, a query or a path; or, without values, describes them.
///
/// One `init(fields:)` is the decoding, the validation and the schema of a type. A field that cannot be read is noted and
/// replaced by a placeholder, so that a client learns of every mistake at once; the request is then refused.
struct FieldReader {
    private let members: [JSONMember]
    private let mode: Mode
    private let prefix: String
    private var isUsed: [Bool]
    private var ignored: [String] = []
    private(set) var issues: FieldIssues
    private(set) var descriptions: [FieldDescription] = []

    private enum Mode {
        case reading
        case describing
    }

    /// Reads values.
    ///
    /// - Parameters:
    ///   - members: The values by name.
    ///   - encoding: Where they come from.
    ///   - prefix: What leads the names of the fields in issues.
    init(_ members: [JSONMember], encoding: FieldIssues.Encoding, prefix: String = "") {
        self.members = members
        self.prefix = prefix
        mode = .reading
        isUsed = Array(repeating: false, count: members.count)
        issues = FieldIssues(encoding: encoding)
    }

    private init() {
        members = []
        prefix = ""
        mode = .describing
        isUsed = []
        issues = FieldIssues(encoding: .json)
    }

    /// The fields that a type reads.
    static func describe(_ type: (some FieldStructure).Type) -> [FieldDescription] {
        var reader = FieldReader()
        _ = type.init(fields: &reader)
        return reader.descriptions
    }

    /// Reads a field that must be there and not `null`.
    mutating func required<Rule: FieldRule>(_ name: String, _ rule: Rule) -> Rule.Value {
        if mode == .describing {
            describe(name, rule, .required)
            return rule.placeholder
        }
        guard let value = take(name), value != .null else {
            issues.add(.required, at: field(name))
            return rule.placeholder
        }
        return rule.read(value, at: field(name), issues: &issues) ?? rule.placeholder
    }

    /// Reads a field that may be absent or `null`.
    mutating func optional<Rule: FieldRule>(_ name: String, _ rule: Rule) -> Rule.Value? {
        if mode == .describing {
            describe(name, rule, .optional)
            return nil
        }
        guard let value = take(name), value != .null else { return nil }
        return rule.read(value, at: field(name), issues: &issues)
    }

    /// Reads a field that has a default.
    mutating func optional<Rule: FieldRule>(_ name: String, _ rule: Rule, default value: Rule.Value) -> Rule.Value {
        optional(name, rule) ?? value
    }

    /// Reads a field of an update: absent keeps, `null` clears, a value sets.
    mutating func clearable<Rule: FieldRule>(_ name: String, _ rule: Rule) -> Update<Rule.Value> {
        if mode == .describing {
            describe(name, rule, .clearable)
            return .keep
        }
        guard let value = take(name) else { return .keep }
        if value == .null { return .clear }
        return rule.read(value, at: field(name), issues: &issues).map(Update.set) ?? .keep
    }

    /// Accepts a field without looking at it.
    mutating func ignored(_ name: String) {
        if mode == .describing {
            descriptions.append(FieldDescription(name: name, schema: .anything, presence: .ignored))
        } else {
            _ = take(name)
        }
    }

    /// Accepts every other field without looking at it, where a standard demands that.
    mutating func ignoreOthers() {
        isUsed = isUsed.map { _ in true }
    }

    /// Notes a mistake that the fields' own rules cannot see, such as an end before a start.
    mutating func refuse(_ name: String, _ code: FieldIssue.Code) {
        if mode == .reading { issues.add(code, at: field(name)) }
    }

    /// Notes every field that nothing asked for.
    mutating func finish() {
        for index in members.indices where !isUsed[index] {
            issues.add(.unknownField, at: prefix + members[index].name)
        }
    }

    private mutating func take(_ name: String) -> JSONValue? {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
        isUsed[index] = true
        return members[index].value
    }

    private func field(_ name: String) -> String {
        prefix.isEmpty ? name : prefix + name
    }

    private mutating func describe(_ name: String, _ rule: some FieldRule, _ presence: FieldDescription.Presence) {
        descriptions.append(FieldDescription(name: name, schema: rule.schema, presence: presence))
    }
}

/// What an update does to a property that may have no value.
enum Update<Value> {
    case keep
    case clear
    case set(Value)
}

extension Update: Sendable where Value: Sendable {}
extension Update: Equatable where Value: Equatable {}
