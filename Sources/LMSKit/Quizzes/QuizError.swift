// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Why something about a quiz, or the questions for it, was refused.
@nonexhaustive
public enum QuizError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// There is no such bank of questions, or none that is theirs to know.
    case bankNotFound
    /// There is no such question, or none that is theirs to know; or the attempt does not ask it.
    case questionNotFound
    /// There is no such quiz, or the principal may not know that there is.
    case notFound
    /// There is no such attempt, or it is somebody else's.
    case attemptNotFound
    /// The answer has no such file.
    case fileNotFound
    /// A file of the answer is still being received, or looked at.
    case uploadUnfinished
    /// The course has no such lesson.
    case lessonNotFound
    /// Nobody of that identifier has a place in the course, or an extension.
    case learnerNotFound
    /// The quiz is for those who are enrolled, and the course is free to enroll in.
    case enrollmentNeeded
    /// The quiz is for those who have paid for the course.
    case paymentNeeded
    /// The principal may see it and may not do this.
    case forbidden
    /// A question cannot be what it was described as: each mistake and its place.
    case invalidQuestion([QuestionIssue])
    /// An answer cannot be one: each mistake and its place.
    case invalidAnswer([QuestionIssue])
    /// Another version of a question is of the same kind.
    case kindChanged
    /// The bank is full.
    case bankFull(limit: Int)
    /// A slot names what the course has not, or draws more questions than there are.
    case impossibleSlot(position: Int)
    /// An essay has fewer words than are asked for.
    case tooFewWords(position: Int, fewest: Int)
    /// The quiz asks nothing yet.
    case empty
    /// Somebody has begun an attempt, so what is asked stays.
    case hasAttempts
    /// The quiz is not published, or not any more.
    case notPublished
    /// The quiz opens then.
    case notOpen(until: Date)
    /// The quiz is over for the learner.
    case closed
    /// The learner has made as many attempts as they may.
    case noAttemptsLeft(limit: Int)
    /// The learner has an attempt that is not submitted.
    case attemptOpen(QuizAttempt.ID)
    /// The attempt was submitted, or its time is over.
    case attemptClosed
    /// The attempt is not submitted, so there is nothing to grade.
    case notSubmitted
    /// The score is beyond what the question is worth.
    case invalidScore
    /// It was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// The course's gradebook has as many items as it may.
    case tooManyGradeItems(limit: Int)
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension QuizError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.foreignKey, name: "quizzes_lesson_id_fk"): self = .lessonNotFound
        default: self = .database(error)
        }
    }
}
