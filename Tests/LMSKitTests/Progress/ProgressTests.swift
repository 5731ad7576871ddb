// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct ProgressTests {
    @Test func `completing every lesson completes the course, once`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2, 1])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            var percentages: [String] = []
            var completions = 0
            for lesson in outline.lessons {
                for _ in 0..<2 {
                    let recorded = try await world.record(LessonReport(on: lesson.id, outcome: .completed), on: id)
                    percentages.append(recorded.enrollment.percentage.description)
                    completions += recorded.completedCourse ? 1 : 0
                }
            }
            #expect(percentages == ["33.33", "33.33", "66.67", "66.67", "100.00", "100.00"])
            #expect(completions == 1)
            let enrollment = try await world.lms.enrollments.fetch(id, reader: world.tenant.reader()).enrollment
            #expect(enrollment.status == .completed)
            #expect(enrollment.completedAt != nil)
        }
    }

    @Test func `parallel reports never pass 100 percent and complete the course exactly once`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [5])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            let recorded = try await withThrowingTaskGroup(of: RecordedProgress.self) { group in
                for _ in 0..<6 {
                    for lesson in outline.lessons {
                        group.addTask {
                            let report = LessonReport(on: lesson.id, outcome: .completed, timeSpentSeconds: 60)
                            return try await world.record(report, on: id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(recorded.allSatisfy { $0.enrollment.completedLessons <= 5 })
            #expect(recorded.count(where: \.completedCourse) == 1)
            let enrollment = try await world.lms.enrollments.fetch(id, reader: world.tenant.reader()).enrollment
            #expect(enrollment.completedLessons == 5)
            #expect(enrollment.timeSpentSeconds == 300)
            #expect(enrollment.percentage == .full)
        }
    }

    @Test func `once completed it stays so when a lesson is added`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            let completed = try await world.record(LessonReport(on: outline.lessons[0].id, outcome: .completed), on: id)
            let added = try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.lessons.add(
                    NewLesson(title: "Later", kind: .reading),
                    to: outline.modules[0].module.id,
                    of: outline.course.id,
                    session: session
                )
            }
            world.platform.clock.advance(by: 60)
            for report in [LessonReport(on: added.id), LessonReport(on: outline.lessons[0].id)] {
                let later = try await world.record(report, on: id)
                #expect(later.enrollment.status == .completed)
                #expect(later.enrollment.completedAt == completed.enrollment.completedAt)
                #expect(later.enrollment.percentage.description == "50.00")
                #expect(!later.completedCourse)
            }
            await #expect(throws: EnrollmentError.alreadyCompleted) {
                try await world.tenant.transaction(as: world.learner) { session in
                    _ = try await world.lms.enrollments.drop(id, session: session)
                }
            }
        }
    }

    @Test func `the threshold completes a course before its last lesson`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [3]) { $0.completionThreshold = .set(66) }
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            let first = try await world.record(LessonReport(on: outline.lessons[0].id, outcome: .completed), on: id)
            #expect(first.enrollment.status == .active)
            let second = try await world.record(LessonReport(on: outline.lessons[1].id, outcome: .completed), on: id)
            #expect(second.enrollment.status == .completed)
        }
    }

    @Test func `a lesson of another course, a draft and one that never was count for nothing`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            let other = try await world.course("Other", modules: [1])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            var changes = LessonChanges()
            changes.status = .set(.draft)
            try await world.tenant.transaction(as: world.teacher) { [changes] session in
                _ = try await world.lms.lessons.update(
                    outline.lessons[1].id,
                    of: outline.course.id,
                    changes,
                    session: session
                )
            }
            for lesson in [other.lessons[0].id, outline.lessons[1].id, IdentifierSource().next()] {
                await #expect(throws: ProgressError.lessonNotFound) {
                    _ = try await world.record(LessonReport(on: lesson, outcome: .completed), on: id)
                }
                await #expect(throws: ProgressError.lessonNotFound) {
                    _ = try await world.lms.progress.complete(
                        [outline.lessons[0].id, lesson],
                        on: id,
                        at: world.tenant.id,
                        as: world.learner,
                        tenants: world.tenant.tenants
                    )
                }
            }
            let enrollment = try await world.lms.enrollments.fetch(id, reader: world.tenant.reader()).enrollment
            #expect(enrollment.completedLessons == 0)
        }
    }

    @Test func `time never falls, the position follows the learner, and done stays done`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            let lesson = outline.lessons[0].id
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            var report = LessonReport(on: lesson, positionSeconds: 90, timeSpentSeconds: 100)
            #expect(try await world.record(report, on: id).enrollment.timeSpentSeconds == 100)
            report = LessonReport(on: lesson, outcome: .completed, positionSeconds: 30, timeSpentSeconds: 40)
            let done = try await world.record(report, on: id)
            #expect(done.lesson.positionSeconds == 30)
            #expect(done.lesson.timeSpentSeconds == 100)
            #expect(done.lesson.status == .completed)
            world.platform.clock.advance(by: 5)
            let after = try await world.record(LessonReport(on: lesson, timeSpentSeconds: 130), on: id)
            #expect(after.lesson.status == .completed)
            #expect(after.lesson.completedAt == done.lesson.completedAt)
            #expect(after.lesson.positionSeconds == 30)
            #expect(after.enrollment.timeSpentSeconds == 130)
            #expect(after.enrollment.lastLesson == lesson)
            await #expect(throws: ProgressError.invalid(constraint: "lesson_progress_position_seconds_ck")) {
                _ = try await world.record(LessonReport(on: lesson, positionSeconds: -1), on: id)
            }
        }
    }

    @Test func `only the learner and those who may write everybody's report progress`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            let other = try await world.learners(1)[0]
            let report = LessonReport(on: outline.lessons[0].id)
            for principal in [other, world.stranger, world.teacher] {
                await #expect(throws: ProgressError.notFound) {
                    _ = try await world.record(report, on: id, as: principal)
                }
            }
            await #expect(throws: ProgressError.forbidden) {
                _ = try await world.record(report, on: id, as: .anonymous)
            }
            _ = try await world.record(report, on: id, as: world.admin)
        }
    }

    @Test func `several lessons are completed together`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [3])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            let lessons = outline.lessons.map(\.id)
            func complete(_ lessons: [Lesson.ID]) async throws -> Enrollment {
                try await world.lms.progress.complete(
                    lessons,
                    on: id,
                    at: world.tenant.id,
                    as: world.learner,
                    tenants: world.tenant.tenants
                )
            }
            #expect(try await complete([lessons[0], lessons[1], lessons[0]]).completedLessons == 2)
            let done = try await complete(lessons)
            #expect(done.completedLessons == 3)
            #expect(done.status == .completed)
            #expect(done.lastLesson == lessons[2])
        }
    }

    @Test func `progress is shown by module, with where to go on`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2, 2])
            let id = try await world.enroll(world.learner, in: outline.course.id).id
            let lessons = outline.lessons.map(\.id)
            for lesson in [lessons[0], lessons[1]] {
                _ = try await world.record(LessonReport(on: lesson, outcome: .completed, timeSpentSeconds: 10), on: id)
            }
            _ = try await world.record(LessonReport(on: lessons[3], positionSeconds: 7, timeSpentSeconds: 5), on: id)
            let progress = try await world.lms.progress.fetch(id, reader: world.tenant.reader(as: world.learner))
            #expect(progress.modules.map(\.isCompleted) == [true, false])
            #expect(progress.modules.map(\.timeSpentSeconds) == [20, 5])
            #expect(progress.nextStep?.lesson == lessons[2])
            #expect(progress.resumeStep?.lesson == lessons[3])
            #expect(progress.resumeStep?.progress?.positionSeconds == 7)
        }
    }

    @Test func `lessons that are taken away while others learn leave the counts exact`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [6])
            let learners = try await world.learners(4)
            var places: [(Principal, Enrollment.ID)] = []
            for learner in learners {
                places.append((learner, try await world.enroll(learner, in: outline.course.id).id))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (learner, id) in places {
                    for lesson in outline.lessons {
                        group.addTask {
                            do {
                                _ = try await world.record(
                                    LessonReport(on: lesson.id, outcome: .completed),
                                    on: id,
                                    as: learner
                                )
                            } catch ProgressError.lessonNotFound {}
                        }
                    }
                }
                group.addTask {
                    try await world.tenant.transaction(as: world.teacher) { session in
                        try await world.lms.lessons.delete(
                            outline.lessons[0].id,
                            of: outline.course.id,
                            session: session
                        )
                    }
                }
                group.addTask {
                    try await world.tenant.transaction(as: world.teacher) { session in
                        var changes = LessonChanges()
                        changes.status = .set(.draft)
                        _ = try await world.lms.lessons.update(
                            outline.lessons[1].id,
                            of: outline.course.id,
                            changes,
                            session: session
                        )
                    }
                }
                try await group.waitForAll()
            }
            for (_, id) in places {
                let progress = try await world.lms.progress.fetch(id, reader: world.tenant.reader())
                let done = progress.steps.count { $0.progress?.status == .completed }
                #expect(progress.listing.enrollment.completedLessons == done)
                #expect(progress.listing.enrollment.totalLessons == 4)
                #expect(progress.listing.enrollment.status == .completed)
            }
        }
    }
}
