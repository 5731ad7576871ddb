// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// How much of a course's lessons somebody may read.
@nonexhaustive
public enum AccessLevel: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// Nothing: for them there is no such course.
    case none
    /// The lessons marked as previews.
    case preview
    /// Every published lesson; for staff also the others.
    case full
}

/// What decides how much of a course somebody may read.
struct AccessFacts: Sendable, Hashable {
    var status: Course.Status
    var isFree: Bool
    var isOpen: Bool
    /// What the reader is in the course.
    var role: CourseRole?
    var enrollment: Enrollment.Status?
    /// Whether the part of the course that is asked for is there for the reader.
    var availability = Availability.now

    init(
        status: Course.Status,
        isFree: Bool,
        isOpen: Bool,
        role: CourseRole?,
        enrollment: Enrollment.Status?
    ) {
        self.status = status
        self.isFree = isFree
        self.isOpen = isOpen
        self.role = role
        self.enrollment = enrollment
    }

    /// Whether there is a place in the course that counts.
    var hasPlace: Bool { enrollment == .active || enrollment == .completed }

    init(of course: Course, for principal: Principal, enrollment: Enrollment.Status?) {
        self.init(
            status: course.status,
            isFree: course.isFree,
            isOpen: course.isOpen,
            role: course.role(of: principal),
            enrollment: enrollment
        )
    }
}

/// The rules of entitlement; no I/O.
enum EntitlementPolicy {
    /// Decides how much may be read; whatever is not known counts as no.
    static func level(_ facts: AccessFacts, for principal: Principal) -> AccessLevel {
        if isStaff(facts, principal) { return .full }
        switch facts.status {
        case .draft, .inReview: return .none
        case .archived:
            // Whoever was moved to a later version reads what they did here; whoever was about to pay keeps what they saw.
            if facts.hasPlace || facts.enrollment == .migrated { return .full }
            return facts.enrollment == .pendingPayment ? .preview : .none
        case .published: return facts.hasPlace || (facts.isFree && facts.isOpen) ? .full : .preview
        }
    }

    /// Says what a level comes from.
    static func reason(_ facts: AccessFacts, for principal: Principal) -> Entitlement.Reason {
        if isStaff(facts, principal) { return .staff }
        if facts.hasPlace || facts.status == .archived && facts.enrollment == .migrated { return .enrolled }
        if facts.isFree && facts.isOpen { return .open }
        return facts.enrollment == .pendingPayment ? .paymentPending : .notEnrolled
    }

    /// Whether the principal sees what is not published in the course.
    static func isStaff(_ facts: AccessFacts, _ principal: Principal) -> Bool {
        principal.may(.courseRead, as: facts.role)
    }

    /// Refuses a lesson that may not be read.
    static func require(
        _ facts: AccessFacts,
        lesson: Lesson,
        for principal: Principal
    ) throws(CourseError) -> AccessLevel {
        let level = level(facts, for: principal)
        guard level != .none, lesson.status == .published || isStaff(facts, principal) else { throw .lessonNotFound }
        guard level == .full || lesson.isPreview else { throw facts.isFree ? .enrollmentNeeded : .paymentNeeded }
        if case .later(let instant) = facts.availability, !isStaff(facts, principal) { throw .notYetAvailable(instant) }
        return level
    }
}
