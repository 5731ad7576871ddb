// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CoursesTests {
    @Test func `a new course is a draft of the one who made it`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course(status: .draft).course
            #expect(course.status == .draft)
            #expect(course.instructors == [world.teacher.user])
            #expect(course.slug.description == "physics")
            #expect(course.completionThreshold == 100)
        }
    }

    @Test func `two courses with one Arabic title have two slugs, also when made at once`() async throws {
        try await CourseWorld.with { world in
            let slugs = try await withThrowingTaskGroup(of: Slug.self) { group in
                for _ in 0..<8 { group.addTask { try await world.course("مقدمة في الفيزياء").course.slug } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(slugs.count == 8)
            #expect(slugs.allSatisfy { $0.description.hasPrefix("مقدمة-في-الفيزياء") })
        }
    }

    @Test func `a slug that was asked for and is taken is refused`() async throws {
        try await CourseWorld.with { world in
            _ = try await world.course("Physics")
            await #expect(throws: CourseError.slugTaken) {
                try await world.tenant.transaction(as: world.teacher) { session in
                    _ = try await world.lms.courses.create(
                        NewCourse(title: "Other", slug: Slug("physics")),
                        session: session
                    )
                }
            }
        }
    }

    @Test func `a student makes no course`() async throws {
        try await CourseWorld.with { world in
            await #expect(throws: CourseError.forbidden) {
                try await world.tenant.transaction(as: world.learner) { session in
                    _ = try await world.lms.courses.create(NewCourse(title: "Mine"), session: session)
                }
            }
        }
    }

    @Test func `a draft is to others what never was, in every operation`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course(modules: [1], status: .draft)
            let never: Course.ID = IdentifierSource().next()
            for id in [draft.course.id, never] {
                for principal in [world.learner, world.stranger, .anonymous] {
                    let reader = world.tenant.reader(as: principal)
                    await #expect(throws: CourseError.notFound) {
                        _ = try await world.lms.courses.fetch(id, reader: reader)
                    }
                    await #expect(throws: CourseError.notFound) {
                        _ = try await world.lms.courses.outline(of: .id(id), reader: reader)
                    }
                    await #expect(throws: CourseError.notFound) {
                        _ = try await world.lms.entitlements.check(id, reader: reader)
                    }
                    for change in CourseAct.allCases {
                        await #expect(throws: CourseError.notFound, "\(change)") {
                            try await world.tenant.transaction(as: principal) {
                                try await change.perform(on: id, world, session: $0)
                            }
                        }
                    }
                }
            }
            await #expect(throws: CourseError.lessonNotFound) {
                _ = try await world.lms.lessons.read(
                    draft.lessons[0].id,
                    reader: world.tenant.reader(as: world.learner)
                )
            }
        }
    }

    @Test func `a published course of another is seen and not changed`() async throws {
        try await CourseWorld.with { world in
            let id = try await world.course().course.id
            for principal in [world.learner, world.stranger, .anonymous] {
                #expect(try await world.lms.courses.fetch(id, reader: world.tenant.reader(as: principal)).id == id)
                for change in CourseAct.allCases {
                    await #expect(throws: CourseError.forbidden, "\(change)") {
                        try await world.tenant.transaction(as: principal) {
                            try await change.perform(on: id, world, session: $0)
                        }
                    }
                }
            }
        }
    }

    @Test func `publishing through an update needs the right to publish`() async throws {
        try await CourseWorld.with { world in
            let id = try await world.course(status: .draft).course.id
            let editor = Principal(
                try #require(world.teacher.user).kind,
                grants: Grants([.courseUpdate: .any, .courseRead: .any])
            )
            var changes = CourseChanges()
            changes.status = .set(.published)
            await #expect(throws: CourseError.forbidden) {
                try await world.tenant.transaction(as: editor) { [changes] session in
                    _ = try await world.lms.courses.update(id, changes, session: session)
                }
            }
        }
    }

    @Test func `an update of a version that is gone is refused`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course(status: .draft).course
            var changes = CourseChanges()
            changes.title = .set("Physics II")
            changes.price = .set(Money(minorUnits: 1250, currency: try #require(Currency("USD"))))
            let updated = try await world.tenant.transaction(as: world.teacher) { [changes] session in
                try await world.lms.courses.update(course.id, changes, expecting: course.version, session: session)
            }
            #expect(updated.version == course.version + 1)
            await #expect(throws: CourseError.versionMismatch(current: updated.version)) {
                try await world.tenant.transaction(as: world.teacher) { [changes] session in
                    _ = try await world.lms.courses.update(
                        course.id,
                        changes,
                        expecting: course.version,
                        session: session
                    )
                }
            }
            let read = try await world.lms.courses.fetch(course.id, reader: world.tenant.reader(as: world.teacher))
            #expect(read.title == "Physics II")
            #expect(read.price?.amount == "12.50")
            #expect(read.version == updated.version)
        }
    }

    @Test func `what a course cannot be is refused by its rule`() async throws {
        try await CourseWorld.with { world in
            let id = try await world.course().course.id
            func attempt(_ error: CourseError, _ change: @Sendable (inout CourseChanges) -> Void) async {
                var changes = CourseChanges()
                change(&changes)
                await #expect(throws: error) {
                    try await world.tenant.transaction(as: world.admin) { [changes] session in
                        _ = try await world.lms.courses.update(id, changes, session: session)
                    }
                }
            }
            await attempt(.invalid(constraint: "courses_completion_threshold_ck")) { $0.completionThreshold = .set(0) }
            await attempt(.invalid(constraint: "courses_completion_threshold_ck")) {
                $0.completionThreshold = .set(101)
            }
            await attempt(.invalid(constraint: "courses_title_ck")) { $0.title = .set("ab") }
            await attempt(.instructorCount) { $0.instructors = .set([]) }
            await attempt(.unknownInstructor) { $0.instructors = .set([IdentifierSource().next()]) }
            await attempt(.pricedAndOpen) {
                $0.isOpen = .set(true)
                $0.price = .set(Currency("USD").map { Money(minorUnits: 1, currency: $0) })
            }
        }
    }

    @Test func `a bulk change of status is for all courses or none`() async throws {
        try await CourseWorld.with { world in
            let first = try await world.course("One").course.id
            let second = try await world.course("Two", status: .draft).course.id
            let never: Course.ID = IdentifierSource().next()
            await #expect(throws: CourseError.notFound) {
                try await world.tenant.transaction(as: world.admin) { session in
                    _ = try await world.lms.courses.setStatus(
                        .archived,
                        ofAll: [first, second, never],
                        session: session
                    )
                }
            }
            let changed = try await world.tenant.transaction(as: world.admin) { session in
                try await world.lms.courses.setStatus(.published, ofAll: [first, second], session: session)
            }
            #expect(changed == [second])
        }
    }

    @Test func `a copy has everything but learners, fame and the slug`() async throws {
        try await CourseWorld.with { world in
            let original = try await world.course(modules: [2, 1]) {
                $0.tags = .set(["science"])
                $0.isFeatured = .set(true)
            }
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.lessons.setContent(
                    [.html("<p>One</p>"), .problem(kind: "choice", source: "<problem/>")],
                    of: original.lessons[0].id,
                    of: original.course.id,
                    session: session
                )
            }
            let copy = try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.courses.duplicate(original.course.id, session: session)
            }
            #expect(copy.title == "Copy of Physics")
            #expect(copy.status == .draft)
            #expect(copy.slug != original.course.slug)
            #expect(copy.tags == ["science"])
            #expect(!copy.isFeatured)
            #expect(copy.publishedLessons == 3)
            let reader = world.tenant.reader(as: world.teacher)
            let outline = try await world.lms.courses.outline(of: .id(copy.id), reader: reader)
            #expect(outline.modules.map { $0.lessons.map(\.title) } == original.modules.map { $0.lessons.map(\.title) })
            #expect(Set(outline.lessons.map(\.id)).isDisjoint(with: original.lessons.map(\.id)))
            let content = try await world.lms.lessons.read(outline.lessons[0].id, reader: reader)
            #expect(content.blocks.map(\.kind) == ["html", "problem"])
        }
    }

    @Test func `a deleted course is gone with all that was in it`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            _ = try await world.enroll(world.learner, in: outline.course.id)
            try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.courses.delete(outline.course.id, session: session)
            }
            let reader = world.tenant.reader(as: world.admin)
            await #expect(throws: CourseError.notFound) {
                _ = try await world.lms.courses.fetch(outline.course.id, reader: reader)
            }
        }
    }
}

/// Everything that changes a course.
enum CourseAct: CaseIterable {
    case update, publish, archive, duplicate, delete, addModule, sync

    func perform(on id: Course.ID, _ world: CourseWorld, session: borrowing TenantSession) async throws {
        switch self {
        case .update: _ = try await world.lms.courses.update(id, CourseChanges(), session: session)
        case .publish: _ = try await world.lms.courses.setStatus(.draft, of: id, session: session)
        case .archive: _ = try await world.lms.courses.setStatus(.archived, of: id, session: session)
        case .duplicate: _ = try await world.lms.courses.duplicate(id, session: session)
        case .delete: try await world.lms.courses.delete(id, session: session)
        case .addModule: _ = try await world.lms.modules.add(titled: "M", to: id, session: session)
        case .sync: _ = try await world.lms.lessons.sync(CurriculumDraft(modules: []), to: id, session: session)
        }
    }
}

extension Principal.ID {
    fileprivate var kind: Principal.Kind { .user(self) }
}
