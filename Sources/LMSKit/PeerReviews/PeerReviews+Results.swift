// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension PeerReviews {
    /// The most submissions that one call grades.
    public static let gradedAtATime = 50

    /// Reads what was said to a submission, in one round trip.
    ///
    /// - Parameters:
    ///   - id: The submission.
    ///   - reader: Who reads in which tenant: whose it is, who sees what counts once it is released, or somebody who may grade it.
    /// - Returns: The reviews, as far as they may see them.
    /// - Throws: `PeerReviewError.assignment` with `.submissionNotFound`; `.notFound` if learners do not review each other's work there.
    public func feedback(to id: Submission.ID, reader: TenantReader) async throws(PeerReviewError) -> PeerFeedback {
        let (principal, place, now) = (reader.principal, AssignmentPlace.submission(id), clock.now())
        return try await PeerReviewError.telling {
            let rows = try await reader.read([
                .selectSubmission(id, for: principal.user), .selectCourse(of: place),
                .selectPlace(of: principal.user, in: place), .selectPeerReviewing(of: place), .listReviews(of: [id]),
            ])
            let (submission, audience) = try Assignments.readable(rows[0], rows[1], rows[2], for: principal)
            guard let row = rows[3].only, case let reviewing = try PeerReviewing(row: row) else {
                throw PeerReviewError.notFound
            }
            var reviews = try rows[4].map(PeerReview.init(row:))
            // What the gradebook keeps from whose it is they do not put together from the reviews.
            let releasedAt = audience == .learner && submission.isMuted ? nil : reviewing.releasedAt
            if audience == .learner { reviews = releasedAt == nil ? [] : reviews.filter(\.isCounted) }
            // In a small course those who review tell a grader who does not: whose it is.
            let isBlind = !SubmissionView(submission, for: audience).showsPerson
            return PeerFeedback(
                submission: id,
                releasedAt: releasedAt,
                result: PeerResult(of: reviews),
                reviews: reviews,
                audience: audience,
                showsReviewers: audience == .learner ? !reviewing.settings.isAnonymous : !isBlind,
                readAt: now
            )
        }
    }

    /// Lists what was handed in, with how its reviews stand, in three round trips.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most submissions to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, the oldest first, without texts.
    /// - Throws: `PeerReviewError.assignment` with `.notFound`, `.forbidden` without `assignment:grade` on the course, or
    ///   `.invalidPosition`.
    public func submissions(
        of id: Assignment.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(PeerReviewError) -> Page<PeerReviewedSubmission> {
        try await PeerReviewError.telling {
            let after = try Assignments.place(position, "peer-reviewed", Submission.self)
            try await assignments.find(id, reader: reader).standing.requireGrader(or: .notFound)
            let user = reader.principal.user
            let rows = try await reader.read([
                .listReviewed(of: id, for: user, after: after, limit: limit.withProbe), .listExamples(of: id),
            ])
            let found = try rows[0].map(Submission.init(row:))
            let examples = Set(try rows[1].map(PeerReviewExample.init(row:)).map(\.submission))
            let read = try await reader.read(.listMarks(of: found.prefix(limit.count).map(\.id)))
            let marks = Dictionary(grouping: try read.map(PeerMark.init(row:)), by: \.submission)
            let items = found.map { submission in
                // Whose own it is learns from it nothing before the release.
                let own = submission.isOwn ? [] : marks[submission.id] ?? []
                return PeerReviewedSubmission(
                    view: SubmissionView(submission, for: submission.isOwn ? .learner : .grader),
                    isExample: examples.contains(submission.id) && !submission.isOwn,
                    allocated: own.count,
                    result: PeerResult(of: own.compactMap(\.mark))
                )
            }
            return Page(cutting: items, limit: limit.count) { item in
                PagePosition(order: "peer-reviewed", id: item.view.submission.id.uuid)
            }
        }
    }

    /// Has somebody review a submission besides those who were drawn; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - reviewer: Who reviews: somebody with a place in the course, whose work it is not.
    ///   - id: The submission, handed in; its assignment's row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, without what is reviewed.
    /// - Throws: `PeerReviewError.assignment` with `.submissionNotFound`, or `.forbidden` without `assignment:manage` on the course;
    ///   `.notFound`; `.notAllocated`; `.closed`; `.isExample`; `.reviewerNotFound`; `.ownWork`; `.tooMany`.
    public func assign(
        _ reviewer: Principal.ID,
        to id: Submission.ID,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewTask {
        let (now, principal) = (clock.now(), session.principal)
        return try await PeerReviewError.telling {
            let locked = try await lock(id, session: session)
            guard locked.standing.mayManage else {
                throw locked.standing.mayGrade ? AssignmentError.forbidden : AssignmentError.submissionNotFound
            }
            guard let reviewing = locked.reviewing else { throw PeerReviewError.notFound }
            guard reviewing.allocatedAt != nil else { throw PeerReviewError.notAllocated }
            guard reviewing.isOpen(at: now) else { throw PeerReviewError.closed }
            let rows = try await session.batch([.selectReviewer(reviewer, of: id), .countReviewers(of: id)])
            guard let facts = rows[0].only, try facts[0] == true else { throw PeerReviewError.reviewerNotFound }
            guard try facts[1] == false else { throw PeerReviewError.ownWork }
            guard try facts[2] == false else { throw PeerReviewError.isExample }
            let found = try await session.execute(.selectReview(of: id, by: reviewer))
            if let row = found.only, case let review = try PeerReview(row: row), review.stored != .cancelled {
                return PeerReviewTask(review, at: now)
            }
            let count: Int = try rows[1].only?[0] ?? 0
            guard count < PeerReview.limit else { throw PeerReviewError.tooMany(limit: PeerReview.limit) }
            let assignment = locked.assignment.id
            let made = try await session.batch([
                .insertReview(of: id, by: reviewer, in: assignment, at: now),
                .insertCalibrations(of: assignment, for: reviewer, at: now),
                audit.recording(AuditEvent("submission.peer_reviewer_added", on: id), by: principal),
                .selectReview(of: id, by: reviewer),
            ])
            guard let row = made[3].only else { throw PeerReviewError.notFound }
            return PeerReviewTask(try PeerReview(row: row), at: now)
        }
    }

    /// Takes a review back that is not completed; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The review, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, without what is reviewed.
    /// - Throws: `PeerReviewError.notFound`; `.assignment` with `.forbidden` without `assignment:manage` on the course; `.completed`.
    public func cancel(
        _ id: PeerReview.ID,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewTask {
        let now = clock.now()
        return try await PeerReviewError.telling {
            let (review, standing) = try await lockForStaff(id, session: session)
            guard standing.mayManage else {
                throw standing.mayGrade ? PeerReviewError.assignment(.forbidden) : PeerReviewError.notFound
            }
            guard review.stored != .completed else { throw PeerReviewError.completed }
            let statements: [SQL] = [
                .cancelReview(id),
                audit.recording(AuditEvent("peer_review.cancelled", on: id), by: session.principal),
                .selectReview(id, for: session.principal.user),
            ]
            let rows = try await session.batch(review.stored == .cancelled ? [statements[2]] : statements)
            guard let row = rows.last?.only else { throw PeerReviewError.notFound }
            return PeerReviewTask(try PeerReview(row: row), at: now)
        }
    }

    /// Takes a completed review out of the result and of its learner's sight, for good; doing it again changes nothing.
    ///
    /// A grade that was taken from the result stays, until somebody grades again.
    ///
    /// - Parameters:
    ///   - id: The review, whose row is locked; neither one's own nor of one's own work.
    ///   - reason: Why, 1–500 characters, for the staff.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, without what is reviewed.
    /// - Throws: `PeerReviewError.notFound`; `.assignment` with `.forbidden` without `assignment:grade` on the course; `.notCompleted`.
    public func withdraw(
        _ id: PeerReview.ID,
        because reason: String,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewTask {
        let (now, principal) = (clock.now(), session.principal)
        return try await PeerReviewError.telling {
            let (review, standing) = try await lockForStaff(id, session: session)
            guard standing.mayGrade else {
                throw standing.mayManage ? PeerReviewError.assignment(.forbidden) : PeerReviewError.notFound
            }
            guard !review.isOfOwnWork, review.reviewer != principal.user else { throw AssignmentError.forbidden }
            guard review.stored == .completed, !review.isCalibration else { throw PeerReviewError.notCompleted }
            let statements: [SQL] = [
                .withdrawReview(id, because: reason, by: principal.user, at: now),
                audit.recording(AuditEvent("peer_review.withdrawn", on: id), by: principal),
                .selectReview(id, for: principal.user),
            ]
            let rows = try await session.batch(review.withdrawnAt == nil ? statements : [statements[2]])
            guard let row = rows.last?.only else { throw PeerReviewError.notFound }
            return PeerReviewTask(try PeerReview(row: row), at: now)
        }
    }

    /// Locks a review after its assignment, for the staff of the course.
    private func lockForStaff(
        _ id: PeerReview.ID,
        session: borrowing TenantSession
    ) async throws -> (review: PeerReview, standing: AssignmentStanding) {
        let (principal, place) = (session.principal, AssignmentPlace.peerReview(id))
        let rows = try await session.batch([
            .shareAssignment(of: place), .lockReview(id), .selectReview(id, for: principal.user),
            .selectCourse(of: place), .selectPlace(of: principal.user, in: place),
        ])
        guard let row = rows[2].only,
            let standing = try AssignmentStanding(course: rows[3], place: rows[4], for: principal)
        else { throw PeerReviewError.notFound }
        return (try PeerReview(row: row), standing)
    }
}
