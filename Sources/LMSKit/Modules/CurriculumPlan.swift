// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What has to happen so that a course's curriculum becomes the wanted one; no I/O.
struct CurriculumPlan {
    private(set) var modules: [Module] = []
    private(set) var lessons: [Lesson] = []
    private(set) var contents: [(lesson: Lesson.ID, blocks: [LessonBlock])] = []
    private(set) var removedModules: [Module.ID] = []
    private(set) var removedLessons: [Lesson.ID] = []
    /// What becomes of which parts, for those who react.
    private(set) var change = CurriculumChange()
    /// Whether lessons that learners did before count differently afterwards.
    private(set) var changesWhatCounts = false

    init(
        _ draft: CurriculumDraft,
        over tree: Curriculum,
        identifiers: IdentifierSource,
        now: Date
    ) throws(CourseError) {
        guard draft.modules.count <= Modules.limit else { throw .tooManyModules(limit: Modules.limit) }
        var oldModules = Dictionary(uniqueKeysWithValues: tree.modules.map { ($0.id, $0) })
        var oldLessons = Dictionary(uniqueKeysWithValues: tree.lessons.map { ($0.id, $0) })
        for (position, wanted) in draft.modules.enumerated() {
            guard wanted.lessons.count <= Lessons.limit else { throw .tooManyLessons(limit: Lessons.limit) }
            var module = Module(
                id: identifiers.next(),
                course: tree.course.id,
                title: wanted.title,
                position: position,
                createdAt: now,
                updatedAt: now
            )
            if let id = wanted.id {
                guard let old = oldModules.removeValue(forKey: id) else { throw .foreignModule(id) }
                module = Module(
                    id: id,
                    course: old.course,
                    title: wanted.title,
                    position: position,
                    createdAt: old.createdAt,
                    updatedAt: now
                )
            }
            if wanted.id == nil { change.addedModules.append(module.id) }
            modules.append(module)
            for (position, wanted) in wanted.lessons.enumerated() {
                let old = wanted.id.flatMap { oldLessons.removeValue(forKey: $0) }
                if let id = wanted.id, old == nil { throw .foreignLesson(id) }
                place(wanted, old: old, in: module.id, at: position, of: tree.course.id, identifiers, now)
            }
        }
        removedModules = Array(oldModules.keys)
        removedLessons = Array(oldLessons.keys)
        (change.deletedModules, change.deletedLessons) = (removedModules, removedLessons)
        if !removedLessons.isEmpty { changesWhatCounts = true }
    }

    private mutating func place(
        _ wanted: CurriculumDraft.LessonDraft,
        old: Lesson?,
        in module: Module.ID,
        at position: Int,
        of course: Course.ID,
        _ identifiers: IdentifierSource,
        _ now: Date
    ) {
        let lesson = Lesson(
            id: old?.id ?? identifiers.next(),
            course: course,
            module: module,
            title: wanted.title,
            kind: wanted.kind,
            status: wanted.status ?? old?.status ?? .published,
            isPreview: wanted.isPreview,
            durationMinutes: wanted.durationMinutes,
            position: position,
            version: old?.version ?? 1,
            createdAt: old?.createdAt ?? now,
            updatedAt: now
        )
        if let old, old.status != lesson.status { changesWhatCounts = true }
        change.note(lesson, before: old, hasNewContent: wanted.blocks != nil)
        lessons.append(lesson)
        if let blocks = wanted.blocks { contents.append((lesson.id, blocks)) }
    }
}
