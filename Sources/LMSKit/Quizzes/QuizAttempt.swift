// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A learner's attempt at a quiz.
public struct QuizAttempt: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<QuizAttempt>
    /// The attempt's identifier.
    public let id: ID
    /// The quiz.
    public let quiz: Quiz.ID
    /// The course.
    public let course: Course.ID
    /// The learner's place in the course.
    public let enrollment: Enrollment.ID
    /// The learner.
    public let user: Principal.ID
    /// The learner's name.
    public let displayName: String
    /// Which of the learner's attempts at the quiz it is, from 1.
    public let number: Int
    /// Whether it goes on, waits for somebody who grades it, or is graded.
    public let status: Status
    /// What the order of its options comes from.
    let seed: ShuffleSeed
    /// When it began, UTC.
    public let startedAt: Date
    /// When it should be submitted, UTC.
    public let deadlineAt: Date?
    /// Until when what comes counts, UTC: the deadline with its grace.
    public let endsAt: Date?
    /// When it was submitted, UTC; the deadline if nobody did until its end.
    public let submittedAt: Date?
    /// What ended it.
    public let closedBy: Closing?
    /// Whether it was submitted after the deadline, within the grace.
    public let isLate: Bool
    /// What it earned so far.
    public let score: Points?
    /// What it could earn.
    public let maxScore: Points
    /// When nothing of it waited for anybody any more, UTC.
    public let gradedAt: Date?
    /// Raised by each change of its state or its score; for conditional updates.
    public let version: Int

    package init(
        id: ID,
        quiz: Quiz.ID,
        course: Course.ID,
        enrollment: Enrollment.ID,
        user: Principal.ID,
        displayName: String,
        status: Status,
        startedAt: Date,
        deadlineAt: Date?,
        submittedAt: Date?,
        score: Points?,
        maxScore: Points
    ) {
        self.id = id
        self.quiz = quiz
        self.course = course
        self.enrollment = enrollment
        self.user = user
        self.displayName = displayName
        number = 1
        self.status = status
        seed = ShuffleSeed(bits: 1)
        self.startedAt = startedAt
        self.deadlineAt = deadlineAt
        endsAt = deadlineAt
        self.submittedAt = submittedAt
        closedBy = submittedAt == nil ? nil : .learner
        isLate = false
        self.score = score
        self.maxScore = maxScore
        gradedAt = status == .graded ? submittedAt : nil
        version = 1
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        quiz = try fields.next()
        course = try fields.next()
        enrollment = try fields.next()
        user = try fields.next()
        displayName = try fields.next()
        number = try fields.next()
        status = try fields.next()
        seed = ShuffleSeed(stored: try fields.next())
        startedAt = try fields.next()
        deadlineAt = try fields.next()
        endsAt = try fields.next()
        submittedAt = try fields.next()
        closedBy = try fields.next()
        isLate = try fields.next()
        let score: Int? = try fields.next()
        self.score = score.map(Points.init(millionths:))
        maxScore = Points(millionths: try fields.next())
        gradedAt = try fields.next()
        version = try fields.next()
    }
}

extension QuizAttempt {
    /// The states of an attempt.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The learner answers.
        case inProgress = "in_progress"
        /// Something waits for somebody who grades it.
        case submitted
        /// Everything has its score.
        case graded
    }

    /// What ended an attempt.
    @nonexhaustive
    public enum Closing: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The learner submitted it.
        case learner
        /// Its time was over; what was saved counts.
        case deadline
        /// The learner left the course; what was saved counts.
        case departure
    }

    /// For how long after the end an attempt that nobody submitted is left alone: what came in time may wait for its turn.
    static let patience: TimeInterval = 5

    /// Whether what comes at a moment is too late to count.
    func isOver(at now: Date) -> Bool { endsAt.map { now > $0 } ?? false }

    /// Whether it is to be closed at a moment without the learner.
    func isAbandoned(at now: Date) -> Bool { isOver(at: now.addingTimeInterval(-Self.patience)) }
}

/// A question of an attempt: what it asks, what was answered, and what that earned.
public struct QuizAttemptQuestion: Sendable, Identifiable {
    /// The question's identifier.
    public let id: BankQuestion.ID
    /// Where it stands in the attempt, from 1.
    public let position: Int
    /// What it is worth.
    public let points: Points
    /// What the attempt asked: the version that there was when it began.
    let content: QuestionContent
    /// The version whose key grades it; until it is graded, the one that was asked.
    let key: QuestionContent
    /// What was saved last.
    public let answer: QuestionAnswer?
    /// The files that it names, in its order.
    public let files: [QuizAnswerFile]
    /// The client's number of that answer; 0 before the first.
    public let sequence: Int
    /// When it was saved, UTC.
    public let answeredAt: Date?
    /// How the answer was judged.
    let result: JSONValue?
    /// What it earned.
    public let score: Points?
    /// Whether it waits for somebody who grades it.
    public let needsGrading: Bool
    /// What who graded it says.
    public let comment: String?
    /// When somebody graded it, UTC; `nil` for what was graded by its key.
    public let gradedAt: Date?

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        position = try fields.next()
        points = Points(millionths: try fields.next())
        content = try QuestionContent(column: fields.next())
        let regraded: JSONText? = try fields.next()
        key = if let regraded { try QuestionContent(column: regraded) } else { content }
        let answer: JSONText? = try fields.next()
        self.answer = if let answer { try QuestionAnswer.read(column: answer, kind: content.kind.name) } else { nil }
        sequence = try fields.next()
        answeredAt = try fields.next()
        let result: JSONText? = try fields.next()
        self.result = if let result { try result.parsed() } else { nil }
        let score: Int? = try fields.next()
        self.score = score.map(Points.init(millionths:))
        needsGrading = try fields.next()
        comment = try fields.next()
        gradedAt = try fields.next()
        let files: JSONText? = try fields.next()
        self.files = if let files { try QuizAnswerFile.list(column: files) } else { [] }
    }
}
