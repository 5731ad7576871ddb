// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Says which courses are completed before another one is taken.
///
/// Whether somebody may enroll is decided by `Enrollments`, in the statement that gives the place.
public struct Prerequisites: Sendable {
    /// The most prerequisites that a course may have.
    public static let limit = 10
    private let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Locks and authorizes.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Lists what a course asks for, by title, in one round trip.
    ///
    /// Whoever may see the course sees those that are published; the staff of one that is not published see it too.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The prerequisites, and whether the reader completed each.
    /// - Throws: `PrerequisiteError.courseNotFound`.
    public func list(of course: Course.ID, reader: TenantReader) async throws(PrerequisiteError) -> PrerequisiteList {
        let principal = reader.principal
        return try await PrerequisiteError.translating {
            let rows = try await reader.read([
                .selectCourse(course), .selectEnrollmentStatus(of: principal.user, in: course),
                .selectPrerequisites(of: course, for: principal.user),
            ])
            guard let found = try rows[0].only.map(Course.init(row:)) else { throw PrerequisiteError.courseNotFound }
            let facts = AccessFacts(
                of: found,
                for: principal,
                enrollment: try rows[1].only.map { row in try row[0] }
            )
            guard EntitlementPolicy.level(facts, for: principal) != .none else {
                throw PrerequisiteError.courseNotFound
            }
            return try Prerequisites.list(rows[2], of: course, version: found.version, to: principal)
        }
    }

    /// Makes these the courses that a course asks for; learners who have a place in it keep it.
    ///
    /// The rows of all the courses named and the table of prerequisites are locked until the transaction ends, so that no two
    /// changes close a circle together.
    ///
    /// - Parameters:
    ///   - prerequisites: The courses to complete; naming one twice is naming it once.
    ///   - course: The course that asks for them.
    ///   - version: The course's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: What it asks for now, at the course's next version.
    /// - Throws: `PrerequisiteError.courseNotFound`; `.forbidden` without `course:update`; `.versionMismatch`;
    ///   `.unknownPrerequisite`; `.cycle`; `.tooMany`.
    public func set(
        _ prerequisites: [Course.ID],
        of course: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(PrerequisiteError) -> PrerequisiteList {
        let wanted = Set(prerequisites)
        let principal = session.principal
        return try await PrerequisiteError.translating {
            let replies = try await session.batch([
                .lockCourses(Array(wanted.union([course]))), .lockPrerequisites(),
                .selectLeadsBack(from: Array(wanted), to: course),
            ])
            let found = try replies[0].map(Course.init(row:))
            guard var old = found.first(where: { $0.id == course }) else { throw PrerequisiteError.courseNotFound }
            try Prerequisites.requireChanging(old, expecting: version, by: principal)
            guard wanted.count <= Prerequisites.limit else {
                throw PrerequisiteError.tooMany(limit: Prerequisites.limit)
            }
            // Drafts are asked for by those who write them, whoever else may read them.
            let known = Set(
                found.filter { $0.status == .published || principal.may(.courseUpdate, as: $0.role(of: principal)) }
                    .map(\.id)
            )
            guard wanted.isSubset(of: known) else { throw PrerequisiteError.unknownPrerequisite }
            let leadsBack: Bool = try replies[2].only.map { row in try row[0] } ?? false
            guard !leadsBack else { throw PrerequisiteError.cycle }
            old.version += 1
            old.updatedAt = courses.clock.now()
            let after = try await session.batch([
                .deletePrerequisites(of: course, except: Array(wanted)),
                .insertPrerequisites(Array(wanted), of: course),
                .touchCourse(course, at: old.updatedAt),
                courses.audit.recording(AuditEvent("course.prerequisites_changed", on: course), by: principal),
                courses.recording(.content, of: old, by: principal, at: old.updatedAt),
                .selectPrerequisites(of: course, for: principal.user),
            ])
            return try Prerequisites.list(after[5], of: course, version: old.version, to: principal)
        }
    }

    /// Lists the places that were given although something was missing, the newest place first, in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `PrerequisiteError.courseNotFound` or `.forbidden` without `enrollment:read` on the course;
    ///   `.invalidPosition`.
    public func waivers(
        of course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(PrerequisiteError) -> Page<PrerequisiteWaiver> {
        if let position, position.order != "waivers" { throw .invalidPosition }
        return try await PrerequisiteError.translating {
            let rows = try await reader.read([
                .selectCourse(course),
                .listWaivers(of: course, after: position.map { Enrollment.ID($0.id) }, limit: limit.withProbe),
            ])
            guard let found = try rows[0].only.map(Course.init(row:)) else { throw PrerequisiteError.courseNotFound }
            guard reader.principal.may(.enrollmentRead, as: found.role(of: reader.principal)) else {
                let isKnown = CoursePolicy.isKnown(found, to: reader.principal)
                throw isKnown ? PrerequisiteError.forbidden : .courseNotFound
            }
            return Page(cutting: try rows[1].map(PrerequisiteWaiver.init(row:)), limit: limit.count) {
                PagePosition(order: "waivers", id: $0.enrollment.uuid)
            }
        }
    }

    private static func requireChanging(
        _ course: Course,
        expecting version: Int?,
        by principal: Principal
    ) throws(PrerequisiteError) {
        do throws(CourseError) {
            try CoursePolicy.require(.courseUpdate, on: course, by: principal)
            try CoursePolicy.require(version: version, of: course)
        } catch {
            throw PrerequisiteError(error)
        }
    }

    private static func list(
        _ rows: Rows,
        of course: Course.ID,
        version: Int,
        to principal: Principal
    ) throws(DatabaseError) -> PrerequisiteList {
        var prerequisites: [Prerequisite] = []
        for row in rows {
            let (prerequisite, role) = try Prerequisite.withRole(row)
            guard prerequisite.isInForce || principal.may(.courseRead, as: role) else { continue }
            prerequisites.append(prerequisite)
        }
        return PrerequisiteList(course: course, version: version, prerequisites: prerequisites)
    }
}
