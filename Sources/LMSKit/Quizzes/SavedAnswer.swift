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
