// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CohortsTests {
    private static let day: TimeInterval = 86_400

    @Test func `learners who join at once never exceed a cohort's seats`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let cohort = try await world.cohort("Spring", in: course, seats: 3)
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for learner in try await world.learners(8) {
                    group.addTask {
                        do {
                            _ = try await world.join(cohort.id, of: course, as: learner)
                            return "joined"
                        } catch EnrollmentError.cohortFull {
                            return "full"
                        }
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["joined": 3, "full": 5])
            let listed = try await world.lms.cohorts.list(of: course, reader: world.tenant.reader())
            #expect(listed.map(\.cohort.seatsTaken) == [3])
            // Who found no seat in the cohort has no place in the course either.
            #expect(try await world.lms.courses.fetch(course, reader: world.tenant.reader()).seatsTaken == 3)
        }
    }

    @Test func `days count from the cohort's start, and a move to another one moves them`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1])
            let course = outline.course.id
            try await world.change { session in
                _ = try await world.lms.modules.update(
                    outline.modules[0].module.id,
                    of: course,
                    release: .set(.afterDays(2)),
                    session: session
                )
            }
            let start = world.now.addingTimeInterval(10 * Self.day)
            let spring = try await world.cohort("Spring", in: course, from: start)
            let running = try await world.cohort(
                "Winter",
                in: course,
                from: world.now.addingTimeInterval(-5 * Self.day)
            )
            let place = try await world.join(spring.id, of: course, as: world.learner)
            let instant = start.addingTimeInterval(2 * Self.day)
            await #expect(throws: CourseError.notYetAvailable(instant)) { try await world.read(outline.lessons[0]) }
            await #expect(throws: ProgressError.notYetAvailable(instant)) {
                _ = try await world.record(LessonReport(on: outline.lessons[0].id), on: place.id)
            }
            try await world.change { session in
                let learner = try #require(world.learner.user)
                try await world.lms.cohorts.place(learner, in: running.id, of: course, session: session)
            }
            try await world.read(outline.lessons[0])
            let mine = try await world.lms.cohorts.list(of: course, reader: world.tenant.reader(as: world.learner))
            #expect(mine.map(\.cohort.draft.name) == ["Winter", "Spring"])
            #expect(mine.map(\.isMine) == [true, false])
        }
    }

    @Test func `nobody joins a cohort that has ended or is of another course, and staff may place them`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let other = try await world.course("Chemistry").course.id
            let cohort = try await world.cohort("Spring", in: course, until: world.now.addingTimeInterval(Self.day))
            await #expect(throws: EnrollmentError.cohortNotFound) {
                _ = try await world.join(cohort.id, of: other, as: world.learner)
            }
            world.platform.clock.advance(by: Self.day)
            await #expect(throws: EnrollmentError.cohortOver) {
                _ = try await world.join(cohort.id, of: course, as: world.learner)
            }
            let learner = try #require(world.learner.user)
            await #expect(throws: CohortError.memberNotFound) {
                try await world.change {
                    try await world.lms.cohorts.place(learner, in: cohort.id, of: course, session: $0)
                }
            }
            _ = try await world.enroll(world.learner, in: course)
            for _ in 0..<2 {
                try await world.change {
                    try await world.lms.cohorts.place(learner, in: cohort.id, of: course, session: $0)
                }
            }
            #expect(try await world.members(of: cohort).map(\.enrollment.user) == [learner])
            await #expect(throws: CohortError.inUse) { try await world.delete(cohort) }
            try await world.change {
                try await world.lms.cohorts.remove(learner, from: cohort.id, of: course, session: $0)
            }
            await #expect(throws: CohortError.memberNotFound) {
                try await world.change {
                    try await world.lms.cohorts.remove(learner, from: cohort.id, of: course, session: $0)
                }
            }
            try await world.delete(cohort)
            #expect(try await world.lms.cohorts.list(of: course, reader: world.tenant.reader()).isEmpty)
        }
    }

    @Test func `who leaves the course frees the seat, and is not in the way of deleting the cohort`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let cohort = try await world.cohort("Spring", in: course, seats: 1)
            let place = try await world.join(cohort.id, of: course, as: world.learner)
            let other = try await world.learners(1)[0]
            _ = try await world.enroll(other, in: course)
            await #expect(throws: CohortError.full) {
                try await world.change { session in
                    let user = try #require(other.user)
                    try await world.lms.cohorts.place(user, in: cohort.id, of: course, session: session)
                }
            }
            try await world.tenant.transaction(as: world.learner) { session in
                _ = try await world.lms.enrollments.drop(place.id, session: session)
            }
            #expect(try await world.members(of: cohort).isEmpty)
            try await world.delete(cohort)
            #expect(try await world.enroll(world.learner, in: course).id == place.id)
        }
    }

    @Test func `a cohort is led by somebody of the course's staff, until they leave it`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let lead = try #require(world.stranger.user)
            await #expect(throws: CohortError.unknownInstructor) {
                _ = try await world.cohort("Spring", in: course, lead: lead)
            }
            try await world.tenant.transaction(as: world.admin) { session in
                _ = try await world.lms.courses.setRole(.assistant, of: lead, in: course, session: session)
            }
            let cohort = try await world.cohort("Spring", in: course, lead: lead)
            #expect(cohort.draft.instructor == lead)
            try await world.tenant.transaction(as: world.admin) { session in
                try await world.lms.courses.removeStaff(lead, from: course, session: session)
            }
            let listed = try await world.lms.cohorts.list(of: course, reader: world.tenant.reader())
            #expect(listed.map(\.cohort.draft.instructor) == [nil])
        }
    }

    @Test func `a change needs the version that was read, a free name and as many seats as are taken`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let spring = try await world.cohort("Spring", in: course, seats: 2)
            _ = try await world.cohort("Autumn", in: course)
            await #expect(throws: CohortError.nameTaken) { _ = try await world.cohort("Spring", in: course) }
            for learner in try await world.learners(2) { _ = try await world.join(spring.id, of: course, as: learner) }
            func update(_ name: String, seats: Int?, expecting version: Int? = nil) async throws -> Cohort {
                try await world.change { session in
                    try await world.lms.cohorts.update(
                        spring.id,
                        of: course,
                        CohortDraft(name: name, startsAt: spring.draft.startsAt, seatLimit: seats),
                        expecting: version,
                        session: session
                    )
                }
            }
            await #expect(throws: CohortError.seatLimitBelowTaken) { _ = try await update("Spring", seats: 1) }
            await #expect(throws: CohortError.nameTaken) { _ = try await update("Autumn", seats: 2) }
            let changed = try await update("Early spring", seats: nil, expecting: 1)
            #expect(changed.version == 2 && changed.seatsTaken == 2)
            await #expect(throws: CohortError.versionMismatch(current: 2)) {
                _ = try await update("Late spring", seats: nil, expecting: 1)
            }
        }
    }

    @Test func `attack: a learner neither moves themselves nor sees the members, and a stranger changes nothing`()
        async throws
    {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let draft = try await world.course("Secret", status: .draft).course.id
            let cohort = try await world.cohort("Spring", in: course)
            let hidden = try await world.cohort("Hidden", in: draft)
            _ = try await world.enroll(world.learner, in: course)
            let learner = try #require(world.learner.user)
            for principal in [world.learner, world.stranger] {
                let reader = world.tenant.reader(as: principal)
                for (cohort, refusal) in [(cohort, CohortError.forbidden), (hidden, .courseNotFound)] {
                    await #expect(throws: refusal) {
                        try await world.tenant.transaction(as: principal) { session in
                            try await world.lms.cohorts.place(
                                learner,
                                in: cohort.id,
                                of: cohort.course,
                                session: session
                            )
                        }
                    }
                    await #expect(throws: refusal) {
                        _ = try await world.lms.cohorts.members(of: cohort.id, in: cohort.course, reader: reader)
                    }
                }
                await #expect(throws: CohortError.courseNotFound) {
                    _ = try await world.lms.cohorts.list(of: draft, reader: reader)
                }
            }
        }
    }
}

