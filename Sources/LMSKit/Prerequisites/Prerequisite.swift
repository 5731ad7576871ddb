// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A course that is completed before another one is taken.
public struct Prerequisite: Sendable, Hashable {
    /// The course to complete.
    public let course: Course.ID
    /// Its title.
    public let title: String
    /// The name in its address.
    public let slug: Slug
    /// Whether it is offered; only a published course is asked for.
    public let status: Course.Status
    /// Whether the reader completed it.
    public let isMet: Bool

    /// Whether it is asked for: what is not offered could not be completed.
    public var isInForce: Bool { status == .published }

    package init(course: Course.ID, title: String, slug: Slug, status: Course.Status, isMet: Bool) {
        self.course = course
        self.title = title
        self.slug = slug
        self.status = status
        self.isMet = isMet
    }
}

/// What a course asks for, at a version of the course.
public struct PrerequisiteList: Sendable {
    /// The course that asks for them.
    public let course: Course.ID
    /// The course's version.
    public let version: Int
    /// The courses to complete, by title.
    public let prerequisites: [Prerequisite]

    package init(course: Course.ID, version: Int, prerequisites: [Prerequisite]) {
        self.course = course
        self.version = version
        self.prerequisites = prerequisites
    }
}

/// A course that a learner has not completed and would have to.
public struct MissingPrerequisite: Sendable, Hashable {
    /// The course to complete.
    public let course: Course.ID
    /// Its title.
    public let title: String

    package init(course: Course.ID, title: String) {
        self.course = course
        self.title = title
    }
}

/// A place that was given although something was missing.
public struct PrerequisiteWaiver: Sendable {
    /// The place.
    public let enrollment: Enrollment.ID
    /// Whose it is.
    public let learner: Principal.ID
    /// The learner's name.
    public let learnerName: String
    /// Why it was given.
    public let reason: String
    /// Who gave it; `nil` for a program, or somebody who is gone.
    public let grantedBy: Principal.ID?
    /// When it was given, UTC.
    public let grantedAt: Date

    package init(
        enrollment: Enrollment.ID,
        learner: Principal.ID,
        learnerName: String,
        reason: String,
        grantedBy: Principal.ID?,
        grantedAt: Date
    ) {
        self.enrollment = enrollment
        self.learner = learner
        self.learnerName = learnerName
        self.reason = reason
        self.grantedBy = grantedBy
        self.grantedAt = grantedAt
    }
}

extension Prerequisite {
    /// Reads a row of `selectPrerequisites`, and what the reader is in the course to complete.
    static func withRole(_ row: Row) throws(DatabaseError) -> (Prerequisite, CourseRole?) {
        var fields = RowFields(row)
        let prerequisite = Prerequisite(
            course: try fields.next(),
            title: try fields.next(),
            slug: try fields.next(),
            status: try fields.next(),
            isMet: try fields.next()
        )
        return (prerequisite, try fields.next())
    }
}

extension MissingPrerequisite {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        course = try fields.next()
        title = try fields.next()
    }
}

extension PrerequisiteWaiver {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        enrollment = try fields.next()
        learner = try fields.next()
        learnerName = try fields.next()
        reason = try fields.next()
        grantedBy = try fields.next()
        grantedAt = try fields.next()
    }
}
