// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// The query of `GET /api/v1/users/{userId}/permissions/check`.
struct PermissionQuery: QueryParameters {
    let permission: Permission
    /// What it would be done to, if something is named.
    let object: PermissionObject?

    init(fields: inout FieldReader) {
        permission = fields.required("permission", .permission)
        let kind = fields.optional("objectKind", .choice(Kind.course))
        // Of which kind the identifier is, the field beside it says.
        let id = fields.optional("objectId", .id(Course.self))
        if kind == nil, id != nil { fields.refuse("objectKind", .required) }
        if kind != nil, id == nil { fields.refuse("objectId", .required) }
        object = id.map { id in
            switch kind ?? .course {
            case .course: .course(id)
            case .lesson: .lesson(Lesson.ID(id.uuid))
            case .enrollment: .enrollment(Enrollment.ID(id.uuid))
            case .review: .review(Review.ID(id.uuid))
            case .user: .user(User.ID(id.uuid))
            }
        }
    }

    enum Kind: String, CaseIterable {
        case course, lesson, enrollment, review, user
    }
}

/// What somebody may do, and why.
struct PermissionsBody: ResponseBody {
    let permissions: EffectivePermissions

    init(_ permissions: EffectivePermissions) {
        self.permissions = permissions
    }

    static var example: PermissionsBody {
        PermissionsBody(
            EffectivePermissions(
                user: .example,
                isActive: true,
                roles: [BuiltInRole.student.name],
                courseRoles: [.init(course: .example, role: .assistant)],
                permissions: [
                    HeldPermission(
                        permission: .courseRead,
                        scope: .own,
                        sources: [.init(.courseRole, CourseRole.assistant.rawValue, .own)]
                    )
                ],
                isNarrowed: false
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", permissions.user)
            object.field("isActive", permissions.isActive)
            object.field("isNarrowed", permissions.isNarrowed)
            object.field("roles", permissions.roles.map(\.description))
            object.field("courseRoles", permissions.courseRoles.map(CourseRoleBody.init))
            object.field("permissions", permissions.permissions.map(HeldPermissionBody.init))
        }
    }
}

private struct CourseRoleBody: JSONWritable {
    let held: EffectivePermissions.HeldCourseRole

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("courseId", held.course)
            object.field("role", held.role.rawValue)
        }
    }
}

private struct HeldPermissionBody: JSONWritable {
    let held: HeldPermission

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("permission", held.permission.description)
            object.field("scope", held.scope.rawValue)
            object.field("heldBy", held.sources.map(PermissionSourceBody.init))
        }
    }
}

private struct PermissionSourceBody: JSONWritable {
    let source: HeldPermission.Source

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("kind", source.kind.rawValue)
            object.field("name", source.name)
            object.field("scope", source.scope.rawValue)
        }
    }
}

/// Whether somebody may do something, and why.
struct VerdictBody: ResponseBody {
    let verdict: PermissionVerdict

    init(_ verdict: PermissionVerdict) {
        self.verdict = verdict
    }

    static var example: VerdictBody {
        VerdictBody(
            PermissionVerdict(
                permission: .courseRead,
                isAllowed: true,
                reason: .own,
                sources: [.init(.courseRole, CourseRole.assistant.rawValue, .own)],
                courseRole: .assistant
            )
        )
    }
    static var variations: [VerdictBody] {
        [
            VerdictBody(
                PermissionVerdict(
                    permission: .userRead,
                    isAllowed: false,
                    reason: .notHeld,
                    sources: [],
                    courseRole: nil
                )
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("permission", verdict.permission.description)
            object.field("isAllowed", verdict.isAllowed)
            object.field("reason", verdict.reason.rawValue)
            object.field("heldBy", verdict.sources.map(PermissionSourceBody.init))
            object.field("courseRole", verdict.courseRole?.rawValue)
        }
    }
}
