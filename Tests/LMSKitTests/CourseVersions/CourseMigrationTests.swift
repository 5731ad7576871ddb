// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CourseMigrationTests {
    @Test func `learners go on with what they did, and a second time changes nothing`() async throws {
        try await MigrationWorld.with { world in
            let place = try await world.base.enroll(world.learner, in: world.old.course.id)
            _ = try await world.base.complete([world.old.lessons[0].id], on: place)
            let completed = try await world.completions(of: place.id)
            let next = try await world.publishNext()
            let preview = try await world.base.lms.courseVersions.preview(
                of: next,
                from: 1,
                to: 2,
                reader: world.base.tenant.reader(as: world.base.admin)
            )
            #expect(preview.items.map(\.outcome) == [.moved] && preview.items[0].carriedLessons == 1)
            let moves = try await world.migrate(.all)
            #expect(moves.moves.map(\.outcome) == [.moved] && !moves.hasMore)
            let target = try #require(moves.moves.first?.target)
            #expect(try await world.completions(of: target) == completed)

            let reader = world.base.tenant.reader(as: world.learner)
            let now = try await world.base.lms.enrollments.fetchMine(in: next, reader: reader).enrollment
            #expect(now.id == target && now.status == .active && now.completedLessons == 1)
            let before = try await world.base.lms.enrollments.fetchMine(in: world.old.course.id, reader: reader)
            #expect(before.enrollment.status == .migrated)
            // Reading goes on in the old version, and doing does not.
            _ = try await world.base.lms.lessons.read(world.old.lessons[1].id, reader: reader)
            await #expect(throws: ProgressError.notActive(.migrated)) {
                _ = try await world.base.complete([world.old.lessons[1].id], on: place)
            }
            #expect(try await world.migrate(.all).moves.isEmpty)
            let again = try await world.migrate(.users([try #require(world.learner.user)])).moves
            #expect(again.map(\.outcome) == [.alreadyMoved] && again[0].target == target)
            #expect(try await world.seats() == [1, 0])
            #expect(try await world.count(.enrollmentMigrated) == 1)
        }
    }

    @Test func `what was done is done once on the learner's dashboard, also after the place was taken back`()
        async throws
    {
        try await MigrationWorld.with { world in
            let place = try await world.base.enroll(world.learner, in: world.old.course.id)
            _ = try await world.base.complete([world.old.lessons[0].id], on: place)
            _ = try await world.publishNext()
            let target = try #require(try await world.migrate(.all).moves.first?.target)
            let reader = world.base.tenant.reader(as: world.learner)
            let moved = try await world.base.lms.dashboards.learner(reader: reader)
            #expect(moved.activity.map(\.completedLessons) == [1])
            #expect(moved.summary.completedLessons == 1)
            try await world.base.tenant.transaction(as: world.base.admin) { session in
                _ = try await world.base.lms.enrollments.drop(target, session: session)
            }
            let left = try await world.base.lms.dashboards.learner(reader: reader)
            #expect(left.activity.map(\.completedLessons) == [1])
        }
    }

    @Test func `whoever completed, left, waits to pay, has a place or none is not moved, and is told so`()
        async throws
    {
        try await MigrationWorld.with { world in
            let people = try await world.base.learners(5)
            let course = world.old.course.id
            let done = try await world.base.enroll(people[0], in: course)
            _ = try await world.base.complete(world.old.lessons.map(\.id), on: done, as: people[0])
            let left = try await world.base.enroll(people[1], in: course)
            try await world.base.tenant.transaction(as: people[1]) { session in
                _ = try await world.base.lms.enrollments.drop(left.id, session: session)
            }
            let owing = try await world.base.enroll(people[2], in: course)
            try await world.base.tenant.transaction { session in
                try await session.execute("UPDATE enrollments SET status = 'pending_payment' WHERE id = \(owing.id)")
            }
            _ = try await world.base.enroll(people[3], in: course)
            let next = try await world.publishNext()
            _ = try await world.base.enroll(people[3], in: next)
            let users = try people.map { try #require($0.user) }
            let moves = try await world.migrate(.users(users)).moves
            let outcomes = Dictionary(uniqueKeysWithValues: moves.map { ($0.user, $0.outcome) })
            #expect(
                users.map { outcomes[$0] } == [.completed, .notEnrolled, .paymentPending, .hasPlace, .notEnrolled]
            )
            #expect(try await world.migrate(.all).moves.isEmpty)
        }
    }

    @Test func `attack: a place that is taken back takes those along from which it was moved`() async throws {
        try await MigrationWorld.with { world in
            let place = try await world.base.enroll(world.learner, in: world.old.course.id)
            _ = try await world.publishNext()
            let target = try #require(try await world.migrate(.all).moves.first?.target)
            let reader = world.base.tenant.reader(as: world.learner)
            _ = try await world.base.lms.lessons.read(world.old.lessons[0].id, reader: reader)
            try await world.base.tenant.transaction(as: world.base.admin) { session in
                _ = try await world.base.lms.enrollments.drop(target, session: session)
            }
            let old = try await world.base.lms.enrollments.fetch(place.id, reader: reader).enrollment
            #expect(old.status == .dropped)
            await #expect(throws: (any Error).self) {
                _ = try await world.base.lms.lessons.read(world.old.lessons[0].id, reader: reader)
            }
            #expect(try await world.seats() == [0, 0])
        }
    }

    @Test func `two who move the same learners at once move each of them once`() async throws {
        try await MigrationWorld.with { world in
            for learner in try await world.base.learners(5) {
                _ = try await world.base.enroll(learner, in: world.old.course.id)
            }
            _ = try await world.publishNext()
            let moved = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await world.migrate(.all).moves.count } }
                return try await group.reduce(0, +)
            }
            #expect(moved == 5)
            #expect(try await world.seats() == [5, 0])
        }
    }

    @Test func `attack: nobody without the right moves anybody, another's place as theirs, or anybody back`()
        async throws
    {
        try await MigrationWorld.with { world in
            let place = try await world.base.enroll(world.learner, in: world.old.course.id)
            let next = try await world.publishNext()
            await #expect(throws: CourseError.forbidden) { _ = try await world.migrate(.all, as: world.base.teacher) }
            for principal in [world.learner, world.base.stranger] {
                await #expect(throws: CourseError.notFound) { _ = try await world.migrate(.all, as: principal) }
            }
            await #expect(throws: CourseError.versionNotCurrent) { _ = try await world.migrate(.all, from: 2, to: 1) }
            await #expect(throws: CourseError.versionNotFound) { _ = try await world.migrate(.all, from: 1, to: 3) }
            let versions = world.base.lms.courseVersions
            for principal in [world.base.stranger, world.base.admin] {
                await #expect(throws: EnrollmentError.notFound) {
                    try await world.base.tenant.transaction(as: principal) { session in
                        _ = try await versions.migrate(place.id, session: session)
                    }
                }
            }
            for _ in 0..<2 {
                let moved = try await world.base.tenant.transaction(as: world.learner) { session in
                    try await versions.migrate(place.id, session: session)
                }
                #expect(moved.course == next && moved.status == .active)
            }
        }
    }

    @Test func `a version without seats enough takes nobody`() async throws {
        try await MigrationWorld.with { world in
            for learner in try await world.base.learners(3) {
                _ = try await world.base.enroll(learner, in: world.old.course.id)
            }
            let next = try await world.publishNext()
            try await world.base.tenant.transaction(as: world.base.teacher) { session in
                var changes = CourseChanges()
                changes.seatLimit = .set(2)
                _ = try await world.base.lms.courses.update(next, changes, session: session)
            }
            await #expect(throws: CourseError.seatsMissing) { _ = try await world.migrate(.all) }
            #expect(try await world.seats() == [0, 3])
        }
    }

    @Test func `released grades are taken over to the points of the new item, and hidden ones are not`() async throws {
        try await MigrationWorld.with { world in
            let course = world.old.course.id
            _ = try await world.base.enroll(world.learner, in: course)
            let user = try #require(world.learner.user)
            let (shown, hidden) = (Course.ID(UUID()), Course.ID(UUID()))
            try await world.base.tenant.transaction { session in
                try await session.batch([
                    """
                    INSERT INTO grade_items (id, course_id, kind, title, max_points, created_at, updated_at)
                    SELECT i, \(course), 'manual', 'Item', 10, now(), now()
                    FROM unnest(\([shown, hidden])) AS n (i)
                    """,
                    """
                    INSERT INTO grades (course_id, user_id, item_id, score, status, source, override_score, graded_at, released_at)
                    VALUES (\(course), \(user), \(shown), 4, 'graded', 'manual', 7, now(), now()),
                           (\(course), \(user), \(hidden), 9, 'graded', 'manual', NULL, now(), NULL)
                    """,
                ])
            }
            let next = try await world.publishNext()
            try await world.base.tenant.transaction { session in
                try await session.execute("UPDATE grade_items SET max_points = 20 WHERE course_id = \(next)")
            }
            _ = try await world.migrate(.all)
            let scores = try await world.base.tenant.transaction { session in
                try await session.execute(
                    """
                    SELECT i.origin_id, round(g.score)::bigint, h.reason FROM grades g
                    JOIN grade_items i ON i.id = g.item_id
                    JOIN grade_changes h ON h.item_id = g.item_id AND h.user_id = g.user_id
                    WHERE g.course_id = \(next)
                    """
                ).map { row in
                    let origin: Course.ID = try row[0]
                    let (score, reason): (Int, String) = (try row[1], try row[2])
                    return "\(origin == shown) \(score) \(reason.isEmpty)"
                }
            }
            #expect(scores == ["true 14 false"])
        }
    }
}

