// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CurriculumTests {
    @Test func `a sync adds, moves, renames and removes, and keeps what learners did`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [2, 1])
            let course = old.course.id
            let enrollment = try await world.enroll(world.learner, in: course)
            _ = try await world.record(LessonReport(on: old.lessons[0].id, outcome: .completed), on: enrollment.id)
            let draft = CurriculumDraft(modules: [
                .init(title: "New", lessons: [.init(title: "Fresh", kind: .video, durationMinutes: 5)]),
                .init(
                    id: old.modules[1].module.id,
                    title: "Second",
                    lessons: [.init(id: old.lessons[0].id, title: "Moved", kind: .reading, isPreview: true)]
                ),
            ])
            let new = try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.lessons.sync(draft, to: course, session: session)
            }
            #expect(new.modules.map(\.module.title) == ["New", "Second"])
            #expect(new.lessons.map(\.title) == ["Fresh", "Moved"])
            #expect(new.lessons[0].durationMinutes == 5)
            #expect(new.lessons[1].id == old.lessons[0].id)
            #expect(new.lessons[1].isPreview)
            #expect(new.course.publishedLessons == 2)
            let progress = try await world.lms.progress.fetch(
                enrollment.id,
                reader: world.tenant.reader(as: world.learner)
            )
            #expect(progress.listing.enrollment.percentage.description == "50.00")
        }
    }

    @Test func `a module or lesson of another course is refused in every operation`() async throws {
        try await CourseWorld.with { world in
            let mine = try await world.course("Mine", modules: [1])
            let other = try await world.course("Other", modules: [1])
            let (course, module) = (mine.course.id, mine.modules[0].module.id)
            let (foreignModule, foreignLesson) = (other.modules[0].module.id, other.lessons[0].id)
            let lms = world.lms
            func refused(_ error: CourseError, _ act: (borrowing TenantSession) async throws -> Void) async {
                await #expect(throws: error) {
                    try await world.tenant.transaction(as: world.teacher) { try await act($0) }
                }
            }
            await refused(.moduleNotFound) { _ = try await lms.modules.update(foreignModule, of: course, session: $0) }
            await refused(.moduleNotFound) { try await lms.modules.delete(foreignModule, of: course, session: $0) }
            await refused(.foreignModule(foreignModule)) {
                try await lms.modules.reorder([Placement(foreignModule, at: 0)], of: course, session: $0)
            }
            await refused(.moduleNotFound) {
                _ = try await lms.lessons.add(
                    NewLesson(title: "L", kind: .video),
                    to: foreignModule,
                    of: course,
                    session: $0
                )
            }
            await refused(.lessonNotFound) {
                _ = try await lms.lessons.update(foreignLesson, of: course, LessonChanges(), session: $0)
            }
            await refused(.lessonNotFound) { try await lms.lessons.delete(foreignLesson, of: course, session: $0) }
            await refused(.lessonNotFound) {
                _ = try await lms.lessons.setContent([], of: foreignLesson, of: course, session: $0)
            }
            await refused(.foreignLesson(foreignLesson)) {
                try await lms.lessons.reorder([Placement(foreignLesson, at: 0)], in: module, of: course, session: $0)
            }
            await refused(.moduleNotFound) {
                var changes = LessonChanges()
                changes.module = .set(foreignModule)
                _ = try await lms.lessons.update(mine.lessons[0].id, of: course, changes, session: $0)
            }
            await refused(.foreignModule(foreignModule)) {
                let draft = CurriculumDraft(modules: [.init(id: foreignModule, title: "M", lessons: [])])
                _ = try await lms.lessons.sync(draft, to: course, session: $0)
            }
            await refused(.foreignLesson(foreignLesson)) {
                let lesson = CurriculumDraft.LessonDraft(id: foreignLesson, title: "L", kind: .video)
                let draft = CurriculumDraft(modules: [.init(id: module, title: "M", lessons: [lesson])])
                _ = try await lms.lessons.sync(draft, to: course, session: $0)
            }
        }
    }

    @Test func `a curriculum has at most 50 modules of 100 lessons`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let many = CurriculumDraft(modules: (0..<51).map { .init(title: "M\($0)", lessons: []) })
            let long = CurriculumDraft(modules: [
                .init(title: "M", lessons: (0..<101).map { .init(title: "L\($0)", kind: .reading) })
            ])
            for (draft, error) in [(many, CourseError.tooManyModules(limit: 50)), (long, .tooManyLessons(limit: 100))] {
                await #expect(throws: error) {
                    try await world.tenant.transaction(as: world.teacher) { session in
                        _ = try await world.lms.lessons.sync(draft, to: course, session: session)
                    }
                }
            }
        }
    }

    @Test func `modules and lessons come in the order they were given`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [3, 0])
            let course = outline.course.id
            let module = outline.modules[0].module.id
            let reversed = outline.lessons.reversed().enumerated().map { Placement($1.id, at: $0) }
            try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.lessons.reorder(reversed, in: module, of: course, session: session)
                try await world.lms.modules.reorder(
                    [Placement(outline.modules[1].module.id, at: 0), Placement(module, at: 1)],
                    of: course,
                    session: session
                )
            }
            let now = try await world.lms.courses.outline(of: .id(course), reader: world.tenant.reader(as: .anonymous))
            #expect(now.modules.map(\.module.title) == ["Module 2", "Module 1"])
            #expect(now.lessons.map(\.id) == reversed.map(\.id))
            #expect(now.course.version > outline.course.version)
        }
    }

    @Test func `a draft lesson is seen by staff and counts for nobody`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            var changes = LessonChanges()
            changes.status = .set(.draft)
            try await world.tenant.transaction(as: world.teacher) { [changes] session in
                _ = try await world.lms.lessons.update(
                    outline.lessons[0].id,
                    of: outline.course.id,
                    changes,
                    session: session
                )
            }
            func seen(_ principal: Principal) async throws -> CourseOutline {
                try await world.lms.courses.outline(
                    of: .slug("physics"),
                    reader: world.tenant.reader(as: principal)
                )
            }
            #expect(try await seen(world.teacher).lessons.count == 2)
            #expect(try await seen(world.learner).lessons.map(\.id) == [outline.lessons[1].id])
            #expect(try await seen(.anonymous).course.publishedLessons == 1)
        }
    }
}
