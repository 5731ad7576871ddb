// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A parsed JSON text (RFC 8259).
@frozen
public enum JSONValue: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number as it was written, so that no digit is lost.
    case number(String)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object, its members in the order they were written; no name occurs twice.
    case object([JSONMember])
}

extension JSONValue: ExpressibleByStringLiteral {
    /// Makes a string.
    public init(stringLiteral value: String) {
        self = .string(value)
    }
}

/// One member of an object.
public struct JSONMember: Sendable, Hashable {
    /// The member's name.
    public let name: String
    /// The member's value.
    public let value: JSONValue

    /// Makes a member.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The member's value.
    public init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// Parses a text.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - maximumDepth: How deep arrays and objects may nest.
    /// - Returns: The value.
    /// - Throws: `JSONError` at the first byte that is not JSON: bad UTF-8, a repeated name, trailing bytes, too deep.
    public static func parse(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        return try parser.parseDocument()
    }

    /// Returns an object's member.
    ///
    /// - Parameter name: The member's name.
    /// - Returns: Its value; `nil` if this is no object or has no such member.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string; `nil` for anything else.
    public var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a number without fraction or exponent that fits; `nil` for anything else.
    public var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    /// The value of `true` or `false`; `nil` for anything else.
    public var flag: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }
}

/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The position of the first wrong byte, from 0.
    public let offset: Int
    /// What is wrong.
    public let problem: Problem

    /// The kinds of mistake.
    @nonexhaustive
    public enum Problem: String, Sendable, Equatable {
        /// A byte that cannot stand there, or the end of the text.
        case unexpected = "unexpected character or end of text"
        /// A number that JSON does not have: leading zero, `+1`, `.5`, `NaN`.
        case badNumber = "malformed number"
        /// A bad escape or an unescaped control character in a string.
        case badString = "malformed string"
        /// Bytes that are no UTF-8.
        case badEncoding = "not UTF-8"
        /// A name that occurs twice in an object.
        case repeatedName = "repeated name"
        /// Arrays and objects nested too deep.
        case tooDeep = "nested too deep"
    }

    /// What is wrong, and where.
    public var description: String { "\(problem.rawValue) at byte \(offset)" }
}
