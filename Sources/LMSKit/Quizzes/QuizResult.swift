// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a learner has of a quiz, by its policy.
public struct QuizResult: Sendable, Hashable {
    /// The learner.
    public let user: Principal.ID
    /// The learner's name.
    public let displayName: String
    /// The score.
    public let score: Points
    /// What it could be.
    public let maxScore: Points
    /// How many attempts were submitted.
    public let attempts: Int
    /// Whether something of it waits for somebody who grades it.
    public let isProvisional: Bool
    /// When it last changed, UTC.
    public let updatedAt: Date

    package init(
        user: Principal.ID,
        displayName: String,
        score: Points,
        maxScore: Points,
        attempts: Int,
        isProvisional: Bool,
        updatedAt: Date
    ) {
        self.user = user
        self.displayName = displayName
        self.score = score
        self.maxScore = maxScore
        self.attempts = attempts
        self.isProvisional = isProvisional
        self.updatedAt = updatedAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        displayName = try fields.next()
        score = Points(millionths: try fields.next())
        maxScore = Points(millionths: try fields.next())
        attempts = try fields.next()
        isProvisional = try fields.next()
        updatedAt = try fields.next()
    }

    /// The share of the points, with two decimals; 0 if there are none.
    public var percentage: Percentage { Percentage(completed: score.millionths, of: maxScore.millionths) }

    /// Whether it is so much of the points, exactly: `percentage` is rounded.
    ///
    /// - Parameter pass: The percentage from which on a quiz is passed.
    /// - Returns: Whether it is.
    public func isPassed(from pass: Int) -> Bool { score.isAtLeast(pass, percentOf: maxScore) }
}

extension Points {
    /// Whether this is so much of what could be, to the last millionth; of nothing it is 0 percent.
    func isAtLeast(_ percentage: Int, percentOf maximum: Points) -> Bool {
        maximum > .zero ? millionths * 100 >= maximum.millionths * percentage : percentage <= 0
    }
}

/// A score that regrading, or somebody who grades, changed.
public struct QuizScoreChange: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<QuizScoreChange>
    /// The change's identifier.
    public let id: ID
    /// Of which attempt.
    public let attempt: QuizAttempt.ID
    /// Of which question.
    public let question: BankQuestion.ID
    /// What changed it.
    public let cause: Cause
    /// What the question earned before.
    public let scoreBefore: Points
    /// What it earns since.
    public let scoreAfter: Points
    /// What the attempt earned before.
    public let totalBefore: Points
    /// What it earns since.
    public let totalAfter: Points
    /// When, UTC.
    public let changedAt: Date
    /// Who; `nil` if they were erased.
    public let changedBy: Principal.ID?

    /// What changes scores.
    @nonexhaustive
    public enum Cause: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The question got another key.
        case regrade
        /// Somebody graded it.
        case manual
    }

    package init(
        id: ID,
        attempt: QuizAttempt.ID,
        question: BankQuestion.ID,
        cause: Cause,
        score: (before: Points, after: Points),
        total: (before: Points, after: Points),
        changedAt: Date,
        changedBy: Principal.ID?
    ) {
        self.id = id
        self.attempt = attempt
        self.question = question
        self.cause = cause
        (scoreBefore, scoreAfter) = score
        (totalBefore, totalAfter) = total
        self.changedAt = changedAt
        self.changedBy = changedBy
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        attempt = try fields.next()
        question = try fields.next()
        cause = try fields.next()
        scoreBefore = Points(millionths: try fields.next())
        scoreAfter = Points(millionths: try fields.next())
        totalBefore = Points(millionths: try fields.next())
        totalAfter = Points(millionths: try fields.next())
        changedAt = try fields.next()
        changedBy = try fields.next()
    }
}

/// What a regrading came to.
public struct QuizRegrade: Sendable, Hashable {
    /// How many attempts were looked at.
    public let attempts: Int
    /// How many scores of questions are others now.
    public let changes: Int
    /// What those attempts earned together before.
    public let totalBefore: Points
    /// What they earn together since.
    public let totalAfter: Points
    /// Whether there are more, for another call.
    public let hasMore: Bool

    package init(attempts: Int, changes: Int, totalBefore: Points, totalAfter: Points, hasMore: Bool) {
        self.attempts = attempts
        self.changes = changes
        self.totalBefore = totalBefore
        self.totalAfter = totalAfter
        self.hasMore = hasMore
    }
}
