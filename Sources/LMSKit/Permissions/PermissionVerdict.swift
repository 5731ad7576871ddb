// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Something that permissions say something of.
public enum PermissionObject: Sendable, Hashable {
    /// A course.
    case course(Course.ID)
    /// A lesson.
    case lesson(Lesson.ID)
    /// A place in a course.
    case enrollment(Enrollment.ID)
    /// A review of a course.
    case review(Review.ID)
    /// A person.
    case user(User.ID)
}

/// Whether somebody may do something, and why.
public struct PermissionVerdict: Sendable, Hashable {
    /// What was asked for.
    public let permission: Permission
    /// Whether they may.
    public let isAllowed: Bool
    /// Why, or why not.
    public let reason: Reason
    /// What they hold the permission by, whether or not it reaches the object.
    public let sources: [HeldPermission.Source]
    /// What they are in the course that the object is or is of.
    public let courseRole: CourseRole?

    /// Why something is allowed or not.
    @nonexhaustive
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// They hold the permission for all objects.
        case any
        /// They hold it for own objects, and this is one; or for own ones, and none was named.
        case own
        /// They need no permission: the object is public, or they have a place in the course.
        case entitled
        /// They do not hold the permission.
        case notHeld = "not_held"
        /// They hold it for own objects, and this is none.
        case notOwn = "not_own"
        /// Their account is not active.
        case inactive
    }

    package init(
        permission: Permission,
        isAllowed: Bool,
        reason: Reason,
        sources: [HeldPermission.Source],
        courseRole: CourseRole?
    ) {
        self.permission = permission
        self.isAllowed = isAllowed
        self.reason = reason
        self.sources = sources
        self.courseRole = courseRole
    }
}
