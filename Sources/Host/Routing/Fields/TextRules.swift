// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A text of so many characters.
struct TextRule: FieldRule {
    let length: ClosedRange<Int>
    let lines: Lines
    let format: String?
    let example: String

    enum Lines: Sendable, Hashable {
        case one
        case many
    }

    var schema: Schema { .text(length, format: format, example: example) }
    var placeholder: String { "" }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> String? {
        guard case .string(let text) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard text.unicodeScalars.allSatisfy(isAllowed) else {
            issues.add(.controlCharacter, at: field)
            return nil
        }
        // Counting characters costs; the bytes decide for almost every text.
        let bytes = text.utf8.count
        if bytes < length.lowerBound || (bytes > length.upperBound && text.count > length.upperBound)
            || (bytes < 4 * length.lowerBound && text.count < length.lowerBound)
        {
            issues.add(bytes < length.lowerBound || text.count < length.lowerBound ? .tooShort : .tooLong, at: field)
            return nil
        }
        // Combining marks can make one character of any number of bytes.
        guard bytes <= 16 * length.upperBound + 64 else {
            issues.add(.tooLong, at: field)
            return nil
        }
        return text
    }

    private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value >= 0x20 { return scalar.value != 0x7F }
        return lines == .many && (scalar == "\n" || scalar == "\r" || scalar == "\t")
    }
}

extension FieldRule where Self == TextRule {
    /// One line of text.
    static func text(_ length: ClosedRange<Int>, format: String? = nil, example: String = "") -> TextRule {
        TextRule(length: length, lines: .one, format: format, example: example)
    }

    /// Text of several lines.
    static func multilineText(_ length: ClosedRange<Int>, format: String? = nil, example: String = "") -> TextRule {
        TextRule(length: length, lines: .many, format: format, example: example)
    }
}

/// A value that parses itself from a text, such as an e-mail address or a slug.
struct ParsedRule<Value: Sendable>: FieldRule {
    let format: String
    let example: String
    let length: ClosedRange<Int>
    let placeholder: Value
    let parse: @Sendable (String) -> Value?

    var schema: Schema { .text(length, format: format, example: example) }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Value? {
        let rule = TextRule(length: length, lines: .one, format: format, example: example)
        guard let text = rule.read(value, at: field, issues: &issues) else { return nil }
        guard let parsed = parse(text) else {
            issues.add(.malformed, at: field)
            return nil
        }
        return parsed
    }
}

extension FieldRule {
    /// A text that a type parses.
    ///
    /// - Parameters:
    ///   - format: What it is, for the reference, such as `email`.
    ///   - length: How many characters it may have.
    ///   - example: A text that parses.
    ///   - placeholder: Any value of the type; it never reaches a handler.
    ///   - parse: Parses a text.
    /// - Returns: The rule.
    static func parsed<Value>(
        format: String,
        _ length: ClosedRange<Int>,
        example: String,
        placeholder: Value,
        _ parse: @escaping @Sendable (String) -> Value?
    ) -> ParsedRule<Value> where Self == ParsedRule<Value> {
        ParsedRule(format: format, example: example, length: length, placeholder: placeholder, parse: parse)
    }
}

/// One of the cases of an enumeration by their raw values.
struct ChoiceRule<Value: RawRepresentable & CaseIterable & Sendable>: FieldRule where Value.RawValue == String {
    let placeholder: Value

    var schema: Schema { .choice(Value.allCases.map(\.rawValue)) }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Value? {
        guard case .string(let text) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard let choice = Value(rawValue: text) else {
            issues.add(.notAChoice, at: field)
            return nil
        }
        return choice
    }
}

extension FieldRule {
    /// One of an enumeration's cases.
    ///
    /// - Parameter placeholder: Any of them; it never reaches a handler.
    /// - Returns: The rule.
    static func choice<Value>(_ placeholder: Value) -> ChoiceRule<Value> where Self == ChoiceRule<Value> {
        ChoiceRule(placeholder: placeholder)
    }
}
