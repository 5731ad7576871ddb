// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Why something about grades was refused.
@nonexhaustive
public enum GradebookError: Error, Sendable, Equatable {
    /// There is no such course, or the principal may not know that there is.
    case courseNotFound
    /// There is no such item, or the principal may not know that there is.
    case itemNotFound
    /// There is no such learner in the course.
    case learnerNotFound
    /// There is no such category in the course.
    case categoryNotFound
    /// There is no such enrollment, or the principal may not know that there is.
    case enrollmentNotFound
    /// The principal may see it and may not do this.
    case forbidden
    /// It was changed since the caller read it; it is at this version now.
    case versionMismatch(current: Int)
    /// The score is above the item's points.
    case scoreTooHigh(limit: Points)
    /// A status and a score that do not belong together, such as an excuse with points.
    case unsoundEntry
    /// The item's scores come from a quiz or an assignment; by hand it is overridden or excused.
    case scoredBySubject
    /// A course has at most this many items.
    case tooManyItems(limit: Int)
    /// More is asked for at once than this.
    case tooManyEntries(limit: Int)
    /// The item has grades, or comes from a quiz or an assignment, so it is not deleted.
    case itemInUse
    /// A letter scale whose boundaries do not fall from letter to letter down to 0.
    case unsoundScheme
    /// There is no such import, or it is somebody else's.
    case importNotFound
    /// So many of the grades that the import is about were changed since it was shown.
    case importOutdated(Int)
    /// The import has mistakes, so it is not applied.
    case importHasMistakes
    /// The table is none, from this line on, or too long.
    case unreadableTable(line: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// A value breaks the rule that this constraint holds.
    case invalid(constraint: String)
    /// The database failed.
    case database(DatabaseError)
}

extension GradebookError: FeatureError {
    init(_ error: DatabaseError) {
        switch error {
        case .constraint(.check, let name): self = .invalid(constraint: name)
        case .constraint(.unique, name: "grade_categories_course_id_name_uq"):
            self = .invalid(constraint: "grade_categories_course_id_name_uq")
        case .constraint(.foreignKey, name: "grade_items_category_id_fk"): self = .categoryNotFound
        case .constraint(.foreignKey, name: "grade_items_course_id_fk"): self = .courseNotFound
        default: self = .database(error)
        }
    }
}
