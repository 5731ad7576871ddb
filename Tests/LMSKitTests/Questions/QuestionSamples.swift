// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSTenancy

@testable import LMSKit

/// Questions and answers for the tests, made short.
enum Sample {
    static func id(_ number: Int) -> QuestionItem.ID { QuestionItem.ID(bits: UInt64(number)) }

    static func item(_ number: Int, _ text: String? = nil) -> QuestionItem {
        QuestionItem(id: id(number), text: QuestionText(text ?? "item \(number)"))
    }

    /// Options 0, 1, 2 … of which some are right.
    static func options(_ count: Int, right: Set<Int>) -> [ChoiceOption] {
        (0..<count).map { ChoiceOption(item($0), right.contains($0) ? .correct : .wrong) }
    }

    static func content(
        _ kind: QuestionKind,
        _ credit: QuestionScoring.PartialCredit = .allOrNothing,
        penalty: String = "0",
        points: Points = Points(6),
        prompt: String = "<p>Why?</p>",
        order: QuestionContent.OptionOrder = .shuffled
    ) throws -> QuestionContent {
        try QuestionContent(
            prompt: QuestionText(prompt),
            kind: kind,
            points: points,
            scoring: QuestionScoring(credit, penalty: share(penalty)),
            optionOrder: order,
            feedback: QuestionFeedback(
                general: QuestionText("general"),
                correct: QuestionText("right"),
                partial: QuestionText("partly"),
                incorrect: QuestionText("wrong")
            )
        )
    }

    static func share(_ text: String) -> Credit {
        Points(text).flatMap { Credit(millionths: $0.millionths) } ?? .none
    }

    static func decimal(_ text: String) -> ExactDecimal { ExactDecimal(text) ?? .zero }

    static func json(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)) }

    static func text(_ value: some JSONWritable) -> String {
        var json = JSONWriter()
        value.write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// An engine that knows a few expressions, so that grading can be tested without one.
struct KnownPatterns: TextPatterns {
    func flaw(in pattern: String) -> Int? { pattern == "(" ? 1 : nil }

    func match(_ pattern: String, wholeOf text: String, letters: ShortTextKey.Letters) -> TextPatternVerdict {
        let text = letters == .anyCase ? text.lowercased() : text
        switch pattern {
        case "b.*": return text.hasPrefix("b") ? .matches : .differs
        default: return .undecided
        }
    }
}
