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
}
