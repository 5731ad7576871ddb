// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Lessons {
    /// The statements that record a change of a course's curriculum.
    ///
    /// Lessons are only talked about in a published course, where somebody can read them; else the course changed.
    func recording(
        _ change: CurriculumChange,
        in course: Course,
        by principal: Principal,
        at instant: Date
    ) -> [SQL] {
        func events<Part>(_ type: EventType, _ parts: [Identifier<Part>], _ member: CoursePart) -> [SQL] {
            courses.recording(type, of: parts, named: member, in: course.id, by: principal, at: instant)
        }
        var statements = events(.moduleAdded, change.addedModules, .module)
        statements += events(.moduleDeleted, change.deletedModules, .module)
        statements += events(.lessonDeleted, change.deletedLessons, .lesson)
        if course.status == .published {
            statements += events(.lessonPublished, change.publishedLessons, .lesson)
            statements += events(.lessonUpdated, change.updatedLessons, .lesson)
        }
        return statements.isEmpty
            ? [courses.recording(.curriculum, of: course, by: principal, at: instant)] : statements
    }
}

/// What became of which parts of a course.
struct CurriculumChange {
    var addedModules: [Module.ID] = []
    var deletedModules: [Module.ID] = []
    var deletedLessons: [Lesson.ID] = []
    private(set) var publishedLessons: [Lesson.ID] = []
    private(set) var updatedLessons: [Lesson.ID] = []

    /// Notes what becomes of a lesson.
    ///
    /// - Parameters:
    ///   - lesson: The lesson as it will be.
    ///   - old: As it was; `nil` for a new one.
    ///   - hasNewContent: Whether its content changes too.
    mutating func note(_ lesson: Lesson, before old: Lesson?, hasNewContent: Bool = false) {
        guard lesson.status == .published else { return }
        guard let old, old.status == .published else { return publishedLessons.append(lesson.id) }
        let isSame =
            lesson.title == old.title && lesson.kind == old.kind && lesson.module == old.module
            && lesson.isPreview == old.isPreview && lesson.durationMinutes == old.durationMinutes
        if hasNewContent || !isSame { updatedLessons.append(lesson.id) }
    }
}
