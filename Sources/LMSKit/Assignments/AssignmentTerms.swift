// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// When a learner hands in an assignment and what lateness costs them; no I/O.
struct AssignmentTerms: Sendable {
    let settings: AssignmentSettings
    let granted: NewAssignmentExtension?
    private static let day: TimeInterval = 86_400

    init(_ settings: AssignmentSettings, _ granted: NewAssignmentExtension? = nil) {
        self.settings = settings
        self.granted = granted
    }

    /// When it is due for the learner.
    var dueAt: Date? { settings.dueAt.map { max($0, granted?.dueAt ?? $0) } }

    var submissionLimit: Int? { settings.submissionLimit.map { $0 + (granted?.extraSubmissions ?? 0) } }

    /// The last moment that is on time.
    private var onTimeUntil: Date? { dueAt?.addingTimeInterval(TimeInterval(settings.graceSeconds)) }

    /// From when on nothing is taken; who has longer to hand in is not stopped by when it closes for the others.
    private var closesAt: Date? {
        guard let closes = settings.closesAt else { return nil }
        return max(closes, granted?.closesAt ?? closes, granted?.dueAt ?? closes)
    }

    /// Refuses what comes at a moment outside of the window.
    func requireOpen(at now: Date) throws(AssignmentError) {
        if let opens = settings.opensAt, now < opens { throw .notOpen(until: opens) }
        if let closesAt, now >= closesAt { throw .closed }
        if !settings.acceptsLate, let onTimeUntil, now > onTimeUntil { throw .closed }
    }

    /// Refuses a version more than there may be; who was asked for another one may hand it in.
    ///
    /// - Parameters:
    ///   - count: How many were handed in.
    ///   - isReturned: Whether the last of them was returned.
    /// - Throws: `AssignmentError.noSubmissionsLeft`.
    func requireAnother(after count: Int, isReturned: Bool) throws(AssignmentError) {
        if let limit = submissionLimit, count >= limit, !isReturned { throw .noSubmissionsLeft(limit: limit) }
    }

    /// How many days have begun between when it was due and when it came; 0 for on time, the grace included.
    func lateDays(at received: Date) -> Int {
        guard let dueAt, let onTimeUntil, received > onTimeUntil else { return 0 }
        return max(1, Int((received.timeIntervalSince(dueAt) / Self.day).rounded(.up)))
    }
}

extension AssignmentSettings {
    /// What is left of the points that a work earned when it came so many days late.
    ///
    /// Each day costs its percentage of what the assignment is worth. Lateness takes nobody below the floor, nor does the floor
    /// lift anybody above what the work earned.
    func points(of earned: Points, daysLate days: Int) -> Points {
        let percent = min(days, 100) * latePenalty
        let left = earned - points.portion(percent, of: 100)
        return max(.zero, min(earned, max(left, points.portion(lateFloor, of: 100))))
    }
}

/// What decides what somebody may do with a course's assignments.
struct AssignmentStanding: Sendable {
    let course: Course
    let facts: AccessFacts
    /// Their place in the course, whatever its status.
    let enrollment: Enrollment.ID?
    let principal: Principal

    /// Reads a course, then the place of the principal in it; `nil` if there is no such course.
    init?(course rows: Rows, place: Rows, for principal: Principal) throws(DatabaseError) {
        guard let row = rows.only else { return nil }
        course = try Course(row: row)
        let status: Enrollment.Status?
        if let own = place.only {
            enrollment = try own[0]
            status = try own[1]
        } else {
            (enrollment, status) = (nil, nil)
        }
        facts = AccessFacts(of: course, for: principal, enrollment: status)
        self.principal = principal
    }

    var mayManage: Bool { principal.may(.assignmentManage, as: facts.role) }
    var mayGrade: Bool { principal.may(.assignmentGrade, as: facts.role) }

    /// Whether they see what is not published in the course.
    var isStaff: Bool { mayManage || mayGrade || EntitlementPolicy.isStaff(facts, principal) }

    /// Whether they are entitled to what is published in it.
    var isEntitled: Bool { EntitlementPolicy.level(facts, for: principal) == .full }

    /// Whether they know that there is such a course.
    var isKnown: Bool { isStaff || EntitlementPolicy.level(facts, for: principal) != .none }

    func maySee(_ assignment: Assignment) -> Bool { isStaff || (assignment.status != .draft && isEntitled) }

    func requireManager(or hidden: AssignmentError) throws(AssignmentError) {
        guard mayManage else { throw isStaff ? .forbidden : hidden }
    }

    func requireGrader(or hidden: AssignmentError) throws(AssignmentError) {
        guard mayGrade else { throw isStaff ? .forbidden : hidden }
    }

    /// Refuses whoever has no place in the course that counts: who left it hands in nothing.
    func requirePlace() throws(AssignmentError) -> (user: Principal.ID, enrollment: Enrollment.ID) {
        guard let user = principal.user, principal.may(.progressWrite, on: .own) else { throw .forbidden }
        guard facts.hasPlace, let enrollment else {
            guard facts.role == nil, !isStaff else { throw .forbidden }
            throw facts.isFree ? .enrollmentNeeded : .paymentNeeded
        }
        return (user, enrollment)
    }
}
