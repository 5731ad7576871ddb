// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a learner hands in, each time as a version of its own.
public struct Submission: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Submission>
    /// The most characters of a text.
    public static let textLimit = 50_000
    /// The submission's identifier.
    public let id: ID
    /// The assignment.
    public let assignment: Assignment.ID
    /// Its title.
    public let assignmentTitle: String
    /// What it is worth.
    public let maxPoints: Points
    /// Whether graders do not learn whose work it is before its grade is released.
    public let isBlind: Bool
    /// The course.
    public let course: Course.ID
    /// The learner's place in it.
    public let enrollment: Enrollment.ID
    /// The learner.
    public let user: Principal.ID
    /// The learner's name.
    public let displayName: String
    /// What graders call the learner who must not know who it is.
    public let pseudonym: String
    /// Which of the learner's versions it is, from 1.
    public let number: Int
    /// How it stands.
    public let status: Status
    /// Whether it is the last that was handed in.
    public let isLatest: Bool
    /// The text.
    public let text: String
    /// The client's number of the text.
    public let sequence: Int
    /// When the text was saved, UTC.
    public let savedAt: Date
    /// When it was handed in, UTC.
    public let receivedAt: Date?
    /// How many days had begun after it was due; 0 for on time.
    public let daysLate: Int
    /// What it was given; `nil` until it is graded.
    public let grade: Grade?
    /// What is said to all of it.
    public let feedback: String?
    /// When its learner was let see the grade, UTC.
    public let releasedAt: Date?
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// Whether the gradebook keeps its learner from the grade: its item is muted, or the course is.
    let isMuted: Bool
    /// Whether it is the reader's own, or their group's.
    let isOwn: Bool
    /// The group whose it is, and of which user and place are one member's; `nil` for a learner's own.
    public let group: Group?

    package init(
        id: ID,
        assignment: Assignment.ID,
        maxPoints: Points,
        isBlind: Bool,
        number: Int,
        status: Status,
        text: String,
        at instant: Date,
        grade: Grade?,
        feedback: String?,
        releasedAt: Date?,
        group: Group? = nil
    ) {
        self.id = id
        self.assignment = assignment
        self.group = group
        isOwn = false
        assignmentTitle = "The third sheet"
        self.maxPoints = maxPoints
        self.isBlind = isBlind
        course = Course.ID(id.uuid)
        enrollment = Enrollment.ID(id.uuid)
        user = Principal.ID(id.uuid)
        displayName = "Ada Lovelace"
        pseudonym = "0f3a9c21d4"
        self.number = number
        self.status = status
        isLatest = status != .draft
        self.text = text
        sequence = 7
        savedAt = instant
        receivedAt = status == .draft ? nil : instant
        daysLate = status == .draft ? 0 : 1
        self.grade = grade
        self.feedback = feedback
        self.releasedAt = releasedAt
        version = 3
        isMuted = false
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        assignment = try fields.next()
        assignmentTitle = try fields.next()
        maxPoints = try fields.next()
        isBlind = try fields.next()
        course = try fields.next()
        enrollment = try fields.next()
        user = try fields.next()
        displayName = try fields.next()
        pseudonym = try fields.next()
        number = try fields.next()
        status = try fields.next()
        isLatest = try fields.next()
        text = try fields.next()
        sequence = try fields.next()
        savedAt = try fields.next()
        receivedAt = try fields.next()
        daysLate = try fields.next()
        let (earned, points): (Points?, Points?) = (try fields.next(), try fields.next())
        let levels: JSONText? = try fields.next()
        feedback = try fields.next()
        let gradedAt: Date? = try fields.next()
        if let earned, let points, let gradedAt {
            let judgments = if let levels { try RubricJudgment.read(column: levels) } else { [RubricJudgment]() }
            grade = Grade(earned: earned, points: points, judgments: judgments, gradedAt: gradedAt)
        } else {
            grade = nil
        }
        releasedAt = try fields.next()
        version = try fields.next()
        isOwn = try fields.next()
        let (group, name): (CourseGroup.ID?, String?) = (try fields.next(), try fields.next())
        self.group = if let group, let name { Group(id: group, name: name) } else { nil }
        isMuted = try fields.next()
    }

    /// A group that hands in together.
    public struct Group: Sendable, Hashable {
        /// The group.
        public let id: CourseGroup.ID
        /// Its name.
        public let name: String

        package init(id: CourseGroup.ID, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// The states of a submission.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Its learner writes.
        case draft
        /// It waits for a grader.
        case submitted
        /// It has a grade.
        case graded
        /// Its learner is asked to hand in again.
        case returned
    }

    /// What a submission was given.
    public struct Grade: Sendable, Hashable {
        /// What the work earned.
        public let earned: Points
        /// That, less what lateness costs.
        public let points: Points
        /// For each criterion of the rubric the level that was reached; empty if points were given directly.
        public let judgments: [RubricJudgment]
        /// When, UTC.
        public let gradedAt: Date

        package init(earned: Points, points: Points, judgments: [RubricJudgment], gradedAt: Date) {
            self.earned = earned
            self.points = points
            self.judgments = judgments
            self.gradedAt = gradedAt
        }
    }
}

