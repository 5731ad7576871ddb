// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct TrendingTests {
    @Test func `courses are in the order of the places of the last 14 days, and what is taken back is not among them`()
        async throws
    {
        try await CourseWorld.with { world in
            let old = try await world.course("Old").course.id
            let one = try await world.course("One").course.id
            let two = try await world.course("Two").course.id
            _ = try await world.course("None")
            let learners = try await world.learners(3)
            for learner in learners { _ = try await world.enroll(learner, in: old) }
            world.platform.clock.advance(by: 14 * 86_400)
            for learner in learners.prefix(2) { _ = try await world.enroll(learner, in: two) }
            _ = try await world.enroll(learners[0], in: one)
            // Whoever left does not count.
            for learner in learners.dropFirst() {
                let place = try await world.enroll(learner, in: one)
                try await world.tenant.transaction(as: learner) { session in
                    _ = try await world.lms.enrollments.drop(place.id, session: session)
                }
            }
            #expect(try await world.trending() == [two, one])
            #expect(try await world.trending(1) == [two])
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.courses.setStatus(.draft, of: two, session: session)
            }
            #expect(try await world.trending() == [one])
        }
    }

    @Test func `the order is kept for a minute, of each tenant its own`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            #expect(try await world.trending().isEmpty)
            _ = try await world.enroll(world.learner, in: course)
            #expect(try await world.trending().isEmpty)
            try await withTenant { other in
                let theirs = try await world.lms.trending.list(reader: other.reader())
                #expect(theirs.isEmpty)
            }
            world.platform.clock.advance(by: 60)
            #expect(try await world.trending() == [course])
        }
    }
}

extension CourseWorld {
    fileprivate func trending(_ count: Int = 20) async throws -> [Course.ID] {
        try await lms.trending.list(count, reader: tenant.reader(as: learner)).map(\.id)
    }
}
