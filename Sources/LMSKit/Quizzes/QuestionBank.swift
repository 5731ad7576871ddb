// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Questions of a course that quizzes ask, or draw from.
public struct QuestionBank: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<QuestionBank>
    /// The most questions that one bank has.
    public static let questionLimit = 2_000
    static let titleLimit = 200
    /// The bank's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// The title, 1–200 characters.
    public let title: String
    /// What it is for, up to 2,000 characters.
    public let description: String
    /// How many questions are in it that are not retired.
    public let questions: Int
    /// Raised by each change of its title or description; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date
    /// When its title or description last changed, UTC.
    public let updatedAt: Date

    package init(
        id: ID,
        course: Course.ID,
        title: String,
        description: String,
        questions: Int,
        version: Int,
        createdAt: Date
    ) {
        self.id = id
        self.course = course
        self.title = title
        self.description = description
        self.questions = questions
        self.version = version
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        title = try fields.next()
        description = try fields.next()
        questions = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }
}

/// A question of a bank in one of its versions, with its key: for the course's staff.
public struct BankQuestion: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<BankQuestion>
    /// The most tags that a question has.
    public static let tagLimit = 10
    /// The question's identifier.
    public let id: ID
    /// The bank.
    public let bank: QuestionBank.ID
    /// The course.
    public let course: Course.ID
    /// Which version this is: 1, 2, 3 …; attempts keep the one that they asked.
    public let version: Int
    /// What it asks, and which answers are right.
    public let content: QuestionContent
    /// By which quizzes choose among a bank's questions.
    public let tags: [String]
    /// Whether no new attempt asks it.
    public let isRetired: Bool
    /// Raised by each change; for conditional updates.
    public let revision: Int
    /// When the question was made, UTC.
    public let createdAt: Date
    /// When this version was written, UTC.
    public let writtenAt: Date

    package init(
        id: ID,
        bank: QuestionBank.ID,
        course: Course.ID,
        content: QuestionContent,
        tags: [String],
        createdAt: Date
    ) {
        self.id = id
        self.bank = bank
        self.course = course
        version = 1
        self.content = content
        self.tags = tags
        isRetired = false
        revision = 1
        self.createdAt = createdAt
        writtenAt = createdAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        bank = try fields.next()
        course = try fields.next()
        version = try fields.next()
        content = try QuestionContent(column: fields.next())
        tags = try fields.next()
        isRetired = try fields.next()
        revision = try fields.next()
        createdAt = try fields.next()
        writtenAt = try fields.next()
    }
}

/// What becomes of which property of a question.
public struct BankQuestionChanges: Sendable {
    /// What it asks: a new version, unless it says the same; of the same kind.
    public var content: QuestionContent?
    /// By which quizzes choose it.
    public var tags: [String]?
    /// Whether no new attempt asks it.
    public var isRetired: Bool?

    /// Changes nothing.
    public init() {}
}
