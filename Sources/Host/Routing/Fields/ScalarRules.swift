// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A whole number.
struct IntegerRule: FieldRule {
    let range: ClosedRange<Int>

    var schema: Schema { .integer(range) }
    var placeholder: Int { range.lowerBound }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Int? {
        guard let text = value.numberText(issues.encoding) else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard let number = Int(text), !text.hasPrefix("+") else {
            issues.add(.malformed, at: field)
            return nil
        }
        guard range.contains(number) else {
            issues.add(number < range.lowerBound ? .tooSmall : .tooLarge, at: field)
            return nil
        }
        return number
    }
}

/// A number with a fraction.
struct NumberRule: FieldRule {
    let range: ClosedRange<Double>

    var schema: Schema { .number(range) }
    var placeholder: Double { range.lowerBound }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Double? {
        guard let text = value.numberText(issues.encoding) else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard let number = Double(text), number.isFinite else {
            issues.add(.malformed, at: field)
            return nil
        }
        guard range.contains(number) else {
            issues.add(number < range.lowerBound ? .tooSmall : .tooLarge, at: field)
            return nil
        }
        return number
    }
}

/// `true` or `false`.
struct FlagRule: FieldRule {
    var schema: Schema { .flag }
    var placeholder: Bool { false }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Bool? {
        switch value {
        case .bool(let flag): return flag
        case .string("true") where issues.encoding == .text: return true
        case .string("false") where issues.encoding == .text: return false
        default:
            issues.add(.wrongType, at: field)
            return nil
        }
    }
}

/// The identifier of an entity.
struct IdentifierRule<Entity>: FieldRule {
    var schema: Schema { .identifier(of: String(describing: Entity.self)) }
    var placeholder: Identifier<Entity> { Identifier(UUID(high: 0, low: 0)) }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Identifier<Entity>? {
        guard case .string(let text) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard let identifier = Identifier<Entity>(text) else {
            issues.add(.malformed, at: field)
            return nil
        }
        return identifier
    }
}

/// Any JSON value; what reads it must bound it.
struct AnythingRule: FieldRule {
    var schema: Schema { .anything }
    var placeholder: JSONValue { .null }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> JSONValue? { value }
}

extension FieldRule where Self == IntegerRule {
    /// A whole number in a range.
    static func integer(_ range: ClosedRange<Int>) -> IntegerRule { IntegerRule(range: range) }
}

extension FieldRule where Self == NumberRule {
    /// A number in a range.
    static func number(_ range: ClosedRange<Double>) -> NumberRule { NumberRule(range: range) }
}

extension FieldRule where Self == FlagRule {
    /// `true` or `false`.
    static var flag: FlagRule { FlagRule() }
}

extension FieldRule where Self == AnythingRule {
    /// Any JSON value.
    static var anything: AnythingRule { AnythingRule() }
}

extension FieldRule {
    /// The identifier of an entity: `.id(Course.self)`.
    static func id<Entity>(_ entity: Entity.Type = Entity.self) -> IdentifierRule<Entity>
    where Self == IdentifierRule<Entity> {
        IdentifierRule()
    }
}

extension JSONValue {
    /// The digits of a number as they were written.
    func numberText(_ encoding: FieldIssues.Encoding) -> String? {
        switch self {
        case .number(let text): text
        case .string(let text) where encoding == .text: text
        default: nil
        }
    }
}
