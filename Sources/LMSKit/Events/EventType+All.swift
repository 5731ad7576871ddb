// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// Every type that the platform records, in the order of their topics.
    public static let all: [EventType] = [
        .userCreated, .userUpdated, .userDeactivated, .userReactivated, .userDeleted, .userRoleAssigned,
        .userRoleRemoved,
        .courseCreated, .courseUpdated, .coursePublished, .courseDeleted, .moduleAdded, .moduleDeleted,
        .lessonPublished, .lessonUpdated, .lessonDeleted, .reviewWritten, .reviewModerated, .reviewDeleted,
        .enrollmentCreated, .enrollmentActivated, .enrollmentDropped, .enrollmentMigrated, .enrollmentCompleted,
        .progressUpdated,
        .contentPublished, .contentVersionAdded, .contentUploadCompleted,
        .assignmentCreated, .assignmentUpdated, .assignmentDueSoon, .assignmentGraded, .submissionReceived,
        .peerReviewAllocated, .peerReviewReleased,
        .quizPublished, .quizAttemptStarted, .quizSubmitted, .quizAttemptGraded,
        .certificateIssued, .certificateRevoked,
        .gradeChanged, .gradeReleased, .gradebookUpdated,
        .paymentCompleted, .paymentFailed, .paymentRefunded, .invoiceCreated,
        .announcementCreated, .notificationCreated,
        .messageSent, .threadCreated, .postCreated, .mentionCreated, .answerAccepted,
    ]
}
