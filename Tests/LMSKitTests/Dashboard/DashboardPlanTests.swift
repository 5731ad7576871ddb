// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct DashboardPlanTests {
    /// The tables that grow with what everybody does, which nobody's view reads from end to end.
    private static let large = [
        "enrollments", "lesson_progress", "assignments", "submissions", "quizzes", "quiz_attempts", "grades",
        "calendar_feeds",
    ]

    @Test func `among thousands of learners and their work each view is found through indexes`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course(modules: [2]).course.id
            let learner = try #require(world.learner.user)
            let teacher = try #require(world.teacher.user)
            _ = try await world.enroll(world.learner, in: course)
            try await world.fill()
            let now = world.platform.clock.wall.now()
            let span = now..<now.addingTimeInterval(86_400 * 366)
            let hash = Bytes(Array(repeating: 7, count: 32))
            let taught = SQL.taughtCourses(by: teacher, as: CourseRole.allCases, limit: 100)
            let statements: [SQL] = [
                .selectLearningSummary(of: learner), .listCoursesToGoOnWith(of: learner, limit: 20, at: now),
                .listDueWork(of: learner, limit: 20, at: now), .listCompletedCourses(of: learner, limit: 5),
                .selectLearningDays(of: learner, since: now),
                .selectCalendar(of: "\(learner)", in: span, limit: 1_000, at: now),
                .selectCalendarLanguage(hash),
                .selectCalendar(of: .calendarOwner(hash), in: span, limit: 1_000, at: now),
                .listCourseOverviews("\([course])", for: teacher, since: now),
                .listLearnersAtRisk("\([course])", awaySince: now, limit: 50, at: now),
                .listCourseOverviews(taught, for: teacher, since: now),
                .listLearnersAtRisk(taught, awaySince: now, limit: 50, at: now),
            ]
            for statement in statements {
                let plan = try await world.tenant.transaction { session in
                    let rows = try await session.execute("EXPLAIN (COSTS OFF) \(statement)")
                    return try rows.map { row throws(DatabaseError) -> String in try row[0] }
                }
                let text = plan.joined(separator: "\n")
                for table in Self.large { #expect(!text.contains("Seq Scan on \(table) "), "\(text)") }
            }
        }
    }
}

extension CourseWorld {
    /// Fills the tenant with 500 courses of 20 learners each, their work and their grades.
    fileprivate func fill() async throws {
        try await tenant.transaction { session in
            _ = try await session.batch([
                """
                INSERT INTO users (id, email, email_key, display_name, status, created_at, updated_at)
                SELECT gen_random_uuid(), 'crowd' || n || '@example.org', 'crowd' || n || '@example.org', 'Crowd', 'active', now(), now()
                FROM generate_series(1, 2000) n
                """,
                """
                INSERT INTO courses (id, slug, title, status, created_at, updated_at)
                SELECT gen_random_uuid(), 'crowded-' || n, 'Crowded', 'published', now(), now() FROM generate_series(1, 500) n
                """,
                """
                INSERT INTO enrollments (id, user_id, course_id, status, enrolled_at)
                SELECT gen_random_uuid(), u.id, c.id, 'active', now()
                FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM users WHERE display_name = 'Crowd') u
                JOIN (SELECT id, row_number() OVER (ORDER BY id) n FROM courses WHERE title = 'Crowded') c ON (u.n - c.n) % 100 = 0
                """,
                """
                INSERT INTO modules (id, course_id, title, position, created_at, updated_at)
                SELECT gen_random_uuid(), c.id, 'Module', 0, now(), now() FROM courses c WHERE c.title = 'Crowded'
                """,
                """
                INSERT INTO lessons (id, course_id, module_id, title, kind, status, position, created_at, updated_at)
                SELECT gen_random_uuid(), m.course_id, m.id, 'Lesson', 'reading', 'published', n, now(), now()
                FROM modules m, generate_series(1, 5) n WHERE m.title = 'Module'
                """,
                """
                INSERT INTO lesson_progress (enrollment_id, lesson_id, status, started_at, completed_at, last_accessed_at)
                SELECT e.id, l.id, 'completed', now(), now(), now()
                FROM enrollments e JOIN lessons l ON l.course_id = e.course_id AND l.title = 'Lesson' AND l.position < 3
                """,
                """
                INSERT INTO assignments (id, course_id, title, status, points, due_at, created_at, updated_at, published_at)
                SELECT gen_random_uuid(), c.id, 'Sheet', 'published', 1000000, now(), now(), now(), now()
                FROM courses c, generate_series(1, 10) WHERE c.title = 'Crowded'
                """,
                """
                INSERT INTO submissions (id, assignment_id, course_id, enrollment_id, user_id, number, pseudonym, status, is_latest,
                    body, sequence, saved_at, received_at)
                SELECT gen_random_uuid(), a.id, a.course_id, e.id, e.user_id, 1, '0123456789', 'submitted', true, 'x', 1, now(), now()
                FROM assignments a JOIN enrollments e ON e.course_id = a.course_id AND right(e.id::text, 1) IN ('0', '1')
                """,
                """
                INSERT INTO quizzes (id, course_id, title, status, closes_at, created_at, updated_at, published_at)
                SELECT gen_random_uuid(), c.id, 'Quiz', 'published', now(), now(), now(), now()
                FROM courses c, generate_series(1, 10) WHERE c.title = 'Crowded'
                """,
                """
                INSERT INTO quiz_attempts (id, quiz_id, course_id, enrollment_id, user_id, number, status, seed, started_at,
                    submitted_at, closing, score, max_score)
                SELECT gen_random_uuid(), q.id, q.course_id, e.id, e.user_id, 1, 'submitted', 1, now(), now(), 'learner', 0, 1
                FROM quizzes q JOIN enrollments e ON e.course_id = q.course_id AND right(e.id::text, 1) IN ('0', '1')
                """,
                """
                INSERT INTO grade_items (id, course_id, kind, title, max_points, created_at, updated_at)
                SELECT gen_random_uuid(), c.id, 'manual', 'Oral', 10, now(), now() FROM courses c WHERE c.title = 'Crowded'
                """,
                """
                INSERT INTO grades (course_id, user_id, item_id, score, status, source, graded_at)
                SELECT i.course_id, e.user_id, i.id, 5, 'graded', 'manual', now()
                FROM grade_items i JOIN enrollments e ON e.course_id = i.course_id
                """,
                """
                INSERT INTO calendar_feeds (user_id, token_hash, created_at)
                SELECT id, sha256(convert_to(id::text, 'UTF8')), now() FROM users WHERE display_name = 'Crowd'
                """,
            ])
        }
    }
}
