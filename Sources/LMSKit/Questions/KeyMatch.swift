// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a short text or a number is worth by a key.
enum KeyMatch {
    /// It earns the credit, of which a share is kept.
    case earns(Credit, kept: Credit, feedback: QuestionText?)
    /// An expression could not be matched within its bound.
    case undecided

    static let nothing = KeyMatch.earns(.none, kept: .full, feedback: nil)

    /// Without partial credit only a full credit counts; what a missing unit costs, it costs all the same.
    func under(_ credit: QuestionScoring.PartialCredit) -> KeyMatch {
        if case .earns(let earned, let kept, let said) = self, credit != .byAnswer, earned < .full {
            return .earns(.none, kept: kept, feedback: said)
        }
        return self
    }
}

extension ShortTextKey {
    /// Returns what a text is worth: the most that an accepted text which it is says.
    func match(_ text: String, _ patterns: (any TextPatterns)?) -> KeyMatch {
        let given = folded(text)
        let trimmed = Self.trimmed(text)
        var best: AcceptedText?
        var isUndecided = false
        for accepted in accepted where accepted.credit > best?.credit ?? .none {
            switch accepted.rule {
            // String comparison is by canonical equivalence (Unicode UAX #15), so no form of é differs from another.
            case .text(let key): if folded(key) == given { best = accepted }
            case .pattern(let pattern):
                switch patterns?.match(pattern, wholeOf: trimmed, letters: letters) ?? .undecided {
                case .matches: best = accepted
                case .differs: break
                case .undecided: isUndecided = true
                }
            }
        }
        // What could not be decided might earn more.
        if isUndecided, best?.credit != .full { return .undecided }
        return best.map { .earns($0.credit, kept: .full, feedback: $0.feedback) } ?? .nothing
    }

    private func folded(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return letters == .anyCase ? words.lowercased() : words
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension NumericKey {
    /// Returns what a number is worth: the most that an accepted number which it is says.
    func match(_ number: ExactDecimal, unit symbol: String?) -> KeyMatch {
        let name = symbol?.filter { !$0.isWhitespace }
        let unit = units.first { $0.symbol == name }
        let value = unit.map { number * $0.factor } ?? number
        var best: AcceptedNumber?
        for accepted in accepted where accepted.credit > best?.credit ?? .none && accepted.rule.accepts(value) {
            best = accepted
        }
        guard let best else { return .nothing }
        let isPenalized = unit == nil && !units.isEmpty
        return .earns(best.credit, kept: isPenalized ? unitPenalty.complement : .full, feedback: best.feedback)
    }
}
