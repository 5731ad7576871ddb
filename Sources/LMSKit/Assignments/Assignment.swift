// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Work that the learners of a course hand in.
public struct Assignment: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Assignment>
    /// The assignment's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// Whether learners see it.
    public let status: Status
    /// What is asked, when, and how it is graded.
    public let settings: AssignmentSettings
    /// Which version of the rubric it is judged by.
    public let rubricVersion: Int?
    /// The rubric's criteria; empty in lists, and without a rubric.
    public let criteria: [RubricCriterion]
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public let updatedAt: Date
    /// When it was published first, UTC.
    public let publishedAt: Date?
    /// The due date that learners were reminded of.
    let remindedOf: Date?

    package init(
        id: ID,
        course: Course.ID,
        status: Status,
        settings: AssignmentSettings,
        rubricVersion: Int?,
        criteria: [RubricCriterion],
        createdAt: Date,
        publishedAt: Date?
    ) {
        self.id = id
        self.course = course
        self.status = status
        self.settings = settings
        self.rubricVersion = rubricVersion
        self.criteria = criteria
        version = 1
        self.createdAt = createdAt
        updatedAt = createdAt
        self.publishedAt = publishedAt
        remindedOf = nil
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        status = try fields.next()
        settings = try AssignmentSettings(fields: &fields)
        rubricVersion = try fields.next()
        let stored: JSONText? = try fields.next()
        criteria = if let stored { try RubricCriterion.read(column: stored) } else { [] }
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        publishedAt = try fields.next()
        remindedOf = try fields.next()
    }

    /// The states of an assignment.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Only the staff sees it.
        case draft
        /// Learners hand in.
        case published
        /// Nothing is taken any more.
        case archived
    }

    /// What learners hand in.
    @nonexhaustive
    public enum Taking: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// A text.
        case text
        /// Files.
        case files
        /// A text, files, or both.
        case both = "text_and_files"
    }

    /// When learners see their grades.
    @nonexhaustive
    public enum Release: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// When they are graded.
        case atOnce = "at_once"
        /// When somebody releases them.
        case held
    }

    /// What completes the assignment's lesson for a learner.
    @nonexhaustive
    public enum Completion: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Nothing of it.
        case never
        /// That they handed in.
        case submission
        /// That they may see their grade.
        case grade
    }
}

/// What an assignment asks, when, and how it is graded.
public struct AssignmentSettings: Sendable, Hashable {
    /// The title, 3–255 characters.
    public var title: String
    /// What to do, up to 10,000 characters.
    public var instructions = ""
    /// The lesson that it belongs to.
    public var lesson: Lesson.ID?
    /// What it is worth, more than 0 through 100,000; with a rubric what that sums up to.
    public var points = Points(100)
    /// The rubric that it is judged by, in the version that it has when it is chosen.
    public var rubric: Rubric.ID?
    /// From when on learners hand in, UTC.
    public var opensAt: Date?
    /// When it is due, UTC.
    public var dueAt: Date?
    /// From when on nothing is taken, UTC.
    public var closesAt: Date?
    /// What comes so much after it was due is on time, 0 through 86,400 seconds.
    public var graceSeconds = 0
    /// Whether anything is taken after that.
    public var acceptsLate = true
    /// What each started day after it was due costs, in percent of the points.
    public var latePenalty = 0
    /// The percentage of the points below which lateness alone takes nobody.
    public var lateFloor = 0
    /// How often a learner hands in, 1–100; `nil` for as often as they like.
    public var submissionLimit: Int? = 1
    /// Whether graders do not learn whose work it is before its grade is released; grades are held then.
    public var isBlind = false
    /// When learners see their grades.
    public var release = Assignment.Release.atOnce
    /// What completes the lesson.
    public var completion = Assignment.Completion.never
    /// What is taken.
    public var takes = Assignment.Taking.text
    /// How many files are taken, 1–20.
    public var fileLimit = 5
    /// How long a file may be, in bytes, where that is less than the tenant takes.
    public var fileLimitInBytes: Int?
    /// Which files are taken; empty for all that are taken for submissions.
    public var fileTypes: [SubmissionFileType] = []
    /// Whose groups hand in together; `nil` where each learner does for themselves.
    public var groupSet: GroupSet.ID?

    /// Describes an assignment of a hundred points that is handed in once, at any time.
    ///
    /// - Parameter title: The title.
    public init(title: String) {
        self.title = title
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        title = try fields.next()
        instructions = try fields.next()
        lesson = try fields.next()
        points = try fields.next()
        rubric = try fields.next()
        opensAt = try fields.next()
        dueAt = try fields.next()
        closesAt = try fields.next()
        graceSeconds = try fields.next()
        acceptsLate = try fields.next()
        latePenalty = try fields.next()
        lateFloor = try fields.next()
        submissionLimit = try fields.next()
        isBlind = try fields.next()
        release = try fields.next()
        completion = try fields.next()
        takes = try fields.next()
        fileLimit = try fields.next()
        fileLimitInBytes = try fields.next()
        fileTypes = try fields.next()
        groupSet = try fields.next()
    }
}

/// What a learner gets besides what everybody has.
public struct NewAssignmentExtension: Sendable, Hashable {
    /// When it is due for them, if that is later than for the others, UTC.
    public var dueAt: Date?
    /// From when on nothing of theirs is taken, if that is later, UTC.
    public var closesAt: Date?
    /// How many times more they hand in, 0–100.
    public var extraSubmissions = 0
    /// Why, 1–500 characters.
    public var reason: String

    /// Gives nothing yet.
    ///
    /// - Parameter reason: Why.
    public init(because reason: String) {
        self.reason = reason
    }
}

/// What a learner has besides what everybody has.
public struct AssignmentExtension: Sendable, Hashable {
    /// The learner.
    public let user: Principal.ID
    /// Their name.
    public let displayName: String
    /// What they were given.
    public let granted: NewAssignmentExtension
    /// When, UTC.
    public let grantedAt: Date

    package init(user: Principal.ID, displayName: String, granted: NewAssignmentExtension, grantedAt: Date) {
        self.user = user
        self.displayName = displayName
        self.granted = granted
        self.grantedAt = grantedAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        displayName = try fields.next()
        let (due, closes): (Date?, Date?) = (try fields.next(), try fields.next())
        let extra: Int = try fields.next()
        var granted = NewAssignmentExtension(because: try fields.next())
        (granted.dueAt, granted.closesAt, granted.extraSubmissions) = (due, closes, extra)
        self.granted = granted
        grantedAt = try fields.next()
    }
}
