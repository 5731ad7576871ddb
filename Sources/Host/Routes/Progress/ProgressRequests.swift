// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/enrollments/{enrollmentId}/lessons/{lessonId}`.
struct EnrolledLessonPath: PathParameters {
    let enrollmentId: Enrollment.ID
    let lessonId: Lesson.ID

    init(fields: inout FieldReader) {
        enrollmentId = fields.required("enrollmentId", .id())
        lessonId = fields.required("lessonId", .id())
    }
}

/// `PUT /api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/progress`.
struct ProgressReport: RequestBody {
    let isCompleted: Bool
    let positionSeconds: Int?
    let timeSpentSeconds: Int?

    init(fields: inout FieldReader) {
        let status = fields.optional("status", .choice(LessonProgress.Status.inProgress))
        let completed = fields.optional("completed", .flag)
        isCompleted = status == .completed || completed == true
        positionSeconds = fields.optional("positionSeconds", .seconds)
        timeSpentSeconds = fields.optional("timeSpentSeconds", .seconds)
    }

    func report(on lesson: Lesson.ID) -> LessonReport {
        LessonReport(
            on: lesson,
            outcome: isCompleted ? .completed : .inProgress,
            positionSeconds: positionSeconds,
            timeSpentSeconds: timeSpentSeconds
        )
    }
}

/// `PATCH /api/v1/enrollments/{enrollmentId}/progress`.
struct NamedProgressReport: RequestBody {
    let report: LessonReport

    init(fields: inout FieldReader) {
        report = LessonReport(
            on: fields.required("lessonId", .id()),
            outcome: fields.optional("completed", .flag, default: false) ? .completed : .inProgress,
            positionSeconds: fields.optional("positionSeconds", .seconds),
            timeSpentSeconds: fields.optional("timeSpentSeconds", .seconds)
        )
    }
}

/// `POST /api/v1/enrollments/{enrollmentId}/progress`.
struct CompletedLessons: RequestBody {
    let lessons: [Lesson.ID]

    init(fields: inout FieldReader) {
        lessons = fields.required("lessonIds", .list(.id(Lesson.self), 1...ProgressRecords.batchLimit))
    }
}

extension FieldRule where Self == IntegerRule {
    /// A time in a lesson: up to three years.
    static var seconds: IntegerRule { .integer(0...100_000_000) }
}
