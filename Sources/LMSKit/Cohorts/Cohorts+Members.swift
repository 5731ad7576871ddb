// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Cohorts {
    /// Lists who has a place in a cohort, the newest place first, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The cohort.
    ///   - course: The course it must be of.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most learners to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `CohortError.courseNotFound` or `.forbidden` without `enrollment:read` on the course; `.notFound`;
    ///   `.invalidPosition`.
    public func members(
        of id: Cohort.ID,
        in course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(CohortError) -> Page<CourseLearner> {
        if let position, position.order != "cohort" { throw .invalidPosition }
        let principal = reader.principal
        return try await CohortError.translating {
            let rows = try await reader.read([
                .selectCourse(course), .selectCohort(id, of: course),
                .listMembers(
                    of: id,
                    in: course,
                    after: position.map { Enrollment.ID($0.id) },
                    limit: limit.withProbe
                ),
            ])
            guard let found = try rows[0].only.map(Course.init(row:)) else { throw CohortError.courseNotFound }
            guard principal.may(.enrollmentRead, as: found.role(of: principal)) else {
                throw CoursePolicy.isKnown(found, to: principal) ? CohortError.forbidden : .courseNotFound
            }
            guard rows[1].only != nil else { throw CohortError.notFound }
            return Page(cutting: try rows[2].map(CourseLearner.init(row:)), limit: limit.count) {
                PagePosition(order: "cohort", id: $0.enrollment.id.uuid)
            }
        }
    }

    /// Gives a learner of the course a seat in a cohort, also in one that has ended; they leave the one they were in.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - user: The learner.
    ///   - id: The cohort.
    ///   - course: The course it must be of; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CohortError.courseNotFound`; `.forbidden` without `course:update`; `.notFound`; `.memberNotFound` if they have
    ///   no place in the course; `.full`.
    public func place(
        _ user: Principal.ID,
        in id: Cohort.ID,
        of course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CohortError) {
        _ = try await find(id, of: course, session: session)
        try await CohortError.translating {
            let replies = try await session.batch([
                .joinCohort(id, of: course, user), .selectEnrollmentStatus(of: user, in: course),
            ])
            if let row = replies[0].only { return try await note(try row[0], session: session) }
            let status: Enrollment.Status? = try replies[1].only.map { row in try row[0] }
            let hasPlace = status.map { $0 != .dropped && $0 != .expired && $0 != .migrated } ?? false
            throw hasPlace ? CohortError.full : .memberNotFound
        }
    }

    /// Takes a learner out of a cohort; their place in the course stays.
    ///
    /// - Parameters:
    ///   - user: The learner.
    ///   - id: The cohort.
    ///   - course: The course it must be of; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CohortError.courseNotFound`; `.forbidden` without `course:update`; `.notFound`; `.memberNotFound`.
    public func remove(
        _ user: Principal.ID,
        from id: Cohort.ID,
        of course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CohortError) {
        _ = try await find(id, of: course, session: session)
        try await CohortError.translating {
            guard let row = try await session.execute(.leaveCohort(id, of: course, user)).only else {
                throw CohortError.memberNotFound
            }
            try await note(try row[0], session: session)
        }
    }

    private func note(_ enrollment: Enrollment.ID, session: borrowing TenantSession) async throws {
        let event = AuditEvent("enrollment.cohort_changed", on: enrollment)
        _ = try await session.execute(courses.audit.recording(event, by: session.principal))
    }
}