extension CourseWorld {
    fileprivate var now: Date { platform.clock.wall.now() }

    @discardableResult
    fileprivate func change<Result: Sendable>(
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        try await tenant.transaction(as: teacher, body)
    }

    fileprivate func cohort(
        _ name: String,
        in course: Course.ID,
        from start: Date? = nil,
        until end: Date? = nil,
        seats: Int? = nil,
        lead: Principal.ID? = nil
    ) async throws -> Cohort {
        let draft = CohortDraft(name: name, startsAt: start ?? now, endsAt: end, seatLimit: seats, instructor: lead)
        return try await change { try await lms.cohorts.add(draft, to: course, session: $0) }
    }

    fileprivate func join(_ cohort: Cohort.ID, of course: Course.ID, as learner: Principal) async throws -> Enrollment {
        try await tenant.transaction(as: learner) { session in
            let user = try #require(learner.user)
            return try await lms.enrollments.enroll(user, in: course, joining: cohort, session: session)
        }
    }

    fileprivate func members(of cohort: Cohort) async throws -> [CourseLearner] {
        try await lms.cohorts.members(of: cohort.id, in: cohort.course, reader: tenant.reader(as: teacher)).items
    }

    fileprivate func delete(_ cohort: Cohort) async throws {
        try await change { try await lms.cohorts.delete(cohort.id, of: cohort.course, session: $0) }
    }

    fileprivate func read(_ lesson: Lesson) async throws {
        _ = try await lms.lessons.read(lesson.id, reader: tenant.reader(as: learner))
    }
}
