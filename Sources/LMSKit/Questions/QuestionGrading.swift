// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Grades answers: the same answer to the same question always earns the same.
///
/// What an answer earns is a fraction computed in integers and rounded once, to a millionth of a point. It lies between
/// 0 and the question's points. An answer that earned nothing costs the question's penalty, which makes guessing among
/// n options worth nothing at 1 ÷ (n − 1), the correction for guessing of classical test theory; an answer that earned a
/// part is not punished as well, and no answer costs nothing.
///
/// | Partial credit | Fraction | Compare |
/// |---|---|---|
/// | `proportional` | parts that are right ÷ parts; of a multiple choice every option is a part | Open edX `EDC`, Moodle ordering "absolute position" |
/// | `rightMinusWrong` | (rightly chosen − wrongly chosen) ÷ all that is right, at least 0 | Moodle multiple choice with equal grades, Canvas multiple answers |
/// | `halves` | ½ for one mistake among 3 or more options, ¼ for two among 5 or more | Open edX `halves` |
/// | `neighbors` | pairs that follow each other rightly ÷ (items − 1) | Moodle ordering "relative to the next item" |
/// | `byAnswer` | what the option, text or number says | Moodle answer grades, Open edX `points` and `list` |
public struct QuestionGrading: Sendable {
    private let patterns: (any TextPatterns)?

    /// Makes a grader.
    ///
    /// - Parameter patterns: Matches regular expressions; without it, answers that they decide wait for a grader.
    public init(patterns: (any TextPatterns)? = nil) {
        self.patterns = patterns
    }

    /// Grades an answer.
    ///
    /// An answer of another kind than the question has now counts as none. Parts that the question no longer has earn
    /// nothing.
    ///
    /// - Parameters:
    ///   - answer: The answer; `nil` if there is none.
    ///   - content: The question.
    ///   - points: What a right answer earns in this quiz; what the question says unless said.
    /// - Returns: What the answer is worth.
    public func grade(_ answer: QuestionAnswer?, to content: QuestionContent, points: Points? = nil) -> QuestionResult {
        let maximum = max(points ?? content.points, .zero)
        let general = [content.feedback.general].compactMap(\.self)
        guard let answer, answer.fits(content.kind.name), !answer.isEmpty else {
            return QuestionResult(score: .zero, maximum: maximum, outcome: .unanswered, feedback: general)
        }
        let tally = tally(answer, content.kind, content.scoring.partialCredit)
        guard let earned = tally.earned else {
            return QuestionResult(
                score: .zero,
                maximum: maximum,
                outcome: .awaitingGrader,
                parts: tally.parts,
                feedback: general
            )
        }
        let outcome = earned.outcome
        let score =
            outcome == .incorrect
            ? -maximum.portion(content.scoring.penalty.millionths, of: Points.unit)
            : maximum.portion(earned.numerator, of: earned.denominator)
        let said: QuestionText? =
            switch outcome {
            case .correct: content.feedback.correct
            case .partial: content.feedback.partial
            default: content.feedback.incorrect
            }
        return QuestionResult(
            score: score,
            maximum: maximum,
            outcome: outcome,
            parts: tally.parts,
            feedback: tally.feedback + [said].compactMap(\.self) + general
        )
    }

    private func tally(
        _ answer: QuestionAnswer,
        _ kind: QuestionKind,
        _ credit: QuestionScoring.PartialCredit
    ) -> Tally {
        switch (answer, kind) {
        case (.choices(let chosen), .singleChoice(let options)):
            Tally(chosen.count == 1 ? chosen.first : nil, among: options, credit)
        case (.choices(let chosen), .multipleChoice(let options)): Tally(chosen, among: options, credit)
        case (.truth(let value), .trueFalse(let key)): Tally(value == key ? .all : .nothing)
        case (.text(let text), .shortText(let key)): Tally(key.match(text, patterns), credit)
        case (.number(let number, let unit), .numeric(let key)): Tally(key.match(number, unit: unit), credit)
        case (.order(let order), .ordering(let items)): Tally(order, items, credit)
        case (.matches(let matches), .matching(let items, let targets)): Tally(matches, items, targets, credit)
        case (.gaps(let answers), .blanks(let gaps)): Tally(answers, gaps, credit, patterns)
        default: Tally(awaitingGrader: ())
        }
    }
}

extension QuestionAnswer {
    /// Whether nothing was answered, though something was saved.
    var isEmpty: Bool {
        switch self {
        case .choices(let chosen): chosen.isEmpty
        case .text(let text): text.allSatisfy(\.isWhitespace)
        case .order(let order): order.isEmpty
        case .matches(let matches): matches.isEmpty
        case .gaps(let gaps): gaps.isEmpty
        case .files(let files): files.isEmpty
        case .truth, .number: false
        }
    }
}

extension QuestionResult {
    /// Puts a grader's score in place of the computed one.
    ///
    /// - Parameter score: What the grader gave; brought between 0 and the question's points.
    /// - Returns: The result with that score and what follows from it.
    public func graded(_ score: Points) -> QuestionResult {
        let given = min(max(score, .zero), maximum)
        let outcome: Outcome =
            if given == maximum { .correct } else if given == .zero { .incorrect } else { .partial }
        return QuestionResult(score: given, maximum: maximum, outcome: outcome, parts: parts, feedback: feedback)
    }
}
