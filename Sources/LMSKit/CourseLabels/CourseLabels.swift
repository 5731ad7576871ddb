// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What courses are found by: a heading or a word.
public struct CourseLabel: Sendable, Hashable {
    /// The label.
    public let text: String
    /// How many courses have it, whatever their status.
    public let courses: Int

    package init(text: String, courses: Int) {
        self.text = text
        self.courses = courses
    }

    /// The kinds of label.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The heading that a course is listed under; it has at most one.
        case categories
        /// Words to find a course by.
        case tags

        /// The most characters of one.
        public var maximumLength: Int {
            switch self {
            case .categories: 100
            case .tags: 50
            }
        }
    }
}

/// Why labels were not shown or changed.
@nonexhaustive
public enum CourseLabelError: Error, Sendable, Equatable {
    /// The principal may not change every course.
    case forbidden
    /// The new label is empty or longer than its kind may be.
    case unsound(limit: Int)
    /// The position belongs to another list.
    case invalidPosition
    /// The database failed.
    case database(DatabaseError)
}

extension CourseLabelError: FeatureError {
    init(_ error: DatabaseError) { self = .database(error) }
}

/// Puts the categories and tags of a tenant's courses in order: all that have one get another, or none.
///
/// Everything needs `course:update` on every course. A change locks the courses that it changes until the transaction ends, raises
/// their versions, acts as the session's principal and leaves the commit to the caller.
public struct CourseLabels: Sendable {
    private let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Dates and records.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Lists labels in their order, each with how many courses have it.
    ///
    /// - Parameters:
    ///   - kind: Which.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `CourseLabelError.forbidden`; `.invalidPosition`.
    public func list(
        _ kind: CourseLabel.Kind,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(CourseLabelError) -> Page<CourseLabel> {
        guard reader.principal.may(.courseUpdate, on: .foreign) else { throw .forbidden }
        if let position, position.order != kind.rawValue { throw .invalidPosition }
        return try await CourseLabelError.translating {
            let statement: SQL =
                switch kind {
                case .categories: .listCategories(after: position?.key, limit: limit.withProbe)
                case .tags: .listTags(after: position?.key, limit: limit.withProbe)
                }
            let labels = try await reader.read(statement).map { row in
                CourseLabel(text: try row[0], courses: try row[1])
            }
            return Page(cutting: labels, limit: limit.count) {
                PagePosition(order: kind.rawValue, key: $0.text, id: reader.tenant.uuid)
            }
        }
    }

    /// Gives all courses that have a label another one; if others have that already, the two become one.
    ///
    /// - Parameters:
    ///   - old: The label.
    ///   - kind: Which.
    ///   - new: What it becomes; `nil` to take it from them.
    ///   - session: The tenant's open transaction.
    /// - Returns: How many courses were changed.
    /// - Throws: `CourseLabelError.forbidden`; `.unsound`.
    public func change(
        _ old: String,
        of kind: CourseLabel.Kind,
        to new: String?,
        session: borrowing TenantSession
    ) async throws(CourseLabelError) -> Int {
        let principal = session.principal
        guard principal.may(.courseUpdate, on: .foreign) else { throw .forbidden }
        if let new {
            let limit = kind.maximumLength
            guard !new.isEmpty, new.unicodeScalars.count <= limit else { throw .unsound(limit: limit) }
            guard new != old else { return 0 }
        }
        return try await CourseLabelError.translating {
            let now = courses.clock.now()
            let (lock, update): (SQL, SQL) =
                switch kind {
                case .categories: (.lockCategory(old), .changeCategory(old, to: new, by: principal, at: now))
                case .tags: (.lockTag(old), .changeTag(old, to: new, by: principal, at: now))
                }
            let replies = try await session.batch([lock, update])
            let changed: Int = try replies[1].only.map { row in try row[0] } ?? 0
            if changed > 0 {
                let event = AuditEvent("course.labels_changed")
                try await session.execute(courses.audit.recording(event, by: principal))
            }
            return changed
        }
    }
}
