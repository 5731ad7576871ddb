// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct PrerequisitesTests {
    @Test func `a learner who lacks a course is told which, and enrolls once it is completed`() async throws {
        try await CourseWorld.with { world in
            let basics = try await world.course("Basics", modules: [1])
            let advanced = try await world.course("Advanced").course.id
            _ = try await world.ask(for: [basics.course.id], in: advanced)
            await #expect(throws: EnrollmentError.missing(basics.course)) {
                _ = try await world.enroll(world.learner, in: advanced)
            }
            try await world.complete(basics)
            #expect(try await world.enroll(world.learner, in: advanced).status == .active)
            let list = try await world.lms.prerequisites.list(
                of: advanced,
                reader: world.tenant.reader(as: world.learner)
            )
            #expect(list.prerequisites.map(\.title) == ["Basics"])
            #expect(list.prerequisites.map(\.isMet) == [true])
        }
    }

    @Test func `who dropped the course needs what it asks for now to come back`() async throws {
        try await CourseWorld.with { world in
            let basics = try await world.course("Basics", modules: [1])
            let advanced = try await world.course("Advanced").course.id
            let place = try await world.enroll(world.learner, in: advanced)
            _ = try await world.ask(for: [basics.course.id], in: advanced)
            await #expect(throws: EnrollmentError.alreadyEnrolled(place.id)) {
                _ = try await world.enroll(world.learner, in: advanced)
            }
            try await world.tenant.transaction(as: world.learner) { session in
                _ = try await world.lms.enrollments.drop(place.id, session: session)
            }
            await #expect(throws: EnrollmentError.missing(basics.course)) {
                _ = try await world.enroll(world.learner, in: advanced)
            }
        }
    }

    @Test func `a course that is no longer offered is not asked for, and hidden from learners`() async throws {
        try await CourseWorld.with { world in
            let basics = try await world.course("Basics").course.id
            let advanced = try await world.course("Advanced").course.id
            _ = try await world.ask(for: [basics], in: advanced)
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.courses.setStatus(.archived, of: basics, session: session)
            }
            let prerequisites = world.lms.prerequisites
            let seen = try await prerequisites.list(of: advanced, reader: world.tenant.reader(as: world.learner))
            #expect(seen.prerequisites.isEmpty)
            let known = try await prerequisites.list(of: advanced, reader: world.tenant.reader(as: world.teacher))
            #expect(known.prerequisites.map(\.isInForce) == [false])
            #expect(try await world.enroll(world.learner, in: advanced).status == .active)
        }
    }

    @Test func `circles of one, two and three courses are refused`() async throws {
        try await CourseWorld.with { world in
            let a = try await world.course("Course A").course.id
            let b = try await world.course("Course B").course.id
            let c = try await world.course("Course C").course.id
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [a], in: a) }
            _ = try await world.ask(for: [a], in: b)
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [b], in: a) }
            _ = try await world.ask(for: [b], in: c)
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [c], in: a) }
            _ = try await world.ask(for: [], in: b)
            #expect(try await world.ask(for: [c], in: a).prerequisites.map(\.course) == [c])
        }
    }

    @Test func `a circle over versions of a course is refused, and what a superseded version asked for is forgotten`()
        async throws
    {
        try await CourseWorld.with { world in
            let old = try await world.course("Course A").course.id
            let b = try await world.course("Course B").course.id
            let c = try await world.course("Course C").course.id
            _ = try await world.ask(for: [old], in: b)
            _ = try await world.ask(for: [b], in: c)
            let next = try await world.next(after: old).id
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [c], in: next) }
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [old], in: next) }

            _ = try await world.ask(for: [], in: b)
            _ = try await world.ask(for: [c], in: next)
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [old], in: b) }
            try await world.publish(next)
            let third = try await world.next(after: next).id
            _ = try await world.ask(for: [], in: third)
            try await world.publish(third)
            #expect(try await world.ask(for: [third], in: b).prerequisites.map(\.course) == [third])
        }
    }

    @Test func `a version that is made of a superseded one does not ask for what leads back to its course`()
        async throws
    {
        try await CourseWorld.with { world in
            let old = try await world.course("Course A").course.id
            let b = try await world.course("Course B").course.id
            let c = try await world.course("Course C").course.id
            let d = try await world.course("Course D").course.id
            _ = try await world.ask(for: [b, d], in: old)
            let second = try await world.next(after: old).id
            _ = try await world.ask(for: [], in: second)
            try await world.publish(second)
            _ = try await world.ask(for: [c], in: b)
            _ = try await world.ask(for: [second], in: c)

            let third = try await world.next(after: old).id
            let staff = world.tenant.reader(as: world.teacher)
            let asked = try await world.lms.prerequisites.list(of: third, reader: staff)
            #expect(asked.prerequisites.map(\.course) == [d])
            try await world.publish(third)
            let moved = try await world.lms.prerequisites.list(of: c, reader: staff)
            #expect(moved.prerequisites.map(\.course) == [third])
            await #expect(throws: PrerequisiteError.cycle) { _ = try await world.ask(for: [b], in: third) }
        }
    }

    @Test func `two changes at once never close a circle together`() async throws {
        try await CourseWorld.with { world in
            let courses = [
                try await world.course("Course A").course.id, try await world.course("Course B").course.id,
                try await world.course("Course C").course.id,
            ]
            let outcomes = await withTaskGroup(of: String.self) { group in
                for index in 0..<3 {
                    group.addTask {
                        do {
                            _ = try await world.ask(for: [courses[(index + 1) % 3]], in: courses[index])
                            return "set"
                        } catch PrerequisiteError.cycle {
                            return "cycle"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(outcomes == ["set": 2, "cycle": 1])
        }
    }

    @Test func `an admin lets somebody in with a reason, which the course's staff read`() async throws {
        try await CourseWorld.with { world in
            let basics = try await world.course("Basics")
            let advanced = try await world.course("Advanced").course.id
            _ = try await world.ask(for: [basics.course.id], in: advanced)
            await #expect(throws: EnrollmentError.missing(basics.course)) {
                _ = try await world.place(world.learner, in: advanced, because: nil)
            }
            let place = try await world.place(world.learner, in: advanced, because: "Examined orally.")
            let waivers = try await world.lms.prerequisites.waivers(
                of: advanced,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(waivers.items.map(\.enrollment) == [place.id])
            #expect(waivers.items.map(\.reason) == ["Examined orally."])
            #expect(waivers.items.map(\.grantedBy) == [world.admin.user])
            let acts = try await world.tenant.transaction { session in
                try await session.execute(
                    "SELECT id FROM audit_events WHERE action = 'enrollment.prerequisites_waived'"
                ).count
            }
            #expect(acts == 1)
        }
    }

    @Test func `attack: a learner cannot waive what is missing, nor change or read what only staff may`() async throws {
        try await CourseWorld.with { world in
            let basics = try await world.course("Basics").course.id
            let advanced = try await world.course("Advanced").course.id
            _ = try await world.ask(for: [basics], in: advanced)
            let learner = try #require(world.learner.user)
            await #expect(throws: EnrollmentError.forbidden) {
                try await world.tenant.transaction(as: world.learner) { session in
                    _ = try await world.lms.enrollments.enroll(
                        learner,
                        in: advanced,
                        waivingPrerequisitesBecause: "I want to.",
                        session: session
                    )
                }
            }
            for principal in [world.learner, world.stranger] {
                await #expect(throws: PrerequisiteError.forbidden) {
                    _ = try await world.ask(for: [], in: advanced, as: principal)
                }
                await #expect(throws: PrerequisiteError.forbidden) {
                    _ = try await world.lms.prerequisites.waivers(
                        of: advanced,
                        reader: world.tenant.reader(as: principal)
                    )
                }
            }
        }
    }

    @Test func `attack: another's draft cannot be told from a course that never was`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course("Secret", status: .draft).course.id
            let own = try await world.tenant.transaction(as: world.stranger) { session in
                try await world.lms.courses.create(NewCourse(title: "Mine"), session: session).id
            }
            let never: Course.ID = IdentifierSource().next()
            for course in [draft, never] {
                await #expect(throws: PrerequisiteError.unknownPrerequisite) {
                    _ = try await world.ask(for: [course], in: own, as: world.stranger)
                }
                await #expect(throws: PrerequisiteError.courseNotFound) {
                    _ = try await world.ask(for: [], in: course, as: world.stranger)
                }
                await #expect(throws: PrerequisiteError.courseNotFound) {
                    _ = try await world.lms.prerequisites.list(
                        of: course,
                        reader: world.tenant.reader(as: world.stranger)
                    )
                }
            }
        }
    }

    @Test func `a list that was made from an old version of the course is refused, and so is one too long`()
        async throws
    {
        try await CourseWorld.with { world in
            let course = try await world.course("Advanced").course.id
            let basics = try await world.course("Basics").course.id
            let first = try await world.ask(for: [basics], in: course)
            await #expect(throws: PrerequisiteError.versionMismatch(current: first.version)) {
                _ = try await world.ask(for: [], in: course, expecting: first.version - 1)
            }
            let version = try await world.lms.courses.fetch(course, reader: world.tenant.reader()).version
            #expect(version == first.version)
            let many = (0...Prerequisites.limit).map { _ in IdentifierSource().next(Course.self) }
            await #expect(throws: PrerequisiteError.tooMany(limit: Prerequisites.limit)) {
                _ = try await world.ask(for: many, in: course)
            }
        }
    }
}

extension EnrollmentError {
    fileprivate static func missing(_ course: Course) -> EnrollmentError {
        .prerequisitesMissing([MissingPrerequisite(course: course.id, title: course.title)])
    }
}

extension CourseWorld {
    fileprivate func ask(
        for courses: [Course.ID],
        in course: Course.ID,
        as principal: Principal? = nil,
        expecting version: Int? = nil
    ) async throws -> PrerequisiteList {
        try await tenant.transaction(as: principal ?? teacher) { session in
            try await lms.prerequisites.set(courses, of: course, expecting: version, session: session)
        }
    }

    fileprivate func complete(_ outline: CourseOutline) async throws {
        let place = try await enroll(learner, in: outline.course.id)
        for lesson in outline.lessons {
            _ = try await record(LessonReport(on: lesson.id, outcome: .completed), on: place.id)
        }
    }

    fileprivate func place(_ user: Principal, in course: Course.ID, because reason: String?) async throws -> Enrollment
    {
        try await tenant.transaction(as: admin) { session in
            try await lms.enrollments.enroll(
                try #require(user.user),
                in: course,
                waivingPrerequisitesBecause: reason,
                session: session
            )
        }
    }
}
