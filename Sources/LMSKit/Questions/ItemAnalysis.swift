// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// How the questions of a quiz worked, from one attempt of each learner.
///
/// The formulas are those of classical test theory; each property names its own. A property is `nil` where it is not
/// defined: too few learners, or scores that do not vary. Statistics are estimates, so they are floating-point numbers;
/// the scores they come from are exact.
public struct ItemAnalysis: Sendable, Hashable {
    /// How many learners were counted.
    public let learners: Int
    /// The questions, in the order they were given.
    public let items: [Item]
    /// The mean of the learners' scores, in points; `nil` without learners.
    public let mean: Double?
    /// The standard deviation of the learners' scores around their own mean (divided by n), in points; `nil` without
    /// learners.
    public let standardDeviation: Double?
    /// Cronbach's α (Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16, 1951):
    /// k ÷ (k − 1) · (1 − Σσᵢ² ÷ σ²), with variances divided by n.
    ///
    /// Where every score is all or nothing it is KR-20 (Kuder and Richardson, "The theory of the estimation of test
    /// reliability", Psychometrika 2, 1937), because then σᵢ² is p(1 − p). It is `nil` with fewer than two questions or
    /// learners, if all learners have the same score, and if learners were given different questions.
    public let reliability: Double?
    /// Whether `reliability` is KR-20: every question has points and every score is all or nothing.
    public let isDichotomous: Bool
    /// The standard error of a score, in points: σ√(1 − α); `nil` where α is.
    public let standardError: Double?

    /// Analyzes a quiz.
    ///
    /// - Parameter questions: The questions with each learner's answer; `nil` unless all of them have as many answers.
    public init?(_ questions: [Question]) {
        let count = questions.first?.answers.count ?? 0
        guard questions.allSatisfy({ $0.answers.count == count }) else { return nil }
        let totals = Totals(questions, learners: count)
        learners = count
        items = questions.indices.map { Item(questions[$0], at: $0, among: totals) }
        let scores = (0..<count).map { totals.points[$0] }
        mean = scores.mean
        let variance = scores.variance
        standardDeviation = variance?.squareRoot()
        isDichotomous = questions.allSatisfy { question in
            question.maximum > .zero
                && question.answers.allSatisfy { $0 == nil || $0?.score == .zero || $0?.score == question.maximum }
        }
        reliability = Self.alpha(questions, variance: variance, learners: count)
        standardError = reliability.flatMap { alpha in variance.map { ($0 * (1 - alpha)).squareRoot() } }
    }

    private static func alpha(_ questions: [Question], variance: Double?, learners: Int) -> Double? {
        guard questions.count > 1, learners > 1, let variance, variance > 0,
            questions.allSatisfy({ $0.answers.allSatisfy { $0 != nil } })
        else { return nil }
        let own = questions.map { question in question.answers.compactMap { $0?.score.number }.variance ?? 0 }
        let count = Double(questions.count)
        return count / (count - 1) * (1 - own.reduce(0, +) / variance)
    }
}

extension ItemAnalysis {
    /// A question with the answers of all learners.
    public struct Question: Sendable {
        /// What a right answer earns.
        public let maximum: Points
        /// The options whose choice is of interest, with the key; none for other kinds of question.
        public let options: [ChoiceOption]
        /// Each learner's answer, learners in the same order for every question; `nil` if one was not given the question.
        ///
        /// An unanswered question has a score of 0 and chose nothing.
        public let answers: [Answer?]

        /// Makes a question.
        ///
        /// - Parameters:
        ///   - maximum: What a right answer earns.
        ///   - options: The options whose choice is of interest.
        ///   - answers: Each learner's answer; `nil` if a learner was not given the question.
        public init(maximum: Points, options: [ChoiceOption] = [], answers: [Answer?]) {
            self.maximum = maximum
            self.options = options
            self.answers = answers
        }
    }

    /// What one learner answered to one question.
    public struct Answer: Sendable {
        /// What it earned.
        public let score: Points
        /// The options that were chosen.
        public let chosen: Set<QuestionItem.ID>

        /// Makes an answer.
        ///
        /// - Parameters:
        ///   - score: What it earned.
        ///   - chosen: The options that were chosen.
        public init(score: Points, chosen: Set<QuestionItem.ID> = []) {
            self.score = score
            self.chosen = chosen
        }
    }
}

/// What each learner reached in all questions.
struct Totals {
    /// In points.
    let points: [Double]
    /// The exact sums, whose order does not suffer from rounding.
    private let scores: [Points]
    private let maxima: [Points]

    init(_ questions: [ItemAnalysis.Question], learners: Int) {
        var scores = [Points](repeating: .zero, count: learners)
        var maxima = scores
        for question in questions {
            for (learner, answer) in question.answers.enumerated() {
                guard let answer else { continue }
                scores[learner] = scores[learner] + answer.score
                maxima[learner] = maxima[learner] + question.maximum
            }
        }
        self.scores = scores
        self.maxima = maxima
        points = scores.map(\.number)
    }

    /// The share that a learner reached in all questions; `nil` if they were worth nothing.
    func share(of learner: Int) -> Double? {
        maxima[learner] > .zero ? scores[learner].number / maxima[learner].number : nil
    }

    /// The share that a learner reached in the other questions; `nil` if these were worth nothing.
    func rest(of learner: Int, without score: Points, of maximum: Points) -> Double? {
        let left = maxima[learner] - maximum
        return left > .zero ? (scores[learner] - score).number / left.number : nil
    }
}

extension Points {
    /// The amount as a floating-point number, for statistics.
    var number: Double { Double(millionths) / Double(Points.unit) }
}

extension [Double] {
    /// `nil` of nothing.
    var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }

    /// The mean square of the distances from the mean, divided by n; `nil` of nothing.
    var variance: Double? {
        guard let mean else { return nil }
        // The same number again and again must not vary by what its mean is rounded.
        guard let first, contains(where: { $0 != first }) else { return 0 }
        return map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(count)
    }
}
