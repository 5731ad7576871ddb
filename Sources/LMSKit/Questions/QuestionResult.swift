// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What an answer is worth.
public struct QuestionResult: Sendable, Hashable {
    /// What the answer earned; below zero if the question has a penalty.
    public let score: Points
    /// What a right answer earns.
    public let maximum: Points
    /// How the answer stands.
    public let outcome: Outcome
    /// How each part of the answer stands, in the order of the question: options, items, gaps.
    public let parts: [Part]
    /// What the learner is told, the most particular first.
    public let feedback: [QuestionText]

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - score: What the answer earned.
    ///   - maximum: What a right answer earns.
    ///   - outcome: How the answer stands.
    ///   - parts: How each part of the answer stands.
    ///   - feedback: What the learner is told.
    public init(
        score: Points,
        maximum: Points,
        outcome: Outcome,
        parts: [Part] = [],
        feedback: [QuestionText] = []
    ) {
        self.score = score
        self.maximum = maximum
        self.outcome = outcome
        self.parts = parts
        self.feedback = feedback
    }

    /// Whether somebody has to grade the answer; until then its score is 0.
    public var needsManualGrading: Bool { outcome == .awaitingGrader }

    /// How an answer, or a part of it, stands.
    @nonexhaustive
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// There is none.
        case unanswered
        /// It earned nothing.
        case incorrect
        /// It earned a part.
        case partial
        /// It earned everything.
        case correct
        /// Somebody has to grade it.
        case awaitingGrader = "awaiting_grader"
    }

    /// How one part of an answer stands.
    public struct Part: Sendable, Hashable {
        /// The part of the question.
        public let id: QuestionItem.ID
        /// How the answer to it stands.
        public let outcome: Outcome

        /// Makes a part.
        ///
        /// - Parameters:
        ///   - id: The part of the question.
        ///   - outcome: How the answer to it stands.
        public init(id: QuestionItem.ID, outcome: Outcome) {
            self.id = id
            self.outcome = outcome
        }
    }
}

extension QuestionResult: JSONWritable {
    /// Writes all of it; a quiz that tells learners less picks what it tells.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("score", score)
            json.field("maximum", maximum)
            json.field("outcome", outcome.rawValue)
            json.field("parts", parts)
            json.field("feedback", feedback)
        }
    }
}

extension QuestionResult.Part: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("outcome", outcome.rawValue)
        }
    }
}
