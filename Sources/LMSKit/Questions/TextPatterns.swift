// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Matches regular expressions of authors against texts of learners, within bounds.
///
/// Both are foreign: an expression such as `(a+)+$` takes a backtracking engine longer than anybody waits for a text of
/// forty letters. The standard library's `Regex` has no bound on its steps and LMSKit has no other engine, so whoever
/// embeds it brings one. Without one, a short text that no plain text settles waits for somebody to grade it.
public protocol TextPatterns: Sendable {
    /// Tries whether an expression can be used, before it is stored in a question.
    ///
    /// - Parameter pattern: The expression.
    /// - Returns: The position in UTF-8 bytes where it is wrong or too large; `nil` if it can be used.
    func flaw(in pattern: String) -> Int?

    /// Matches an expression against the whole of a text.
    ///
    /// The same arguments always give the same verdict: the bound counts steps, not time, so that grading again on a
    /// busy machine does not change a grade.
    ///
    /// - Parameters:
    ///   - pattern: The expression.
    ///   - text: The text; at most 1,000 characters.
    ///   - letters: How letters compare.
    /// - Returns: Whether it matches.
    func match(_ pattern: String, wholeOf text: String, letters: ShortTextKey.Letters) -> TextPatternVerdict
}

/// What came of matching an expression.
@frozen
public enum TextPatternVerdict: Sendable, Hashable {
    /// The whole text matches.
    case matches
    /// It does not.
    case differs
    /// The bound was reached first, or the expression cannot be used.
    case undecided
}

extension QuestionContent {
    /// Finds the regular expressions that cannot be used; called before a question is stored.
    ///
    /// - Parameter patterns: The engine that will match them; `nil` if there is none, which allows none.
    /// - Throws: `QuestionError.invalid` with the place of each expression that cannot be used.
    public func requireUsablePatterns(_ patterns: (any TextPatterns)?) throws(QuestionError) {
        var issues = QuestionIssues()
        for found in self.patterns {
            guard let patterns else {
                issues.add(.notAllowed, at: found.field)
                continue
            }
            if patterns.flaw(in: found.pattern) != nil { issues.add(.malformed, at: found.field) }
        }
        try issues.throwIfAny()
    }
}
