// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CourseVersionsTests {
    @Test func `learners of a version keep what they had after the next is published, and nobody else gets in`()
        async throws
    {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [2])
            let late = try await world.learners(2)
            let place = try await world.enroll(world.learner, in: old.course.id)
            let left = try await world.enroll(late[0], in: old.course.id)
            try await world.tenant.transaction(as: late[0]) { session in
                _ = try await world.lms.enrollments.drop(left.id, session: session)
            }
            _ = try await world.complete([old.lessons[0].id], on: place)
            let next = try await world.next(after: old.course.id)
            #expect(next.edition == 2 && next.status == .draft && next.series == old.course.id)
            try await world.publish(next.id)

            let reader = world.tenant.reader(as: world.learner)
            let current = try await world.lms.courses.outline(of: .slug("physics"), reader: reader)
            #expect(current.course.id == next.id)
            let kept = try await world.lms.courses.outline(of: .slug("physics-v1"), reader: reader)
            #expect(kept.course.id == old.course.id && kept.course.supersededAt != nil)
            #expect(kept.lessons.map(\.id) == old.lessons.map(\.id))
            _ = try await world.lms.lessons.read(old.lessons[1].id, reader: reader)
            let finished = try await world.complete([old.lessons[1].id], on: place)
            #expect(finished.status == .completed)
            for stranger in late {
                await #expect(throws: EnrollmentError.courseNotFound) {
                    _ = try await world.enroll(stranger, in: old.course.id)
                }
                await #expect(throws: CourseError.notFound) {
                    _ = try await world.lms.courses.fetch(old.course.id, reader: world.tenant.reader(as: stranger))
                }
            }
            await #expect(throws: EnrollmentError.notPublished(old.course.id)) {
                try await world.tenant.transaction(as: world.admin) { session in
                    let user = try #require(late[1].user)
                    _ = try await world.lms.enrollments.enroll(user, in: old.course.id, session: session)
                }
            }
            _ = try await world.enroll(late[1], in: next.id)
            let listed = try await world.lms.courses.list(reader: reader).page.items.map(\.id)
            #expect(listed == [next.id])
        }
    }

    @Test func `attack: staff of a version that was put away neither begin, nor offer, nor delete one`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            _ = try await world.enroll(world.learner, in: old.course.id)
            let current = try await world.next(after: old.course.id)
            try await world.publish(current.id)
            try await world.tenant.transaction(as: world.admin) { session in
                _ = try await session.execute("DELETE FROM course_instructors WHERE course_id = \(current.id)")
            }
            await #expect(throws: CourseError.forbidden) { _ = try await world.next(after: old.course.id) }
            let third = try await world.tenant.transaction(as: world.admin) { session in
                try await world.lms.courseVersions.create(after: old.course.id, session: session)
            }
            // The copy has the staff of what it was copied from.
            await #expect(throws: CourseError.forbidden) { try await world.publish(third.id) }
            let each = try await world.tenant.transaction(as: world.teacher) { session in
                try await world.lms.courses.setStatus(.published, ofEach: [third.id], session: session)
            }
            #expect(each.map(\.outcome) == [.forbidden])
            await #expect(throws: CourseError.versionInUse) {
                try await world.tenant.transaction(as: world.admin) { session in
                    try await world.lms.courses.delete(current.id, session: session)
                }
            }
            let reader = world.tenant.reader(as: world.learner)
            let seen = try await world.lms.courseVersions.list(of: old.course.id, reader: reader)
            #expect(seen.first { $0.isCurrent }?.course.id == current.id)
            try await world.tenant.transaction(as: world.admin) { session in
                _ = try await world.lms.courses.setStatus(.published, of: third.id, session: session)
            }
        }
    }

    @Test func `the next version is to learners what never was until it is published`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            _ = try await world.enroll(world.learner, in: old.course.id)
            let next = try await world.next(after: old.course.id)
            let reader = world.tenant.reader(as: world.learner)
            for id in [next.id, IdentifierSource().next(Course.self)] {
                await #expect(throws: CourseError.notFound) {
                    _ = try await world.lms.courses.fetch(id, reader: reader)
                }
                await #expect(throws: CourseError.notFound) {
                    _ = try await world.lms.courseVersions.list(of: id, reader: reader)
                }
                await #expect(throws: EnrollmentError.courseNotFound) {
                    _ = try await world.enroll(world.learner, in: id)
                }
            }
            let seen = try await world.lms.courseVersions.list(of: old.course.id, reader: reader)
            #expect(seen.map(\.course.id) == [old.course.id] && seen[0].isCurrent && seen[0].enrollment == .active)
            let all = try await world.lms.courseVersions.list(
                of: old.course.id,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(all.map(\.course.edition) == [2, 1])
        }
    }

    @Test func `one version is written at a time, also when many ask at once`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            let made = await withTaskGroup(of: Course.ID?.self) { group in
                for _ in 0..<6 { group.addTask { try? await world.next(after: old.course.id).id } }
                return await group.reduce(into: [Course.ID]()) { made, id in if let id { made.append(id) } }
            }
            #expect(made.count == 1)
            await #expect(throws: CourseError.versionInProgress) {
                _ = try await world.next(after: old.course.id)
            }
            await #expect(throws: CourseError.versionInProgress) {
                _ = try await world.next(after: try #require(made.first))
            }
            // What is offered is not taken back into work beside it either.
            await #expect(throws: CourseError.versionInProgress) {
                try await world.tenant.transaction(as: world.teacher) { session in
                    _ = try await world.lms.courses.setStatus(.draft, of: old.course.id, session: session)
                }
            }
        }
    }

    @Test func `of two versions that are published at once the later is offered`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            let next = try await world.next(after: old.course.id)
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.courses.setStatus(.archived, of: old.course.id, session: session)
            }
            await withTaskGroup(of: Void.self) { group in
                for id in [old.course.id, next.id] {
                    // The earlier one is refused if it comes second.
                    group.addTask { _ = try? await world.publish(id) }
                }
            }
            let versions = try await world.lms.courseVersions.list(
                of: next.id,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(versions.map(\.course.status) == [.published, .archived])
            #expect(versions.map { $0.course.supersededAt == nil } == [true, false])
            #expect(versions[0].course.slug.description == "physics")
        }
    }

    @Test func `attack: no way offers again what a later version took the place of`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            try await world.publish(try await world.next(after: old.course.id).id)
            let courses = world.lms.courses
            for status in [Course.Status.published, .draft, .inReview] {
                await #expect(throws: CourseError.superseded) {
                    try await world.tenant.transaction(as: world.admin) { session in
                        _ = try await courses.setStatus(status, of: old.course.id, session: session)
                    }
                }
                await #expect(throws: CourseError.superseded) {
                    try await world.tenant.transaction(as: world.admin) { session in
                        _ = try await courses.setStatus(status, ofAll: [old.course.id], session: session)
                    }
                }
                await #expect(throws: CourseError.superseded) {
                    var changes = CourseChanges()
                    changes.status = .set(status)
                    try await world.tenant.transaction(as: world.admin) { [changes] session in
                        _ = try await courses.update(old.course.id, changes, session: session)
                    }
                }
            }
        }
    }

    @Test func `whoever may not create courses or change this one makes no version of it`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            for principal in [world.learner, world.stranger] {
                await #expect(throws: CourseError.forbidden) {
                    try await world.tenant.transaction(as: principal) { session in
                        _ = try await world.lms.courseVersions.create(after: old.course.id, session: session)
                    }
                }
            }
        }
    }

    @Test func `wishes, prerequisites and ratings follow to the new version`() async throws {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            let other = try await world.course("Optics", modules: [1])
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.prerequisites.set([old.course.id], of: other.course.id, session: session)
            }
            let people = try await world.learners(2)
            try await world.tenant.transaction(as: people[0]) { session in
                try await world.lms.wishes.add(old.course.id, session: session)
            }
            let place = try await world.enroll(world.learner, in: old.course.id)
            _ = try await world.complete(old.lessons.map(\.id), on: place)
            try await world.tenant.transaction { session in
                let user = try #require(world.learner.user)
                try await session.execute(
                    """
                    INSERT INTO course_reviews (id, enrollment_id, course_id, user_id, rating, body, status, created_at, updated_at)
                    VALUES (gen_random_uuid(), \(place.id), \(old.course.id), \(user), 4, 'Clear and to the point.', 'approved',
                            now(), now())
                    """
                )
                try await session.execute(
                    "UPDATE courses SET rating_count = 1, rating_sum = 4 WHERE id = \(old.course.id)"
                )
            }
            let next = try await world.next(after: old.course.id)
            try await world.publish(next.id)

            let wished = try await world.lms.wishes.list(reader: world.tenant.reader(as: people[0]))
            #expect(wished.items.map(\.course.id) == [next.id])
            let reader = world.tenant.reader(as: world.learner)
            let asked = try await world.lms.prerequisites.list(of: other.course.id, reader: reader)
            #expect(asked.prerequisites.map(\.course) == [next.id])
            _ = try await world.enroll(world.learner, in: other.course.id)
            await #expect(throws: EnrollmentError.self) { _ = try await world.enroll(people[1], in: other.course.id) }
            let current = try await world.lms.courses.fetch(next.id, reader: reader)
            #expect(current.rating == Course.Rating(count: 1, sum: 4))
            try await world.tenant.transaction(as: world.admin) { session in
                _ = try await world.lms.users.erase(try #require(world.learner.user), session: session)
            }
            let after = try await world.lms.courses.fetch(next.id, reader: world.tenant.reader(as: world.teacher))
            #expect(after.rating == Course.Rating(count: 0, sum: 0))
        }
    }

    @Test func `a version has the tests, work and grading of the one before, and their files are its readers'`()
        async throws
    {
        try await CourseWorld.with { world in
            let old = try await world.course(modules: [1])
            let file = StoredFile.ID(UUID())
            try await world.equip(old, file: file)
            let next = try await world.next(after: old.course.id)
            let counts = try await world.tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT ARRAY[
                        (SELECT count(*) FROM question_banks WHERE course_id = \(next.id)),
                        (SELECT count(*) FROM bank_questions WHERE course_id = \(next.id) AND version = 1),
                        (SELECT count(*) FROM quizzes q JOIN lessons l ON l.id = q.lesson_id AND l.course_id = q.course_id
                         WHERE q.course_id = \(next.id) AND q.origin_id IS NOT NULL AND q.opens_at IS NULL),
                        (SELECT count(*) FROM quiz_slots s JOIN bank_questions b ON b.id = s.question_id
                         AND b.course_id = s.course_id WHERE s.course_id = \(next.id)),
                        (SELECT count(*) FROM assignments a JOIN rubrics r ON r.id = a.rubric_id AND r.course_id = a.course_id
                         WHERE a.course_id = \(next.id)),
                        (SELECT count(*) FROM grade_items i JOIN quizzes q ON q.id = i.subject_id AND q.course_id = i.course_id
                         JOIN grade_categories c ON c.id = i.category_id AND c.course_id = i.course_id
                         WHERE i.course_id = \(next.id)),
                        (SELECT count(*) FROM gradebooks WHERE course_id = \(next.id) AND needs_all_lessons)]
                    """
                ).only?[0] as [Int]?
            }
            #expect(counts == [1, 1, 1, 1, 1, 1, 1])
            try await world.publish(next.id)
            _ = try await world.enroll(world.learner, in: next.id)
            let user = world.learner.user
            let (shown, foreign): ([Course.ID], Int) = try await world.tenant.transaction { session in
                let rows = try await session.execute(.selectFileWithAccess(file, for: user))
                let foreign = try await session.execute(.selectFiles([file], notOf: next.id)).count
                return (try rows.map { try $0[1] }, foreign)
            }
            #expect(shown == [next.id] && foreign == 0)
            // The bytes stay with whoever shows them.
            try await world.tenant.transaction(as: world.admin) { session in
                try await world.lms.courses.delete(old.course.id, session: session)
            }
            let owner = try await world.tenant.transaction { session in
                try await session.execute("SELECT course_id FROM files WHERE id = \(file)").only?[0] as Course.ID?
            }
            #expect(owner == next.id)
        }
    }
}

extension CourseWorld {
    func next(after course: Course.ID) async throws -> Course {
        try await tenant.transaction(as: teacher) { session in
            try await lms.courseVersions.create(after: course, session: session)
        }
    }

    func publish(_ course: Course.ID) async throws {
        try await tenant.transaction(as: teacher) { session in
            _ = try await lms.courses.setStatus(.published, of: course, session: session)
        }
    }

    @discardableResult
    func complete(
        _ lessons: [Lesson.ID],
        on place: Enrollment,
        as principal: Principal? = nil
    ) async throws -> Enrollment {
        try await lms.progress.complete(
            lessons,
            on: place.id,
            at: tenant.id,
            as: principal ?? learner,
            tenants: tenant.tenants
        )
    }

    /// Gives a course a bank with a question of two versions, a quiz, a rubric, an assignment, a category, an item, a rule and a file.
    func equip(_ outline: CourseOutline, file: StoredFile.ID) async throws {
        let (course, lesson) = (outline.course.id, outline.lessons[0].id)
        let ids = (0..<6).map { _ in Course.ID(UUID()) }
        try await tenant.transaction { session in
            try await session.batch([
                """
                INSERT INTO question_banks (id, course_id, title, created_at, updated_at)
                VALUES (\(ids[0]), \(course), 'B', now(), now())
                """,
                """
                INSERT INTO bank_questions (id, bank_id, course_id, version, created_at, updated_at)
                VALUES (\(ids[1]), \(ids[0]), \(course), 2, now(), now())
                """,
                """
                INSERT INTO question_versions (question_id, number, kind, content, written_at)
                SELECT \(ids[1])::uuid, n, 'true_false', '{}', now() FROM generate_series(1, 2) n
                """,
                """
                INSERT INTO quizzes (id, course_id, lesson_id, title, status, opens_at, created_at, updated_at, published_at)
                VALUES (\(ids[2]), \(course), \(lesson), 'Quiz', 'published', now(), now(), now(), now())
                """,
                """
                INSERT INTO quiz_slots (quiz_id, course_id, position, question_id, points)
                VALUES (\(ids[2]), \(course), 1, \(ids[1]), 1000000)
                """,
                """
                INSERT INTO rubrics (id, course_id, title, version, created_at, updated_at)
                VALUES (\(ids[3]), \(course), 'R', 1, now(), now())
                """,
                """
                INSERT INTO rubric_versions (rubric_id, number, criteria, points, written_at)
                VALUES (\(ids[3]), 1, '[]', 1000000, now())
                """,
                """
                INSERT INTO assignments (id, course_id, title, points, rubric_id, rubric_version, due_at, created_at, updated_at)
                VALUES (gen_random_uuid(), \(course), 'Work', 1000000, \(ids[3]), 1, now(), now(), now())
                """,
                """
                INSERT INTO grade_categories (id, course_id, name, weight, position) VALUES (\(ids[4]), \(course), 'Tests', 1, 0)
                """,
                """
                INSERT INTO grade_items (id, course_id, category_id, kind, subject_id, title, max_points, created_at, updated_at)
                VALUES (\(ids[5]), \(course), \(ids[4]), 'quiz', \(ids[2]), 'Quiz', 10, now(), now())
                """,
                "INSERT INTO gradebooks (course_id, needs_all_lessons, updated_at) VALUES (\(course), true, now())",
                """
                INSERT INTO files (id, course_id, name, media_type, byte_count, created_at)
                VALUES (\(file), \(course), 'a.txt', 'text/plain', 1, now())
                """,
                "INSERT INTO lesson_blocks (lesson_id, position, kind, file_id) VALUES (\(lesson), 0, 'file', \(file))",
            ])
        }
    }
}
