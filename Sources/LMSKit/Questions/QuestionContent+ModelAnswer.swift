// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension QuestionContent {
    /// An answer that earns everything, to show to those who may see it; `nil` if the key does not hold one: a regular
    /// expression, a range without its ends, a task that somebody grades.
    public var modelAnswer: QuestionAnswer? {
        switch kind {
        case .singleChoice(let options), .multipleChoice(let options):
            .choices(Set(options.filter(\.isCorrect).map(\.item.id)))
        case .trueFalse(let key): .truth(key)
        case .shortText(let key): key.modelText.map { .text($0) }
        case .numeric(let key): key.modelNumber.map { .number($0, unit: key.baseUnit) }
        case .ordering(let items): .order(items.map(\.id))
        case .matching(let items, let targets):
            .matches(Dictionary(items.map { ($0.item.id, targets[$0.target].id) }) { first, _ in first })
        case .blanks(let gaps): Self.filled(gaps)
        case .essay, .fileUpload: nil
        }
    }

    private static func filled(_ gaps: [QuestionGap]) -> QuestionAnswer? {
        var answers: [QuestionItem.ID: GapAnswer] = [:]
        for gap in gaps {
            let answer: GapAnswer? =
                switch gap.key {
                case .text(let key): key.modelText.map { .text($0) }
                case .number(let key): key.modelNumber.map { .number($0, unit: key.baseUnit) }
                case .choice(let options): options.first(where: \.isCorrect).map { .choice($0.item.id) }
                }
            guard let answer else { return nil }
            answers[gap.id] = answer
        }
        return .gaps(answers)
    }
}

extension ShortTextKey {
    fileprivate var modelText: String? {
        for accepted in accepted where accepted.credit == .full {
            if case .text(let text) = accepted.rule { return text }
        }
        return nil
    }
}

extension NumericKey {
    fileprivate var modelNumber: ExactDecimal? {
        for accepted in accepted where accepted.credit == .full {
            switch accepted.rule {
            case .near(let value, _): return value
            case .between(let low, _) where low.isWithin: return low.value
            case .between(_, let high) where high.isWithin: return high.value
            case .between: continue
            }
        }
        return nil
    }

    fileprivate var baseUnit: String? { units.first { $0.factor == .one }?.symbol }
}
