// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What decides whether something is taken from a learner for an assignment, read under the locks under which it is.
struct SubmissionTaking: Sendable {
    let assignment: Assignment
    let standing: AssignmentStanding
    let terms: AssignmentTerms
    /// The group in which they hand it in; `nil` where they do for themselves.
    private let group: CourseGroup.ID?
    private let handedIn: Int
    private let isReturned: Bool
    /// Whether they review others' work in it, which they may read.
    private let isReviewing: Bool
    /// Whether its lesson is the learner's already.
    private let availability: Availability

    /// Locks and reads it: the assignment, set of groups, group and places, in this order.
    static func statements(of user: Principal.ID, in place: AssignmentPlace, at instant: Date) -> [SQL] {
        [.shareAssignment(of: place)] + SQL.lockHolder(of: user, in: place) + [
            .selectAssignment(of: place), .selectCourse(of: place), .selectPlace(of: user, in: place),
            .selectExtension(of: user, in: place), .countSubmissions(of: user, in: place),
            .selectOwnGroup(of: user, in: place), .selectAvailability(of: place, for: user, at: instant),
        ]
    }

    /// How many replies `statements` has.
    static let count = 11

    /// Reads the replies to `statements`; whether the principal may see the assignment is not looked at.
    init(_ rows: [Rows], for principal: Principal, or hidden: AssignmentError) throws {
        guard let row = rows[4].only,
            let standing = try AssignmentStanding(course: rows[5], place: rows[6], for: principal)
        else { throw hidden }
        assignment = try Assignment(row: row)
        self.standing = standing
        terms = AssignmentTerms(
            assignment.settings,
            try rows[7].only.map(AssignmentExtension.init(row:))?.granted
        )
        handedIn = try rows[8].only?[0] ?? 0
        isReturned = try rows[8].only?[1] ?? false
        isReviewing = try rows[8].only?[2] ?? false
        group = try rows[9].only?[0]
        availability = try Availability(of: rows[10])
    }

    /// Refuses what is not taken at a moment.
    ///
    /// - Returns: The learner's place.
    func require(at now: Date) throws(AssignmentError) -> Enrollment.ID {
        let place = try standing.requirePlace()
        guard assignment.status == .published, standing.course.status == .published else { throw .notPublished }
        if assignment.settings.groupSet != nil, group == nil { throw .groupNeeded }
        try terms.requireOpen(at: now)
        if let instant = availability.instant { throw .notOpen(until: instant) }
        guard !isReviewing || handedIn == 0 || isReturned else { throw .isReviewing }
        try terms.requireAnother(after: handedIn, isReturned: isReturned)
        return place.enrollment
    }
}

extension SQL {
    /// Whether the lesson of an assignment is there for `user`; no row for an assignment without one.
    fileprivate static func selectAvailability(
        of place: AssignmentPlace,
        for user: Principal.ID,
        at instant: Date
    ) -> SQL {
        let lesson: SQL = "(SELECT lesson_id FROM assignments WHERE id = \(place.assignment))"
        return .selectAvailability(ofLesson: lesson, for: user, at: instant)
    }
}
