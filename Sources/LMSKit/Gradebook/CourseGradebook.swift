// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A course's gradebook without the learners.
public struct CourseGradebook: Sendable {
    /// The course.
    public let course: Course.ID
    /// How it is graded.
    public let setup: GradebookSetup
    /// Whether learners see none of its grades.
    public let isMuted: Bool
    /// Raised by each change of the set-up; 0 before the first.
    public let version: Int
    /// What is graded, in the order of the grid.
    public let items: [GradeItem]
    /// What all of them come to is decided by it.
    let plan: GradingPlan

    package init(course: Course.ID, setup: GradebookSetup, isMuted: Bool, version: Int, items: [GradeItem]) {
        self.course = course
        self.setup = setup
        self.isMuted = isMuted
        self.version = version
        self.items = items
        plan = GradingPlan(items, setup)
    }

    /// The items as their learners see them: those that are published, and of the muted none in the sum.
    var released: [GradeItem] { isMuted ? [] : items.filter { $0.draft.isPublished && !$0.isMuted } }
}

/// A learner with all their grades in a course.
public struct LearnerGrades: Sendable {
    /// Their place in the course.
    public let enrollment: Enrollment.ID
    /// Who.
    public let learner: Principal.ID
    /// Their name.
    public let name: String
    /// Their address, for those who teach.
    public let email: String?
    /// Their grades.
    public let grades: ItemGrades
    /// What they come to.
    public let sum: CourseGrade
    /// Raised by each change of what counts in place of the course's grade, 0 before the first; for those who teach.
    public let overrideVersion: Int?

    package init(
        enrollment: Enrollment.ID,
        learner: Principal.ID,
        name: String,
        email: String?,
        grades: ItemGrades,
        sum: CourseGrade,
        overrideVersion: Int? = nil
    ) {
        self.enrollment = enrollment
        self.learner = learner
        self.name = name
        self.email = email
        self.grades = grades
        self.sum = sum
        self.overrideVersion = overrideVersion
    }
}

/// A change of a grade.
public struct GradeChange: Sendable, Hashable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<GradeChange>
    /// The change's identifier.
    public let id: ID
    /// The item; `nil` for the course's grade.
    public let item: GradeItem.ID?
    /// What changed.
    public let kind: Kind
    /// Where it came from.
    public let source: Grade.Source
    /// What it was; of the course's grade in percent.
    public let before: Points?
    /// How it stood.
    public let beforeStatus: Grade.Status?
    /// What it became.
    public let after: Points?
    /// How it stands.
    public let afterStatus: Grade.Status?
    /// Why.
    public let reason: String?
    /// Who; `nil` for the platform itself, and for whoever was erased.
    public let changedBy: Principal.ID?
    /// When, UTC.
    public let changedAt: Date
    /// Its place among the changes of the learner's grades in the course, from 1.
    public let ordinal: Int

    package init(
        id: ID,
        item: GradeItem.ID?,
        kind: Kind,
        source: Grade.Source,
        before: Points?,
        beforeStatus: Grade.Status?,
        after: Points?,
        afterStatus: Grade.Status?,
        reason: String?,
        changedBy: Principal.ID?,
        changedAt: Date,
        ordinal: Int
    ) {
        self.id = id
        self.item = item
        self.kind = kind
        self.source = source
        self.before = before
        self.beforeStatus = beforeStatus
        self.after = after
        self.afterStatus = afterStatus
        self.reason = reason
        self.changedBy = changedBy
        self.changedAt = changedAt
        self.ordinal = ordinal
    }

    /// What changed of a grade.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The score, or how it stands.
        case score
        /// What counts in place of the score.
        case override
        /// What counts in place of the course's grade.
        case courseOverride = "course_override"
    }
}

extension GradeChange {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        item = try fields.next()
        kind = try fields.next()
        source = try fields.next()
        before = try fields.next()
        beforeStatus = try fields.next()
        after = try fields.next()
        afterStatus = try fields.next()
        reason = try fields.next()
        changedBy = try fields.next()
        changedAt = try fields.next()
        ordinal = try fields.next()
    }
}