/// Somebody whose submission it is.
public struct SubmissionMember: Sendable, Hashable {
    /// The submission.
    public let submission: Submission.ID
    /// The learner.
    public let user: Principal.ID
    /// Their place in the course.
    public let enrollment: Enrollment.ID
    /// Their name.
    public let displayName: String

    package init(submission: Submission.ID, user: Principal.ID, enrollment: Enrollment.ID, displayName: String) {
        self.submission = submission
        self.user = user
        self.enrollment = enrollment
        self.displayName = displayName
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        submission = try fields.next()
        user = try fields.next()
        enrollment = try fields.next()
        displayName = try fields.next()
    }
}

/// What a grader says to a part of a text.
public struct SubmissionComment: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<SubmissionComment>
    /// The most comments at a submission.
    public static let limit = 200
    /// The comment's identifier.
    public let id: ID
    /// The part: characters of the text, counted in Unicode code points.
    public let range: Range<Int>
    /// What is said, 1–2,000 characters.
    public let body: String
    /// When it was written, UTC.
    public let createdAt: Date

    package init(id: ID, range: Range<Int>, body: String, createdAt: Date) {
        self.id = id
        self.range = range
        self.body = body
        self.createdAt = createdAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        let (starts, ends): (Int, Int) = (try fields.next(), try fields.next())
        // The database keeps only ranges that have an end after their start.
        range = starts..<max(starts, ends)
        body = try fields.next()
        createdAt = try fields.next()
    }
}

/// A submission as somebody may see it.
public struct SubmissionView: Sendable {
    /// The submission with everything; show what the members below say.
    public let submission: Submission
    /// What is said to parts of the text; empty in lists, and where it may not be seen.
    public let comments: [SubmissionComment]
    /// Its files in their order, under the names that may be seen; empty in lists.
    public let files: [SubmissionFile]
    /// Whose it is: of a group's draft those who are in the group, of what it handed in those who were; empty in lists.
    public let members: [SubmissionMember]
    /// For whom it is.
    public let audience: Audience

    /// Who looks at a submission.
    @nonexhaustive
    public enum Audience: Sendable, Hashable {
        /// Whose it is.
        case learner
        /// Who grades it.
        case grader
    }

    package init(
        _ submission: Submission,
        comments: [SubmissionComment] = [],
        files: [SubmissionFile] = [],
        members: [SubmissionMember] = [],
        for audience: Audience
    ) {
        self.submission = submission
        self.members = members
        self.audience = audience
        self.files = Self.showsPerson(of: submission, to: audience) ? files : files.map(\.anonymous)
        let isShown = Self.showsGrade(of: submission, to: audience) || submission.status == .returned
        self.comments = isShown ? comments : []
    }

    /// Whether the points may be seen: by graders, and by their learner when they are released and not muted in the gradebook.
    public var showsGrade: Bool { Self.showsGrade(of: submission, to: audience) }

    private static func showsGrade(of submission: Submission, to audience: Audience) -> Bool {
        audience == .grader || submission.releasedAt != nil && !submission.isMuted
    }

    /// Whether what graders say may be seen: with the grade, or when the work was returned.
    public var showsFeedback: Bool { showsGrade || submission.status == .returned }

    /// Whether it may be seen whose it is.
    public var showsPerson: Bool { Self.showsPerson(of: submission, to: audience) }

    private static func showsPerson(of submission: Submission, to audience: Audience) -> Bool {
        audience == .learner || !submission.isBlind || submission.releasedAt != nil
    }

    /// How it stands for who looks: a grade that is held or muted is none yet for its learner.
    public var status: Submission.Status {
        submission.status == .graded && !showsGrade ? .submitted : submission.status
    }
}

/// What a grader gives.
public struct SubmissionAssessment: Sendable, Hashable {
    /// How much the work earned.
    public var result: Result
    /// What is said to all of it, up to 10,000 characters.
    public var feedback: String?

    /// How much a work earned.
    @nonexhaustive
    public enum Result: Sendable, Hashable {
        /// So many points, from 0 through what the assignment is worth.
        case points(Points)
        /// The level of each criterion of the rubric, in their order.
        case levels([RubricJudgment])
    }

    /// Describes an assessment.
    ///
    /// - Parameters:
    ///   - result: How much the work earned.
    ///   - feedback: What is said to all of it.
    public init(_ result: Result, feedback: String? = nil) {
        self.result = result
        self.feedback = feedback
    }
}

/// What releasing held grades came to.
public struct GradeRelease: Sendable, Hashable {
    /// How many grades were released.
    public let released: Int
    /// Whether there are others.
    public let hasMore: Bool

    package init(released: Int, hasMore: Bool) {
        self.released = released
        self.hasMore = hasMore
    }
}
