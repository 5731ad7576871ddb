// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What somebody is in one course, whatever they are in the tenant.
public enum CourseRole: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// Teaches it: changes and publishes it, and sees its learners.
    case instructor
    /// Helps: sees what is not published and its learners, moderates reviews and discussions, grades, changes nothing else.
    case assistant
    /// Looks on: sees what is not published and how its learners do, changes nothing.
    case observer

    /// What the role allows in its course to whoever holds it, all of it for own objects.
    public var grants: Grants {
        switch self {
        case .instructor:
            Grants([
                .courseRead: .own, .courseUpdate: .own, .coursePublish: .own, .enrollmentRead: .own,
                .reviewModerate: .own, .notificationSend: .own, .messageModerate: .own, .discussionModerate: .own,
                .assignmentManage: .own, .assignmentGrade: .own,
                .quizGrade: .own, .gradeRead: .own, .gradeWrite: .own, .gradeManage: .own,
            ])
        case .assistant:
            Grants([
                .courseRead: .own, .enrollmentRead: .own, .reviewModerate: .own, .messageModerate: .own,
                .assignmentGrade: .own,
                .discussionModerate: .own, .quizGrade: .own, .gradeRead: .own, .gradeWrite: .own,
            ])
        case .observer: Grants([.courseRead: .own, .enrollmentRead: .own, .gradeRead: .own])
        }
    }

    /// Returns whether the course counts as own for a permission.
    ///
    /// Whoever teaches a course may do to it whatever their roles in the tenant allow for own courses, such as deleting it;
    /// for the others it is own for what their role in the course allows and for nothing else.
    ///
    /// - Parameter permission: The permission.
    /// - Returns: Whether its scope `own` reaches the course.
    public func reaches(_ permission: Permission) -> Bool {
        self == .instructor || grants.scope(of: permission) != nil
    }
}

/// Somebody with a role in a course.
public struct CourseStaffMember: Sendable, Hashable {
    /// Who.
    public let user: Principal.ID
    /// What they are there.
    public let role: CourseRole

    /// Describes a member of a course's staff.
    ///
    /// - Parameters:
    ///   - user: Who.
    ///   - role: What they are there.
    public init(_ user: Principal.ID, _ role: CourseRole) {
        self.user = user
        self.role = role
    }

    /// Reads `instructor:<user>`, the form in which `courseColumns` has it.
    init?(stored: String) {
        guard let colon = stored.firstIndex(of: ":"), let role = CourseRole(rawValue: String(stored[..<colon])),
            let user = Principal.ID(String(stored[stored.index(after: colon)...]))
        else { return nil }
        self.init(user, role)
    }
}

extension Principal {
    /// Returns whether something of a course may be acted on.
    ///
    /// Out of line, like `may(_:on:)`.
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - role: What the principal is in the course; `nil` if nothing.
    /// - Returns: `true` if the grants reach the course.
    @inline(never)
    public func may(_ permission: Permission, as role: CourseRole?) -> Bool {
        may(permission, on: role?.reaches(permission) == true ? .own : .foreign)
    }
}
