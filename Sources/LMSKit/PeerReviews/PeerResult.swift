// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a review counts, exact to a millionth: from a tenth through one.
public struct ReviewWeight: Sendable, Hashable, Comparable {
    /// The weight times one million.
    public let millionths: Int

    /// What a review counts whose reviewer gave the examples what the staff did, or had none.
    public static let full = ReviewWeight(millionths: 1_000_000)
    /// What a review counts at least.
    public static let least = ReviewWeight(millionths: 100_000)

    private init(millionths: Int) {
        self.millionths = millionths
    }

    /// Weighs a reviewer by how far from the staff's points those are that they gave the examples.
    ///
    /// The error is the mean of the distances, in parts of what the assignment is worth. Twice of it is lost, and a tenth remains:
    /// `max(0.1, 1 − 2 · error)`, rounded half up to a millionth where the loss is computed.
    ///
    /// - Parameters:
    ///   - examples: What the reviewer gave each example, and what the staff did.
    ///   - worth: What the assignment is worth.
    init(calibrating examples: [CalibratedPoints], worth: Points) {
        guard !examples.isEmpty, worth > .zero else {
            self = .full
            return
        }
        let distance = examples.reduce(0) { $0 + abs($1.given.millionths - $1.reference.millionths) }
        let lost = Points(2).portion(distance, of: examples.count * worth.millionths)
        self = max(.least, ReviewWeight(millionths: ReviewWeight.full.millionths - lost.millionths))
    }

    /// Orders by weight.
    public static func < (left: ReviewWeight, right: ReviewWeight) -> Bool { left.millionths < right.millionths }
}

/// What a reviewer gave an example, and what the staff did.
struct CalibratedPoints: Sendable {
    let given: Points
    let reference: Points

    init(given: Points, reference: Points) {
        self.given = given
        self.reference = reference
    }

    init(row: Row) throws(DatabaseError) {
        given = try row[0]
        reference = try row[1]
    }
}

extension ReviewWeight: JSONWritable {
    /// Writes a number, exactly.
    public func write(to json: inout JSONWriter) { Points(millionths: millionths).write(to: &json) }
}

extension ReviewWeight: DatabaseConvertible {
    /// The type of the column: a whole number of millionths.
    public static var databaseType: DatabaseType { .int }
    /// The value as it is sent.
    public var databaseValue: DatabaseValue { .int(Int64(millionths)) }
    /// Reads a number of millionths.
    public init(column: Column) throws(DatabaseError) {
        self.init(millionths: try Int(column: column))
    }
}

/// What the peers give a submission.
public struct PeerResult: Sendable, Hashable {
    /// How many reviews count.
    public let count: Int
    /// The mean of their points, rounded to a millionth; each counts the same.
    public let average: Points?
    /// The weighted median of their points.
    public let median: Points?

    /// What one review gives.
    struct Mark: Sendable, Hashable {
        let points: Points
        let weight: ReviewWeight
    }

    package init(count: Int, average: Points?, median: Points?) {
        self.count = count
        self.average = average
        self.median = median
    }

    /// Sums up reviews.
    ///
    /// The median is the lowest points by which those who gave as many or fewer have at least half of all weight; if they have exactly half,
    /// the mean of these points and the next, rounded half up to a millionth. With equal weights that is the usual median.
    init(of marks: [Mark]) {
        let sorted = marks.sorted { $0.points < $1.points }
        count = sorted.count
        average = sorted.isEmpty ? nil : sorted.reduce(.zero) { $0 + $1.points }.portion(1, of: sorted.count)
        let half = sorted.reduce(0) { $0 + $1.weight.millionths }
        var below = 0
        var median: Points?
        for (index, mark) in sorted.enumerated() {
            below += mark.weight.millionths
            guard 2 * below >= half else { continue }
            let isSplit = 2 * below == half && sorted.indices.contains(index + 1)
            median = isSplit ? (mark.points + sorted[index + 1].points).portion(1, of: 2) : mark.points
            break
        }
        self.median = median
    }

    /// Sums up those of some reviews that count.
    init(of reviews: [PeerReview]) {
        self.init(
            of: reviews.filter(\.isCounted).compactMap { review in
                guard let points = review.points, let weight = review.weight else { return nil }
                return Mark(points: points, weight: weight)
            }
        )
    }
}

/// A review that was allocated and not cancelled, and what it gives if it counts.
struct PeerMark: Sendable {
    let submission: Submission.ID
    let mark: PeerResult.Mark?

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        submission = try fields.next()
        let points: Points? = try fields.next()
        let weight: ReviewWeight? = try fields.next()
        let isCounted: Bool = try fields.next()
        guard isCounted, let points, let weight else {
            mark = nil
            return
        }
        mark = PeerResult.Mark(points: points, weight: weight)
    }
}

/// What was said to a submission, as somebody may see it.
public struct PeerFeedback: Sendable {
    /// The submission.
    public let submission: Submission.ID
    /// When its learner was let see the reviews, UTC.
    public let releasedAt: Date?
    /// What the peers give it; nothing for its learner before that.
    public let result: PeerResult
    /// The reviews: for its learner those that count, once they may see them; for the staff all.
    public let reviews: [PeerReview]
    /// For whom it is.
    public let audience: SubmissionView.Audience
    /// Whether it may be seen who reviewed.
    public let showsReviewers: Bool
    /// When it was looked at, UTC, by which reviews are overdue.
    public let readAt: Date

    package init(
        submission: Submission.ID,
        releasedAt: Date?,
        result: PeerResult,
        reviews: [PeerReview],
        audience: SubmissionView.Audience,
        showsReviewers: Bool,
        readAt: Date
    ) {
        self.submission = submission
        self.releasedAt = releasedAt
        self.result = result
        self.reviews = reviews
        self.audience = audience
        self.showsReviewers = showsReviewers
        self.readAt = readAt
    }
}

/// A submission in the list of all, with how its reviews stand.
public struct PeerReviewedSubmission: Sendable {
    /// The submission as its grader sees it.
    public let view: SubmissionView
    /// Whether reviewers are calibrated by it; the peers do not review it besides.
    public let isExample: Bool
    /// How many reviews were allocated and not cancelled.
    public let allocated: Int
    /// What those that are completed give it.
    public let result: PeerResult

    package init(view: SubmissionView, isExample: Bool, allocated: Int, result: PeerResult) {
        self.view = view
        self.isExample = isExample
        self.allocated = allocated
        self.result = result
    }
}

/// What taking the peers' results for grades came to.
public struct PeerGrading: Sendable, Hashable {
    /// How many submissions were graded.
    public let graded: Int
    /// Whether there are others.
    public let hasMore: Bool

    package init(graded: Int, hasMore: Bool) {
        self.graded = graded
        self.hasMore = hasMore
    }
}
