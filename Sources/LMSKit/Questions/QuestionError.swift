// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why a question, or an answer to one, was refused.
@nonexhaustive
public enum QuestionError: Error, Sendable, Equatable {
    /// These parts of it are wrong; at most 100 are named.
    case invalid([QuestionIssue])
    /// It was stored in a form that this version does not know.
    case unknownVersion(Int)
}

/// One mistake in a question or an answer, and where it is.
public struct QuestionIssue: Sendable, Hashable {
    /// Where it is: `prompt`, `options[2].text`; the whole is the empty text.
    public let field: String
    /// What is wrong there.
    public let code: Code

    /// Names a mistake.
    ///
    /// - Parameters:
    ///   - field: Where it is.
    ///   - code: What is wrong there.
    public init(_ field: String, _ code: Code) {
        self.field = field
        self.code = code
    }

    /// The kinds of mistake.
    @nonexhaustive
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// It is missing or empty.
        case required
        /// There is no such field.
        case unknownField = "unknown_field"
        /// It is another kind of JSON value than the field holds.
        case wrongType = "wrong_type"
        /// It is of the right type and cannot be read.
        case malformed
        /// It is none of the possible values.
        case notAChoice = "not_a_choice"
        /// The text is too long.
        case tooLong = "too_long"
        /// The number is too small.
        case tooSmall = "too_small"
        /// The number is too large.
        case tooLarge = "too_large"
        /// The list has too few entries.
        case tooFew = "too_few"
        /// The list has too many entries.
        case tooMany = "too_many"
        /// It is there already.
        case repeated
        /// It names something that the question does not have.
        case unknownReference = "unknown_reference"
        /// No option is right.
        case noKey = "no_key"
        /// More than one option is right where only one can be.
        case severalKeys = "several_keys"
        /// A kind of question like this one cannot have it.
        case notAllowed = "not_allowed"
        /// A list that must name each entry once does not.
        case incomplete
    }
}

/// Gathers mistakes, as many as are worth telling.
struct QuestionIssues: Sendable {
    static let limit = 100
    private(set) var all: [QuestionIssue] = []

    mutating func add(_ code: QuestionIssue.Code, at field: String) {
        if all.count < Self.limit { all.append(QuestionIssue(field, code)) }
    }

    mutating func add(contentsOf others: [QuestionIssue]) {
        all += others.prefix(Self.limit - all.count)
    }

    func throwIfAny() throws(QuestionError) {
        if !all.isEmpty { throw .invalid(all) }
    }
}
