// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A table of grades that somebody brought in, with what it changes.
public struct GradeImport: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<GradeImport>
    /// The import's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// When it was brought in, UTC.
    public let createdAt: Date
    /// When it was applied, UTC; `nil` if it was not.
    public let appliedAt: Date?
    /// What is wrong with the table, at most a hundred; with any it is not applied.
    public let issues: [GradeImportIssue]
    /// How many grades it changes.
    public let changeCount: Int
    /// How many of those were changed by somebody else since.
    public let outdatedCount: Int

    package init(
        id: ID,
        course: Course.ID,
        createdAt: Date,
        appliedAt: Date?,
        issues: [GradeImportIssue],
        changeCount: Int,
        outdatedCount: Int
    ) {
        self.id = id
        self.course = course
        self.createdAt = createdAt
        self.appliedAt = appliedAt
        self.issues = issues
        self.changeCount = changeCount
        self.outdatedCount = outdatedCount
    }
}

/// What a table changes of one grade.
public struct GradeImportChange: Sendable, Hashable {
    /// Its place among the changes, from 1.
    public let position: Int
    /// The line of the table.
    public let line: Int
    /// The learner.
    public let learner: Principal.ID
    /// The item.
    public let item: GradeItem.ID
    /// The points before.
    public let before: Points?
    /// How it stood.
    public let beforeStatus: Grade.Status
    /// The points that the table has.
    public let after: Points?
    /// How it is to stand.
    public let afterStatus: Grade.Status
    /// Whether somebody changed the grade since.
    public let isOutdated: Bool

    package init(
        position: Int,
        line: Int,
        learner: Principal.ID,
        item: GradeItem.ID,
        before: Points?,
        beforeStatus: Grade.Status,
        after: Points?,
        afterStatus: Grade.Status,
        isOutdated: Bool = false
    ) {
        self.position = position
        self.line = line
        self.learner = learner
        self.item = item
        self.before = before
        self.beforeStatus = beforeStatus
        self.after = after
        self.afterStatus = afterStatus
        self.isOutdated = isOutdated
    }
}

/// Something that is wrong with a table.
public struct GradeImportIssue: Sendable, Hashable {
    /// The most that are told.
    public static let limit = 100
    /// The line, from 1.
    public let line: Int
    /// The column's heading, cut to 255 characters; empty if it is about the whole line.
    public let column: String
    /// What it is.
    public let code: Code

    package init(line: Int, column: String, code: Code) {
        self.line = line
        self.column = String(column.prefix(255))
        self.code = code
    }

    /// What may be wrong.
    @nonexhaustive
    public enum Code: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The column is neither an item of the course nor one that the export has.
        case unknownColumn
        /// The column or the learner is there twice.
        case duplicate
        /// The line has more or fewer fields than the heading.
        case wrongFieldCount
        /// Nobody with this identifier learns in the course.
        case unknownLearner
        /// The cell is neither a number nor `EX` nor `MI`.
        case malformed
        /// The score is above the item's points.
        case tooHigh
        /// The scores of the item come from a quiz or an assignment.
        case scoredElsewhere
        /// The grade is that of whoever brings the table in, which somebody else decides on.
        case ownGrade
    }
}
