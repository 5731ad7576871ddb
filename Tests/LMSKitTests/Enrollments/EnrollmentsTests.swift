// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct EnrollmentsTests {
    @Test func `a learner enrolled twice is refused`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let enrollment = try await world.enroll(world.learner, in: course)
            #expect(enrollment.status == .active)
            await #expect(throws: EnrollmentError.alreadyEnrolled(enrollment.id)) {
                _ = try await world.enroll(world.learner, in: course)
            }
            let seats = try await world.lms.courses.fetch(course, reader: world.tenant.reader()).seatsTaken
            #expect(seats == 1)
        }
    }

    @Test(arguments: [1, 2, 50])
    func `concurrent learners never exceed the seat limit`(seats: Int) async throws {
        try await CourseWorld.with { world in
            let course = try await world.course { $0.seatLimit = .set(seats) }.course.id
            let learners = try await world.learners(seats + 10)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for learner in learners {
                    group.addTask {
                        do {
                            _ = try await world.enroll(learner, in: course)
                            return "enrolled"
                        } catch EnrollmentError.courseFull {
                            return "full"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["enrolled": seats, "full": 10])
            let statistics = try await world.lms.enrollments.statistics(of: course, reader: world.tenant.reader())
            #expect(statistics.active == seats)
        }
    }

    @Test func `one learner enrolling twenty times at once has one place and takes one seat`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course { $0.seatLimit = .set(5) }.course.id
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await world.enroll(world.learner, in: course)
                            return "enrolled"
                        } catch EnrollmentError.alreadyEnrolled {
                            return "already"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["enrolled": 1, "already": 19])
            #expect(try await world.lms.courses.fetch(course, reader: world.tenant.reader()).seatsTaken == 1)
        }
    }

    @Test func `a draft is not found and an archived course takes nobody`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course("Draft", status: .draft).course.id
            let archived = try await world.course("Old", status: .archived).course.id
            for course in [draft, archived, IdentifierSource().next()] {
                await #expect(throws: EnrollmentError.courseNotFound) {
                    _ = try await world.enroll(world.learner, in: course)
                }
            }
            await #expect(throws: EnrollmentError.notPublished(draft)) {
                _ = try await world.enroll(world.teacher, in: draft)
            }
        }
    }

    @Test func `a drop frees the seat and enrolling again brings the progress back`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2]) { $0.seatLimit = .set(1) }
            let course = outline.course.id
            let other = try await world.learners(1)[0]
            let enrollment = try await world.enroll(world.learner, in: course)
            _ = try await world.record(LessonReport(on: outline.lessons[0].id, outcome: .completed), on: enrollment.id)
            await #expect(throws: EnrollmentError.courseFull) { _ = try await world.enroll(other, in: course) }
            for _ in 0..<2 {
                let dropped = try await world.tenant.transaction(as: world.learner) { session in
                    try await world.lms.enrollments.drop(enrollment.id, session: session)
                }
                #expect(dropped.status == .dropped)
            }
            await #expect(throws: ProgressError.notActive(.dropped)) {
                _ = try await world.record(LessonReport(on: outline.lessons[1].id), on: enrollment.id)
            }
            await #expect(throws: CourseError.enrollmentNeeded) {
                _ = try await world.lms.lessons.read(
                    outline.lessons[0].id,
                    reader: world.tenant.reader(as: world.learner)
                )
            }
            let again = try await world.enroll(world.learner, in: course)
            #expect(again.id == enrollment.id)
            #expect(again.status == .active)
            #expect(again.completedLessons == 1)
        }
    }

    @Test func `only the learner and those who manage enrollments end one`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let id = try await world.enroll(world.learner, in: course).id
            let other = try await world.learners(1)[0]
            func drop(_ principal: Principal) async throws {
                try await world.tenant.transaction(as: principal) { session in
                    _ = try await world.lms.enrollments.drop(id, session: session)
                }
            }
            await #expect(throws: EnrollmentError.forbidden) { try await drop(world.teacher) }
            await #expect(throws: EnrollmentError.notFound) { try await drop(world.stranger) }
            await #expect(throws: EnrollmentError.notFound) { try await drop(other) }
            await #expect(throws: EnrollmentError.notFound) { try await drop(.anonymous) }
            try await drop(world.admin)
        }
    }

    @Test func `an enrollment is seen by its learner and the course's staff`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let id = try await world.enroll(world.learner, in: course).id
            let other = try await world.learners(1)[0]
            for principal in [world.learner, world.teacher, world.admin] {
                let listing = try await world.lms.enrollments.fetch(id, reader: world.tenant.reader(as: principal))
                #expect(listing.courseTitle == "Physics")
            }
            for principal in [other, world.stranger, .anonymous] {
                let reader = world.tenant.reader(as: principal)
                await #expect(throws: EnrollmentError.notFound) {
                    _ = try await world.lms.enrollments.fetch(id, reader: reader)
                }
                await #expect(throws: ProgressError.notFound) {
                    _ = try await world.lms.progress.fetch(id, reader: reader)
                }
                await #expect(throws: EnrollmentError.forbidden) {
                    _ = try await world.lms.enrollments.list(in: course, reader: reader)
                }
                await #expect(throws: EnrollmentError.forbidden) {
                    _ = try await world.lms.enrollments.statistics(of: course, reader: reader)
                }
            }
            let learners = try await world.lms.enrollments.list(
                in: course,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(learners.items.map(\.displayName) == ["learner"])
        }
    }

    @Test func `an admin grants a place in a priced course and a learner cannot enroll others`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course {
                $0.price = .set(Currency("USD").map { Money(minorUnits: 5, currency: $0) })
            }
            .course.id
            let learner = try #require(world.learner.user)
            let other = try await world.learners(1)[0]
            await #expect(throws: EnrollmentError.forbidden) {
                try await world.tenant.transaction(as: other) { session in
                    _ = try await world.lms.enrollments.enroll(learner, in: course, session: session)
                }
            }
            let granted = try await world.tenant.transaction(as: world.admin) { session in
                try await world.lms.enrollments.enroll(learner, in: course, session: session)
            }
            #expect(granted.status == .active)
            await #expect(throws: EnrollmentError.unknownUser) {
                try await world.tenant.transaction(as: world.admin) { session in
                    _ = try await world.lms.enrollments.enroll(IdentifierSource().next(), in: course, session: session)
                }
            }
        }
    }

    @Test func `my enrollments come in pages with the lesson to go on with`() async throws {
        try await CourseWorld.with { world in
            var ids: [Enrollment.ID] = []
            for number in 0..<3 {
                let outline = try await world.course("Course \(number)", modules: [2])
                let enrollment = try await world.enroll(world.learner, in: outline.course.id)
                _ = try await world.record(
                    LessonReport(on: outline.lessons[0].id, outcome: .completed),
                    on: enrollment.id
                )
                ids.append(enrollment.id)
            }
            let reader = world.tenant.reader(as: world.learner)
            let first = try await world.lms.enrollments.list(
                detail: .withNextLesson,
                limit: PageLimit(2),
                reader: reader
            )
            #expect(first.total == 3)
            #expect(first.page.items.map(\.nextLesson?.title) == ["Lesson 1.2", "Lesson 1.2"])
            let second = try await world.lms.enrollments.list(
                after: first.page.next,
                limit: PageLimit(2),
                reader: reader
            )
            #expect((first.page.items + second.page.items).map(\.enrollment.id) == ids.sorted(by: >))
            #expect(second.page.next == nil)
            #expect(second.page.items[0].nextLesson == nil)
            let others = try await world.lms.enrollments.list(reader: world.tenant.reader(as: world.teacher))
            #expect(others.page.items.isEmpty)
        }
    }

    @Test func `a limit below the seats that are taken is refused`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            for learner in try await world.learners(2) { _ = try await world.enroll(learner, in: course) }
            var changes = CourseChanges()
            changes.seatLimit = .set(1)
            await #expect(throws: CourseError.seatLimitBelowTaken) {
                try await world.tenant.transaction(as: world.teacher) { [changes] session in
                    _ = try await world.lms.courses.update(course, changes, session: session)
                }
            }
        }
    }
}
