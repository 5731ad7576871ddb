// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct CoursePlanTests {
    @Test func `a page of thousands of courses is read backwards from the key, and no course is sorted`() async throws {
        try await CourseWorld.with { world in
            try await world.tenant.transaction { session in
                _ = try await session.execute(
                    """
                    INSERT INTO courses (id, slug, title, status, created_at, updated_at)
                    SELECT gen_random_uuid(), 'listed-' || n, 'Listed ' || n, 'published', now(), now()
                    FROM generate_series(1, 3000) n
                    """
                )
            }
            try await world.tenant.analyze("courses")
            for principal in [world.teacher, world.learner, .anonymous] {
                let visibility = CourseVisibility(.visible, for: principal)
                let page = SQL.listNewestCourses(CourseQuery(), to: visibility, after: nil, limit: 21, offset: 0)
                let plan = try await world.tenant.transaction { session in
                    let rows = try await session.execute("EXPLAIN (COSTS OFF) \(page)")
                    return try rows.map { row throws(DatabaseError) -> String in try row[0] }
                }
                let text = plan.joined(separator: "\n")
                #expect(text.contains("Index Scan Backward using courses_pkey"), "\(text)")
                #expect(!text.contains("Seq Scan on courses"), "\(text)")
            }
        }
    }

    @Test(arguments: [21, 51, 101])
    func `a page of a usual size is not planned anew each time`(limit: Int) async throws {
        try await CourseWorld.with { world in
            try await world.tenant.analyze("courses")
            let visibility = CourseVisibility(.catalog, for: .anonymous)
            let page = SQL.listNewestCourses(CourseQuery(), to: visibility, after: nil, limit: limit, offset: 0)
            let plans = try await world.tenant.transaction { session in
                for _ in 0..<10 { _ = try await session.execute(page) }
                let rows = try await session.execute(
                    "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement = \(page.text)"
                )
                return try rows.map { row throws(DatabaseError) -> [Int] in [try row[0], try row[1]] }
            }
            // The first time it is not prepared yet.
            #expect(plans == [[0, 9]])
        }
    }
}
