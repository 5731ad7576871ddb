// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Something in a course that learners get a grade for.
public struct GradeItem: Sendable, Hashable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<GradeItem>
    /// The item's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// Where its scores come from.
    public let kind: Kind
    /// The quiz or the assignment; `nil` for what is graded by hand.
    public let subject: UUID?
    /// What it is and how it counts.
    public var draft: GradeItemDraft
    /// Whether learners see none of its grades.
    public let isMuted: Bool
    /// Raised by each change of the item; for conditional updates.
    public let version: Int

    package init(
        id: ID,
        course: Course.ID,
        kind: Kind,
        subject: UUID?,
        draft: GradeItemDraft,
        isMuted: Bool,
        version: Int
    ) {
        self.id = id
        self.course = course
        self.kind = kind
        self.subject = subject
        self.draft = draft
        self.isMuted = isMuted
        self.version = version
    }

    /// Where an item's scores come from.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// From a quiz.
        case quiz
        /// From an assignment.
        case assignment
        /// From whoever grades.
        case manual
    }
}

/// What an item is and how it counts.
public struct GradeItemDraft: Sendable, Hashable {
    /// The title, 1–255 characters.
    public var title: String
    /// The most points that it gives: more than none, at most 100,000.
    public var maxPoints: Points
    /// When it is due, UTC.
    public var dueAt: Date?
    /// The category that it is weighed in; `nil` for none.
    public var category: GradeCategory.ID?
    /// Its place in the grid.
    public var position: Int
    /// Whether learners see it.
    public var isPublished: Bool
    /// Whether it counts in the course's grade.
    public var counts: Bool
    /// Whether its points are added to what is earned and not to what can be.
    public var isExtraCredit: Bool
    /// Whether the course's rule of completion may ask for a grade in it.
    public var isMandatory: Bool

    /// Describes an item.
    ///
    /// - Parameters:
    ///   - title: The title, 1–255 characters.
    ///   - maxPoints: The most points that it gives.
    ///   - dueAt: When it is due.
    ///   - category: The category that it is weighed in.
    ///   - position: Its place in the grid.
    public init(
        title: String,
        maxPoints: Points,
        dueAt: Date? = nil,
        category: GradeCategory.ID? = nil,
        position: Int = 0
    ) {
        self.title = title
        self.maxPoints = maxPoints
        self.dueAt = dueAt
        self.category = category
        self.position = position
        isPublished = true
        counts = true
        isExtraCredit = false
        isMandatory = false
    }
}

/// Some items of a course that are weighed together.
public struct GradeCategory: Sendable, Hashable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<GradeCategory>
    /// The category's identifier.
    public let id: ID
    /// The name, 1–100 characters; no two of a course have the same.
    public var name: String
    /// How much it counts beside the others, from 0 to 1000; the weights of a course need not sum to 100.
    public var weight: Points
    /// How many of a learner's items are left out, those without which the rest is best.
    public var dropLowest: Int

    /// Describes a category.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - name: The name.
    ///   - weight: How much it counts beside the others.
    ///   - dropLowest: How many of a learner's items are left out.
    public init(id: ID, name: String, weight: Points, dropLowest: Int = 0) {
        self.id = id
        self.name = name
        self.weight = weight
        self.dropLowest = dropLowest
    }
}

/// What an item's scores come from: a quiz or an assignment.
public struct GradeSubject: Sendable, Hashable {
    /// Which of both.
    public let kind: GradeItem.Kind
    /// Its identifier.
    public let id: UUID

    /// Names a quiz or an assignment.
    ///
    /// - Parameters:
    ///   - kind: Which of both.
    ///   - id: Its identifier.
    public init(_ kind: GradeItem.Kind, _ id: UUID) {
        self.kind = kind
        self.id = id
    }
}

extension GradeItem {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        kind = try fields.next()
        subject = try fields.next()
        var draft = GradeItemDraft(title: try fields.next(), maxPoints: try fields.next())
        draft.dueAt = try fields.next()
        draft.category = try fields.next()
        draft.position = try fields.next()
        draft.isPublished = try fields.next()
        draft.counts = try fields.next()
        draft.isExtraCredit = try fields.next()
        draft.isMandatory = try fields.next()
        self.draft = draft
        isMuted = try fields.next()
        version = try fields.next()
    }
}
