// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Has learners review each other's work: says how, draws who reviews what, and lets them see it.
///
/// Locks are taken in the order of `Assignments`, and those of reviews after them. Reviewers share the lock of the assignment, under which
/// the staff allocates, releases and grades.
public struct PeerReviews: Sendable {
    /// The most submissions whose reviews are drawn.
    public static let submissionLimit = 2_000
    let assignments: Assignments

    var clock: WallClock { assignments.clock }
    var audit: Audit { assignments.audit }

    /// Makes the service.
    ///
    /// - Parameter assignments: Takes the work that is reviewed, and grades it.
    public init(assignments: Assignments = Assignments()) {
        self.assignments = assignments
    }

    /// Shows how the learners of an assignment review each other's work, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - reader: Who reads in which tenant.
    /// - Returns: It, for the staff with the examples and with what was allocated.
    /// - Throws: `PeerReviewError.assignment` as `Assignments.fetch`; `.notFound` if they do not.
    public func state(of id: Assignment.ID, reader: TenantReader) async throws(PeerReviewError) -> PeerReviewState {
        try await PeerReviewError.telling {
            let standing = try await assignments.find(id, reader: reader).standing
            return try Self.state(try await reader.read(Self.selectState(of: id)), standing)
        }
    }

    /// Says how learners review each other's work, until it is drawn who reviews what.
    ///
    /// - Parameters:
    ///   - settings: How.
    ///   - id: The assignment, whose row is locked.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: How it stands.
    /// - Throws: `PeerReviewError.assignment` with `.notFound`, `.forbidden` without `assignment:manage` on the course, `.versionMismatch`
    ///   or `.invalid`; `.dueTooEarly`; `.allocated`.
    public func set(
        _ settings: PeerReviewSettings,
        for id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewState {
        try await PeerReviewError.telling {
            let locked = try await lockUnallocated(id, expecting: version, session: session)
            if let due = locked.assignment.settings.dueAt, settings.dueAt <= due { throw PeerReviewError.dueTooEarly }
            let statements: [SQL] = [
                .putPeerReviewing(settings, for: id),
                audit.recording(AuditEvent("assignment.peer_review_set", on: id), by: session.principal),
            ]
            return try await run(statements, on: locked, session: session)
        }
    }

    /// Has learners not review each other's work after all, until it is drawn who reviews what; the examples are forgotten.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked.
    ///   - version: The version that the caller read, or `nil` to remove whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Throws: As `set`; `PeerReviewError.notFound` if there is nothing to remove.
    public func remove(
        from id: Assignment.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) {
        try await PeerReviewError.telling {
            guard try await lockUnallocated(id, expecting: version, session: session).reviewing != nil else {
                throw PeerReviewError.notFound
            }
            try await session.batch([
                .deletePeerReviewing(id),
                audit.recording(AuditEvent("assignment.peer_review_removed", on: id), by: session.principal),
            ])
        }
    }

    /// Makes a submission an example, by which reviewers are calibrated, or gives it other points.
    ///
    /// The peers do not review it besides; its learner reviews as the others do.
    ///
    /// - Parameters:
    ///   - submission: What a learner or a group of the assignment handed in last.
    ///   - result: What the staff gives it.
    ///   - id: The assignment, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: How the reviewing stands.
    /// - Throws: As `set`; `PeerReviewError.assignment` with `.submissionNotFound`, `.superseded`, `.invalidPoints` or `.invalidLevels`;
    ///   `.notFound`; `.tooMany`.
    public func setExample(
        _ submission: Submission.ID,
        _ result: SubmissionAssessment.Result,
        of id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewState {
        try await PeerReviewError.telling {
            let locked = try await lockForExamples(id, session: session)
            guard locked.reviewing != nil else { throw PeerReviewError.notFound }
            let found = try await session.batch([.selectSubmission(submission, for: nil), .listExamples(of: id)])
            guard let row = found[0].only, case let work = try Submission(row: row), work.assignment == id,
                work.status != .draft
            else { throw AssignmentError.submissionNotFound }
            guard work.isLatest else { throw AssignmentError.superseded }
            let others = try found[1].map(PeerReviewExample.init(row:)).filter { $0.submission != submission }
            guard others.count < PeerReviewExample.limit else {
                throw PeerReviewError.tooMany(limit: PeerReviewExample.limit)
            }
            let (points, judgments) = try Self.given(result, for: locked.assignment)
            let example = PeerReviewExample(submission: submission, points: points, judgments: judgments)
            let statements: [SQL] = [
                .putExample(example, of: id),
                audit.recording(
                    AuditEvent("assignment.peer_review_example_set", on: submission),
                    by: session.principal
                ),
            ]
            return try await run(statements, on: locked, session: session)
        }
    }

    /// Makes a submission no example any more.
    ///
    /// - Parameters:
    ///   - submission: The submission.
    ///   - id: The assignment, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: As `set`; `PeerReviewError.exampleNotFound`.
    public func removeExample(
        _ submission: Submission.ID,
        of id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) {
        try await PeerReviewError.telling {
            _ = try await lockForExamples(id, session: session)
            let rows = try await session.execute(.deleteExample(submission, of: id))
            guard rows.only != nil else { throw PeerReviewError.exampleNotFound }
        }
    }

    /// Draws who reviews what, once: doing it again changes nothing.
    ///
    /// What each learner or group handed in last is reviewed, by others who did. Who hands in afterwards is allocated by hand.
    ///
    /// - Parameters:
    ///   - id: The assignment, which is due; its row is locked.
    ///   - seed: What is drawn from; it is kept.
    ///   - session: The tenant's open transaction.
    /// - Returns: How it stands, with how many reviews are missing where there are too few reviewers.
    /// - Throws: `PeerReviewError.assignment` with `.notFound`, `.forbidden` without `assignment:manage` on the course, or `.notPublished`;
    ///   `.notFound`; `.tooEarly`; `.closed` if reviews were due before; `.tooFew`; `.tooMany`.
    public func allocate(
        _ id: Assignment.ID,
        seed: ShuffleSeed = .random(),
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewState {
        let (now, principal) = (clock.now(), session.principal)
        return try await PeerReviewError.telling {
            let locked = try await lock(id, session: session)
            try locked.standing.requireManager(or: .notFound)
            guard let reviewing = locked.reviewing else { throw PeerReviewError.notFound }
            guard reviewing.allocatedAt == nil else { return try await run([], on: locked, session: session) }
            let settings = locked.assignment.settings
            guard locked.assignment.status != .draft else { throw AssignmentError.notPublished }
            if let due = settings.dueAt, now <= due.addingTimeInterval(TimeInterval(settings.graceSeconds)) {
                throw PeerReviewError.tooEarly
            }
            guard now < reviewing.settings.dueAt else { throw PeerReviewError.closed }
            let each = reviewing.settings.reviewsPerSubmission
            let pairs = PeerAllocation.pairs(among: try await works(of: id, session: session), each: each, seed: seed)
            guard !pairs.isEmpty else { throw PeerReviewError.tooFew }
            let due = reviewing.settings.dueAt
            let statements: [SQL] = [
                .noteAllocation(of: id, seed, at: now), .insertReviews(pairs, of: id, at: now),
                .insertCalibrations(of: id, for: nil, at: now),
                .recordEvent(event(.peerReviewAllocated, of: locked.assignment, due: due, at: now), by: principal),
                audit.recording(AuditEvent("assignment.peer_review_allocated", on: id), by: principal),
            ]
            return try await run(statements, on: locked, session: session)
        }
    }

    /// Lets learners see what was said to their work, and takes no reviews any more; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The assignment, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Returns: How it stands.
    /// - Throws: `PeerReviewError.assignment` with `.notFound`, or `.forbidden` without `assignment:grade` on the course; `.notFound`;
    ///   `.notAllocated`.
    public func release(
        _ id: Assignment.ID,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewState {
        let (now, principal) = (clock.now(), session.principal)
        return try await PeerReviewError.telling {
            let locked = try await lock(id, session: session)
            try locked.standing.requireGrader(or: .notFound)
            guard let reviewing = locked.reviewing else { throw PeerReviewError.notFound }
            guard reviewing.allocatedAt != nil else { throw PeerReviewError.notAllocated }
            guard reviewing.releasedAt == nil else { return try await run([], on: locked, session: session) }
            let statements: [SQL] = [
                .releaseReviews(of: id, at: now),
                .recordEvent(event(.peerReviewReleased, of: locked.assignment, at: now), by: principal),
                audit.recording(AuditEvent("assignment.peer_review_released", on: id), by: principal),
            ]
            return try await run(statements, on: locked, session: session)
        }
    }
}
