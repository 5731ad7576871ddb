// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Has courses approved before they are published.
///
/// Where the tenant requires it, the database refuses to publish a course whose present version nobody approved, in whatever way it is
/// tried: `CourseError.approvalNeeded`. Every change locks the course's row until the transaction ends, acts as the session's
/// principal and leaves the commit to the caller.
public struct Approvals: Sendable {
    private let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Locks and authorizes.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Asks for a course to be published; it is in review from then on.
    ///
    /// What waited before is replaced if the course has changed since.
    ///
    /// - Parameters:
    ///   - course: The course, a draft or in review.
    ///   - note: What the reviewer should know, at most 2000 characters.
    ///   - version: The course's version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission.
    /// - Throws: `ApprovalError.courseNotFound`; `.forbidden` without `course:update`; `.versionMismatch`; `.notSubmittable`;
    ///   `.alreadySubmitted`.
    public func submit(
        _ course: Course.ID,
        note: String? = nil,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(ApprovalError) -> CourseSubmission {
        let principal = session.principal
        let (found, waiting) = try await lock(course, session: session)
        try Approvals.require(.courseUpdate, on: found, by: principal)
        if let version, version != found.version { throw .versionMismatch(current: found.version) }
        guard found.status == .draft || found.status == .inReview else { throw .notSubmittable(found.status) }
        if let waiting, waiting.courseVersion == found.version, found.status == .inReview { throw .alreadySubmitted }
        return try await ApprovalError.translating {
            let now = courses.clock.now()
            let id: CourseSubmission.ID = courses.identifiers.next()
            var statements: [SQL] = [.replaceSubmission(of: course, at: now)]
            var submitted = found
            if found.status == .draft {
                (submitted.status, submitted.version, submitted.updatedAt) = (.inReview, found.version + 1, now)
                statements += [
                    .updateStatus(.inReview, of: [course], at: now),
                    courses.recording(.status, of: submitted, by: principal, at: now),
                ]
            }
            statements += [
                courses.audit.recording(Course.Status.inReview.event(on: course), by: principal),
                .insertSubmission(id, of: course, version: submitted.version, note: note, by: principal.user, at: now),
                .selectWaitingSubmission(of: course),
            ]
            let replies = try await session.batch(statements)
            guard let row = replies.last?.only else { throw ApprovalError.notSubmitted }
            return try CourseSubmission(row: row)
        }
    }

    /// Decides on what waits: publishes the course, or gives it back to its authors.
    ///
    /// - Parameters:
    ///   - decision: The decision.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission as it is decided.
    /// - Throws: `ApprovalError.courseNotFound`; `.forbidden` without `course:publish` on every course; `.notSubmitted`;
    ///   `.ownWork` for the course's instructors and assistants and whoever submitted it; `.outdated` if the course was changed
    ///   since.
    public func decide(
        _ decision: CourseSubmission.Decision,
        on course: Course.ID,
        session: borrowing TenantSession
    ) async throws(ApprovalError) -> CourseSubmission {
        let principal = session.principal
        let (found, waiting) = try await lock(course, session: session)
        guard principal.may(.coursePublish, on: .foreign) else {
            throw CoursePolicy.isKnown(found, to: principal) ? .forbidden : .courseNotFound
        }
        guard let waiting, found.status == .inReview else { throw .notSubmitted }
        let role = found.role(of: principal)
        guard role != .instructor, role != .assistant else { throw .ownWork }
        if let user = principal.user, user == waiting.submittedBy { throw .ownWork }
        guard waiting.courseVersion == found.version else { throw .outdated(current: found.version) }
        return try await ApprovalError.translating {
            let now = courses.clock.now()
            let verdict: CourseSubmission.Status
            let reason: String?
            var decided = found
            switch decision {
            case .approve(let remark): (verdict, reason, decided.status) = (.approved, remark, .published)
            case .requestChanges(let why): (verdict, reason, decided.status) = (.changesRequested, why, .draft)
            }
            (decided.version, decided.updatedAt) = (found.version + 1, now)
            if decided.status == .published, decided.publishedAt == nil { decided.publishedAt = now }
            try await succeed(&decided, session: session)
            try await session.batch(
                [
                    .decideSubmission(waiting.id, as: verdict, reason: reason, by: principal.user, at: now),
                    .updateStatus(decided.status, of: [course], at: now),
                    courses.audit.recording(decided.status.event(on: course), by: principal),
                    courses.recording(.status, of: decided, by: principal, at: now),
                ] + courses.recordingSuccession(of: decided, by: principal, at: now)
            )
            return CourseSubmission(
                id: waiting.id,
                course: course,
                title: waiting.title,
                courseVersion: waiting.courseVersion,
                note: waiting.note,
                submittedBy: waiting.submittedBy,
                submittedAt: waiting.submittedAt,
                status: verdict,
                decidedBy: principal.user,
                decidedAt: now,
                reason: reason
            )
        }
    }

    /// See `Courses.succeed(_:session:)`.
    private func succeed(_ course: inout Course, session: borrowing TenantSession) async throws {
        do throws(CourseError) {
            try await courses.succeed(&course, isDecided: true, session: session)
        } catch {
            if case .database(let cause) = error { throw cause }
            throw DatabaseError.cancelled
        }
    }

    /// Locks a course, and reads what waits of it.
    private func lock(
        _ id: Course.ID,
        session: borrowing TenantSession
    ) async throws(ApprovalError) -> (Course, CourseSubmission?) {
        try await ApprovalError.translating {
            let replies = try await session.batch([.lockCourses([id]), .selectWaitingSubmission(of: id)])
            guard let course = try replies[0].only.map(Course.init(row:)) else { throw ApprovalError.courseNotFound }
            return (course, try replies[1].only.map(CourseSubmission.init(row:)))
        }
    }

    static func require(
        _ permission: Permission,
        on course: Course,
        by principal: Principal
    ) throws(ApprovalError) {
        if principal.may(permission, as: course.role(of: principal)) { return }
        throw CoursePolicy.isKnown(course, to: principal) ? .forbidden : .courseNotFound
    }
}

extension Approvals {
    /// Changes whether courses are published after an approval only; those that are published stay so.
    ///
    /// - Parameters:
    ///   - isRequired: Whether they are.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The rule at its next version; as it was if nothing changes.
    /// - Throws: `ApprovalError.forbidden` without `tenant:update`; `.versionMismatch`.
    public func setRule(
        isRequired: Bool,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(ApprovalError) -> CourseApprovalRule {
        guard session.principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        return try await ApprovalError.translating {
            let replies = try await session.batch([.lockApprovalRules(), .selectApprovalRule()])
            let rule = try CourseApprovalRule(rows: replies[1])
            if let version, version != rule.version { throw ApprovalError.versionMismatch(current: rule.version) }
            guard rule.isRequired != isRequired else { return rule }
            let new = CourseApprovalRule(isRequired: isRequired, version: rule.version + 1)
            try await session.batch([
                .upsertApprovalRule(new),
                courses.audit.recording(AuditEvent("course.approval_rule_changed"), by: session.principal),
            ])
            return new
        }
    }
}
