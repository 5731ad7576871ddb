// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

struct ProgressPath: PathParameters {
    let enrollmentId: Enrollment.ID
    let lessonId: Lesson.ID

    init(fields: inout FieldReader) {
        enrollmentId = fields.required("enrollmentId", .id())
        lessonId = fields.required("lessonId", .id())
    }
}

/// What is reported about a lesson that the path names.
struct ProgressValues: RequestBody {
    let completed: Bool
    let positionSeconds: Int?
    let timeSpentSeconds: Int?

    init(fields: inout FieldReader) {
        completed = fields.optional("completed", .flag, default: false)
        positionSeconds = fields.optional("positionSeconds", .integer(0...86_400))
        timeSpentSeconds = fields.optional("timeSpentSeconds", .integer(0...31_536_000))
    }

    func report(on lesson: Lesson.ID) -> LessonReport {
        LessonReport(
            on: lesson,
            outcome: completed ? .completed : .inProgress,
            positionSeconds: positionSeconds,
            timeSpentSeconds: timeSpentSeconds
        )
    }
}

/// The same with the lesson in the body.
struct NamedLessonReport: RequestBody {
    let lessonId: Lesson.ID
    let values: ProgressValues

    init(fields: inout FieldReader) {
        lessonId = fields.required("lessonId", .id())
        values = ProgressValues(fields: &fields)
    }

    var report: LessonReport { values.report(on: lessonId) }
}

struct LessonProgressBody: ResponseBody {
    let lesson: Lesson.ID
    let status: LessonProgress.Status
    let positionSeconds: Int
    let timeSpentSeconds: Int
    let startedAt: Date
    let completedAt: Date?

    init(_ progress: LessonProgress) {
        lesson = progress.lesson
        status = progress.status
        positionSeconds = progress.positionSeconds
        timeSpentSeconds = progress.timeSpentSeconds
        startedAt = progress.startedAt
        completedAt = progress.completedAt
    }

    private init(completedAt: Date?) {
        lesson = .example
        status = completedAt == nil ? .inProgress : .completed
        positionSeconds = 30
        timeSpentSeconds = 240
        startedAt = Date(timeIntervalSince1970: 1_800_000_000)
        self.completedAt = completedAt
    }

    static var example: LessonProgressBody {
        LessonProgressBody(completedAt: Date(timeIntervalSince1970: 1_800_000_240))
    }
    static var variations: [LessonProgressBody] { [LessonProgressBody(completedAt: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("lessonId", lesson)
            object.field("status", status.rawValue)
            object.field("positionSeconds", positionSeconds)
            object.field("timeSpentSeconds", timeSpentSeconds)
            object.field("startedAt", startedAt)
            object.field("completedAt", completedAt)
        }
    }
}

struct RecordedProgressBody: ResponseBody {
    let enrollment: EnrollmentBody
    let lesson: LessonProgressBody

    init(_ recorded: RecordedProgress) {
        self.init(enrollment: EnrollmentBody(recorded.enrollment), lesson: LessonProgressBody(recorded.lesson))
    }

    private init(enrollment: EnrollmentBody, lesson: LessonProgressBody) {
        self.enrollment = enrollment
        self.lesson = lesson
    }

    static var example: RecordedProgressBody { RecordedProgressBody(enrollment: .example, lesson: .example) }
    static var variations: [RecordedProgressBody] {
        zip(EnrollmentBody.variations, LessonProgressBody.variations).map(RecordedProgressBody.init)
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("enrollment", enrollment)
            object.field("lesson", lesson)
        }
    }
}

struct CourseProgressBody: ResponseBody {
    let enrollment: EnrollmentBody
    let lessons: [LessonProgressBody]
    let modules: [ModuleProgressBody]
    let nextLesson: Lesson.ID?
    let nextLessonTitle: String?

    init(_ progress: CourseProgress) {
        enrollment = EnrollmentBody(progress.listing.enrollment)
        lessons = progress.steps.compactMap { $0.progress.map(LessonProgressBody.init) }
        modules = progress.modules.map(ModuleProgressBody.init)
        nextLesson = progress.resumeStep?.lesson
        nextLessonTitle = progress.resumeStep?.title
    }

    private init(enrollment: EnrollmentBody, lessons: [LessonProgressBody], next: String?) {
        self.enrollment = enrollment
        self.lessons = lessons
        modules = [ModuleProgressBody.example]
        nextLesson = next == nil ? nil : .example
        nextLessonTitle = next
    }

    static var example: CourseProgressBody {
        CourseProgressBody(enrollment: .example, lessons: [.example], next: "The second lesson")
    }
    static var variations: [CourseProgressBody] {
        EnrollmentBody.variations.map {
            CourseProgressBody(enrollment: $0, lessons: LessonProgressBody.variations, next: nil)
        }
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("enrollment", enrollment)
            object.field("lessons", lessons)
            object.field("modules", modules)
            object.field("nextLessonId", nextLesson)
            object.field("nextLessonTitle", nextLessonTitle)
        }
    }
}

struct ModuleProgressBody: ResponseBody {
    let module: Module.ID
    let completedLessons: Int
    let totalLessons: Int
    let timeSpentSeconds: Int
    let isCompleted: Bool

    init(_ sum: CourseProgress.ModuleProgress) {
        module = sum.id
        completedLessons = sum.completedLessons
        totalLessons = sum.totalLessons
        timeSpentSeconds = sum.timeSpentSeconds
        isCompleted = sum.isCompleted
    }

    private init() {
        module = .example
        completedLessons = 2
        totalLessons = 3
        timeSpentSeconds = 840
        isCompleted = false
    }

    static var example: ModuleProgressBody { ModuleProgressBody() }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("moduleId", module)
            object.field("completedLessons", completedLessons)
            object.field("totalLessons", totalLessons)
            object.field("timeSpentSeconds", timeSpentSeconds)
            object.field("isCompleted", isCompleted)
        }
    }
}
