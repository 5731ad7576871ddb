// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Enrolls learners in courses and takes them out again.
///
/// Every change acts as the session's principal and leaves the commit to the caller.
public struct Enrollments: Sendable {
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what is done to others.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Enrolls a learner in a published course, or again after they left it, with all their progress.
    ///
    /// A free course makes the place `active`; one that costs something `pending_payment`, unless it is granted by
    /// somebody who may manage enrollments. Either takes a seat. The course's row is locked until the transaction ends,
    /// so that neither seats nor places are given twice.
    ///
    /// - Parameters:
    ///   - user: The learner; the session's principal unless they may enroll others.
    ///   - course: The course.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The enrollment.
    /// - Throws: `EnrollmentError.forbidden`; `.courseNotFound`; `.notPublished`; `.alreadyEnrolled`; `.courseFull`;
    ///   `.unknownUser`.
    public func enroll(
        _ user: Principal.ID,
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(EnrollmentError) -> Enrollment {
        let principal = session.principal
        let mayManage = principal.may(.enrollmentManage, on: .foreign)
        let isOther = user != principal.user
        guard principal.may(.enrollmentCreate, owner: user), mayManage || !isOther else { throw .forbidden }
        return try await EnrollmentError.translating {
            let now = clock.now()
            let id: Enrollment.ID = identifiers.next()
            let replies = try await session.batch([
                .lockCourses([course]),
                .insertEnrollment(id, of: user, in: course, granted: mayManage && isOther, at: now),
            ])
            if let row = replies[1].only {
                let enrollment = try Enrollment(row: row)
                if isOther {
                    try await audit.record(AuditEvent("enrollment.granted", on: enrollment.id), session: session)
                }
                return enrollment
            }
            guard let row = replies[0].only else { throw EnrollmentError.courseNotFound }
            let found = try Course(row: row)
            guard found.status == .published else {
                let isKnown = principal.may(.courseRead, as: found.role(of: principal))
                throw isKnown ? EnrollmentError.notPublished(course) : .courseNotFound
            }
            let rows = try await session.execute(.selectEnrollmentIdentifier(of: user, in: course))
            guard let existing: Enrollment.ID = try rows.only.map({ row in try row[0] }) else {
                throw EnrollmentError.courseNotFound
            }
            throw EnrollmentError.alreadyEnrolled(existing)
        }
    }

    /// Takes a learner out of a course and frees the seat; progress is kept.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - session: The tenant's open transaction.
    /// - Returns: The enrollment, which is `dropped`.
    /// - Throws: `EnrollmentError.notFound`; `.forbidden` for those who may see it and are neither its learner nor may
    ///   manage enrollments; `.alreadyCompleted`; `.notActive` if it is expired.
    public func drop(_ id: Enrollment.ID, session: borrowing TenantSession) async throws(EnrollmentError) -> Enrollment
    {
        let principal = session.principal
        let mayManage = principal.may(.enrollmentManage, on: .foreign)
        guard mayManage || principal.user != nil else { throw .notFound }
        return try await EnrollmentError.translating {
            let replies = try await session.batch([
                .lockCourse(of: id),
                .leaveEnrollment(id, owner: mayManage ? nil : principal.user, status: .dropped),
                .selectEnrollment(id, for: principal.user),
            ])
            let enrollment = try Enrollments.visible(replies[2], to: principal).enrollment
            guard mayManage || enrollment.user == principal.user else { throw EnrollmentError.forbidden }
            switch enrollment.status {
            case .dropped: break
            case .completed: throw EnrollmentError.alreadyCompleted
            case .active, .pendingPayment, .expired: throw EnrollmentError.notActive(enrollment.status)
            }
            if enrollment.user != principal.user, replies[1].affected > 0 {
                try await audit.record(AuditEvent("enrollment.dropped", on: id), session: session)
            }
            return enrollment
        }
    }

    /// Makes a place that waited for its payment active.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - session: The tenant's open transaction, that of the payment.
    /// - Returns: The enrollment.
    /// - Throws: `EnrollmentError.forbidden` without `enrollment:manage`; `.notFound`; `.notActive` if the place was left
    ///   or taken back meanwhile.
    public func activate(_ id: Enrollment.ID, session: borrowing TenantSession) async throws(EnrollmentError)
        -> Enrollment
    {
        guard session.principal.may(.enrollmentManage, on: .foreign) else { throw .forbidden }
        return try await EnrollmentError.translating {
            let replies = try await session.batch([
                .activateEnrollment(id), .selectEnrollment(id, for: session.principal.user),
                audit.recording(AuditEvent("enrollment.activated", on: id), by: session.principal),
            ])
            guard let row = replies[1].only else { throw EnrollmentError.notFound }
            let enrollment = try EnrollmentListing(row: row).enrollment
            guard enrollment.status == .active || enrollment.status == .completed else {
                throw EnrollmentError.notActive(enrollment.status)
            }
            return enrollment
        }
    }

    /// Reads the row of `selectEnrollment(_:for:)` and refuses those who may not see it.
    static func visible(_ rows: Rows, to principal: Principal) throws -> EnrollmentListing {
        guard let row = rows.only else { throw EnrollmentError.notFound }
        var fields = RowFields(row)
        let listing = try EnrollmentListing(fields: &fields)
        let role: CourseRole? = try fields.next()
        let isOwn = principal.user != nil && listing.enrollment.user == principal.user
        guard isOwn || principal.may(.enrollmentRead, as: role) else {
            throw EnrollmentError.notFound
        }
        return listing
    }
}
