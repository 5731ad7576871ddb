// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// An attempt as somebody may see it now.
public struct QuizAttemptView: Sendable {
    /// The attempt; its score is `nil` while it is not shown.
    public let attempt: QuizAttempt
    /// What of it may be shown.
    public let reveal: QuizReveal
    /// Its questions in the order of the attempt; empty in lists.
    public let questions: [Question]
    /// When this was read, UTC, by the server's clock.
    public let readAt: Date

    package init(attempt: QuizAttempt, reveal: QuizReveal, questions: [Question], readAt: Date) {
        self.attempt = attempt
        self.reveal = reveal
        self.questions = questions
        self.readAt = readAt
    }

    /// The score, if it is shown.
    public var score: Points? { reveal.showsScore ? attempt.score : nil }

    /// A question of the attempt without anything that may not be shown.
    public struct Question: Sendable {
        /// The question's identifier.
        public let id: BankQuestion.ID
        /// Where it stands in the attempt, from 1.
        public let position: Int
        /// What it is worth.
        public let points: Points
        /// What it asks.
        public let presented: PresentedQuestion
        /// What was saved last.
        public let answer: QuestionAnswer?
        /// The files that it names, in its order.
        public let files: [QuizAnswerFile]
        /// The client's number of that answer; 0 before the first.
        public let sequence: Int
        /// When it was saved, UTC.
        public let answeredAt: Date?
        /// What it earned, if that is shown.
        public let score: Points?
        /// Whether it waits for somebody who grades it.
        public let needsGrading: Bool
        /// What who graded it says, if that is shown.
        public let comment: String?
        /// How the answer stands, if that is shown.
        public let outcome: QuestionResult.Outcome?
        /// What is said to it, if that is shown.
        public let feedback: [String]
        /// The key, if that is shown: the members of the question that say which answers are right.
        public let solution: JSONValue?

        init(
            _ question: QuizAttemptQuestion,
            seed: ShuffleSeed,
            shufflesOptions: Bool,
            _ reveal: QuizReveal
        ) throws(DatabaseError) {
            id = question.id
            position = question.position
            points = question.points
            presented = try question.presented(seed: seed, shufflesOptions: shufflesOptions)
            answer = question.answer
            files = question.files
            sequence = question.sequence
            answeredAt = question.answeredAt
            score = reveal.showsScore ? question.score : nil
            needsGrading = question.needsGrading
            comment = reveal.showsFeedback ? question.comment : nil
            outcome = reveal.showsFeedback ? question.outcome : nil
            feedback = reveal.showsFeedback ? question.feedback : []
            solution = reveal.showsAnswers ? try question.solution() : nil
        }

        package init(
            id: BankQuestion.ID,
            position: Int,
            presented: PresentedQuestion,
            answer: QuestionAnswer?,
            files: [QuizAnswerFile] = [],
            answeredAt: Date?,
            score: Points?,
            outcome: QuestionResult.Outcome?,
            feedback: [String],
            solution: JSONValue?
        ) {
            self.id = id
            self.position = position
            points = presented.points
            self.presented = presented
            self.answer = answer
            self.files = files
            sequence = answer == nil ? 0 : 1
            self.answeredAt = answeredAt
            self.score = score
            needsGrading = false
            comment = solution == nil ? nil : "Well done."
            self.outcome = outcome
            self.feedback = feedback
            self.solution = solution
        }
    }
}

/// How an attempt stands, for its learner who watches it.
public struct QuizAttemptNews: Sendable, Hashable {
    /// Whether it goes on.
    public let status: QuizAttempt.Status
    /// When it should be submitted, UTC.
    public let deadlineAt: Date?
    /// Until when what comes counts, UTC.
    public let endsAt: Date?
    /// What ended it.
    public let closedBy: QuizAttempt.Closing?
    /// How many answers are saved.
    public let answered: Int

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        status = try fields.next()
        deadlineAt = try fields.next()
        endsAt = try fields.next()
        closedBy = try fields.next()
        answered = try fields.next()
    }
}

/// What of an attempt may be shown to somebody.
public struct QuizReveal: Sendable, Hashable {
    /// What it earned.
    public let showsScore: Bool
    /// How each answer was judged, and what is said to it.
    public let showsFeedback: Bool
    /// The right answers.
    public let showsAnswers: Bool

    /// Nothing.
    public static let nothing = QuizReveal(showsScore: false, showsFeedback: false, showsAnswers: false)
    /// Everything, for the staff.
    public static let everything = QuizReveal(showsScore: true, showsFeedback: true, showsAnswers: true)
}
