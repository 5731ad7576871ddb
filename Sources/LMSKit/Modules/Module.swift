// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A part of a course that holds lessons.
public struct Module: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<Module>
    /// The module's identifier.
    public let id: ID
    /// The course it is of.
    public let course: Course.ID
    /// The title, 1–255 characters.
    public var title: String
    /// Its place among the course's modules; equal places are ordered by identifier.
    public var position: Int
    /// When it was created, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public var updatedAt: Date
    var availableAt: Date?
    var availableAfterDays: Int?
}

extension Module {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        title = try fields.next()
        position = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        availableAt = try fields.next()
        availableAfterDays = try fields.next()
    }
}

/// A place given to a module or a lesson.
public struct Placement<Entity>: Sendable {
    /// What is placed.
    public let id: Identifier<Entity>
    /// Its place, 0–100,000.
    public let position: Int

    /// Gives a place.
    ///
    /// - Parameters:
    ///   - id: What is placed.
    ///   - position: Its place, 0–100,000.
    public init(_ id: Identifier<Entity>, at position: Int) {
        self.id = id
        self.position = position
    }
}
