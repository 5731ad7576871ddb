// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Writes, moderates and shows what learners think of courses.
///
/// A review waits for a moderator; only approved ones are shown to others and count in the course's rating. Every
/// change locks the course's row, acts as the session's principal and leaves the commit to the caller.
public struct Reviews: Sendable {
    private let clock: WallClock
    private let identifiers: IdentifierSource
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what moderators do.
    public init(
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Writes a review; it waits for a moderator.
    ///
    /// - Parameters:
    ///   - draft: Its words.
    ///   - enrollment: The principal's own place in the course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, which is `pending`.
    /// - Throws: `ReviewError.enrollmentNotFound` for a place that is none or another's; `.forbidden`; `.notActive`;
    ///   `.tooEarly` below 20 %; `.alreadyReviewed`; `.invalid`.
    public func write(
        _ draft: ReviewDraft,
        from enrollment: Enrollment.ID,
        session: borrowing TenantSession
    ) async throws(ReviewError) -> Review {
        let principal = session.principal
        return try await ReviewError.translating {
            guard let row = try await session.execute(.selectEnrollment(enrollment, for: principal.user)).only else {
                throw ReviewError.enrollmentNotFound
            }
            let place = try EnrollmentListing(row: row).enrollment
            guard principal.user != nil, place.user == principal.user else { throw ReviewError.enrollmentNotFound }
            guard principal.may(.reviewWrite, on: .own) else { throw ReviewError.forbidden }
            try ReviewPolicy.require(place)
            try draft.check()
            let id: Review.ID = identifiers.next()
            let replies = try await session.batch([
                .insertReview(id, draft, from: place, status: .pending, at: clock.now()), .selectReview(of: place.id),
            ])
            guard let row = replies[1].only else { throw ReviewError.enrollmentNotFound }
            let review = try Review(row: row)
            guard !replies[0].isEmpty else { throw ReviewError.alreadyReviewed(review.id) }
            try await session.execute(recording(.reviewWritten, of: review, rating: draft.rating, by: principal))
            return review
        }
    }

    /// Changes the words of one's own review, which then waits for a moderator again.
    ///
    /// - Parameters:
    ///   - id: The review.
    ///   - draft: Its new words.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review, which is `pending`.
    /// - Throws: `ReviewError.notFound`; `.forbidden` unless it is their own; `.versionMismatch`; `.invalid`.
    public func update(
        _ id: Review.ID,
        _ draft: ReviewDraft,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(ReviewError) -> Review {
        let (review, course) = try await lock(id, session: session)
        guard ReviewPolicy.isAuthor(of: review, session.principal), session.principal.may(.reviewWrite, on: .own) else {
            throw .forbidden
        }
        if let version, version != review.version { throw .versionMismatch(current: review.version) }
        try draft.check()
        return try await change(
            id,
            [
                .updateReview(id, draft, status: .pending, at: clock.now()), .recountRating(of: course.id),
                recording(.reviewWritten, of: review, rating: draft.rating, by: session.principal),
            ],
            session: session
        )
    }

    /// Approves, rejects or hides a review.
    ///
    /// Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The review.
    ///   - status: The status it gets.
    ///   - version: The version that the caller read, or `nil` to decide on whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review.
    /// - Throws: `ReviewError.notFound`; `.forbidden` without `review:moderate` on the course; `.versionMismatch`.
    public func moderate(
        _ id: Review.ID,
        as status: Review.Status,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(ReviewError) -> Review {
        let (review, course) = try await lock(id, session: session)
        guard ReviewPolicy.mayModerate(in: course, session.principal) else {
            throw .forbidden
        }
        guard review.status != status else { return review }
        if let version, version != review.version { throw .versionMismatch(current: review.version) }
        return try await change(
            id,
            [
                .moderateReview(id, status: status, at: clock.now()), .recountRating(of: course.id),
                audit.recording(AuditEvent("review.moderated", on: id), by: session.principal),
                recording(.reviewModerated, of: review, status: status, by: session.principal),
            ],
            session: session
        )
    }

    /// Deletes a review: one's own, or one that is theirs to moderate.
    ///
    /// - Parameters:
    ///   - id: The review.
    ///   - session: The tenant's open transaction.
    /// - Throws: `ReviewError.notFound`; `.forbidden`.
    public func delete(_ id: Review.ID, session: borrowing TenantSession) async throws(ReviewError) {
        let (review, course) = try await lock(id, session: session)
        let principal = session.principal
        let mayModerate = ReviewPolicy.mayModerate(in: course, principal)
        guard ReviewPolicy.isAuthor(of: review, principal) || mayModerate else { throw .forbidden }
        _ = try await ReviewError.translating {
            try await session.batch([
                .deleteReview(id), .recountRating(of: course.id),
                audit.recording(AuditEvent("review.deleted", on: id), by: principal),
                recording(.reviewDeleted, of: review, by: principal),
            ])
        }
    }

    /// Says that a review was helpful, or takes that back.
    ///
    /// Doing either again changes nothing.
    ///
    /// - Parameters:
    ///   - vote: Which of both.
    ///   - id: The review, of another.
    ///   - session: The tenant's open transaction.
    /// - Returns: The review with its votes.
    /// - Throws: `ReviewError.notFound`; `.forbidden` without `review:write`; `.ownReview`.
    public func vote(
        _ vote: Vote,
        for id: Review.ID,
        session: borrowing TenantSession
    ) async throws(ReviewError) -> Review {
        let (review, _) = try await lock(id, session: session)
        guard let user = session.principal.user, session.principal.may(.reviewWrite, on: .own) else { throw .forbidden }
        guard review.user != user else { throw .ownReview }
        let statement: SQL =
            switch vote {
            case .helpful: .insertVote(of: user, for: id, at: clock.now())
            case .none: .deleteVote(of: user, for: id)
            }
        return try await change(id, [statement], session: session)
    }

    /// What somebody says of another's review.
    public enum Vote: Sendable, Hashable {
        /// It was helpful.
        case helpful
        /// Nothing, or nothing any more.
        case none
    }

    /// The statement that records what happened to a review; its course is locked, or the review new.
    private func recording(
        _ type: EventType,
        of review: Review,
        rating: Int? = nil,
        status: Review.Status? = nil,
        by principal: Principal
    ) -> SQL {
        var payload = [
            JSONMember("reviewId", review.id), JSONMember("courseId", review.course), JSONMember("userId", review.user),
        ]
        if let rating { payload.append(JSONMember("rating", rating)) }
        if let status { payload.append(JSONMember("status", text: status.rawValue)) }
        let event = Event(identifiers.next(), type, of: review.id, payload: payload, at: clock.now())
        return .recordEvent(event, by: principal)
    }

    private func lock(
        _ id: Review.ID,
        session: borrowing TenantSession
    ) async throws(ReviewError) -> (review: Review, course: Course) {
        try await ReviewError.translating {
            let rows = try await session.batch([.lockCourse(of: id), .selectReview(id), .selectCourse(of: id)])
            guard let review = rows[1].only, let course = rows[2].only else { throw ReviewError.notFound }
            let found = (review: try Review(row: review), course: try Course(row: course))
            guard ReviewPolicy.maySee(found.review, in: found.course, session.principal) else {
                throw ReviewError.notFound
            }
            return found
        }
    }

    private func change(
        _ id: Review.ID,
        _ statements: [SQL],
        session: borrowing TenantSession
    ) async throws(ReviewError) -> Review {
        try await ReviewError.translating {
            guard let row = try await session.batch(statements + [.selectReview(id)]).last?.only else {
                throw ReviewError.notFound
            }
            return try Review(row: row)
        }
    }
}

extension ReviewDraft {
    /// Holds the rule that no constraint of the table can.
    fileprivate func check() throws(ReviewError) {
        for points in [pros, cons] {
            guard points.count <= Self.pointLimit, points.allSatisfy({ (1...200).contains($0.unicodeScalars.count) })
            else {
                throw .invalid(constraint: "course_reviews_pros_ck")
            }
        }
    }
}
