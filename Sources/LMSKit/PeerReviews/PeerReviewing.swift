// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How the learners of an assignment review each other's work.
public struct PeerReviewSettings: Sendable, Hashable {
    /// How many review a submission, and how many a learner or a group reviews; 1–10.
    public var reviewsPerSubmission: Int
    /// Until when reviews are taken, UTC.
    public var dueAt: Date
    /// Whether neither the reviewer nor whose work it is learns who the other is.
    public var isAnonymous = true
    /// What becomes of what the peers give.
    public var counting = Counting.advisory

    /// Describes anonymous reviews that are only shown.
    ///
    /// - Parameters:
    ///   - reviewsPerSubmission: How many review a submission.
    ///   - dueAt: Until when, UTC.
    public init(_ reviewsPerSubmission: Int, until dueAt: Date) {
        self.reviewsPerSubmission = reviewsPerSubmission
        self.dueAt = dueAt
    }

    /// What becomes of what the peers give.
    @nonexhaustive
    public enum Counting: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It is shown.
        case advisory
        /// Graders may take the weighted median for the grade.
        case median
    }

    /// The most reviews of a submission that are drawn.
    public static let reviewLimit = 10
}

/// That learners of an assignment review each other's work, and how far they are.
public struct PeerReviewing: Sendable {
    /// The assignment.
    public let assignment: Assignment.ID
    /// How.
    public let settings: PeerReviewSettings
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// What the allocation was drawn from.
    public let seed: ShuffleSeed?
    /// When it was drawn who reviews what, UTC.
    public let allocatedAt: Date?
    /// When the learners were let see the reviews, UTC.
    public let releasedAt: Date?

    package init(
        assignment: Assignment.ID,
        settings: PeerReviewSettings,
        seed: ShuffleSeed?,
        allocatedAt: Date?,
        releasedAt: Date?
    ) {
        self.assignment = assignment
        self.settings = settings
        version = 1
        self.seed = seed
        self.allocatedAt = allocatedAt
        self.releasedAt = releasedAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        assignment = try fields.next()
        var settings = PeerReviewSettings(try fields.next(), until: try fields.next())
        settings.isAnonymous = try fields.next()
        settings.counting = try fields.next()
        self.settings = settings
        version = try fields.next()
        let seed: Int? = try fields.next()
        self.seed = seed.map { ShuffleSeed(stored: $0) }
        allocatedAt = try fields.next()
        releasedAt = try fields.next()
    }

    /// Whether reviews are taken at a moment.
    func isOpen(at now: Date) -> Bool { allocatedAt != nil && releasedAt == nil && now <= settings.dueAt }
}

/// A submission that every reviewer reviews first.
public struct PeerReviewExample: Sendable, Hashable {
    /// The most examples of an assignment.
    public static let limit = 5
    /// The submission.
    public let submission: Submission.ID
    /// What the staff gives it.
    public let points: Points
    /// For each criterion of the rubric the level; empty without one.
    public let judgments: [RubricJudgment]

    package init(submission: Submission.ID, points: Points, judgments: [RubricJudgment] = []) {
        self.submission = submission
        self.points = points
        self.judgments = judgments
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        submission = try fields.next()
        points = try fields.next()
        let levels: JSONText? = try fields.next()
        judgments = if let levels { try RubricJudgment.read(column: levels) } else { [] }
    }
}

/// How the reviewing of an assignment stands, as somebody may see it.
public struct PeerReviewState: Sendable {
    /// The reviewing.
    public let reviewing: PeerReviewing
    /// The examples; empty for who is not the staff.
    public let examples: [PeerReviewExample]
    /// What was allocated; `nil` before that, and for who is not the staff.
    public let counts: Counts?

    package init(_ reviewing: PeerReviewing, examples: [PeerReviewExample], counts: Counts?) {
        self.reviewing = reviewing
        self.examples = examples
        self.counts = counts
    }

    /// What was allocated and not cancelled, the reviews of examples aside.
    public struct Counts: Sendable, Hashable {
        /// How many submissions are reviewed.
        public let submissions: Int
        /// How many people review.
        public let reviewers: Int
        /// How many reviews there are.
        public let reviews: Int
        /// How many of them are completed.
        public let completed: Int
        /// How many reviews the submissions lack to have as many as were wanted.
        public let missing: Int

        package init(submissions: Int, reviewers: Int, reviews: Int, completed: Int, missing: Int) {
            self.submissions = submissions
            self.reviewers = reviewers
            self.reviews = reviews
            self.completed = completed
            self.missing = missing
        }

        init(row: Row) throws(DatabaseError) {
            var fields = RowFields(row)
            submissions = try fields.next()
            reviewers = try fields.next()
            reviews = try fields.next()
            completed = try fields.next()
            missing = try fields.next()
        }
    }
}
