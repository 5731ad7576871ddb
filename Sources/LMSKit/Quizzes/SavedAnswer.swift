// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What became of an answer that was saved.
public struct SavedAnswer: Sendable, Hashable {
    /// The question.
    public let question: BankQuestion.ID
    /// The number of the answer that counts now.
    public let sequence: Int
    /// When that one was saved, UTC.
    public let answeredAt: Date?
    /// Whether it is the one that was sent; `false` if a later one was there already.
    public let isCurrent: Bool
    /// Until when what comes counts, UTC.
    public let endsAt: Date?

    package init(question: BankQuestion.ID, sequence: Int, answeredAt: Date?, isCurrent: Bool, endsAt: Date?) {
        self.question = question
        self.sequence = sequence
        self.answeredAt = answeredAt
        self.isCurrent = isCurrent
        self.endsAt = endsAt
    }

    /// Reads a row of `saveAnswer`.
    init(row: Row, _ sent: SentAnswer, at now: Date) throws {
        var fields = RowFields(row)
        let status: QuizAttempt.Status = try fields.next()
        let ends: Date? = try fields.next()
        let question: BankQuestion.ID? = try fields.next()
        guard let question else { throw QuizError.questionNotFound }
        let sequence: Int = try fields.next()
        let answered: Date? = try fields.next()
        let isSame: Bool = try fields.next() ?? false
        guard status == .inProgress, ends.map({ now <= $0 }) ?? true else { throw QuizError.attemptClosed }
        self.init(
            question: question,
            sequence: sequence,
            answeredAt: answered,
            isCurrent: sequence == sent.sequence && isSame,
            endsAt: ends
        )
    }
}

/// An answer as it is sent.
public struct SentAnswer: Sendable {
    /// The highest number.
    public static let sequenceLimit = 9_007_199_254_740_991
    /// The question.
    public var question: BankQuestion.ID
    /// What was answered, in the form of the question's kind; `null` takes an answer back.
    public var answer: JSONValue
    /// The client's number, from 1; of two, the higher counts, whichever comes first.
    public var sequence: Int

    /// Describes an answer.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - answer: What was answered.
    ///   - sequence: The client's number.
    public init(_ question: BankQuestion.ID, _ answer: JSONValue, sequence: Int) {
        self.question = question
        self.answer = answer
        self.sequence = sequence
    }
}
