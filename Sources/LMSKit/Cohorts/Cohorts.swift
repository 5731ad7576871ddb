// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes cohorts of courses, and moves learners between them.
///
/// A learner joins one by enrolling, see `Enrollments.enroll`. Every change locks the course's row until the transaction ends, acts as
/// the session's principal and leaves the commit to the caller.
public struct Cohorts: Sendable {
    /// The most cohorts that a course may have.
    public static let limit = 100
    let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Locks and authorizes.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Lists a course's cohorts in the order in which they start, in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant; whoever may see the course.
    /// - Returns: At most 100 cohorts, and in which the reader has a place.
    /// - Throws: `CohortError.courseNotFound`.
    public func list(of course: Course.ID, reader: TenantReader) async throws(CohortError) -> [CohortListing] {
        let principal = reader.principal
        return try await CohortError.translating {
            let rows = try await reader.read([
                .selectCourse(course), .selectEnrollmentStatus(of: principal.user, in: course),
                .selectCohorts(of: course, for: principal.user),
            ])
            guard let found = try rows[0].only.map(Course.init(row:)) else { throw CohortError.courseNotFound }
            let facts = AccessFacts(
                of: found,
                for: principal,
                enrollment: try rows[1].only.map { row in try row[0] }
            )
            guard EntitlementPolicy.level(facts, for: principal) != .none else { throw CohortError.courseNotFound }
            return try rows[2].map(CohortListing.init(row:))
        }
    }

    /// Adds a cohort.
    ///
    /// - Parameters:
    ///   - draft: What is said of it.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The cohort, at version 1.
    /// - Throws: `CohortError.courseNotFound`; `.forbidden` without `course:update`; `.tooMany`; `.nameTaken`;
    ///   `.unknownInstructor`; `.invalid`.
    public func add(
        _ draft: CohortDraft,
        to course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CohortError) -> Cohort {
        let replies = try await lock(course, reading: [.countCohorts(of: course)], session: session)
        return try await CohortError.translating {
            let count: Int = try replies[0].only.map { row in try row[0] } ?? 0
            guard count < Cohorts.limit else { throw CohortError.tooMany(limit: Cohorts.limit) }
            let id: Cohort.ID = courses.identifiers.next()
            let now = courses.clock.now()
            try await session.batch([.insertCohort(id, draft, of: course, at: now), noting(course, session.principal)])
            return Cohort(
                id: id,
                course: course,
                draft: draft,
                seatsTaken: 0,
                version: 1,
                createdAt: now,
                updatedAt: now
            )
        }
    }

    /// Changes what is said of a cohort.
    ///
    /// - Parameters:
    ///   - id: The cohort.
    ///   - course: The course it must be of.
    ///   - draft: What is said of it now.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The cohort at its next version.
    /// - Throws: `CohortError.courseNotFound`; `.forbidden` without `course:update`; `.notFound`; `.versionMismatch`;
    ///   `.nameTaken`; `.unknownInstructor`; `.seatLimitBelowTaken`; `.invalid`.
    public func update(
        _ id: Cohort.ID,
        of course: Course.ID,
        _ draft: CohortDraft,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CohortError) -> Cohort {
        let old = try await find(id, of: course, expecting: version, session: session)
        return try await CohortError.translating {
            let now = courses.clock.now()
            let replies = try await session.batch([
                .updateCohort(id, draft, of: course, at: now), noting(course, session.principal),
            ])
            guard replies[0].affected > 0 else { throw CohortError.seatLimitBelowTaken }
            return Cohort(
                id: id,
                course: course,
                draft: draft,
                seatsTaken: old.seatsTaken,
                version: old.version + 1,
                createdAt: old.createdAt,
                updatedAt: now
            )
        }
    }

    /// Deletes a cohort in which nobody has a place.
    ///
    /// - Parameters:
    ///   - id: The cohort.
    ///   - course: The course it must be of.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CohortError.courseNotFound`; `.forbidden` without `course:update`; `.notFound`; `.versionMismatch`; `.inUse`.
    public func delete(
        _ id: Cohort.ID,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CohortError) {
        _ = try await find(id, of: course, expecting: version, session: session)
        _ = try await CohortError.translating {
            try await session.batch([
                .forgetLeavers(of: id, in: course), .deleteCohort(id, of: course), noting(course, session.principal),
            ])
        }
    }

    /// Locks a course, and reads the cohort.
    func find(
        _ id: Cohort.ID,
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CohortError) -> Cohort {
        let replies = try await lock(course, reading: [.selectCohort(id, of: course)], session: session)
        guard let cohort = try await CohortError.translating({ try replies[0].only.map(Cohort.init(row:)) }) else {
            throw .notFound
        }
        if let version, version != cohort.version { throw .versionMismatch(current: cohort.version) }
        return cohort
    }

    /// Locks a course for a change of its cohorts, and reads more in the same round trip.
    private func lock(
        _ course: Course.ID,
        reading statements: [SQL],
        session: borrowing TenantSession
    ) async throws(CohortError) -> [Rows] {
        try await CohortError.translating {
            let replies = try await session.batch([.lockCourses([course])] + statements)
            guard let found = try replies[0].only.map(Course.init(row:)) else { throw CohortError.courseNotFound }
            do throws(CourseError) {
                try CoursePolicy.require(.courseUpdate, on: found, by: session.principal)
            } catch {
                throw error == .forbidden ? CohortError.forbidden : .courseNotFound
            }
            return Array(replies.dropFirst())
        }
    }

    private func noting(_ course: Course.ID, _ principal: Principal) -> SQL {
        courses.audit.recording(AuditEvent("course.cohorts_changed", on: course), by: principal)
    }
}