/// A course of two lessons, whose next version is published when a test wants it.
struct MigrationWorld: Sendable {
    let base: CourseWorld
    let old: CourseOutline

    var learner: Principal { base.learner }

    static func with(_ body: (MigrationWorld) async throws -> Void) async throws {
        try await CourseWorld.with { base in
            try await body(MigrationWorld(base: base, old: try await base.course(modules: [2])))
        }
    }

    func publishNext() async throws -> Course.ID {
        let next = try await base.next(after: old.course.id).id
        try await base.publish(next)
        return next
    }

    func migrate(
        _ learners: MovedLearners,
        from source: Int = 1,
        to edition: Int = 2,
        as principal: Principal? = nil
    ) async throws -> VersionMoves {
        try await base.tenant.transaction(as: principal ?? base.admin) { session in
            try await base.lms.courseVersions.migrate(
                learners,
                of: old.course.id,
                from: source,
                to: edition,
                session: session
            )
        }
    }

    /// When lessons were completed.
    func completions(of place: Enrollment.ID) async throws -> [Date] {
        try await base.tenant.transaction { session in
            try await session.execute(
                "SELECT completed_at FROM lesson_progress WHERE enrollment_id = \(place) AND completed_at IS NOT NULL"
            ).map { try $0[0] }
        }
    }

    /// How many seats are taken in each version, the newest first.
    func seats() async throws -> [Int] {
        try await base.tenant.transaction { session in
            try await session.execute("SELECT seats_taken FROM courses ORDER BY edition DESC").map { try $0[0] }
        }
    }

    func count(_ type: EventType) async throws -> Int {
        try await base.tenant.transaction { session in
            let rows = try await session.execute("SELECT count(*) FROM cell.tenant_events WHERE type = \(type.name)")
            return try #require(rows.only)[0]
        }
    }
}
