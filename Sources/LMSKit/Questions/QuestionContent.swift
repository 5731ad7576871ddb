// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A question: what learners see, what is right, and how answers become points.
///
/// A value of this type is valid: counts and lengths are bounded, there is a key, and all markup is harmless.
public struct QuestionContent: Sendable, Hashable {
    /// What is asked.
    public let prompt: QuestionText
    /// What kind of answer it wants, with the key.
    public let kind: QuestionKind
    /// What a right answer earns unless a quiz says otherwise.
    public let points: Points
    /// How answers that are neither right nor wrong are counted.
    public let scoring: QuestionScoring
    /// In which order learners see options.
    public let optionOrder: OptionOrder
    /// What learners are told when they may see how they did.
    public let feedback: QuestionFeedback
    /// What learners may ask for while they think, the smallest help first.
    public let hints: [QuestionText]

    /// Makes a question.
    ///
    /// - Parameters:
    ///   - prompt: What is asked.
    ///   - kind: What kind of answer it wants, with the key.
    ///   - points: What a right answer earns, 0 through 10,000.
    ///   - scoring: How answers that are neither right nor wrong are counted.
    ///   - optionOrder: In which order learners see options.
    ///   - feedback: What learners are told when they may see how they did.
    ///   - hints: What learners may ask for while they think.
    /// - Throws: `QuestionError.invalid` with every mistake that was found and its place.
    public init(
        prompt: QuestionText,
        kind: QuestionKind,
        points: Points = Points(1),
        scoring: QuestionScoring = QuestionScoring(),
        optionOrder: OptionOrder = .shuffled,
        feedback: QuestionFeedback = QuestionFeedback(),
        hints: [QuestionText] = []
    ) throws(QuestionError) {
        self.prompt = prompt
        self.kind = kind
        self.points = points
        self.scoring = scoring
        self.optionOrder = optionOrder
        self.feedback = feedback
        self.hints = hints
        var check = QuestionCheck()
        check.content(self)
        try check.issues.throwIfAny()
    }

    /// In which order learners see options.
    @frozen
    public enum OptionOrder: String, Sendable, Hashable, CaseIterable {
        /// As the author wrote them.
        case fixed
        /// In an order that each attempt draws.
        case shuffled
    }

    /// The regular expressions of the key, so that they can be tried before the question is stored.
    public var patterns: [QuestionPattern] {
        switch kind {
        case .shortText(let key): key.patterns(at: "")
        case .blanks(let gaps):
            gaps.enumerated().flatMap { index, gap -> [QuestionPattern] in
                if case .text(let key) = gap.key { key.patterns(at: "gaps[\(index)].") } else { [] }
            }
        default: []
        }
    }
}

extension ShortTextKey {
    fileprivate func patterns(at path: String) -> [QuestionPattern] {
        accepted.enumerated().compactMap { index, accepted in
            guard case .pattern(let pattern) = accepted.rule else { return nil }
            return QuestionPattern(field: "\(path)accepted[\(index)].pattern", pattern: pattern)
        }
    }
}

/// A regular expression in a question's key.
public struct QuestionPattern: Sendable, Hashable {
    /// Where it is, such as `accepted[0].pattern`.
    public let field: String
    /// The expression.
    public let pattern: String
}

/// How an answer that is not simply right becomes points.
public struct QuestionScoring: Sendable, Hashable {
    /// What an answer earns that is right in part.
    public let partialCredit: PartialCredit
    /// The share of the points that an answer costs which earned nothing; no answer costs nothing.
    public let penalty: Credit

    /// Makes rules.
    ///
    /// - Parameters:
    ///   - partialCredit: What an answer earns that is right in part.
    ///   - penalty: The share of the points that an answer costs which earned nothing.
    public init(_ partialCredit: PartialCredit = .allOrNothing, penalty: Credit = .none) {
        self.partialCredit = partialCredit
        self.penalty = penalty
    }

    /// What an answer earns that is right in part.
    @nonexhaustive
    public enum PartialCredit: String, Sendable, Hashable, CaseIterable {
        /// Nothing.
        case allOrNothing = "all_or_nothing"
        /// What the option, text or number says that it earns.
        case byAnswer = "by_answer"
        /// The share of its parts that are right: options rightly chosen or left, items in their place, pairs, gaps.
        case proportional
        /// What is chosen rightly less what is chosen wrongly, as a share of all that is right, and at least nothing.
        case rightMinusWrong = "right_minus_wrong"
        /// Half for one mistake among three or more options, a quarter for two among five or more, else nothing.
        case halves
        /// The share of neighbors that follow each other as in the right order.
        case neighbors
    }
}

extension QuestionKind.Name {
    /// What partial credit a kind can give.
    public var partialCredits: [QuestionScoring.PartialCredit] {
        switch self {
        case .singleChoice, .shortText, .numeric: [.allOrNothing, .byAnswer]
        case .multipleChoice: [.allOrNothing, .proportional, .rightMinusWrong, .halves]
        case .ordering: [.allOrNothing, .proportional, .neighbors]
        case .matching: [.allOrNothing, .proportional, .rightMinusWrong]
        case .blanks: [.allOrNothing, .proportional]
        case .trueFalse, .essay, .fileUpload: [.allOrNothing]
        }
    }
}

/// What learners are told when they may see how they did; what a quiz tells, and when, is its own matter.
public struct QuestionFeedback: Sendable, Hashable {
    /// For everybody: the explanation.
    public let general: QuestionText?
    /// For those who earned everything.
    public let correct: QuestionText?
    /// For those who earned a part.
    public let partial: QuestionText?
    /// For those who earned nothing.
    public let incorrect: QuestionText?

    /// Makes feedback.
    ///
    /// - Parameters:
    ///   - general: For everybody.
    ///   - correct: For those who earned everything.
    ///   - partial: For those who earned a part.
    ///   - incorrect: For those who earned nothing.
    public init(
        general: QuestionText? = nil,
        correct: QuestionText? = nil,
        partial: QuestionText? = nil,
        incorrect: QuestionText? = nil
    ) {
        self.general = general
        self.correct = correct
        self.partial = partial
        self.incorrect = incorrect
    }
}
