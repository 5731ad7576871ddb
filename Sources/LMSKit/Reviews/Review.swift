// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a learner thinks of a course.
public struct Review: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Review>
    /// The review's identifier.
    public let id: ID
    /// The place it was written from; each has at most one review.
    public let enrollment: Enrollment.ID
    /// The course.
    public let course: Course.ID
    /// The one who wrote it.
    public let user: Principal.ID
    /// The name of the one who wrote it.
    public let author: String
    /// 1–5 stars.
    public let rating: Int
    /// The title, 1–200 characters.
    public let title: String?
    /// The text, 10–2000 characters; plain, without markup.
    public let body: String
    /// What speaks for the course.
    public let pros: [String]
    /// What speaks against it.
    public let cons: [String]
    /// Whether it is shown and counted.
    public let status: Status
    /// How many users found it helpful.
    public let helpfulVotes: Int
    /// Raised by each change of its words or its status; for conditional updates.
    public let version: Int
    /// When it was written, UTC.
    public let createdAt: Date
    /// When its words or its status last changed, UTC.
    public let updatedAt: Date

    package init(
        id: ID,
        enrollment: Enrollment.ID,
        course: Course.ID,
        user: Principal.ID,
        author: String,
        draft: ReviewDraft,
        status: Status,
        helpfulVotes: Int,
        version: Int,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.enrollment = enrollment
        self.course = course
        self.user = user
        self.author = author
        rating = draft.rating
        title = draft.title
        body = draft.body
        pros = draft.pros
        cons = draft.cons
        self.status = status
        self.helpfulVotes = helpfulVotes
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

extension Review {
    /// The states of a review.
    ///
    /// Only what is approved is shown to others and counts in the course's rating.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Waits for a moderator; a changed review does again.
        case pending
        /// Shown and counted.
        case approved
        /// Refused.
        case rejected
        /// Was shown and is not any more.
        case hidden
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        enrollment = try fields.next()
        course = try fields.next()
        user = try fields.next()
        author = try fields.next()
        rating = try fields.next()
        title = try fields.next()
        body = try fields.next()
        pros = try fields.next()
        cons = try fields.next()
        status = try fields.next()
        helpfulVotes = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }
}

/// The words of a review.
public struct ReviewDraft: Sendable, Hashable {
    /// The most points for or against a course that a review may name.
    public static let pointLimit = 10
    /// 1–5 stars.
    public var rating: Int
    /// The title, 1–200 characters.
    public var title: String?
    /// The text, 10–2000 characters.
    public var body: String
    /// What speaks for the course: at most 10 points.
    public var pros: [String]
    /// What speaks against it: at most 10 points.
    public var cons: [String]

    /// Writes a review.
    ///
    /// - Parameters:
    ///   - rating: 1–5 stars.
    ///   - title: The title, 1–200 characters.
    ///   - body: The text, 10–2000 characters.
    ///   - pros: What speaks for the course.
    ///   - cons: What speaks against it.
    public init(rating: Int, title: String? = nil, body: String, pros: [String] = [], cons: [String] = []) {
        self.rating = rating
        self.title = title
        self.body = body
        self.pros = pros
        self.cons = cons
    }
}

/// The approved reviews of a course by their stars.
public struct RatingSummary: Sendable, Hashable {
    /// The sum of all approved reviews.
    public let rating: Course.Rating
    /// How many have one star, two stars, … five.
    public let counts: [Int]

    package init(rating: Course.Rating, counts: [Int]) {
        self.rating = rating
        self.counts = counts
    }
}
