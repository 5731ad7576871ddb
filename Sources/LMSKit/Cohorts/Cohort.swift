// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A run of a course: those who take it together.
public struct Cohort: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Cohort>
    /// The cohort's identifier.
    public let id: ID
    /// The course it takes.
    public let course: Course.ID
    /// What is said of it.
    public let draft: CohortDraft
    /// How many of its seats are taken.
    public let seatsTaken: Int
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public let updatedAt: Date

    package init(
        id: ID,
        course: Course.ID,
        draft: CohortDraft,
        seatsTaken: Int,
        version: Int,
        createdAt: Date,
        updatedAt: Date
    ) {
        self.id = id
        self.course = course
        self.draft = draft
        self.seatsTaken = seatsTaken
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Whether learners may still join at an instant; they may before it starts, and after it did.
    ///
    /// - Parameter instant: The instant.
    /// - Returns: Whether it has not ended.
    public func isOpen(at instant: Date) -> Bool {
        draft.endsAt.map { instant < $0 } ?? true
    }

    /// Whether every seat is taken.
    public var isFull: Bool { draft.seatLimit.map { seatsTaken >= $0 } ?? false }
}

/// What is said of a cohort.
public struct CohortDraft: Sendable, Hashable {
    /// The name, 1–100 characters; unique in the course.
    public var name: String
    /// When it begins, UTC; modules that are released after days count from here for its members.
    public var startsAt: Date
    /// When nobody joins any more, UTC; after the start.
    public var endsAt: Date?
    /// How many learners it takes, 1–1,000,000; `nil` for any number that the course takes.
    public var seatLimit: Int?
    /// Who leads it: somebody with a role in the course.
    public var instructor: Principal.ID?

    /// Describes a cohort.
    ///
    /// - Parameters:
    ///   - name: The name, 1–100 characters.
    ///   - startsAt: When it begins, UTC.
    ///   - endsAt: When nobody joins any more, UTC.
    ///   - seatLimit: How many learners it takes.
    ///   - instructor: Who leads it.
    public init(
        name: String,
        startsAt: Date,
        endsAt: Date? = nil,
        seatLimit: Int? = nil,
        instructor: Principal.ID? = nil
    ) {
        self.name = name
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.seatLimit = seatLimit
        self.instructor = instructor
    }
}

/// A cohort as a reader sees it.
public struct CohortListing: Sendable {
    /// The cohort.
    public let cohort: Cohort
    /// Whether the reader has a place in it.
    public let isMine: Bool

    package init(cohort: Cohort, isMine: Bool) {
        self.cohort = cohort
        self.isMine = isMine
    }
}

extension Cohort {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        course = try fields.next()
        draft = CohortDraft(
            name: try fields.next(),
            startsAt: try fields.next(),
            endsAt: try fields.next(),
            seatLimit: try fields.next(),
            instructor: try fields.next()
        )
        seatsTaken = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }
}

extension CohortListing {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        cohort = try Cohort(fields: &fields)
        isMine = try fields.next()
    }
}
