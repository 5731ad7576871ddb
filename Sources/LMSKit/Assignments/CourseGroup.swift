// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Groups into which learners of a course are put; a learner is in one of them at most.
public struct GroupSet: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<GroupSet>
    /// The set's identifier.
    public let id: ID
    /// The course.
    public let course: Course.ID
    /// The title, 1–200 characters.
    public let title: String
    /// How many groups it has.
    public let groupCount: Int
    /// Raised by each change of its title; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date

    package init(id: ID, course: Course.ID, title: String, groupCount: Int, createdAt: Date) {
        self.id = id
        self.course = course
        self.title = title
        self.groupCount = groupCount
        version = 1
        self.createdAt = createdAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        title = try fields.next()
        groupCount = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
    }
}

/// Learners of a course who hand in together.
public struct CourseGroup: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<CourseGroup>
    /// The most members of a group.
    public static let memberLimit = 50
    /// The group's identifier.
    public let id: ID
    /// The set that it is of.
    public let set: GroupSet.ID
    /// The course.
    public let course: Course.ID
    /// The name, 1–100 characters, which no other group of the set has.
    public let name: String
    /// Who is in it, in the order of their identifiers.
    public let members: [Member]
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// When it was made, UTC.
    public let createdAt: Date

    /// Somebody who is in a group.
    public struct Member: Sendable, Hashable {
        /// The learner.
        public let user: Principal.ID
        /// Their name.
        public let displayName: String

        package init(user: Principal.ID, displayName: String) {
            self.user = user
            self.displayName = displayName
        }
    }

    package init(id: ID, set: GroupSet.ID, course: Course.ID, name: String, members: [Member], createdAt: Date) {
        self.id = id
        self.set = set
        self.course = course
        self.name = name
        self.members = members
        version = 1
        self.createdAt = createdAt
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        set = try fields.next()
        course = try fields.next()
        name = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        let (users, names): ([Principal.ID], [String]) = (try fields.next(), try fields.next())
        members = zip(users, names).map { Member(user: $0, displayName: $1) }
    }
}

/// What becomes of a group.
public struct CourseGroupChanges: Sendable {
    /// The name, 1–100 characters.
    public var name = Change<String>.keep
    /// Who is in it from then on, at most 50 learners who have a place in the course and are in no other group of the set.
    public var members = Change<[Principal.ID]>.keep

    /// Changes nothing.
    public init() {}
}
