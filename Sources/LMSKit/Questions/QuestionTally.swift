// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A share of a question's points, exact.
struct Fraction {
    let numerator: Int
    let denominator: Int

    init(_ numerator: Int, of denominator: Int) {
        self.numerator = max(numerator, 0)
        self.denominator = max(denominator, 1)
    }

    init(_ credit: Credit) {
        self.init(credit.millionths, of: Points.unit)
    }

    static let all = Fraction(1, of: 1)
    static let nothing = Fraction(0, of: 1)

    var outcome: QuestionResult.Outcome {
        if numerator >= denominator { .correct } else if numerator == 0 { .incorrect } else { .partial }
    }
}

/// What an answer earned and why.
struct Tally {
    /// The share that it earned; `nil` if somebody has to say.
    var earned: Fraction?
    var parts: [QuestionResult.Part] = []
    var feedback: [QuestionText] = []

    init(_ earned: Fraction) {
        self.earned = earned
    }

    init(awaitingGrader: Void) {}

    /// One option of a choice.
    init(_ chosen: QuestionItem.ID?, among options: [ChoiceOption], _ credit: QuestionScoring.PartialCredit) {
        self.init(.nothing)
        guard let option = options.first(where: { $0.item.id == chosen }) else { return }
        if option.isCorrect {
            earned = .all
        } else if credit == .byAnswer {
            earned = Fraction(option.credit)
        }
        parts = [QuestionResult.Part(id: option.item.id, outcome: earned?.outcome ?? .incorrect)]
        feedback = [option.feedback].compactMap(\.self)
    }

    /// Several options of a choice.
    init(_ chosen: Set<QuestionItem.ID>, among options: [ChoiceOption], _ credit: QuestionScoring.PartialCredit) {
        self.init(.nothing)
        var (right, rightlyChosen, wronglyChosen) = (0, 0, 0)
        for option in options {
            let isChosen = chosen.contains(option.item.id)
            if option.isCorrect { right += 1 }
            if isChosen, option.isCorrect { rightlyChosen += 1 }
            if isChosen, !option.isCorrect { wronglyChosen += 1 }
            if isChosen, let said = option.feedback { feedback.append(said) }
            parts.append(
                QuestionResult.Part(id: option.item.id, outcome: isChosen == option.isCorrect ? .correct : .incorrect)
            )
        }
        let mistakes = right - rightlyChosen + wronglyChosen
        earned =
            switch credit {
            case .proportional: Fraction(options.count - mistakes, of: options.count)
            case .rightMinusWrong: Fraction(rightlyChosen - wronglyChosen, of: right)
            case .halves where mistakes == 1 && options.count >= 3: Fraction(1, of: 2)
            case .halves where mistakes == 2 && options.count >= 5: Fraction(1, of: 4)
            default: mistakes == 0 ? .all : .nothing
            }
    }

    /// A short text or a number.
    init(_ match: KeyMatch, _ credit: QuestionScoring.PartialCredit) {
        self.init(awaitingGrader: ())
        guard case .earns(let credit, let kept, let said) = match.under(credit) else { return }
        earned = Fraction(credit.millionths * kept.millionths, of: Points.unit * Points.unit)
        feedback = [said].compactMap(\.self)
    }

    /// Items in an order.
    init(_ order: [QuestionItem.ID], _ items: [QuestionItem], _ credit: QuestionScoring.PartialCredit) {
        let known = Set(items.map(\.id))
        let order = order.filter(known.contains)
        let inPlace = items.indices.count { order.indices.contains($0) && order[$0] == items[$0].id }
        let isAll = inPlace == items.count && order.count == items.count
        switch credit {
        case .proportional: self.init(Fraction(inPlace, of: items.count))
        case .neighbors:
            let followers = Dictionary(zip(order, order.dropFirst())) { first, _ in first }
            let kept = zip(items, items.dropFirst()).count { followers[$0.id] == $1.id }
            self.init(Fraction(kept, of: items.count - 1))
        default: self.init(isAll ? .all : .nothing)
        }
        parts = items.enumerated().map { index, item in
            let isInPlace = order.indices.contains(index) && order[index] == item.id
            return QuestionResult.Part(id: item.id, outcome: isInPlace ? .correct : .incorrect)
        }
    }

    /// Items with their targets.
    init(
        _ matches: [QuestionItem.ID: QuestionItem.ID],
        _ items: [MatchingItem],
        _ targets: [QuestionItem],
        _ credit: QuestionScoring.PartialCredit
    ) {
        var (right, wrong) = (0, 0)
        var parts: [QuestionResult.Part] = []
        for item in items {
            let outcome: QuestionResult.Outcome
            switch matches[item.item.id] {
            case nil: outcome = .unanswered
            case targets[item.target].id: (outcome, right) = (.correct, right + 1)
            default: (outcome, wrong) = (.incorrect, wrong + 1)
            }
            parts.append(QuestionResult.Part(id: item.item.id, outcome: outcome))
        }
        switch credit {
        case .proportional: self.init(Fraction(right, of: items.count))
        case .rightMinusWrong: self.init(Fraction(right - wrong, of: items.count))
        default: self.init(right == items.count ? .all : .nothing)
        }
        self.parts = parts
    }

    /// Gaps of a text.
    init(
        _ answers: [QuestionItem.ID: GapAnswer],
        _ gaps: [QuestionGap],
        _ credit: QuestionScoring.PartialCredit,
        _ patterns: (any TextPatterns)?
    ) {
        self.init(awaitingGrader: ())
        let scale = Points.unit * Points.unit
        var sum = 0
        var isDecided = true
        for gap in gaps {
            guard let answer = answers[gap.id] else {
                parts.append(QuestionResult.Part(id: gap.id, outcome: .unanswered))
                continue
            }
            let tally = Tally(answer, gap.key, patterns)
            feedback += tally.feedback
            parts.append(QuestionResult.Part(id: gap.id, outcome: tally.earned?.outcome ?? .awaitingGrader))
            guard let earned = tally.earned else {
                isDecided = false
                continue
            }
            sum += earned.numerator * (scale / earned.denominator)
        }
        guard isDecided else { return }
        let all = gaps.count * scale
        earned = credit == .proportional ? Fraction(sum, of: all) : sum == all ? .all : .nothing
    }

    /// One gap, which earns what its answer says.
    private init(_ answer: GapAnswer, _ key: QuestionGap.Key, _ patterns: (any TextPatterns)?) {
        switch (answer, key) {
        case (.text(let text), .text(let key)): self.init(key.match(text, patterns), .byAnswer)
        case (.number(let number, let unit), .number(let key)): self.init(key.match(number, unit: unit), .byAnswer)
        case (.choice(let option), .choice(let options)): self.init(option, among: options, .byAnswer)
        default: self.init(.nothing)
        }
    }
}
