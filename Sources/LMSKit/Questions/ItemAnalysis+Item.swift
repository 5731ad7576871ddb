// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension ItemAnalysis {
    /// How one question worked.
    public struct Item: Sendable, Hashable {
        /// How many learners were given the question.
        public let learners: Int
        /// The difficulty index p: the mean share of the points that was earned, of 0 (hardest) through 1.
        ///
        /// For scores of all or nothing it is the share of right answers. `nil` if nobody was given the question or it is
        /// worth nothing.
        public let facility: Double?
        /// The discrimination index D: the mean share earned by the best 27 % less that of the weakest 27 % (Kelley, "The
        /// selection of upper and lower groups for the validation of test items", Journal of Educational Psychology 30,
        /// 1939).
        ///
        /// Learners at the edge of a group who have the same total share the places that are left, so that the order of
        /// learners does not matter. `nil` below 10 learners.
        public let discriminationIndex: Double?
        /// The correlation of the question's score with the share earned in all other questions: the corrected
        /// point-biserial (Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28, 1963),
        /// which is (M₁ − M₀) ÷ s · √(p(1 − p)) for scores of all or nothing.
        ///
        /// `nil` with fewer than two learners or where one side does not vary.
        public let itemRest: Double?
        /// The options, in the order of the question.
        public let options: [Option]
        /// What somebody should look at.
        public let flags: [Flag]
    }

    /// How one option worked.
    public struct Option: Sendable, Hashable {
        /// The option.
        public let id: QuestionItem.ID
        /// Whether it is right.
        public let isCorrect: Bool
        /// How many learners chose it.
        public let count: Int
        /// The share of the learners who chose it; `nil` if nobody was given the question.
        public let share: Double?
        /// The mean share that those who chose it earned in all other questions; `nil` if nobody did.
        public let rest: Double?
    }

    /// A sign that a question does not work.
    @nonexhaustive
    public enum Flag: String, Sendable, Hashable, CaseIterable {
        /// The facility is below 0.2.
        case hard
        /// The facility is above 0.95.
        case easy
        /// The item-rest correlation is below 0.15.
        case weak
        /// The item-rest correlation is below 0: the key is probably wrong.
        case keySuspect = "key_suspect"
        /// Fewer than 5 % chose a wrong option.
        case unusedOption = "unused_option"
        /// Those who chose a wrong option did better elsewhere than those who chose a right one.
        case strongDistractor = "strong_distractor"
    }
}

extension ItemAnalysis.Item {
    static let leastLearners = 10

    init(_ question: ItemAnalysis.Question, at index: Int, among totals: Totals) {
        var given: [(learner: Int, answer: ItemAnalysis.Answer)] = []
        for (learner, answer) in question.answers.enumerated() {
            if let answer { given.append((learner, answer)) }
        }
        learners = given.count
        let isWorth = question.maximum > .zero
        let shares = given.map { isWorth ? $0.answer.score.number / question.maximum.number : 0 }
        facility = isWorth ? shares.mean : nil
        let rests = given.map { totals.rest(of: $0.learner, without: $0.answer.score, of: question.maximum) }
        let pairs = zip(shares, rests).compactMap { share, rest in rest.map { (share, $0) } }
        itemRest = isWorth ? Self.correlation(pairs.map(\.0), pairs.map(\.1)) : nil
        let ranked = zip(shares, given).compactMap { share, given in
            totals.share(of: given.learner).map { (total: $0, share: share) }
        }
        discriminationIndex = isWorth ? Self.discrimination(ranked) : nil
        options = question.options.map { option in
            let choosers = zip(given, rests).filter { $0.0.answer.chosen.contains(option.item.id) }
            return ItemAnalysis.Option(
                id: option.item.id,
                isCorrect: option.isCorrect,
                count: choosers.count,
                share: given.isEmpty ? nil : Double(choosers.count) / Double(given.count),
                rest: choosers.compactMap(\.1).mean
            )
        }
        flags = Self.flags(facility, itemRest, options)
    }

    /// Pearson's r; `nil` where a side does not vary.
    private static func correlation(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count > 1, let leftMean = left.mean, let rightMean = right.mean,
            let leftVariance = left.variance, let rightVariance = right.variance, leftVariance > 0, rightVariance > 0
        else { return nil }
        let products = zip(left, right).map { ($0 - leftMean) * ($1 - rightMean) }
        let covariance = products.reduce(0, +) / Double(left.count)
        return min(max(covariance / (leftVariance * rightVariance).squareRoot(), -1), 1)
    }

    private static func discrimination(_ ranked: [(total: Double, share: Double)]) -> Double? {
        guard ranked.count >= leastLearners else { return nil }
        let places = (Double(ranked.count) * 0.27).rounded()
        let sorted = ranked.sorted { $0.total < $1.total }
        let weakest = mean(of: sorted, places: places)
        let best = mean(of: sorted.reversed(), places: places)
        return best - weakest
    }

    /// The mean share of those who come first; those with the same total at the edge share what places are left.
    private static func mean(of ordered: [(total: Double, share: Double)], places: Double) -> Double {
        var left = places
        var sum = 0.0
        var rest = ordered[...]
        while left > 0, let total = rest.first?.total {
            let tied = rest.prefix { $0.total == total }
            let taken = min(left, Double(tied.count))
            sum += tied.map(\.share).reduce(0, +) * taken / Double(tied.count)
            left -= taken
            rest = rest.dropFirst(tied.count)
        }
        return sum / places
    }

    private static func flags(
        _ facility: Double?,
        _ itemRest: Double?,
        _ options: [ItemAnalysis.Option]
    ) -> [ItemAnalysis.Flag] {
        var flags: [ItemAnalysis.Flag] = []
        if let facility, facility < 0.2 { flags.append(.hard) }
        if let facility, facility > 0.95 { flags.append(.easy) }
        if let itemRest, itemRest < 0.15 { flags.append(.weak) }
        if let itemRest, itemRest < 0 { flags.append(.keySuspect) }
        if options.contains(where: { !$0.isCorrect && $0.share.map { $0 < 0.05 } ?? false }) {
            flags.append(.unusedOption)
        }
        let best = options.filter(\.isCorrect).compactMap(\.rest).min()
        if let best, options.contains(where: { !$0.isCorrect && $0.rest.map { $0 > best } ?? false }) {
            flags.append(.strongDistractor)
        }
        return flags
    }
}
