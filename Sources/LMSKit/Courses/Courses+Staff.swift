// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Courses {
    /// The most people that may have a role in one course.
    public static let staffLimit = 100

    /// Lists who has a role in a course, in the order of their assignment, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The course's staff.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:read` on the course.
    public func staff(of id: Course.ID, reader: TenantReader) async throws(CourseError) -> [CourseStaffMember] {
        try await CourseError.translating {
            guard let row = try await reader.read(.selectCourse(id)).only else { throw CourseError.notFound }
            let course = try Course(row: row)
            try CoursePolicy.require(.courseRead, on: course, by: reader.principal)
            return course.staff
        }
    }

    /// Gives somebody a role in a course, or another one than they have; they may do what it allows within a second.
    ///
    /// Whoever may change every course puts people on the staff. The primary instructor, who was assigned first, changes the
    /// roles of those who are on it. Nobody else changes anything.
    ///
    /// - Parameters:
    ///   - role: The role. Nothing happens if they have it.
    ///   - user: Who gets it.
    ///   - id: The course; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course's staff.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.unknownInstructor` if there is no such user; `.instructorCount`
    ///   if the course would be left without instructors or have more than 20; `.tooManyStaff`.
    public func setRole(
        _ role: CourseRole,
        of user: Principal.ID,
        in id: Course.ID,
        session: borrowing TenantSession
    ) async throws(CourseError) -> [CourseStaffMember] {
        let course = try await lock(id, for: nil, expecting: nil, session: session)
        try CoursePolicy.requireArranging([user], on: course, by: session.principal)
        guard course.role(of: user) != role else { return course.staff }
        let staff = course.staff.filter { $0.user != user } + [CourseStaffMember(user, role)]
        try await restaff(
            course,
            to: staff,
            .insertStaff([user], as: role, of: id, at: clock.now()),
            session: session
        )
        return staff
    }

    /// Takes somebody's role in a course from them; they may no longer do what it allowed within a second.
    ///
    /// Everybody may leave. Besides, whoever may change every course takes roles from anybody, and the primary instructor
    /// from everybody else.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - id: The course; its row is locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.notFound`; `.forbidden`; `.staffNotFound`; `.instructorCount` if the course would be left
    ///   without instructors.
    public func removeStaff(
        _ user: Principal.ID,
        from id: Course.ID,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        let course = try await lock(id, for: nil, expecting: nil, session: session)
        let isOnStaff = course.role(of: user) != nil
        if user != session.principal.user || !isOnStaff {
            // Who is no member of the staff is told so only to those who may know.
            try CoursePolicy.requireArranging([], on: course, by: session.principal)
        }
        guard isOnStaff else { throw .staffNotFound }
        try await restaff(
            course,
            to: course.staff.filter { $0.user != user },
            .deleteStaff(user, of: id),
            session: session
        )
    }

    private func restaff(
        _ course: Course,
        to staff: [CourseStaffMember],
        _ statement: SQL,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        guard (1...20).contains(staff.count { $0.role == .instructor }) else { throw .instructorCount }
        guard staff.count <= Courses.staffLimit else { throw .tooManyStaff(limit: Courses.staffLimit) }
        let now = clock.now()
        try await run(
            [
                statement, .touchCourse(course.id, at: now),
                audit.recording(AuditEvent("course.staff_changed", on: course.id), by: session.principal),
                recording(.staff, of: course, by: session.principal, at: now),
            ],
            session: session
        )
    }
}
