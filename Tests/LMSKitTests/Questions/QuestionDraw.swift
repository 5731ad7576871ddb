// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy

@testable import LMSKit

/// Draws questions and answers from a seed.
struct QuestionDraw {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
    }

    mutating func content(_ name: QuestionKind.Name) throws(QuestionError) -> QuestionContent {
        let credits = name.partialCredits
        return try QuestionContent(
            prompt: QuestionText(
                name == .blanks ? "<p>[[1]] <i>and</i> [[2]], [[3]]</p>" : "<p>Question \(number(100))</p>"
            ),
            kind: kind(name),
            points: Points(millionths: random.below(10_000_000_001)),
            scoring: QuestionScoring(
                credits[random.below(credits.count)],
                penalty: name.isManual ? .none : credit(from: 0)
            ),
            feedback: QuestionFeedback(general: QuestionText("g"), incorrect: flip() ? QuestionText("i") : nil)
        )
    }

    private mutating func kind(_ name: QuestionKind.Name) -> QuestionKind {
        switch name {
        case .singleChoice: return .singleChoice(options(keys: 1))
        case .multipleChoice: return .multipleChoice(options(keys: nil))
        case .trueFalse: return .trueFalse(flip())
        case .shortText: return .shortText(shortText())
        case .numeric: return .numeric(numeric())
        case .ordering: return .ordering(items(2 + random.below(9)))
        case .matching:
            let targets = items(2 + random.below(9))
            let matched = items(1 + random.below(9))
            return .matching(
                matched.map { MatchingItem($0, target: random.below(targets.count)) },
                targets: targets
            )
        case .blanks:
            return .blanks([
                QuestionGap(id: id(), .text(shortText())), QuestionGap(id: id(), .number(numeric())),
                QuestionGap(id: id(), .choice(options(keys: 1))),
            ])
        case .essay:
            return .essay(EssayTask(maximumWords: 1 + random.below(100), graderNotes: QuestionText("\(number(9))")))
        case .fileUpload: return .fileUpload(UploadTask(maximumFiles: 1 + random.below(5)))
        }
    }

    mutating func answer(to content: QuestionContent) -> QuestionAnswer {
        switch content.kind {
        case .singleChoice(let options): return .choices([pick(options).item.id])
        case .multipleChoice(let options):
            let chosen = options.filter { _ in flip() }.map(\.item.id)
            return .choices(chosen.isEmpty ? [options[0].item.id] : Set(chosen))
        case .trueFalse: return .truth(flip())
        case .shortText(let key): return .text(text(for: key))
        case .numeric(let key): return .number(value(for: key), unit: flip() ? "m" : nil)
        case .ordering(let items): return .order(ShuffleSeed(bits: random.next()).shuffled(items.map(\.id)))
        case .matching(let items, let targets):
            var matches = [items[0].item.id: pick(targets).id]
            for item in items where flip() { matches[item.item.id] = pick(targets).id }
            return .matches(matches)
        case .blanks(let gaps):
            var answers: [QuestionItem.ID: GapAnswer] = [:]
            for gap in gaps where answers.isEmpty || flip() {
                switch gap.key {
                case .text(let key): answers[gap.id] = .text(text(for: key))
                case .number(let key): answers[gap.id] = .number(value(for: key), unit: nil)
                case .choice(let options): answers[gap.id] = .choice(pick(options).item.id)
                }
            }
            return .gaps(answers)
        case .essay: return .text("word")
        case .fileUpload: return .files([StoredFile.ID(UUID())])
        }
    }

    private mutating func options(keys: Int?) -> [ChoiceOption] {
        let items = items(2 + random.below(9))
        let key = random.below(items.count)
        return items.enumerated().map { index, item in
            if index == key { return ChoiceOption(item, .correct) }
            if keys == nil { return ChoiceOption(item, flip() ? .correct : .wrong) }
            return ChoiceOption(item, .partly(credit(from: 0)), feedback: flip() ? QuestionText("f\(index)") : nil)
        }
    }

    private mutating func items(_ count: Int) -> [QuestionItem] {
        (0..<count).map { QuestionItem(id: id(), text: QuestionText("<b>i\($0)</b>")) }
    }

    private mutating func shortText() -> ShortTextKey {
        var accepted = [AcceptedText(.text("word \(number(5))"))]
        for _ in 0..<random.below(4) {
            accepted.append(AcceptedText(.text("other \(number(5))"), credit: credit(from: 1)))
        }
        return ShortTextKey(accepted, letters: flip() ? .anyCase : .sameCase)
    }

    private mutating func numeric() -> NumericKey {
        var accepted = [AcceptedNumber(.near(decimal(), .relative(Sample.decimal("0.01"))))]
        for _ in 0..<random.below(4) {
            accepted.append(AcceptedNumber(.near(decimal(), .absolute(Sample.decimal("0.5"))), credit: credit(from: 1)))
        }
        let units = [NumericUnit("m", factor: .one), NumericUnit("cm", factor: Sample.decimal("0.01"))]
        return NumericKey(accepted, units: flip() ? units : [], unitPenalty: credit(from: 0))
    }

    private mutating func text(for key: ShortTextKey) -> String {
        if flip(), case .text(let text) = pick(key.accepted).rule { return " \(text)  " }
        return flip() ? "word \(number(5))" : "Something else"
    }

    private mutating func value(for key: NumericKey) -> ExactDecimal {
        if flip(), case .near(let value, _) = pick(key.accepted).rule { return value }
        return decimal()
    }

    private mutating func decimal() -> ExactDecimal { Sample.decimal("\(number(50)).\(number(10))") }

    private mutating func credit(from least: Int) -> Credit {
        Credit(millionths: least + random.below(1_000_001 - least)) ?? .none
    }

    private mutating func id() -> QuestionItem.ID { QuestionItem.ID(bits: random.next()) }

    private mutating func flip() -> Bool { random.below(2) == 0 }

    private mutating func number(_ limit: Int) -> Int { random.below(limit) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[random.below(elements.count)] }
}
