// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How far a learner is in a course.
public struct CourseProgress: Sendable {
    /// The enrollment with its course.
    public let listing: EnrollmentListing
    /// The published lessons, in the order of the course.
    public let steps: [Step]

    /// One published lesson with what the learner did in it.
    public struct Step: Sendable, Hashable {
        /// The module it is in.
        public let module: Module.ID
        /// The module's title.
        public let moduleTitle: String
        /// The lesson.
        public let lesson: Lesson.ID
        /// The lesson's title.
        public let title: String
        /// What the learner does in it.
        public let kind: Lesson.Kind
        /// How long it takes, in minutes.
        public let durationMinutes: Int?
        /// When it comes, UTC; `nil` if it is there.
        public let availableAt: Date?
        /// What was done; `nil` if the learner has not been in it.
        public let progress: LessonProgress?

        package init(
            module: Module.ID,
            moduleTitle: String,
            lesson: Lesson.ID,
            title: String,
            kind: Lesson.Kind,
            durationMinutes: Int?,
            availableAt: Date? = nil,
            progress: LessonProgress?
        ) {
            self.module = module
            self.moduleTitle = moduleTitle
            self.lesson = lesson
            self.title = title
            self.kind = kind
            self.durationMinutes = durationMinutes
            self.availableAt = availableAt
            self.progress = progress
        }
    }

    /// What a learner did in one module.
    public struct ModuleProgress: Sendable, Hashable {
        /// The module.
        public let id: Module.ID
        /// Its title.
        public let title: String
        /// How many of its lessons are published.
        public internal(set) var totalLessons = 0
        /// How many of those are completed.
        public internal(set) var completedLessons = 0
        /// The time spent in them, in seconds.
        public internal(set) var timeSpentSeconds = 0

        /// How much of it is done.
        public var percentage: Percentage { Percentage(completed: completedLessons, of: totalLessons) }
        /// Whether every lesson of it is completed.
        public var isCompleted: Bool { completedLessons == totalLessons }
    }

    /// The modules that have published lessons, in order.
    public var modules: [ModuleProgress] { Self.modules(of: steps) }

    /// Sums lessons up by their modules.
    package static func modules(of steps: [Step]) -> [ModuleProgress] {
        var modules: [ModuleProgress] = []
        for step in steps {
            if modules.last?.id != step.module {
                modules.append(ModuleProgress(id: step.module, title: step.moduleTitle))
            }
            let last = modules.count - 1
            modules[last].totalLessons += 1
            modules[last].completedLessons += step.progress?.status == .completed ? 1 : 0
            modules[last].timeSpentSeconds += step.progress?.timeSpentSeconds ?? 0
        }
        return modules
    }

    /// The first lesson in the course's order that is there and not completed.
    public var nextStep: Step? {
        steps.first { $0.isOpen }
    }

    /// Where to go on: the lesson the learner was in last if it is not completed, else the next one after it that is not,
    /// else the first that is not, else the one they were in last.
    public var resumeStep: Step? {
        guard let last = steps.firstIndex(where: { $0.lesson == listing.enrollment.lastLesson }) else {
            return nextStep
        }
        return steps[last...].first { $0.isOpen } ?? nextStep ?? steps[last]
    }
}

extension CourseProgress.Step {
    /// Whether the learner may do it and has not.
    fileprivate var isOpen: Bool { availableAt == nil && progress?.status != .completed }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        module = try fields.next()
        moduleTitle = try fields.next()
        let lesson: Lesson.ID = try fields.next()
        self.lesson = lesson
        title = try fields.next()
        kind = try fields.next()
        durationMinutes = try fields.next()
        availableAt = try fields.next()
        let status: LessonProgress.Status? = try fields.next()
        guard let status else {
            progress = nil
            return
        }
        progress = LessonProgress(
            lesson: lesson,
            status: status,
            positionSeconds: try fields.next(),
            timeSpentSeconds: try fields.next(),
            startedAt: try fields.next(),
            completedAt: try fields.next(),
            lastAccessedAt: try fields.next()
        )
    }
}
