// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// A cohort of a course, in which nobody has a place.
    ///
    /// - Throws: If the tenant refuses it.
    func gather(in course: Course.ID) async throws -> Cohort.ID {
        let draft = CohortDraft(name: "\(mark) \(UUID())", startsAt: Date(timeIntervalSince1970: 1_800_000_000))
        return try await tenant.transaction { session in
            try await host.platform.lms.cohorts.add(draft, to: course, session: session).id
        }
    }

    /// Fills what lists of courses, of places and of wishes are made of: each has more than one page of one.
    ///
    /// - Parameter estate: Whose cohort everybody in its course is in.
    /// - Throws: If the tenant refuses it.
    func fill(_ estate: Estate) async throws {
        let (person, course) = (try #require(User.ID(dean.user)), try #require(Course.ID(estate[.course])))
        let cohort = try #require(Cohort.ID(estate[.cohort]))
        try await tenant.transaction { session in
            _ = try await session.execute(
                """
                INSERT INTO prerequisite_waivers (enrollment_id, reason, granted_at)
                SELECT id, \("\(mark) Equal studies."), now() FROM enrollments
                """
            )
            // Two of each course were decided on, and each but those that wait already is waited for.
            _ = try await session.execute(
                """
                INSERT INTO course_submissions (id, course_id, course_version, note, submitted_at, status, decided_at)
                SELECT gen_random_uuid(), c.id, c.version, \("\(mark) please"), now(), s.status,
                    CASE WHEN s.status <> 'waiting' THEN now() END
                FROM courses c CROSS JOIN unnest('{approved,replaced,waiting}'::text[]) s (status)
                ON CONFLICT (course_id) WHERE status = 'waiting' DO NOTHING
                """
            )
            _ = try await session.execute(
                """
                INSERT INTO course_wishes (user_id, course_id, id, wished_at)
                SELECT \(person), id, gen_random_uuid(), now() FROM courses ON CONFLICT DO NOTHING
                """
            )
            _ = try await session.execute(
                "UPDATE courses SET category = \("\(mark) ") || id::text, tags = ARRAY[\("\(mark) ") || right(id::text, 12)]"
            )
            _ = try await session.execute("UPDATE enrollments SET cohort_id = \(cohort) WHERE course_id = \(course)")
        }
    }

    /// Has the estate's draft wait for somebody who approves it.
    ///
    /// - Throws: If the tenant refuses it.
    func submit(_ estate: Estate) async throws {
        let author = Principal(.user(try #require(User.ID(estate[.user]))), grants: BuiltInRole.instructor.grants)
        let course = try #require(Course.ID(estate[.course]))
        try await tenant.transaction(as: author) { session in
            _ = try await host.platform.lms.approvals.submit(course, session: session)
        }
    }

    /// Gives somebody with a place in the estate's course a seat in its cohort.
    ///
    /// - Throws: If the tenant refuses it.
    func join(_ estate: Estate, _ user: User.ID, in course: Course.ID) async throws {
        let cohort = try #require(Cohort.ID(estate[.cohort]))
        try await tenant.transaction { session in
            try await host.platform.lms.cohorts.place(user, in: cohort, of: course, session: session)
        }
    }
}

extension IsolationSettler {
    /// Makes two templates of courses, because a list of one has no second page.
    ///
    /// - Returns: The first.
    /// - Throws: If the tenant refuses them.
    static func courseTemplate(
        called name: String,
        of tenant: TestTenant,
        by owner: String,
        _ host: PlatformHost
    ) async throws -> CourseTemplate.ID {
        let author = Principal(.user(try #require(User.ID(owner))), grants: BuiltInRole.owner.grants)
        func make(_ name: String) async throws -> CourseTemplate.ID {
            try await tenant.transaction(as: author) { session in
                let lms = host.platform.lms
                let course = try await lms.courses.create(NewCourse(title: name), session: session)
                _ = try await lms.courseTemplates.mark(course.id, session: session)
                return CourseTemplate.ID(course.id.uuid)
            }
        }
        _ = try await make("\(name) frame too")
        return try await make("\(name) frame")
    }
}
