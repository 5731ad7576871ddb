// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension PeerReviews {
    /// Lists the reviews that somebody writes in a course, in two round trips.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - assignment: Only those of this assignment.
    ///   - status: Only those that stand so.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most reviews to return.
    ///   - reader: Who reads in which tenant, and reviews.
    /// - Returns: A page in no order that tells anything, without what is reviewed.
    /// - Throws: `PeerReviewError.assignment` with `.courseNotFound` or `.invalidPosition`.
    public func reviews(
        in course: Course.ID,
        of assignment: Assignment.ID? = nil,
        status: PeerReview.Status? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(PeerReviewError) -> Page<PeerReviewTask> {
        let now = clock.now()
        return try await PeerReviewError.telling {
            let after = try Assignments.place(position, "peer-reviews", PeerReview.self)
            _ = try await assignments.standing(in: .course(course), or: .courseNotFound, reader: reader)
            guard let user = reader.principal.user else { throw AssignmentError.courseNotFound }
            let statement = SQL.listOwnReviews(
                of: user,
                in: course,
                of: assignment,
                status: status,
                at: now,
                after: after,
                limit: limit.withProbe
            )
            let tasks = try await reader.read(statement).map { PeerReviewTask(try PeerReview(row: $0), at: now) }
            return Page(cutting: tasks, limit: limit.count) {
                PagePosition(order: "peer-reviews", id: $0.review.id.uuid)
            }
        }
    }

    /// Shows a reviewer what they review, and what they wrote so far, in two round trips.
    ///
    /// - Parameters:
    ///   - id: The review.
    ///   - reader: Who reads in which tenant: the reviewer, as long as they have a place in the course.
    /// - Returns: The review with the text and the files.
    /// - Throws: `PeerReviewError.notFound`; `.cancelled`; `.calibrationNeeded` until they completed those of the examples.
    public func review(_ id: PeerReview.ID, reader: TenantReader) async throws(PeerReviewError) -> PeerReviewTask {
        let now = clock.now()
        return try await PeerReviewError.telling {
            let review = try await readable(id, reader: reader)
            let work = review.submission
            let rows = try await reader.read([
                .selectSubmission(work, for: nil), .listFiles(of: work), .listMembers(of: [work]),
            ])
            guard let row = rows[0].only else { throw PeerReviewError.notFound }
            return PeerReviewTask(
                review,
                at: now,
                text: try Submission(row: row).text,
                files: try Assignments.files(rows[1]),
                authors: try rows[2].map(SubmissionMember.init(row:))
            )
        }
    }

    /// Finds a file of what somebody reviews, in two round trips.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - id: The review.
    ///   - reader: Who reads in which tenant: the reviewer.
    /// - Returns: The file under the name that they may see, for `Files.open`.
    /// - Throws: As `review`; `PeerReviewError.assignment` with `.fileNotFound`, also for another submission's.
    public func file(
        _ file: SubmissionFile.ID,
        of id: PeerReview.ID,
        reader: TenantReader
    ) async throws(PeerReviewError) -> SubmissionFile {
        let now = clock.now()
        return try await PeerReviewError.telling {
            let review = try await readable(id, reader: reader)
            let files = try Assignments.files(try await reader.read(.selectFile(file, of: review.submission)))
            guard let found = PeerReviewTask(review, at: now, files: files).files.first else {
                throw AssignmentError.fileNotFound
            }
            return found
        }
    }

    /// Saves what a reviewer wrote so far.
    ///
    /// - Parameters:
    ///   - draft: It, in place of what was saved before.
    ///   - id: The review, whose row is locked after the reviewer's place.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, without what is reviewed.
    /// - Throws: `PeerReviewError.notFound`; `.assignment` with `.forbidden`, `.enrollmentNeeded` or `.paymentNeeded` for who has no place in
    ///   the course any more, `.versionMismatch`, `.invalidPoints` or `.invalidLevels`; `.completed`; `.cancelled`; `.closed`;
    ///   `.calibrationNeeded`.
    public func save(
        _ draft: PeerReviewDraft,
        of id: PeerReview.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewTask {
        let now = clock.now()
        return try await PeerReviewError.telling {
            let locked = try await lock(id, expecting: version, session: session)
            guard locked.review.stored != .completed else { throw PeerReviewError.completed }
            try locked.requireOpen(at: now)
            let given = try draft.result.map { try Self.given($0, for: locked.assignment) }
            let saving = SQL.saveReview(
                id,
                points: given?.points,
                given?.judgments ?? [],
                feedback: draft.feedback,
                at: now
            )
            return try await task(id, after: [saving], at: now, session: session)
        }
    }

    /// Completes a review, once: doing it again gives the same, and it stays as it is.
    ///
    /// What it counts is decided here, by what the reviewer gave the examples.
    ///
    /// - Parameters:
    ///   - id: The review, whose row is locked after the reviewer's place.
    ///   - version: The version that the caller read, or `nil` to complete whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, without what is reviewed.
    /// - Throws: As `save`; `PeerReviewError.empty` if nothing is given yet.
    public func complete(
        _ id: PeerReview.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(PeerReviewError) -> PeerReviewTask {
        // Before anything is waited for: who reviews counts by when it came.
        let now = clock.now()
        return try await PeerReviewError.telling {
            let locked = try await lock(id, session: session)
            let review = locked.review
            guard review.stored != .completed else { return PeerReviewTask(review, at: now) }
            if let version, version != review.version {
                throw AssignmentError.versionMismatch(current: review.version)
            }
            try locked.requireOpen(at: now)
            guard review.points != nil else { throw PeerReviewError.empty }
            let weight = ReviewWeight(calibrating: locked.calibrated, worth: locked.assignment.settings.points)
            let completing = SQL.completeReview(id, weight: review.isCalibration ? nil : weight, at: now)
            return try await task(id, after: [completing], at: now, session: session)
        }
    }

    /// Reads a review for its reviewer, who may see what is reviewed.
    private func readable(_ id: PeerReview.ID, reader: TenantReader) async throws -> PeerReview {
        let (principal, place) = (reader.principal, AssignmentPlace.peerReview(id))
        let rows = try await reader.read([
            .selectReview(id, for: principal.user), .selectCourse(of: place),
            .selectPlace(of: principal.user, in: place), .countUncalibrated(for: principal.user, in: place),
        ])
        guard let row = rows[0].only, case let review = try PeerReview(row: row), review.reviewer == principal.user,
            let standing = try AssignmentStanding(course: rows[1], place: rows[2], for: principal),
            standing.facts.hasPlace
        else { throw PeerReviewError.notFound }
        guard review.stored != .cancelled else { throw PeerReviewError.cancelled }
        let uncalibrated: Int = try rows[3].only?[0] ?? 0
        guard review.isCalibration || uncalibrated == 0 else { throw PeerReviewError.calibrationNeeded }
        return review
    }

    /// A review that its reviewer is about to change.
    private struct LockedReview: Sendable {
        let review: PeerReview
        let assignment: Assignment
        let uncalibrated: Int
        let calibrated: [CalibratedPoints]

        func requireOpen(at now: Date) throws(PeerReviewError) {
            guard review.stored != .cancelled else { throw .cancelled }
            guard review.isOpen(at: now) else { throw .closed }
            guard review.isCalibration || uncalibrated == 0 else { throw .calibrationNeeded }
        }
    }

    /// Locks a review for its reviewer, who has a place in the course.
    private func lock(
        _ id: PeerReview.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws -> LockedReview {
        let (principal, place) = (session.principal, AssignmentPlace.peerReview(id))
        let rows = try await session.batch([
            .shareAssignment(of: place), .sharePlace(of: principal.user, in: place), .lockReview(id),
            .selectReview(id, for: principal.user), .selectAssignment(of: place), .selectCourse(of: place),
            .selectPlace(of: principal.user, in: place), .countUncalibrated(for: principal.user, in: place),
            .listCalibrated(by: principal.user, in: place),
        ])
        guard let row = rows[3].only, let assignment = rows[4].only, case let review = try PeerReview(row: row),
            review.reviewer == principal.user,
            let standing = try AssignmentStanding(course: rows[5], place: rows[6], for: principal)
        else { throw PeerReviewError.notFound }
        _ = try standing.requirePlace()
        if let version, version != review.version { throw AssignmentError.versionMismatch(current: review.version) }
        return LockedReview(
            review: review,
            assignment: try Assignment(row: assignment),
            uncalibrated: try rows[7].only?[0] ?? 0,
            calibrated: try rows[8].map(CalibratedPoints.init(row:))
        )
    }

    private func task(
        _ id: PeerReview.ID,
        after statements: [SQL],
        at now: Date,
        session: borrowing TenantSession
    ) async throws -> PeerReviewTask {
        let rows = try await session.batch(statements + [.selectReview(id, for: session.principal.user)])
        guard let row = rows.last?.only else { throw PeerReviewError.notFound }
        return PeerReviewTask(try PeerReview(row: row), at: now)
    }
}
