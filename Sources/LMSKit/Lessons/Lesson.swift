// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A step of a course; its content is read apart, by those who are entitled to it.
public struct Lesson: Sendable, Identifiable, Equatable {
    /// The identifier.
    public typealias ID = Identifier<Lesson>
    /// The lesson's identifier.
    public let id: ID
    /// The course it is of.
    public let course: Course.ID
    /// The module it is in.
    public var module: Module.ID
    /// The title, 1–255 characters.
    public var title: String
    /// What the learner does in it.
    public var kind: Kind
    /// Whether learners see it.
    public var status: Status
    /// Whether everybody who sees the course may read it.
    public var isPreview: Bool
    /// How long it takes, in minutes; 1–100,000.
    public var durationMinutes: Int?
    /// Its place in the module; equal places are ordered by identifier.
    public var position: Int
    /// Raised by each change of the lesson or its content; for conditional updates.
    public var version: Int
    /// When it was created, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public var updatedAt: Date
}

extension Lesson {
    /// What a learner does in a lesson.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        case video, reading, document, quiz, assignment, exercise
    }

    /// The states of a lesson.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Being written; seen by the course's staff.
        case draft
        /// Seen by the course's learners; counts towards completing it.
        case published
        /// Put away; seen by the course's staff.
        case archived
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        course = try fields.next()
        module = try fields.next()
        title = try fields.next()
        kind = try fields.next()
        status = try fields.next()
        isPreview = try fields.next()
        durationMinutes = try fields.next()
        position = try fields.next()
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
    }
}

/// What a new lesson is.
public struct NewLesson: Sendable {
    /// The title, 1–255 characters.
    public var title: String
    /// What the learner does in it.
    public var kind: Lesson.Kind
    /// Whether learners see it.
    public var status: Lesson.Status
    /// Whether everybody who sees the course may read it.
    public var isPreview: Bool
    /// How long it takes, in minutes.
    public var durationMinutes: Int?
    /// Its place in the module; after the last one if it is `nil`.
    public var position: Int?

    /// Describes a lesson.
    ///
    /// - Parameters:
    ///   - title: The title, 1–255 characters.
    ///   - kind: What the learner does in it.
    ///   - status: Whether learners see it.
    ///   - isPreview: Whether everybody who sees the course may read it.
    ///   - durationMinutes: How long it takes, in minutes.
    ///   - position: Its place in the module; after the last one if it is `nil`.
    public init(
        title: String,
        kind: Lesson.Kind,
        status: Lesson.Status = .published,
        isPreview: Bool = false,
        durationMinutes: Int? = nil,
        position: Int? = nil
    ) {
        self.title = title
        self.kind = kind
        self.status = status
        self.isPreview = isPreview
        self.durationMinutes = durationMinutes
        self.position = position
    }
}

/// What an update does to a lesson.
public struct LessonChanges: Sendable {
    /// The title, 1–255 characters.
    public var title: Change<String> = .keep
    /// What the learner does in it.
    public var kind: Change<Lesson.Kind> = .keep
    /// Whether learners see it.
    public var status: Change<Lesson.Status> = .keep
    /// Whether everybody who sees the course may read it.
    public var isPreview: Change<Bool> = .keep
    /// How long it takes, in minutes.
    public var durationMinutes: Change<Int?> = .keep
    /// Its place in the module.
    public var position: Change<Int> = .keep
    /// Which module of the course it is in.
    public var module: Change<Module.ID> = .keep

    /// Describes an update that changes nothing yet.
    public init() {}

    func apply(to lesson: inout Lesson) {
        lesson.title = title.applied(to: lesson.title)
        lesson.kind = kind.applied(to: lesson.kind)
        lesson.status = status.applied(to: lesson.status)
        lesson.isPreview = isPreview.applied(to: lesson.isPreview)
        lesson.durationMinutes = durationMinutes.applied(to: lesson.durationMinutes)
        lesson.position = position.applied(to: lesson.position)
        lesson.module = module.applied(to: lesson.module)
    }
}
