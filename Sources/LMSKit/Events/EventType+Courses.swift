// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// A course was made, also as a copy or by an import.
    ///
    /// Payload: `courseId`, `slug`, `status`.
    public static let courseCreated = EventType("course.created", .courses)
    /// A course changed.
    ///
    /// Payload: `courseId`, `slug`, `status`, `change` (`content`, `status`, `staff` or `curriculum`).
    public static let courseUpdated = EventType("course.updated", .courses)
    /// A course became published.
    ///
    /// Payload: `courseId`, `slug`, `instructorId`, `publishedAt`.
    public static let coursePublished = EventType("course.published", .courses)
    /// A course was deleted with all that is in it.
    ///
    /// Payload: `courseId`.
    public static let courseDeleted = EventType("course.deleted", .courses)
    /// A course got a module.
    ///
    /// Payload: `courseId`, `moduleId`.
    public static let moduleAdded = EventType("module.added", .courses)
    /// A module was deleted with its lessons.
    ///
    /// Payload: `courseId`, `moduleId`.
    public static let moduleDeleted = EventType("module.deleted", .courses)
    /// A lesson of a published course became readable.
    ///
    /// Payload: `courseId`, `lessonId`.
    public static let lessonPublished = EventType("lesson.published", .courses)
    /// A readable lesson of a published course changed.
    ///
    /// Payload: `courseId`, `lessonId`.
    public static let lessonUpdated = EventType("lesson.updated", .courses)
    /// A lesson was deleted.
    ///
    /// Payload: `courseId`, `lessonId`.
    public static let lessonDeleted = EventType("lesson.deleted", .courses)
    /// A learner wrote a review, or other words for it.
    ///
    /// Payload: `reviewId`, `courseId`, `userId`, `rating`.
    public static let reviewWritten = EventType("review.written", .courses)
    /// A review was approved, rejected or hidden.
    ///
    /// Payload: `reviewId`, `courseId`, `userId`, `status`.
    public static let reviewModerated = EventType("review.moderated", .courses)
    /// A review was deleted.
    ///
    /// Payload: `reviewId`, `courseId`, `userId`.
    public static let reviewDeleted = EventType("review.deleted", .courses)
}
