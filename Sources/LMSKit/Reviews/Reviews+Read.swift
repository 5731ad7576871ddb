// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A page of a course's reviews with the sum of all that are approved.
public struct ReviewListing: Sendable {
    /// The reviews and where the next page starts.
    public let page: Page<Review>
    /// All approved reviews by their stars.
    public let summary: RatingSummary
}

extension Reviews {
    /// The orders that a list of reviews may have.
    @nonexhaustive
    public enum Order: String, Sendable, Hashable, CaseIterable {
        /// The last written first.
        case newest
        /// The one that most found helpful first.
        case helpful
    }

    /// Reads a review in one round trip.
    ///
    /// - Parameters:
    ///   - id: The review.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The review.
    /// - Throws: `ReviewError.notFound` if there is none, or if it is neither shown nor the reader's to see.
    public func fetch(_ id: Review.ID, reader: TenantReader) async throws(ReviewError) -> Review {
        try await ReviewError.translating {
            let rows = try await reader.read([.selectReview(id), .selectCourse(of: id)])
            guard let review = try rows[0].only.map(Review.init(row:)),
                let course = try rows[1].only.map(Course.init(row:)),
                ReviewPolicy.maySee(review, in: course, reader.principal)
            else { throw ReviewError.notFound }
            return review
        }
    }

    /// Lists a course's reviews in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - status: Reviews of which status; another than `approved` is for moderators.
    ///   - order: The order of the list.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most reviews to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page with the sum of all that are approved: the same for everybody.
    /// - Throws: `ReviewError.courseNotFound`; `.forbidden` if the status is for moderators; `.invalidPosition`.
    public func list(
        of course: Course.ID,
        status: Review.Status = .approved,
        order: Order = .newest,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ReviewError) -> ReviewListing {
        let key = "\(order.rawValue).\(status.rawValue)"
        if let position, position.order != key { throw .invalidPosition }
        let statement: SQL
        switch order {
        case .newest:
            statement = .listNewestReviews(
                of: course,
                status: status,
                after: position.map { Review.ID($0.id) },
                limit: limit.withProbe
            )
        case .helpful:
            var after: (votes: Int, id: Review.ID)?
            if let position {
                guard let votes = Int(position.key) else { throw .invalidPosition }
                after = (votes, Review.ID(position.id))
            }
            statement = .listHelpfulReviews(of: course, status: status, after: after, limit: limit.withProbe)
        }
        return try await ReviewError.translating {
            let rows = try await reader.read([.selectCourse(course), statement, .countRatings(of: course)])
            guard let found = try rows[0].only.map(Course.init(row:)) else { throw ReviewError.courseNotFound }
            let mayModerate = ReviewPolicy.mayModerate(in: found, reader.principal)
            guard mayModerate || CoursePolicy.isKnown(found, to: reader.principal) else {
                throw ReviewError.courseNotFound
            }
            guard status == .approved || mayModerate else { throw ReviewError.forbidden }
            let page = Page(cutting: try rows[1].map(Review.init(row:)), limit: limit.count) {
                PagePosition(order: key, key: order == .helpful ? String($0.helpfulVotes) : "", id: $0.id.uuid)
            }
            guard let counts = rows[2].only else { throw ReviewError.courseNotFound }
            return ReviewListing(page: page, summary: try RatingSummary(row: counts))
        }
    }
}

extension RatingSummary {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        rating = Course.Rating(count: try fields.next(), sum: try fields.next())
        var counts: [Int] = []
        for _ in 1...5 { counts.append(try fields.next()) }
        self.counts = counts
    }
}
