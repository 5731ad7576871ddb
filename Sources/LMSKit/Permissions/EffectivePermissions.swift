// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What somebody may do in a tenant, and why.
public struct EffectivePermissions: Sendable {
    /// Who.
    public let user: User.ID
    /// Whether their account is active; an account that is not may do nothing, whatever it holds.
    public let isActive: Bool
    /// The roles that they hold in the tenant, by name.
    public let roles: [Role.Name]
    /// What they are in which course; 1,000 at most, and only in courses that the one who asks may know of.
    public let courseRoles: [HeldCourseRole]
    /// What they may do, in the order of the names.
    public let permissions: [HeldPermission]
    /// Whether the token that asks may do less than its owner, as an API key may; `permissions` is then what it may do.
    public let isNarrowed: Bool

    /// A role in a course.
    public struct HeldCourseRole: Sendable, Hashable {
        /// The course.
        public let course: Course.ID
        /// What they are there.
        public let role: CourseRole

        package init(course: Course.ID, role: CourseRole) {
            self.course = course
            self.role = role
        }
    }

    package init(
        user: User.ID,
        isActive: Bool,
        roles: [Role.Name],
        courseRoles: [HeldCourseRole],
        permissions: [HeldPermission],
        isNarrowed: Bool
    ) {
        self.user = user
        self.isActive = isActive
        self.roles = roles
        self.courseRoles = courseRoles
        self.permissions = permissions
        self.isNarrowed = isNarrowed
    }
}

/// A permission that somebody holds.
public struct HeldPermission: Sendable, Hashable {
    /// The permission.
    public let permission: Permission
    /// How far it reaches.
    public let scope: PermissionScope
    /// What it is held by, the widest first.
    public let sources: [Source]

    /// What a permission is held by.
    public struct Source: Sendable, Hashable {
        /// What kind of thing that is.
        public let kind: Kind
        /// Its name: a role's, or a course role's.
        public let name: String
        /// How far it reaches by this alone.
        public let scope: PermissionScope

        package init(_ kind: Kind, _ name: String, _ scope: PermissionScope) {
            self.kind = kind
            self.name = name
            self.scope = scope
        }
    }

    /// What a permission may be held by.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A role in the tenant.
        case role
        /// A role in at least one course; it reaches that course alone.
        case courseRole = "course_role"
    }

    package init(permission: Permission, scope: PermissionScope, sources: [Source]) {
        self.permission = permission
        self.scope = scope
        self.sources = sources
    }
}

/// Everything that decides what a user may do, as it is stored.
struct PermissionSources {
    let isActive: Bool
    let roles: [(name: Role.Name, grants: Grants)]
    let courseRoles: [EffectivePermissions.HeldCourseRole]

    /// The union of everything, as the authenticator makes it.
    var grants: Grants {
        var union = Grants()
        for role in roles { union.formUnion(role.grants) }
        for role in Set(courseRoles.map(\.role)) { union.formUnion(role.grants) }
        return union
    }

    /// What each permission is held by.
    ///
    /// - Parameter limit: What the token that asks may do; `nil` for no limit.
    /// - Returns: The permissions in the order of their names.
    func permissions(within limit: Grants?) -> [HeldPermission] {
        let union = grants
        return union.permissions.compactMap { permission in
            guard var scope = union.scope(of: permission) else { return nil }
            if let limit {
                guard let narrowed = limit.scope(of: permission) else { return nil }
                scope = min(scope, narrowed)
            }
            return HeldPermission(permission: permission, scope: scope, sources: sources(of: permission))
        }
    }

    func sources(of permission: Permission) -> [HeldPermission.Source] {
        let held = roles.compactMap { role in
            role.grants.scope(of: permission).map { HeldPermission.Source(.role, role.name.description, $0) }
        }
        let kept = CourseRole.allCases.filter { role in courseRoles.contains { $0.role == role } }
        let course = kept.compactMap { role in
            role.grants.scope(of: permission).map { HeldPermission.Source(.courseRole, role.rawValue, $0) }
        }
        return held.filter { $0.scope == .any } + held.filter { $0.scope == .own } + course
    }
}

extension PermissionSources {
    /// Reads the replies of `selectPermissionSources`.
    ///
    /// - Returns: `nil` if there is no such user.
    init?(_ replies: ArraySlice<Rows>) throws(DatabaseError) {
        guard let status = replies.first?.only, let roles = replies.dropFirst().first, let courses = replies.last
        else { return nil }
        let current: User.Status = try status[0]
        isActive = current == .active
        self.roles = try roles.map { row throws(DatabaseError) in
            let name: Role.Name = try row[0]
            let permissions: [String] = try row[1]
            return (name, name.builtIn?.grants ?? Grants(stored: permissions))
        }
        courseRoles = try courses.map { row throws(DatabaseError) in
            EffectivePermissions.HeldCourseRole(course: try row[0], role: try row[1])
        }
    }
}

extension SQL {
    /// Who a user is, what roles they hold and what they are in which course.
    static func selectPermissionSources(of user: User.ID) -> [SQL] {
        [
            "SELECT status FROM users WHERE id = \(user)",
            """
            SELECT coalesce(ur.built_in, r.name), coalesce(r.permissions, '{}')
            FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = \(user) ORDER BY 1
            """,
            """
            SELECT course_id, role FROM course_instructors WHERE user_id = \(user)
            ORDER BY assigned_at, course_id LIMIT 1000
            """,
        ]
    }
}
