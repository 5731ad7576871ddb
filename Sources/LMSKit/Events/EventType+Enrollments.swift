// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension EventType {
    /// A learner got a place in a course, or back the one they left.
    ///
    /// Payload: `enrollmentId`, `userId`, `courseId`, `status`, `enrolledAt`.
    public static let enrollmentCreated = EventType("enrollment.created", .enrollments)
    /// A place that waited for its payment became active.
    ///
    /// Payload: `enrollmentId`, `userId`, `courseId`.
    public static let enrollmentActivated = EventType("enrollment.activated", .enrollments)
    /// A learner left a course.
    ///
    /// Payload: `enrollmentId`, `userId`, `courseId`.
    public static let enrollmentDropped = EventType("enrollment.dropped", .enrollments)
    /// A learner goes on in a later version of a course; the old place ended.
    ///
    /// Payload: `enrollmentId` and `courseId` of the new place, `userId`, `fromEnrollmentId`, `fromCourseId`.
    public static let enrollmentMigrated = EventType("enrollment.migrated", .enrollments)
    /// A learner did enough of a course.
    ///
    /// Payload: `enrollmentId`, `userId`, `courseId`, `completedAt`.
    public static let enrollmentCompleted = EventType("enrollment.completed", .enrollments)
    /// A learner completed lessons.
    ///
    /// Payload: `enrollmentId`, `userId`, `courseId`, `lessonId` (the last of them), `completedLessons`, `totalLessons`.
    public static let progressUpdated = EventType("progress.updated", .enrollments)
}
