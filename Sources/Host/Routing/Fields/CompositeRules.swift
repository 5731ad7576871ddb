// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// An object with fields of its own.
struct ObjectRule<Value: FieldStructure>: FieldRule {
    var schema: Schema { .object(name: String(describing: Value.self), FieldReader.describe(Value.self)) }
    var placeholder: Value {
        // Read from nothing, every field is its placeholder.
        var reader = FieldReader([], encoding: .json)
        return Value(fields: &reader)
    }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Value? {
        guard case .object(let members) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        var reader = FieldReader(members, encoding: issues.encoding, prefix: field + ".")
        let result = Value(fields: &reader)
        reader.finish()
        issues.add(contentsOf: reader.issues)
        return result
    }
}

/// A list; in a query `a,b` or a repeated parameter.
struct ListRule<Element: FieldRule>: FieldRule {
    let element: Element
    let count: ClosedRange<Int>

    var schema: Schema { .list(element.schema, count) }
    var placeholder: [Element.Value] { [] }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> [Element.Value]? {
        guard let values = elements(of: value, issues.encoding) else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard count.contains(values.count) else {
            issues.add(values.count < count.lowerBound ? .tooFew : .tooMany, at: field)
            return nil
        }
        var result: [Element.Value] = []
        result.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            if let element = element.read(value, at: "\(field)[\(index)]", issues: &issues) { result.append(element) }
        }
        return result
    }

    private func elements(of value: JSONValue, _ encoding: FieldIssues.Encoding) -> [JSONValue]? {
        switch value {
        case .array(let values): values
        case .string(let text) where encoding == .text: text.split(separator: ",").map { .string(String($0)) }
        default: nil
        }
    }
}

/// `{"amount":"12.50","currency":"USD"}`.
struct MoneyRule: FieldRule {
    var schema: Schema { .money }
    var placeholder: Money { Money(minorUnits: 0, currency: .usDollar) }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Money? {
        guard case .object(let members) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        for member in members where member.name != "amount" && member.name != "currency" {
            issues.add(.unknownField, at: "\(field).\(member.name)")
            return nil
        }
        guard let code = value["currency"]?.text, let currency = Currency(code) else {
            issues.add(value["currency"] == nil ? .required : .malformed, at: "\(field).currency")
            return nil
        }
        guard let amount = value["amount"]?.text, let money = Money(amount: amount, currency: currency) else {
            issues.add(value["amount"] == nil ? .required : .malformed, at: "\(field).amount")
            return nil
        }
        return money
    }
}

extension FieldRule where Self == MoneyRule {
    /// An amount of a currency, at least zero.
    static var money: MoneyRule { MoneyRule() }
}

extension FieldRule {
    /// An object: `.object(NewBlock.self)`.
    static func object<Value>(_ type: Value.Type = Value.self) -> ObjectRule<Value> where Self == ObjectRule<Value> {
        ObjectRule()
    }

    /// A list of so many elements.
    static func list<Element>(_ element: Element, _ count: ClosedRange<Int>) -> ListRule<Element>
    where Self == ListRule<Element> {
        ListRule(element: element, count: count)
    }
}
