// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct ModuleReleaseTests {
    private static let day: TimeInterval = 86_400

    @Test func `a module of the third day is listed at once and read from the third day of each learner`() async throws
    {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1, 1])
            let (course, lesson) = (outline.course.id, outline.lessons[1])
            try await world.release(outline.modules[1].module.id, of: course, .afterDays(3))
            let place = try await world.enroll(world.learner, in: course)
            let later = try await world.learners(1)[0]
            world.platform.clock.advance(by: Self.day)
            _ = try await world.enroll(later, in: course)

            let instant = place.enrolledAt.addingTimeInterval(3 * Self.day)
            let seen = try await world.outline(course, as: world.learner)
            #expect(seen.modules.map(\.availability) == [.now, .later(instant)])
            #expect(seen.lessons.map(\.title) == ["Lesson 1.1", "Lesson 2.1"])
            await #expect(throws: CourseError.notYetAvailable(instant)) {
                try await world.read(lesson, as: world.learner)
            }
            await #expect(throws: ProgressError.notYetAvailable(instant)) {
                _ = try await world.record(LessonReport(on: lesson.id, outcome: .completed), on: place.id)
            }
            await #expect(throws: ProgressError.notYetAvailable(instant)) {
                _ = try await world.complete(outline.lessons.map(\.id), on: place.id)
            }
            let progress = try await world.progress(place.id)
            #expect(progress.steps.map(\.availableAt) == [nil, instant])
            #expect(progress.nextStep?.lesson == outline.lessons[0].id)

            world.platform.clock.advance(by: 2 * Self.day)
            try await world.read(lesson, as: world.learner)
            await #expect(throws: CourseError.notYetAvailable(instant.addingTimeInterval(Self.day))) {
                try await world.read(lesson, as: later)
            }
            let done = try await world.complete(outline.lessons.map(\.id), on: place.id)
            #expect(done.status == .completed)
        }
    }

    @Test func `what comes is not the lesson to go on with`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1, 1])
            try await world.release(outline.modules[1].module.id, of: outline.course.id, .afterDays(1))
            let place = try await world.enroll(world.learner, in: outline.course.id)
            _ = try await world.record(LessonReport(on: outline.lessons[0].id, outcome: .completed), on: place.id)
            #expect(try await world.progress(place.id).nextStep == nil)
            #expect(try await world.nextLesson() == nil)
            world.platform.clock.advance(by: Self.day)
            #expect(try await world.progress(place.id).nextStep?.lesson == outline.lessons[1].id)
            #expect(try await world.nextLesson() == outline.lessons[1].id)
        }
    }

    @Test func `an instant is everybody's, staff do not wait, and without a rule nobody does`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1]) { $0.isOpen = .set(true) }
            let (course, lesson) = (outline.course.id, outline.lessons[0])
            let instant = Date(timeIntervalSince1970: 4_000_000_000)
            try await world.release(outline.modules[0].module.id, of: course, .at(instant))
            _ = try await world.enroll(world.learner, in: course)
            for reader in [world.learner, Principal.anonymous] {
                await #expect(throws: CourseError.notYetAvailable(instant)) { try await world.read(lesson, as: reader) }
            }
            try await world.read(lesson, as: world.teacher)
            #expect(try await world.outline(course, as: world.teacher).modules.map(\.availability) == [.now])
            try await world.release(outline.modules[0].module.id, of: course, nil)
            try await world.read(lesson, as: world.learner)
        }
    }

    @Test func `attack: days after enrolling never come for who reads an open course without enrolling`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1]) { $0.isOpen = .set(true) }
            try await world.release(outline.modules[0].module.id, of: outline.course.id, .afterDays(0))
            for _ in 0..<2 {
                await #expect(throws: CourseError.notYetAvailable(nil)) {
                    try await world.read(outline.lessons[0], as: world.learner)
                }
                world.platform.clock.advance(by: 365 * Self.day)
            }
            let place = try await world.enroll(world.learner, in: outline.course.id)
            try await world.read(outline.lessons[0], as: world.learner)
            // Leaving and coming back begins anew, so that it is no way around the days.
            try await world.release(outline.modules[0].module.id, of: outline.course.id, .afterDays(1))
            try await world.tenant.transaction(as: world.learner) { session in
                _ = try await world.lms.enrollments.drop(place.id, session: session)
            }
            world.platform.clock.advance(by: 2 * Self.day)
            let again = try await world.enroll(world.learner, in: outline.course.id)
            await #expect(throws: CourseError.notYetAvailable(again.enrolledAt.addingTimeInterval(Self.day))) {
                try await world.read(outline.lessons[0], as: world.learner)
            }
        }
    }

    @Test func `a new curriculum and a copy keep how long learners wait`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1, 1])
            let (course, modules) = (outline.course.id, outline.modules.map(\.module))
            try await world.release(modules[0].id, of: course, .afterDays(7))
            try await world.release(modules[1].id, of: course, .at(Date(timeIntervalSince1970: 4_000_000_000)))
            let draft = CurriculumDraft(
                modules: modules.map { .init(id: $0.id, title: "New \($0.title)", lessons: []) }
            )
            let copy = try await world.tenant.transaction(as: world.teacher) { session in
                let kept = try await world.lms.lessons.sync(draft, to: course, session: session)
                #expect(kept.modules.first?.module.release == .afterDays(7))
                return try await world.lms.courses.duplicate(course, session: session).id
            }
            let copied = try await world.outline(copy, as: world.teacher).modules.map(\.module.release)
            #expect(copied == [.afterDays(7), nil])
        }
    }
}

extension CourseWorld {
    fileprivate func release(_ module: Module.ID, of course: Course.ID, _ release: ModuleRelease?) async throws {
        try await tenant.transaction(as: teacher) { session in
            _ = try await lms.modules.update(module, of: course, release: .set(release), session: session)
        }
    }

    fileprivate func outline(_ course: Course.ID, as principal: Principal) async throws -> CourseOutline {
        try await lms.courses.outline(of: .id(course), reader: tenant.reader(as: principal))
    }

    fileprivate func read(_ lesson: Lesson, as principal: Principal) async throws {
        _ = try await lms.lessons.read(lesson.id, reader: tenant.reader(as: principal))
    }

    fileprivate func complete(_ lessons: [Lesson.ID], on place: Enrollment.ID) async throws -> Enrollment {
        try await lms.progress.complete(lessons, on: place, at: tenant.id, as: learner, tenants: tenant.tenants)
    }

    fileprivate func progress(_ place: Enrollment.ID) async throws -> CourseProgress {
        try await lms.progress.fetch(place, reader: tenant.reader(as: learner))
    }

    fileprivate func nextLesson() async throws -> Lesson.ID? {
        let reader = tenant.reader(as: learner)
        return try await lms.enrollments.list(detail: .withNextLesson, reader: reader).page.items[0].nextLesson?.id
    }
}
