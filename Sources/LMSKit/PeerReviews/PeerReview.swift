// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A learner's review of what another one handed in.
public struct PeerReview: Sendable, Identifiable {
    /// The identifier, which is random and so tells nothing of other reviews.
    public typealias ID = Identifier<PeerReview>
    /// The most characters of what a reviewer says.
    public static let feedbackLimit = 10_000
    /// The most reviewers of a submission.
    public static let limit = 30
    /// The review's identifier.
    public let id: ID
    /// The assignment.
    public let assignment: Assignment.ID
    /// Its title.
    public let assignmentTitle: String
    /// The course.
    public let course: Course.ID
    /// The submission that is reviewed.
    public let submission: Submission.ID
    /// Who reviews.
    public let reviewer: Principal.ID
    /// Their name.
    public let reviewerName: String
    /// Whether it is of an example, whose points are known.
    public let isCalibration: Bool
    /// What it is worth.
    public let maxPoints: Points
    /// What the reviewer gives; in a draft maybe nothing yet.
    public let points: Points?
    /// For each criterion of the rubric the level; empty without one.
    public let judgments: [RubricJudgment]
    /// What the reviewer says.
    public let feedback: String?
    /// What it counts in the result; `nil` until it is completed, and for an example.
    public let weight: ReviewWeight?
    /// When a draft was saved last, UTC.
    public let savedAt: Date?
    /// When it was completed, UTC.
    public let completedAt: Date?
    /// When the staff took it out of the result and of its learner's sight, UTC.
    public let withdrawnAt: Date?
    /// Why.
    public let withdrawalReason: String?
    /// Until when it is taken, UTC.
    public let dueAt: Date
    /// Whether neither learns who the other is.
    public let isAnonymous: Bool
    /// When the learners were let see the reviews, after which none is taken, UTC.
    public let releasedAt: Date?
    /// Raised by each change; for conditional updates.
    public let version: Int
    let stored: Status
    /// Whether what is reviewed is the reader's own, or their group's.
    let isOfOwnWork: Bool

    package init(
        id: ID,
        status: Status,
        points: Points?,
        judgments: [RubricJudgment] = [],
        feedback: String?,
        isCalibration: Bool = false,
        isAnonymous: Bool = true,
        withdrawalReason: String? = nil,
        at instant: Date
    ) {
        self.id = id
        assignment = Assignment.ID(id.uuid)
        assignmentTitle = "The third sheet"
        course = Course.ID(id.uuid)
        submission = Submission.ID(id.uuid)
        reviewer = Principal.ID(id.uuid)
        reviewerName = "Ada Lovelace"
        self.isCalibration = isCalibration
        maxPoints = Points(10)
        self.points = points
        self.judgments = judgments
        self.feedback = feedback
        weight = status == .completed && !isCalibration ? .full : nil
        savedAt = points == nil ? nil : instant
        completedAt = status == .completed ? instant : nil
        withdrawnAt = withdrawalReason == nil ? nil : instant
        self.withdrawalReason = withdrawalReason
        dueAt = instant
        self.isAnonymous = isAnonymous
        releasedAt = nil
        version = 2
        stored = status
        isOfOwnWork = false
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        assignment = try fields.next()
        assignmentTitle = try fields.next()
        course = try fields.next()
        submission = try fields.next()
        reviewer = try fields.next()
        reviewerName = try fields.next()
        isCalibration = try fields.next()
        stored = try fields.next()
        maxPoints = try fields.next()
        points = try fields.next()
        let levels: JSONText? = try fields.next()
        judgments = if let levels { try RubricJudgment.read(column: levels) } else { [] }
        feedback = try fields.next()
        weight = try fields.next()
        savedAt = try fields.next()
        completedAt = try fields.next()
        withdrawnAt = try fields.next()
        withdrawalReason = try fields.next()
        dueAt = try fields.next()
        isAnonymous = try fields.next()
        releasedAt = try fields.next()
        version = try fields.next()
        isOfOwnWork = try fields.next()
    }

    /// The states of a review.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The reviewer has not begun.
        case pending
        /// There is a draft.
        case inProgress = "in_progress"
        /// It stays as it is.
        case completed
        /// It was not completed in time; never stored.
        case overdue
        /// The staff took it back before it was completed.
        case cancelled
    }

    /// How it stands at a moment.
    ///
    /// - Parameter now: The moment.
    /// - Returns: Its status.
    public func status(at now: Date) -> Status {
        switch stored {
        case .pending, .inProgress: isOpen(at: now) ? stored : .overdue
        default: stored
        }
    }

    /// Whether reviews are taken at a moment.
    func isOpen(at now: Date) -> Bool { releasedAt == nil && now <= dueAt }

    /// Whether it is part of the result.
    var isCounted: Bool { stored == .completed && !isCalibration && withdrawnAt == nil }
}

/// What a reviewer saves before they complete a review.
public struct PeerReviewDraft: Sendable, Hashable {
    /// What they give; `nil` for nothing yet.
    public var result: SubmissionAssessment.Result?
    /// What they say, up to 10,000 characters.
    public var feedback: String?

    /// Describes a draft.
    ///
    /// - Parameters:
    ///   - result: What they give: levels where the assignment has a rubric, else points.
    ///   - feedback: What they say.
    public init(_ result: SubmissionAssessment.Result?, feedback: String? = nil) {
        self.result = result
        self.feedback = feedback
    }
}

/// A review as its reviewer sees it.
public struct PeerReviewTask: Sendable {
    /// The review; of it show what the members below do not hide.
    public let review: PeerReview
    /// How it stands.
    public let status: PeerReview.Status
    /// The text that is reviewed; `nil` in lists.
    public let text: String?
    /// The files, under the names that the reviewer may see; empty in lists.
    public let files: [SubmissionFile]
    /// Whose work it is; empty where reviewers do not learn that, and in lists.
    public let authors: [SubmissionMember]

    package init(
        _ review: PeerReview,
        at now: Date,
        text: String? = nil,
        files: [SubmissionFile] = [],
        authors: [SubmissionMember] = []
    ) {
        let isHidden = review.isAnonymous || review.isCalibration
        self.review = review
        status = review.status(at: now)
        self.text = text
        self.files = isHidden ? files.map(\.anonymous) : files
        self.authors = isHidden ? [] : authors
    }
}
