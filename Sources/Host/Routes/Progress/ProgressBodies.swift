// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What a learner did in one lesson.
struct LessonProgressBody: ResponseBody {
    let progress: LessonProgress

    init(_ progress: LessonProgress) {
        self.progress = progress
    }

    static var example: LessonProgressBody { LessonProgressBody(.example) }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    /// Writes the members alone, for a body that has more.
    func writeFields(to object: inout JSONWriter) {
        object.field("lessonId", progress.lesson)
        object.field("status", progress.status.rawValue)
        object.field("positionSeconds", progress.positionSeconds)
        object.field("timeSpentSeconds", progress.timeSpentSeconds)
        object.field("startedAt", progress.startedAt)
        object.field("completedAt", progress.completedAt)
        object.field("lastAccessedAt", progress.lastAccessedAt)
    }
}

/// What a report led to.
struct RecordedProgressBody: ResponseBody {
    let enrollment: Enrollment
    let lesson: LessonProgressBody
    let completedCourse: Bool

    init(_ recorded: RecordedProgress) {
        enrollment = recorded.enrollment
        lesson = LessonProgressBody(recorded.lesson)
        completedCourse = recorded.completedCourse
    }

    private init() {
        enrollment = .example
        lesson = .example
        completedCourse = false
    }

    static var example: RecordedProgressBody { RecordedProgressBody() }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("enrollmentId", enrollment.id)
            lesson.writeFields(to: &object)
            object.field("enrollment") { standing in
                enrollment.writeStanding(to: &standing)
                standing.field("timeSpentSeconds", enrollment.timeSpentSeconds)
            }
            object.field("completedCourse", completedCourse)
        }
    }
}

/// How far a learner is in a course.
struct CourseProgressBody: ResponseBody {
    let enrollment: Enrollment
    let modules: [CourseProgress.ModuleProgress]
    let steps: [CourseProgress.Step]
    let resume: CourseProgress.Step?
    let next: CourseProgress.Step?

    init(_ progress: CourseProgress) {
        enrollment = progress.listing.enrollment
        modules = progress.modules
        steps = progress.steps
        resume = progress.resumeStep
        next = progress.nextStep
    }

    private init(steps: [CourseProgress.Step]) {
        enrollment = .example
        self.steps = steps
        modules = CourseProgress.modules(of: steps)
        resume = steps.first
        next = steps.first
    }

    static var example: CourseProgressBody { CourseProgressBody(steps: [.example]) }
    static var variations: [CourseProgressBody] {
        [CourseProgressBody(steps: []), CourseProgressBody(steps: [.upcoming])]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("enrollmentId", enrollment.id)
            object.field("courseId", enrollment.course)
            enrollment.writeStanding(to: &object)
            object.field("timeSpentSeconds", enrollment.timeSpentSeconds)
            object.field("modules", modules.map(ModuleProgressBody.init))
            object.field("lessons", steps.map(StepBody.init))
            object.field("resume", resume.map(StepBody.init))
            object.field("next", next.map(StepBody.init))
        }
    }
}

private struct ModuleProgressBody: JSONWritable {
    let module: CourseProgress.ModuleProgress

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", module.id)
            object.field("title", module.title)
            object.field("progressPercent", module.percentage.value)
            object.field("completedLessons", module.completedLessons)
            object.field("totalLessons", module.totalLessons)
            object.field("timeSpentSeconds", module.timeSpentSeconds)
            object.field("completed", module.isCompleted)
        }
    }
}

private struct StepBody: JSONWritable {
    let step: CourseProgress.Step

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("lessonId", step.lesson)
            object.field("moduleId", step.module)
            object.field("title", step.title)
            object.field("type", step.kind.rawValue)
            object.field("durationMinutes", step.durationMinutes)
            object.field("availableAt", step.availableAt)
            object.field("status", step.progress?.status.rawValue ?? "not_started")
            object.field("positionSeconds", step.progress?.positionSeconds ?? 0)
            object.field("timeSpentSeconds", step.progress?.timeSpentSeconds ?? 0)
            object.field("completedAt", step.progress?.completedAt)
        }
    }
}
