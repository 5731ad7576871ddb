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
    private let quizzes: Quizzes

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what is done to others.
    ///   - quizzes: Ends the attempts of those who leave.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit(),
        quizzes: Quizzes = Quizzes()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        self.quizzes = quizzes
    }

    /// Enrolls a learner in a published course, or again after they left it, with all their progress.
    ///
    /// A free course makes the place `active`; one that costs something `pending_payment`, unless it is granted by
    /// somebody who may manage enrollments. Either takes a seat. The course's row is locked until the transaction ends,
    /// so that neither seats nor places are given twice. What the course asks for must be completed, unless somebody who may
    /// manage enrollments says why not; that is kept.
    ///
    /// - Parameters:
    ///   - user: The learner; the session's principal unless they may enroll others.
    ///   - course: The course.
    ///   - cohort: The cohort of the course to take it with; it must not have ended.
    ///   - reason: Why prerequisites do not matter, 3–500 characters; `nil` if they do.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The enrollment.
    /// - Throws: `EnrollmentError.forbidden`; `.courseNotFound`; `.notPublished`; `.alreadyEnrolled`;
    ///   `.prerequisitesMissing`; `.cohortNotFound`; `.cohortOver`; `.cohortFull`; `.courseFull`; `.unknownUser`.
    public func enroll(
        _ user: Principal.ID,
        in course: Course.ID,
        joining cohort: Cohort.ID? = nil,
        waivingPrerequisitesBecause reason: String? = nil,
        session: borrowing TenantSession
    ) async throws(EnrollmentError) -> Enrollment {
        let principal = session.principal
        let mayManage = principal.may(.enrollmentManage, on: .foreign)
        let isOther = user != principal.user
        guard principal.may(.enrollmentCreate, owner: user), mayManage || !isOther else { throw .forbidden }
        guard mayManage || reason == nil else { throw .forbidden }
        return try await EnrollmentError.translating {
            let now = clock.now()
            let id: Enrollment.ID = identifiers.next()
            let replies = try await session.batch([
                .lockCourses([course]),
                .insertEnrollment(
                    id,
                    of: user,
                    in: course,
                    joining: cohort,
                    granted: mayManage && isOther,
                    waiving: reason != nil,
                    at: now
                ),
                .selectMissingPrerequisites(of: course, for: user),
                .selectEnrollment(of: user, in: course), .selectCohort(cohort, of: course),
            ])
            let missing = try replies[2].map(MissingPrerequisite.init(row:))
            if let row = replies[1].only {
                let enrollment = try Enrollment(row: row)
                var records = [
                    recording(
                        .enrollmentCreated,
                        of: enrollment,
                        [
                            JSONMember("status", text: enrollment.status.rawValue),
                            JSONMember("enrolledAt", enrollment.enrolledAt),
                        ],
                        by: principal,
                        at: now
                    )
                ]
                if isOther {
                    records.append(audit.recording(AuditEvent("enrollment.granted", on: enrollment.id), by: principal))
                }
                if let reason, !missing.isEmpty {
                    records.append(.upsertWaiver(of: enrollment.id, reason: reason, by: principal.user, at: now))
                    let event = AuditEvent("enrollment.prerequisites_waived", on: enrollment.id)
                    records.append(audit.recording(event, by: principal))
                }
                try await session.batch(records)
                return enrollment
            }
            guard let row = replies[0].only else { throw EnrollmentError.courseNotFound }
            let found = try Course(row: row)
            guard found.status == .published else {
                let isKnown = principal.may(.courseRead, as: found.role(of: principal))
                throw isKnown ? EnrollmentError.notPublished(course) : .courseNotFound
            }
            let existing = try replies[3].only.map { row in try EnrollmentListing(row: row).enrollment }
            if let existing, existing.status != .dropped, existing.status != .expired {
                throw EnrollmentError.alreadyEnrolled(existing.id)
            }
            guard missing.isEmpty || reason != nil else { throw EnrollmentError.prerequisitesMissing(missing) }
            guard let wanted = try replies[4].only.map(Cohort.init(row:)) else { throw EnrollmentError.cohortNotFound }
            throw wanted.isOpen(at: now) ? EnrollmentError.cohortFull : .cohortOver
        }
    }

    /// Takes a learner out of a course and frees the seat; progress is kept.
    ///
    /// An attempt at a quiz that goes on is handed in as it is. Doing it again changes nothing.
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
                .lockCourse(of: id), .shareQuizzes(ofCourseOf: id),
                .leaveEnrollment(id, owner: mayManage ? nil : principal.user, status: .dropped),
                .selectEnrollment(id, for: principal.user),
            ])
            let enrollment = try Enrollments.visible(replies[3], to: principal).enrollment
            guard mayManage || enrollment.user == principal.user else { throw EnrollmentError.forbidden }
            switch enrollment.status {
            case .dropped: break
            case .completed: throw EnrollmentError.alreadyCompleted
            case .active, .pendingPayment, .expired, .migrated:
                throw EnrollmentError.notActive(enrollment.status)
            }
            if replies[2].affected > 0 {
                do throws(QuizError) {
                    try await quizzes.closeAttempts(of: id, session: session)
                } catch {
                    if case .database(let cause) = error { throw cause }
                    throw DatabaseError.cancelled
                }
                var records = [recording(.enrollmentDropped, of: enrollment, by: principal, at: clock.now())]
                if enrollment.user != principal.user {
                    records.append(audit.recording(AuditEvent("enrollment.dropped", on: id), by: principal))
                }
                try await session.batch(records)
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
            if replies[0].affected > 0 {
                let event = recording(.enrollmentActivated, of: enrollment, by: session.principal, at: clock.now())
                try await session.execute(event)
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
