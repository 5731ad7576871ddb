// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A quiz of a course.
public struct Quiz: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Quiz>
    /// The quiz's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// Whether learners see it.
    public let status: Status
    /// What it is called and how it goes.
    public let settings: QuizSettings
    /// How many questions an attempt asks.
    public let questions: Int
    /// What they are worth together.
    public let points: Points
    /// Raised by each change of its settings, its slots or its status; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public let updatedAt: Date
    /// When it was published first, UTC.
    public let publishedAt: Date?
    /// The last moment at which any learner's extension lets them take part.
    let lastExtension: Date?
    /// Whether anybody has an attempt that is not submitted.
    let hasOpenAttempts: Bool
    /// Whether the gradebook keeps learners from what they have of it.
    let isMuted: Bool

    package init(
        id: ID,
        course: Course.ID,
        status: Status,
        settings: QuizSettings,
        questions: Int,
        points: Points,
        createdAt: Date,
        publishedAt: Date?
    ) {
        self.id = id
        self.course = course
        self.status = status
        self.settings = settings
        self.questions = questions
        self.points = points
        version = 1
        self.createdAt = createdAt
        updatedAt = createdAt
        self.publishedAt = publishedAt
        lastExtension = nil
        hasOpenAttempts = false
        isMuted = false
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        status = try fields.next()
        settings = try QuizSettings(fields: &fields)
        questions = try fields.next()
        points = Points(millionths: try fields.next())
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        publishedAt = try fields.next()
        lastExtension = try fields.next()
        hasOpenAttempts = try fields.next()
        isMuted = try fields.next()
    }
}

extension Quiz {
    /// The states of a quiz.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Only the staff sees it.
        case draft
        /// Learners take it.
        case published
        /// Nobody begins an attempt any more.
        case archived
    }

    /// Which attempt's score is the learner's.
    @nonexhaustive
    public enum AttemptPolicy: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The best one's.
        case best
        /// The last one's.
        case last
        /// The first one's.
        case first
        /// The average of all.
        case average
    }

    /// When learners are shown something of their attempts.
    @nonexhaustive
    public enum Reveal: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Never.
        case never
        /// When they have submitted.
        case afterSubmit = "after_submit"
        /// When nobody can take the quiz any more.
        case afterClose = "after_close"
    }
}

/// What a quiz is called and how it goes.
public struct QuizSettings: Sendable, Hashable {
    /// The title, 3–255 characters.
    public var title: String
    /// What to know before, up to 10,000 characters.
    public var instructions = ""
    /// The lesson that it belongs to.
    public var lesson: Lesson.ID?
    /// How long an attempt lasts, 10 seconds through 30 days; `nil` for as long as the quiz is open.
    public var timeLimitSeconds: Int?
    /// For how long after its end what comes still counts, 0–3600 seconds.
    public var graceSeconds = 0
    /// How many attempts a learner has, 1–1000; `nil` for any number.
    public var attemptLimit: Int?
    /// Which attempt's score is the learner's.
    public var attemptPolicy = Quiz.AttemptPolicy.best
    /// From when on it is taken, UTC.
    public var opensAt: Date?
    /// Until when it is taken, UTC: every attempt ends then at the latest.
    public var closesAt: Date?
    /// Whether each attempt asks in an order of its own.
    public var shufflesQuestions = true
    /// Whether each attempt shows options in an order of its own.
    public var shufflesOptions = true
    /// When scores are shown.
    public var scoreReveal = Quiz.Reveal.afterSubmit
    /// When it is shown what was right, and what is said to it.
    public var feedbackReveal = Quiz.Reveal.afterSubmit
    /// When the right answers are shown.
    public var answerReveal = Quiz.Reveal.never
    /// From which percentage on it is passed, 0–100.
    public var passPercentage: Int?

    /// Describes a quiz that is taken as often as one likes, without haste.
    ///
    /// - Parameter title: The title.
    public init(title: String) {
        self.title = title
    }

    /// Whether what follows from a score may come at another time than by other settings, or be something else.
    func decidesLater(than other: QuizSettings) -> Bool {
        (closesAt, scoreReveal, lesson, passPercentage)
            != (other.closesAt, other.scoreReveal, other.lesson, other.passPercentage)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        title = try fields.next()
        instructions = try fields.next()
        lesson = try fields.next()
        timeLimitSeconds = try fields.next()
        graceSeconds = try fields.next()
        attemptLimit = try fields.next()
        attemptPolicy = try fields.next()
        opensAt = try fields.next()
        closesAt = try fields.next()
        shufflesQuestions = try fields.next()
        shufflesOptions = try fields.next()
        scoreReveal = try fields.next()
        feedbackReveal = try fields.next()
        answerReveal = try fields.next()
        passPercentage = try fields.next()
    }
}

/// A place in a quiz: a question, or some that are drawn from a bank for each attempt.
public struct QuizSlot: Sendable, Hashable {
    /// The most slots that a quiz has, and the most questions that an attempt asks.
    public static let limit = 200
    /// The most that one question of it is worth.
    public static let pointLimit = Points(1_000)
    /// What is asked.
    public var source: Source
    /// What each question of it is worth, 0–1000 points.
    public var points: Points

    /// Where a slot's questions come from.
    public enum Source: Sendable, Hashable {
        /// This question.
        case question(BankQuestion.ID)
        /// So many of a bank's questions, or of those with a tag, that are not retired; none twice in an attempt.
        case draw(Int, from: QuestionBank.ID, tag: String?)
    }

    /// Describes a slot.
    ///
    /// - Parameters:
    ///   - source: What is asked.
    ///   - points: What each question of it is worth.
    public init(_ source: Source, points: Points = Points(1)) {
        self.source = source
        self.points = points
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        let question: BankQuestion.ID? = try fields.next()
        let bank: QuestionBank.ID? = try fields.next()
        let tag: String? = try fields.next()
        let count: Int = try fields.next()
        points = Points(millionths: try fields.next())
        if let bank {
            source = .draw(count, from: bank, tag: tag)
        } else if let question {
            source = .question(question)
        } else {
            throw .undecodable(column: "question_id", expected: "a question or a bank")
        }
    }
}

/// What a learner has besides what everybody has.
public struct QuizExtension: Sendable, Hashable {
    /// The learner.
    public let user: Principal.ID
    /// Their name.
    public let displayName: String
    /// By how much longer each attempt lasts, in seconds.
    public let extraSeconds: Int
    /// How many attempts more they have.
    public let extraAttempts: Int
    /// Until when they take the quiz, if that is later than for the others, UTC.
    public let closesAt: Date?
    /// Why.
    public let reason: String
    /// When it was given, UTC.
    public let grantedAt: Date

    package init(
        user: Principal.ID,
        displayName: String,
        extraSeconds: Int,
        extraAttempts: Int,
        closesAt: Date?,
        reason: String,
        grantedAt: Date
    ) {
        self.user = user
        self.displayName = displayName
        self.extraSeconds = extraSeconds
        self.extraAttempts = extraAttempts
        self.closesAt = closesAt
        self.reason = reason
        self.grantedAt = grantedAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        displayName = try fields.next()
        extraSeconds = try fields.next()
        extraAttempts = try fields.next()
        closesAt = try fields.next()
        reason = try fields.next()
        grantedAt = try fields.next()
    }
}
