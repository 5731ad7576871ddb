// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What somebody may read of a course, and why.
public struct Entitlement: Sendable, Hashable {
    /// The course.
    public let course: Course.ID
    /// How much may be read.
    public let level: AccessLevel
    /// Whether they have a place in the course: `active` or `completed`.
    public let isEnrolled: Bool
    /// What the level comes from.
    public let reason: Reason

    /// What a level comes from.
    @nonexhaustive
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// They run or teach the course.
        case staff
        /// They have a place in it.
        case enrolled
        /// The course is free and open to everybody.
        case open
        /// Their place waits for its payment.
        case paymentPending = "payment_pending"
        /// They would have to enroll.
        case notEnrolled = "not_enrolled"
    }
}

/// Says how much of a course somebody may read.
///
/// What cannot be decided is refused.
public struct Entitlements: Sendable {
    /// Makes the service.
    public init() {}

    /// Decides how much of a course the reader may read, in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The entitlement; its level is never `none`.
    /// - Throws: `CourseError.notFound` if there is no such course or the reader may not know that there is;
    ///   `.database` if it cannot be decided.
    public func check(_ course: Course.ID, reader: TenantReader) async throws(CourseError) -> Entitlement {
        try await CourseError.translating {
            let principal = reader.principal
            let rows = try await reader.read([
                .selectCourse(course), .selectEnrollmentStatus(of: principal.user, in: course),
            ])
            guard let row = rows[0].only else { throw CourseError.notFound }
            let facts = AccessFacts(
                of: try Course(row: row),
                for: principal,
                enrollment: try rows[1].only.map { row in try row[0] }
            )
            let level = EntitlementPolicy.level(facts, for: principal)
            guard level != .none else { throw CourseError.notFound }
            return Entitlement(
                course: course,
                level: level,
                isEnrolled: facts.hasPlace,
                reason: EntitlementPolicy.reason(facts, for: principal)
            )
        }
    }

    /// Says whether a user has a place in a course, in one round trip.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - course: The course.
    ///   - reader: Who asks: the user, or somebody who may see the course's enrollments.
    /// - Returns: Whether their enrollment is `active` or `completed`.
    /// - Throws: `CourseError.notFound` if the reader may not know.
    public func hasPlace(
        _ user: Principal.ID,
        in course: Course.ID,
        reader: TenantReader
    ) async throws(CourseError) -> Bool {
        try await CourseError.translating {
            let rows = try await reader.read([.selectCourse(course), .selectEnrollmentStatus(of: user, in: course)])
            guard let row = rows[0].only else { throw CourseError.notFound }
            let principal = reader.principal
            let status: Enrollment.Status? = try rows[1].only.map { row in try row[0] }
            let isOwn = user == principal.user
            let facts = AccessFacts(of: try Course(row: row), for: principal, enrollment: isOwn ? status : nil)
            let mayAsk = isOwn && EntitlementPolicy.level(facts, for: principal) != .none
            guard mayAsk || principal.may(.enrollmentRead, as: facts.role) else { throw CourseError.notFound }
            return status == .active || status == .completed
        }
    }
}
