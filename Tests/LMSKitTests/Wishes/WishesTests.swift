// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct WishesTests {
    @Test func `a list is its owner's, in the order of wishing, paged, and has what the catalog has`() async throws {
        try await CourseWorld.with { world in
            let courses = [
                try await world.course("Course A").course.id, try await world.course("Course B").course.id,
                try await world.course("Course C").course.id,
            ]
            for course in [courses[1], courses[0], courses[2], courses[1]] {
                try await world.wish(for: course, as: world.learner)
            }
            let reader = world.tenant.reader(as: world.learner)
            let first = try await world.lms.wishes.list(limit: PageLimit(2), reader: reader)
            #expect(first.items.map(\.course.id) == [courses[2], courses[0]])
            let second = try await world.lms.wishes.list(after: first.next, limit: PageLimit(2), reader: reader)
            #expect(second.items.map(\.course.id) == [courses[1]])
            #expect(second.next == nil)
            let others = try await world.lms.wishes.list(reader: world.tenant.reader(as: world.stranger))
            #expect(others.items.isEmpty)

            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.courses.setStatus(.archived, of: courses[2], session: session)
            }
            for _ in 0..<2 {
                try await world.tenant.transaction(as: world.learner) { session in
                    try await world.lms.wishes.remove(courses[0], session: session)
                }
            }
            #expect(try await world.lms.wishes.list(reader: reader).items.map(\.course.id) == [courses[1]])
        }
    }

    @Test func `attack: a draft cannot be told by wishing for it, and a list does not grow without end`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course("Secret", status: .draft).course.id
            for course in [draft, IdentifierSource().next()] {
                await #expect(throws: WishError.courseNotFound) { try await world.wish(for: course, as: world.learner) }
            }
            let learner = try #require(world.learner.user)
            let course = try await world.course().course.id
            try await world.tenant.transaction { session in
                try await session.execute(
                    """
                    WITH n AS (
                        INSERT INTO courses (id, slug, title, created_at, updated_at)
                        SELECT gen_random_uuid(), 'c' || i, 'Course', now(), now() FROM generate_series(1, \(Wishes.limit)) i
                        RETURNING id
                    )
                    INSERT INTO course_wishes (user_id, course_id, id, wished_at) SELECT \(learner), id, id, now() FROM n
                    """
                )
            }
            await #expect(throws: WishError.tooMany(limit: Wishes.limit)) {
                try await world.wish(for: course, as: world.learner)
            }
            await #expect(throws: WishError.forbidden) { try await world.wish(for: course, as: .anonymous) }
        }
    }
}

extension CourseWorld {
    fileprivate func wish(for course: Course.ID, as principal: Principal) async throws {
        try await tenant.transaction(as: principal) { try await lms.wishes.add(course, session: $0) }
    }
}
