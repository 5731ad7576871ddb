// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension PeerReviews {
    /// Grades a submission with what its peers give it, as `Assignments.grade` does.
    ///
    /// - Parameters:
    ///   - id: The submission; its assignment's row is locked, and the places of whose it is.
    ///   - version: The version of the submission that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The submission as its grader sees it.
    /// - Throws: `PeerReviewError.assignment` with what `Assignments.grade` throws; `.notFound`; `.advisory`; `.stillOpen`; `.noResult`.
    public func grade(
        _ id: Submission.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> SubmissionView {
        let now = clock.now()
        return try await PeerReviewError.telling {
            let locked = try await lock(id, session: session)
            guard locked.submission.isOwn || locked.standing.mayGrade else { throw AssignmentError.submissionNotFound }
            guard !locked.submission.isOwn else { throw AssignmentError.forbidden }
            try Self.requireGradable(locked.reviewing, at: now)
            let marks = try await session.execute(.listMarks(of: [id])).map(PeerMark.init(row:))
            guard let points = PeerResult(of: marks.compactMap(\.mark)).median else { throw PeerReviewError.noResult }
            // What somebody said to all of the work stays; what was asked for when it was returned does not.
            let said = locked.submission.status == .graded ? locked.submission.feedback : nil
            let assessment = SubmissionAssessment(.points(points), feedback: said)
            return try await assignments.grade(id, assessment, expecting: version, session: session)
        }
    }

    /// Grades what waits for a grader with what its peers give it; doing it again grades nothing twice.
    ///
    /// At most 50 are graded in one call, so that no transaction takes long; one's own work is passed over.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked, as are the learners' groups and places.
    ///   - session: The tenant's open transaction.
    /// - Returns: What it came to.
    /// - Throws: `PeerReviewError.assignment` with `.notFound`, or `.forbidden` without `assignment:grade` on the course; `.notFound`;
    ///   `.advisory`; `.stillOpen`.
    public func gradeAll(of id: Assignment.ID, session: borrowing TenantSession) async throws(PeerReviewError)
        -> PeerGrading
    {
        let (now, limit) = (clock.now(), Self.gradedAtATime)
        return try await PeerReviewError.telling {
            let locked = try await lock(id, session: session)
            try locked.standing.requireGrader(or: .notFound)
            try Self.requireGradable(locked.reviewing, at: now)
            // The assignment's lock keeps them as they are: whoever hands in, grades, reviews or withdraws shares it.
            let waiting = SQL.listGradable(of: id, for: session.principal.user, limit: limit + 1)
            let found: [Submission.ID] = try await session.execute(waiting).map { try $0[0] }
            let chosen = Array(found.prefix(limit))
            guard !chosen.isEmpty else { return PeerGrading(graded: 0, hasMore: false) }
            let rows = try await session.batch([
                .lockGroups(of: chosen), .lockPlaces(ofMembersOf: chosen), .listMarks(of: chosen),
            ])
            let marks = Dictionary(grouping: try rows[2].map(PeerMark.init(row:)), by: \.submission)
            var graded = 0
            for submission in chosen {
                guard let points = PeerResult(of: (marks[submission] ?? []).compactMap(\.mark)).median else { continue }
                _ = try await assignments.grade(submission, SubmissionAssessment(.points(points)), session: session)
                graded += 1
            }
            return PeerGrading(graded: graded, hasMore: found.count > limit)
        }
    }

    private static func requireGradable(_ reviewing: PeerReviewing?, at now: Date) throws(PeerReviewError) {
        guard let reviewing else { throw .notFound }
        guard reviewing.settings.counting == .median else { throw .advisory }
        guard reviewing.allocatedAt != nil else { throw .notAllocated }
        // Who completes a review in the last moment may be waiting for the assignment's row.
        guard !reviewing.isOpen(at: now.addingTimeInterval(-60)) else { throw .stillOpen }
    }

    /// A submission whose assignment is locked.
    struct LockedSubmission: Sendable {
        let submission: Submission
        let assignment: Assignment
        let standing: AssignmentStanding
        let reviewing: PeerReviewing?
    }

    /// Locks the assignment of a submission that was handed in; whether the principal may know of it is not looked at.
    func lock(_ id: Submission.ID, session: borrowing TenantSession) async throws -> LockedSubmission {
        let (principal, place) = (session.principal, AssignmentPlace.submission(id))
        let rows = try await session.batch([
            .lockAssignment(of: place), .selectSubmission(id, for: principal.user), .selectAssignment(of: place),
            .selectCourse(of: place), .selectPlace(of: principal.user, in: place), .selectPeerReviewing(of: place),
        ])
        guard let row = rows[1].only, let assignment = rows[2].only, case let submission = try Submission(row: row),
            submission.status != .draft,
            let standing = try AssignmentStanding(course: rows[3], place: rows[4], for: principal)
        else { throw AssignmentError.submissionNotFound }
        return LockedSubmission(
            submission: submission,
            assignment: try Assignment(row: assignment),
            standing: standing,
            reviewing: try rows[5].only.map(PeerReviewing.init(row:))
        )
    }
}
