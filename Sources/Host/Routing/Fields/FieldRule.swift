// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// How one field is read, and what it may hold.
protocol FieldRule<Value>: Sendable {
    associatedtype Value
    var schema: Schema { get }
    /// What stands in for a value that could not be read, until the request is refused; no handler sees it.
    var placeholder: Value { get }

    /// Reads a value.
    ///
    /// - Parameters:
    ///   - value: The value; in a path, query or form always a text.
    ///   - field: Where it stands.
    ///   - issues: Takes what is wrong.
    /// - Returns: The value, or `nil` after an issue was added.
    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Value?
}

/// What is wrong with a request so far.
struct FieldIssues: Sendable {
    /// Where the values come from: texts stand for numbers and flags outside JSON.
    let encoding: Encoding
    private(set) var all: [FieldIssue] = []

    enum Encoding: Sendable, Hashable {
        case json
        case text
    }

    /// A client learns of this many mistakes at once.
    static let limit = 100

    init(encoding: Encoding) {
        self.encoding = encoding
    }

    mutating func add(_ code: FieldIssue.Code, at field: String) {
        if all.count < FieldIssues.limit { all.append(FieldIssue(field: field, code: code)) }
    }

    mutating func add(contentsOf other: FieldIssues) {
        for issue in other.all { add(issue.code, at: issue.field) }
    }
}
