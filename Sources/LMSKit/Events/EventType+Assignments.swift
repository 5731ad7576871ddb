// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// An assignment was published.
    ///
    /// Payload: `assignmentId`, `courseId`, `lessonId` if it has one, `title`, `dueAt` if it is due.
    public static let assignmentCreated = EventType("assignment.created", .assignments)
    /// An assignment changed that learners see.
    ///
    /// Payload: `assignmentId`, `courseId`.
    public static let assignmentUpdated = EventType("assignment.updated", .assignments)
    /// An assignment is due within a day.
    ///
    /// Payload: `assignmentId`, `courseId`, `lessonId` if it has one, `title`, `dueAt`.
    public static let assignmentDueSoon = EventType("assignment.due_soon", .assignments)
    /// A learner may see the grade of a submission, or another one than before.
    ///
    /// Payload: `submissionId`, `assignmentId`, `courseId`, `lessonId` if there is one, `userId`, `score`, `maxScore`, `title`.
    public static let assignmentGraded = EventType("assignment.graded", .assignments)
    /// A learner handed in.
    ///
    /// Payload: `submissionId`, `assignmentId`, `courseId`, `userId`, `submittedAt`, `title` unless it is graded blindly.
    public static let submissionReceived = EventType("submission.received", .assignments)
    /// It was drawn who reviews whose work.
    ///
    /// Payload: `assignmentId`, `courseId`, `lessonId` if it has one, `title`, `dueAt`, until when reviews are taken.
    public static let peerReviewAllocated = EventType("peer_review.allocated", .assignments)
    /// Learners may see what their peers said to their work.
    ///
    /// Payload: `assignmentId`, `courseId`, `lessonId` if it has one, `title`.
    public static let peerReviewReleased = EventType("peer_review.released", .assignments)
    /// A quiz became published.
    ///
    /// Payload: `quizId`, `courseId`.
    public static let quizPublished = EventType("quiz.published", .assignments)
    /// A learner began an attempt at a quiz.
    ///
    /// Payload: `attemptId`, `quizId`, `courseId`, `userId`.
    public static let quizAttemptStarted = EventType("quiz.attempt_started", .assignments)
    /// An attempt at a quiz has all its scores, or others than before.
    ///
    /// Payload: `attemptId`, `quizId`, `courseId`, `userId`, `status`, `percentage`, `isPassed` where the quiz says what passes.
    public static let quizAttemptGraded = EventType("quiz.attempt_graded", .assignments)
    /// A learner finished a quiz, or its time was over.
    ///
    /// Payload: `attemptId`, `quizId`, `courseId`, `enrollmentId`, `userId`, `status`, `percentage`, `isPassed` once it is graded and where the
    /// quiz says what passes, `submittedAt`, `closedBy`, `quizTitle` where the learner may know the score at once.
    public static let quizSubmitted = EventType("quiz.submitted", .assignments)
    /// A learner got a certificate.
    ///
    /// Payload: `certificateId`, `certificateNumber`, `enrollmentId`, `userId`, `courseId`, `issuedAt`.
    public static let certificateIssued = EventType("certificate.issued", .assignments)
    /// A certificate was revoked.
    ///
    /// Payload: `certificateId`, `certificateNumber`, `userId`, `reason`, `revokedAt`.
    public static let certificateRevoked = EventType("certificate.revoked", .assignments)
    /// A learner's grade in an item, or in the whole course, is another than before.
    ///
    /// Payload: `enrollmentId`, `courseId`, `userId`, `gradeItemId` (absent for the whole course).
    public static let gradeChanged = EventType("grade.changed", .assignments)
    /// A learner may see their grade in an item, and could not before.
    ///
    /// Payload: `enrollmentId`, `courseId`, `userId`, `gradeItemId`.
    public static let gradeReleased = EventType("grade.released", .assignments)
    /// It was changed how a course is graded, what is graded in it, or what completes it.
    ///
    /// Payload: `courseId`.
    public static let gradebookUpdated = EventType("gradebook.updated", .assignments)
}
