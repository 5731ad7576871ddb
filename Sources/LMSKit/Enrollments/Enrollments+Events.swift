// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Enrollments {
    /// The statement that records what happened to a place in a course; its row is locked.
    func recording(
        _ type: EventType,
        of enrollment: Enrollment,
        _ payload: [JSONMember] = [],
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        .recordEvent(
            Event(
                identifiers.next(),
                type,
                of: enrollment.id,
                payload: [
                    JSONMember("enrollmentId", enrollment.id), JSONMember("userId", enrollment.user),
                    JSONMember("courseId", enrollment.course),
                ] + payload,
                at: instant
            ),
            by: principal
        )
    }
}

extension SQL {
    /// Records for the updated enrollments `u` of a statement that their learners did enough.
    static func recordingCompletion(by principal: Principal, at instant: Date) -> SQL {
        recordingEvent(
            .enrollmentCompleted,
            of: "u.id",
            payload: """
                jsonb_build_object('enrollmentId', u.id, 'userId', u.user_id, 'courseId', u.course_id,
                    'completedAt', \(instant.iso8601Milliseconds))
                """,
            by: principal,
            at: instant
        )
    }

    /// Records for the updated enrollment `u` of a statement, whose course `e` is of, that its learner completed lessons.
    static func recordingProgress(by principal: Principal, at instant: Date) -> SQL {
        recordingEvent(
            .progressUpdated,
            of: "u.id",
            payload: """
                jsonb_build_object('enrollmentId', u.id, 'userId', u.user_id, 'courseId', u.course_id,
                    'lessonId', u.last_lesson_id, 'completedLessons', u.completed_lessons,
                    'totalLessons', e.published_lessons)
                """,
            by: principal,
            at: instant
        )
    }
}
